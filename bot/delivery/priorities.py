"""Who goes first where a chat, or the whole bot, may send only so much."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """The lower goes first; within one, first come, first served."""

    REPLY = 0
    """Somebody is waiting for it."""
    DIGEST = 1
    PUSH = 2
    REFRESH = 3
    """Counts and corrections of what was sent before."""
