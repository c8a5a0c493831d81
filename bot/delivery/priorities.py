"""Who goes first where a chat, or the whole bot, may send only so much."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Priority(IntEnum):
    """The lower goes first; within one, first come, first served."""

    REPLY = 0
    """Somebody is waiting for it."""
    DIGEST = 1
    PUSH = 2
    REFRESH = 3
    """Counts and corrections of what was sent before."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a request waits for its turn."""

    priority: Priority = Priority.REPLY
    begin: Callable[[], Awaitable[None]] | None = None
    """Called when the turn has come, before each try leaves; what it raises calls the try off."""
    patient: bool = True
    """Sit out a wait that Telegram asks for; otherwise the caller hears of it at once."""
