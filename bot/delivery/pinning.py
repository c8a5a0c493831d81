"""Pins what came by itself, where a chat wants it so: the newest, in place of the one before.

Only what the bot itself pinned is unpinned. Nobody is notified (Bot API, pinChatMessage).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from telegram.error import BadRequest, Forbidden, TelegramError

from bot.delivery.administrators import reachable_administrators
from bot.delivery.lanes import Priority, Stamp
from bot.delivery.refresh import seconds_to_wait
from bot.delivery.telegram import classify
from storage import chats, pins
from storage.models import NoticePush

if TYPE_CHECKING:
    from telegram.ext import ExtBot

    from bot.delivery.operators import Operators
    from storage.database import Database
    from storage.models import ChatId, MessageId, Pin

log = logging.getLogger(__name__)

_LATE = Stamp(Priority.REFRESH, patient=False)


class Pinning:
    """Pins what is wanted; where the right is missing, its administrators hear of it once."""

    def __init__(self, bot: ExtBot[Any], database: Database, operators: Operators) -> None:
        self._bot = bot
        self._database = database
        self._operators = operators

    async def run(self) -> int:
        """Pin what is wanted; how many chats that were."""
        async with self._database.reader() as db:
            wanted = await pins.list_wanted(db)
        for pin in wanted:
            await self._pin(pin)
        return len(wanted)

    async def _pin(self, pin: Pin) -> None:
        """Pin it, and let the one before go. One that a run began to pin may be pinned, too."""
        if not await self._unpin(pin, pin.tried_id):
            return
        async with self._database.transaction() as tx:
            await pins.set_tried(tx, pin)
        try:
            await self._bot.pin_chat_message(
                pin.chat_id, pin.wanted_id, disable_notification=True, rate_limit_args=_LATE
            )
        except TelegramError as error:
            if seconds_to_wait(classify(error)) is None:
                await self._give_up(pin, error)
            return
        if not await self._unpin(pin, pin.pinned_id):
            return
        async with self._database.transaction() as tx:
            await pins.set_pinned(tx, pin)

    async def _unpin(self, pin: Pin, message_id: MessageId | None) -> bool:
        """Whether that is done with, if it is another one; else all is tried again."""
        if message_id in {None, pin.wanted_id}:
            return True
        try:
            await self._bot.unpin_chat_message(pin.chat_id, message_id, rate_limit_args=_LATE)
        except TelegramError as error:  # somebody unpinned or deleted it
            log.debug("not_unpinned", extra={"error": type(error).__name__})
            return seconds_to_wait(classify(error)) is None
        return True

    async def _give_up(self, pin: Pin, error: TelegramError) -> None:
        log.info("not_pinned", extra={"chat": pin.chat_id, "error": type(error).__name__})
        told: tuple[int, ...] = ()
        if isinstance(error, BadRequest | Forbidden) and "rights" in str(error).lower():
            told = await reachable_administrators(self._bot, self._database, pin.chat_id)
        async with self._database.transaction() as tx:
            await pins.give_up(tx, pin)
            if told:
                chat = await chats.get_chat(tx, pin.chat_id)
                title = _title(pin.chat_id, "" if chat is None else chat.title)
                notice = NoticePush("trouble.pin", {"title": title})
                await self._operators.put(tx, f"pin:{pin.chat_id}", notice, only=told)


def _title(chat_id: ChatId, title: str) -> str:
    return title or str(chat_id)
