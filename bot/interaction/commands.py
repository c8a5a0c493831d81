"""What a command, a button and a report are: who may use them, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.updates.asks import Weight

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from telegram import Update
    from telegram.ext import BaseHandler

    from bot.interaction.context import BotContext
    from storage.models import ChatState

    Run = Callable[[Update, BotContext], Awaitable[None]]
    RunPress = Callable[[Update, BotContext, Any], Awaitable[None]]
    Handle = Callable[[Update, BotContext], Coroutine[Any, Any, None]]
    Listen = Callable[[Handle], BaseHandler[Update, BotContext, Any]]


class Who(StrEnum):
    """Who may use a command, or press a button."""

    MEMBER = "member"
    ADMIN = "admin"
    AUTHOR = "author"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `/name`, and Korean words that stand for it when typed as text.

    A `question` is not answered when it is older than five minutes (after an outage nobody waits
    for it any more); everything else always counts. `anywhere`: also in a chat that is not served.
    `in_private`: the answer is nobody else's business, wherever the question was asked.
    """

    name: str
    run: Run
    who: Who = Who.MEMBER
    aliases: tuple[str, ...] = ()
    changes: bool = field(kw_only=True)
    """Whether it may change something: then it is never run again for an answer that was lost."""
    question: bool = True
    anywhere: bool = False
    in_private: bool = False
    linked: Callable[[BotContext], str] | None = None
    """What a link into the private chat carries of it and its words (Bot API, deep linking: 1-64
    of A-Z, a-z, 0-9, `_`, `-`); its name, where no words matter."""
    listed: bool = True
    """Whether Telegram's list and /help have it; what a menu of ours has need not be there."""

    @property
    def weight(self) -> Weight:
        """What becomes of it where too many of one person wait."""
        if self.question:
            return Weight.QUESTION
        return Weight.STATE if self.who is Who.ADMIN else Weight.DEED


@dataclass(frozen=True, slots=True)
class Press:
    """What a kind of button does; `anywhere`: also in a chat that is not served.

    `in_private`: only in a private chat, for what the message then shows is nobody else's business.
    """

    run: RunPress
    who: Who = Who.MEMBER
    changes: bool = field(kw_only=True)
    """As of a command."""
    anywhere: bool = False
    in_private: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What reaches the bot unasked for, or without a name; it counts in chats of some states.

    Elsewhere it is silently let be.
    """

    name: str
    listen: Listen
    """Makes python-telegram-bot's handler, which tells such updates from others."""
    run: Run
    where: frozenset[ChatState]
    changes: bool = field(kw_only=True)
    """As of a command."""
