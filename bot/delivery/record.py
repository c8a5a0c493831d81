"""Records what became of a push: in one transaction, tried again until the database takes it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.backoff import Backoff
from bot.delivery.compose import keyboard_json
from bot.delivery.next_step import Again, Doubt, GiveUp, Leave, Move
from storage import chats, messages, outbox, posts
from storage.database import DatabaseError
from storage.models import ChatState, NewOutboxRow, NoticePush, View

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.delivery.compose import OutgoingMessage
    from bot.delivery.next_step import Next
    from bot.delivery.telegram import Sent
    from storage.database import Database, Transaction
    from storage.models import ChatId, MessageId, OutboxRow, Post, ThreadId

log = logging.getLogger(__name__)

WAITS = Backoff((0.5, 1.0, 2.0, 5.0, 10.0, 30.0))
"""A full disk is emptied, a lock is given back; what Telegram took must not be forgotten."""


class Ledger:
    """Writes the states of the outbox's rows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def interrupt(self) -> int:
        """Put in doubt what an earlier run was sending; how many pushes that were."""
        async with self._database.transaction() as tx:
            return await outbox.set_interrupted(tx, self._clock.now())

    async def claim(self, row: OutboxRow, message: OutgoingMessage, token: str) -> bool:
        """The message leaves now; False when the row does not wait any more.

        Raises DatabaseError: it is not put down, so it must not leave.
        """
        async with self._database.transaction() as tx:
            return await outbox.claim_row(
                tx,
                row.id,
                token=token,
                keyboard=keyboard_json(message.page.keyboard),
                now=self._clock.now(),
            )

    async def sent(self, row: OutboxRow, message: OutgoingMessage, sent: Sent) -> None:
        """Telegram has it; the message is tied to the post that it shows.

        Where its topic was deleted, the chat itself gets what comes from now on, and is told.
        """

        async def work(tx: Transaction) -> None:
            now = self._clock.now()
            await outbox.set_sent(tx, row.id, sent.message_id, now)
            if message.shows is not None:
                await _tie(tx, row, message, message.shows, sent.message_id, now)
            if sent.without_thread and message.thread_id is not None:
                await _leave_thread(tx, row.chat_id, message.thread_id, now)

        await self._store(work)

    async def not_sent(self, row: OutboxRow, following: Next) -> None:
        """It did not go, or may not have gone; `following` is what was decided."""
        await self._store(lambda tx: self._apply(tx, row, following))

    async def dropped(self, row: OutboxRow, reason: str) -> None:
        """Nobody wants it any more."""
        await self._store(lambda tx: outbox.set_dropped(tx, row.id, reason, self._clock.now()))

    async def resent(self, row: OutboxRow) -> None:
        """What is in doubt goes again."""
        await self._store(lambda tx: outbox.set_resend(tx, row.id, self._clock.now()))

    async def _apply(self, tx: Transaction, row: OutboxRow, following: Next) -> None:
        now = self._clock.now()
        match following:
            case Again(at, reason):
                await outbox.set_pending(tx, row.id, at, reason, now)
            case Doubt(reason):
                await outbox.set_unknown(tx, row.id, reason, now)
            case Leave(reason):
                await outbox.set_all_dropped(tx, row.chat_id, reason, now)
                await chats.set_state(tx, row.chat_id, ChatState.LEFT)
            case Move(chat_id):
                await outbox.set_pending(tx, row.id, now, f"migrated to {chat_id}", now)
                await chats.set_migrated(tx, row.chat_id, chat_id)
            case GiveUp(reason):
                await outbox.set_failed(tx, row.id, reason, now)

    async def _store(self, work: Callable[[Transaction], Awaitable[object]]) -> None:
        failures = 0
        while not await self._try(work):
            failures += 1
            await self._clock.sleep(WAITS.after(failures))

    async def _try(self, work: Callable[[Transaction], Awaitable[object]]) -> bool:
        try:
            async with self._database.transaction() as tx:
                await work(tx)
        except DatabaseError as error:
            log.error("push_not_stored", extra={"error": str(error)})  # noqa: TRY400  # the error says it all
            return False
        return True


async def _leave_thread(
    tx: Transaction, chat_id: ChatId, thread_id: ThreadId, now: datetime
) -> None:
    if await chats.withdraw_thread(tx, chat_id, thread_id):
        notice = NoticePush("notice.topic", {})
        row = NewOutboxRow(chat_id, f"topic:{thread_id}", notice, not_before=now)
        await outbox.add_rows(tx, [row], now)


async def _tie(
    tx: Transaction,
    row: OutboxRow,
    message: OutgoingMessage,
    shown: Post,
    message_id: MessageId,
    now: datetime,
) -> None:
    """Note what the message shows; a change that came while it was on its way is made up for."""
    await messages.set_message(
        tx,
        row.chat_id,
        message_id,
        shown.id,
        view=View.CARD,
        page=0,
        language=message.language,
        sent_at=now,
    )
    if await posts.get_post(tx, shown.id) != shown:
        await messages.set_refresh(tx, [(row.chat_id, message_id)], now)
