"""What a command and a button are: who may use them, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Update

    from bot.interaction.context import BotContext

    Run = Callable[[Update, BotContext], Awaitable[None]]
    RunPress = Callable[[Update, BotContext, Any], Awaitable[None]]


class Who(StrEnum):
    """Who may use a command, or press a button."""

    MEMBER = "member"
    ADMIN = "admin"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `/name`, and Korean words that stand for it when typed as text.

    A `question` is not answered when it is older than five minutes (after an outage nobody waits
    for it any more); everything else always counts. `anywhere`: also in a chat that is not served.
    """

    name: str
    run: Run
    who: Who = Who.MEMBER
    aliases: tuple[str, ...] = ()
    question: bool = True
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """What a kind of button does; `anywhere`: also in a chat that is not served."""

    run: RunPress
    who: Who = Who.MEMBER
    anywhere: bool = False
