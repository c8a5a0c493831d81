"""Deletes answers to one person once they have had their time, where the chat wants it so.

What somebody else used is not in the list any more (storage.cleanups). Deleting waits behind all
that is sent, a chat at a time, up to a hundred messages a call; what cannot be deleted is let be.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from telegram import ChatMemberAdministrator
from telegram.error import TelegramError

from bot.delivery.lanes import Priority, Stamp
from bot.delivery.refresh import seconds_to_wait
from bot.delivery.telegram import classify
from storage import chats, cleanups

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from telegram.ext import ExtBot

    from bot.clock import Clock
    from storage.database import Database
    from storage.models import Chat, ChatId, Cleanup

log = logging.getLogger(__name__)

AT_ONCE = 400
"""Answers a round, the longest due first."""
MOST_A_CALL = 100
"""Messages that one call deletes (Bot API, deleteMessages)."""
DELETABLE = timedelta(hours=47)
"""A little less than a message may be deleted (Bot API, deleteMessage: 48 hours)."""
PASSING = timedelta(seconds=20)
"""A refusal goes so soon, whatever the chat wants of its answers."""
_LATE = Stamp(Priority.REFRESH, patient=False)


class Cleaning:
    """Looks for what is due, and deletes it."""

    def __init__(self, bot: ExtBot[Any], me: int, database: Database, clock: Clock) -> None:
        self._bot = bot
        self._me = me
        self._database = database
        self._clock = clock

    async def run(self) -> int:
        """Delete what is due; of how many answers it was seen to."""
        async with self._database.reader() as db:
            due = await cleanups.list_due(db, self._clock.now(), limit=AT_ONCE)
        by_chat: dict[ChatId, list[Cleanup]] = defaultdict(list)
        for one in due:
            by_chat[one.chat_id].append(one)
        await asyncio.gather(*[self._clean(chat_id, of) for chat_id, of in by_chat.items()])
        return len(due)

    async def _clean(self, chat_id: ChatId, due: Sequence[Cleanup]) -> None:
        """Delete a chat's answers in slices; those that could not be tried now are tried again."""
        async with self._database.reader() as db:
            chat = await chats.get_chat(db, chat_id)
        now = self._clock.now()
        goes = [one for one in due if _is_to_go(one, chat, now)]
        stays = [one for one in due if one not in goes]
        if stays:
            await self._put_down(stays, are_gone=False)
        has_questions = any(one.asked_id for one in goes)
        takes_questions = await self._may_delete(chat_id) if has_questions else False
        if takes_questions is None:
            return
        for part in _slices(goes):
            are_gone = await self._delete(chat_id, part, takes_questions=takes_questions)
            if are_gone is None:
                return
            await self._put_down(part, are_gone=are_gone)

    async def _delete(
        self, chat_id: ChatId, part: Sequence[Cleanup], *, takes_questions: bool
    ) -> bool | None:
        """Whether they are gone; None where that is to be tried again.

        One message that is refused refuses all: then the answers go alone.
        """
        answers = [one.message_id for one in part]
        asked = {one.asked_id for one in part if one.asked_id is not None}
        ways = [[*answers, *sorted(asked)]] if takes_questions else []
        for message_ids in (*ways, answers):
            try:
                await self._bot.delete_messages(chat_id, message_ids, rate_limit_args=_LATE)
            except TelegramError as error:
                log.debug("not_cleaned", extra={"error": type(error).__name__})
                if seconds_to_wait(classify(error)) is not None:
                    return None
            else:
                return True
        return False

    async def _may_delete(self, chat_id: ChatId) -> bool | None:
        """Whether the bot may delete what others wrote there; None where nothing is answered."""
        try:
            me = await self._bot.get_chat_member(chat_id, self._me)
        except TelegramError as error:
            return None if seconds_to_wait(classify(error)) is not None else False
        return isinstance(me, ChatMemberAdministrator) and me.can_delete_messages

    async def _put_down(self, done: Sequence[Cleanup], *, are_gone: bool) -> None:
        async with self._database.transaction() as tx:
            await cleanups.delete_cleanups(tx, done, are_gone=are_gone)


def due_at(sent_at: datetime, minutes: int | None, *, in_passing: bool) -> datetime | None:
    """When an answer goes that was sent then; None: it stays. `minutes` is what the chat wants."""
    if in_passing:
        return sent_at + PASSING
    return None if minutes is None else sent_at + timedelta(minutes=minutes)


def _slices(goes: Sequence[Cleanup]) -> list[Sequence[Cleanup]]:
    """As many answers a call as fit with their questions."""
    size = MOST_A_CALL // 2
    return [goes[start : start + size] for start in range(0, len(goes), size)]


def _is_to_go(one: Cleanup, chat: Chat | None, now: datetime) -> bool:
    """Whether it may be deleted, and the chat has not come to want that its answers stay."""
    is_wanted = one.due_at - one.sent_at <= PASSING or (
        chat is not None and chat.settings.cleanup_minutes is not None
    )
    return is_wanted and now - one.sent_at < DELETABLE
