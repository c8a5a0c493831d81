"""Asks Telegram whose a message is, without changing it: the calls of the search for a lost push.

What the answers mean was read in the sources of Telegram's server (telegram-bot-api 01a3679,
Client.cpp; tdlib/td 022d602, MessagesManager.cpp, `edit_message_live_location` and
`edit_message_reply_markup`), and was not tried against the live one: docs/delivery.md lists it.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from telegram import InlineKeyboardMarkup, Message
from telegram.error import TelegramError

from bot.delivery.evidence import digest
from bot.delivery.failures import (
    CannotEdit,
    DeliveryError,
    EditTargetGone,
    NoLiveLocation,
    NotModified,
)
from bot.delivery.lanes import Priority, Stamp
from bot.delivery.telegram import classify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram.ext import ExtBot

    from storage.models import ChatId, MessageId

    Begin = Callable[[], Awaitable[None]]


class Whose(StrEnum):
    """What a question about a message gave."""

    OURS = "ours"
    OTHERS = "others"
    HIDDEN = "hidden"
    """Not there, in another chat, deleted, or hidden by privacy mode: all the same to a bot."""


class Prober(Protocol):
    """Asks about messages. Each method is a call; each raises DeliveryError.

    `begin` is awaited right before a question leaves, when the chat's lane is its own, and may call
    it off: what was sent meanwhile is known by then.
    """

    async def may_ask(self, chat_id: ChatId) -> bool:
        """Whether a question there cannot change what is others'."""
        ...

    async def whose(self, chat_id: ChatId, message_id: MessageId, begin: Begin) -> Whose:
        """Whose it is; it is not changed."""
        ...

    async def compare(
        self, chat_id: ChatId, message_id: MessageId, keyboard: str, begin: Begin | None = None
    ) -> str | Whose | None:
        """None where a message of ours bears exactly this keyboard (Telegram's JSON; empty: none).

        Otherwise it does now, and the digest of its text is given; or it is not ours to edit.
        """
        ...

    async def take_back(self, chat_id: ChatId, message_id: MessageId) -> None:
        """Delete a message of ours; one that is not there any more is as good."""
        ...


class TelegramProber:
    """Asks Telegram."""

    def __init__(self, bot: ExtBot[Any]) -> None:
        self._bot = bot

    async def may_ask(self, chat_id: ChatId) -> bool:
        """Not where the bot may edit others' posts: there a comparison would overwrite them."""
        try:
            me = await self._bot.get_chat_member(chat_id, self._bot.id)
        except TelegramError as error:
            raise DeliveryError(classify(error)) from error
        return not getattr(me, "can_edit_messages", None)

    async def whose(self, chat_id: ChatId, message_id: MessageId, begin: Begin) -> Whose:
        """By stopMessageLiveLocation, which a text refuses. Raises DeliveryError."""
        try:
            await self._bot.stop_message_live_location(
                chat_id, message_id, rate_limit_args=_stamp(begin)
            )
        except TelegramError as error:
            return _whose(error)
        return Whose.OTHERS  # the bot sends no live locations

    async def compare(
        self, chat_id: ChatId, message_id: MessageId, keyboard: str, begin: Begin | None = None
    ) -> str | Whose | None:
        """By editMessageReplyMarkup, which refuses to change nothing. Raises DeliveryError."""
        markup = InlineKeyboardMarkup.de_json(_read(keyboard), self._bot) if keyboard else None
        try:
            edited = await self._bot.edit_message_reply_markup(
                chat_id, message_id, reply_markup=markup, rate_limit_args=_stamp(begin)
            )
        except TelegramError as error:
            return None if classify(error) == NotModified() else _whose(error)
        return digest((isinstance(edited, Message) and edited.text) or "")

    async def take_back(self, chat_id: ChatId, message_id: MessageId) -> None:
        """Delete it. Raises DeliveryError."""
        try:
            await self._bot.delete_message(chat_id, message_id)
        except TelegramError as error:
            failure = classify(error)
            if not isinstance(failure, EditTargetGone):
                raise DeliveryError(failure) from error


def _stamp(begin: Begin | None) -> Stamp:
    """Behind answers; a wait that Telegram asks for ends the search for now."""
    return Stamp(Priority.PUSH, begin, patient=False)


def _whose(error: TelegramError) -> Whose:
    match failure := classify(error):
        case NoLiveLocation():
            return Whose.OURS
        case CannotEdit():
            return Whose.OTHERS
        case EditTargetGone():
            return Whose.HIDDEN
    raise DeliveryError(failure) from error


def _read(keyboard: str) -> dict[str, Any]:
    markup: dict[str, Any] = json.loads(keyboard)
    return markup
