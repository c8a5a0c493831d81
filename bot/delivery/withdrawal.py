"""Takes a post that somebody took down out of the chats: deletes what the bot sent of it.

What Telegram does not let it delete any more (48 hours), or refuses, is edited instead
(bot.delivery.refresh). Each deletion waits behind all that is sent, in its chat's lane, and stands
in the database until Telegram has made it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError

from bot.delivery.cleaning import DELETABLE
from bot.delivery.failures import CalledOffError
from bot.delivery.lanes import Priority, Stamp
from bot.delivery.refresh import seconds_to_wait
from bot.delivery.spreading import end_spreads
from bot.delivery.telegram import classify
from storage import messages, outbox, takedowns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from telegram.ext import ExtBot

    from bot.clock import Clock
    from storage.database import Database, Transaction
    from storage.models import ChatId, PostId
    from storage.takedowns import Withdrawn

log = logging.getLogger(__name__)

AT_ONCE = 400
"""Messages a round, the longest due first."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """In how many chats messages are deleted, are edited instead, and will not come at all."""

    deleting: int
    marking: int
    dropped: int


async def withdraw(tx: Transaction, post_id: PostId, now: datetime) -> Withdrawal:
    """Have a post that was just taken down go from the chats; what is done is in the database."""
    queued = await outbox.withdraw_post(tx, post_id, now)
    dropped = await end_spreads(tx, post_id, now, queued)
    deleting, marking = await takedowns.withdraw(tx, post_id, now - DELETABLE, now)
    return Withdrawal(deleting, marking, dropped)


class Withdrawing:
    """Looks for what is to be deleted, and deletes it."""

    def __init__(self, bot: ExtBot[Any], database: Database, clock: Clock) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock

    async def run(self) -> int:
        """Delete what is due; to how many messages it was seen."""
        async with self._database.reader() as db:
            due = await takedowns.list_withdrawn(db, self._clock.now(), limit=AT_ONCE)
        by_chat: dict[ChatId, list[Withdrawn]] = defaultdict(list)
        for one in due:
            by_chat[one.chat_id].append(one)
        await asyncio.gather(*map(self._clear, by_chat.values()))
        return len(due)

    async def _clear(self, due: Sequence[Withdrawn]) -> None:
        """Delete a chat's messages one by one; where one has to wait, so do those behind it."""
        for place, one in enumerate(due):
            wait = await self._delete(one)
            if wait is not None:
                at = self._clock.now() + timedelta(seconds=wait)
                async with self._database.transaction() as tx:
                    await takedowns.put_off(tx, due[place:], at)
                return

    async def _delete(self, one: Withdrawn) -> float | None:
        """Delete a message, or have it edited; seconds until another try where neither is known."""
        if self._clock.now() - one.sent_at >= DELETABLE:
            await self._mark(one)
            return None

        async def begin() -> None:
            async with self._database.reader() as db:
                if not await takedowns.is_withdrawn(db, one):
                    raise CalledOffError

        stamp = Stamp(Priority.REFRESH, begin=begin, patient=False)
        try:
            await self._bot.delete_messages(one.chat_id, [one.message_id], rate_limit_args=stamp)
        except CalledOffError:
            return None
        except TelegramError as error:
            failure = classify(error)
            wait = seconds_to_wait(failure)
            log.debug("not_withdrawn", extra={"failure": str(failure), "again": wait})
            if wait is None:
                await self._mark(one)
            return wait
        async with self._database.transaction() as tx:
            await messages.delete_message(tx, one.chat_id, one.message_id)
        return None

    async def _mark(self, one: Withdrawn) -> None:
        async with self._database.transaction() as tx:
            await takedowns.set_marked(tx, one, self._clock.now())
