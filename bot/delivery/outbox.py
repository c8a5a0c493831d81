"""The outbox at work: takes what is due, a push a chat at a time, many chats side by side.

A row is claimed when its turn in its chat's lane has come, right before the request leaves: what
an interruption leaves in `sending` was really under way.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from bot.chat_settings.schedule import held_until, is_hushed
from bot.clock import end, wait_for
from bot.delivery.failures import CalledOffError, DeliveryError
from bot.delivery.next_step import Again, GiveUp, decide_next
from bot.delivery.plan import is_wanted, may_merge, plan_merge
from bot.delivery.record import Ledger
from bot.delivery.settle import PatientSettler
from bot.delivery.settlements import Settlements
from bot.delivery.tally import Tally
from bot.figures import pushing
from storage import chats, outbox
from storage.database import DatabaseError
from storage.models import PostPush, UnreadablePush
from storage.pushes import kind_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.delivery.compose import Composer, OutgoingMessage
    from bot.delivery.plan import Merge
    from bot.delivery.telegram import Sent
    from bot.figures import Figures
    from storage.database import Connection, Database
    from storage.models import Chat, ChatId, OutboxKind, OutboxRow

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 32
"""Half of the connections: the other half is for answers."""
REFILL_AT = 24
POLL_SECONDS = 1.0
BROKEN_SECONDS = 10.0
TOKEN_BYTES = 4
UNREADABLE = "this Sosik cannot read the {kind!r}: a later one queued it, or it is damaged"


class Transport(Protocol):
    """Puts messages into chats."""

    async def send(
        self, chat_id: ChatId, message: OutgoingMessage, begin: Callable[[], Awaitable[None]]
    ) -> Sent:
        """Send a message; `begin` is awaited right before it leaves, and may call it off.

        Raises DeliveryError, and what `begin` raises.
        """
        ...


@dataclass(eq=False, slots=True)
class _Job:
    """A row on its way. `begun`: the request may have left."""

    row: OutboxRow
    task: asyncio.Task[None] | None = None
    begun: bool = False


class OutboxSender:
    """Sends what is due, and records what became of it."""

    def __init__(  # noqa: PLR0913  # its parts, by their names
        self,
        *,
        database: Database,
        clock: Clock,
        composer: Composer,
        transport: Transport,
        settlements: Settlements | None = None,
        tally: Tally | None = None,
        luck: Callable[[], float] = random.random,
        figures: Figures | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._composer = composer
        self._transport = transport
        self._luck = luck
        self._tally = tally or Tally(clock)
        self._ledger = Ledger(database, clock, self._tally, figures)
        self._settlements = settlements or Settlements(
            database=database,
            clock=clock,
            ledger=self._ledger,
            settler=PatientSettler(clock),
        )
        self._jobs: dict[ChatId, _Job] = {}
        self._woken = asyncio.Event()
        self._closing = False
        self._loop: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> int:
        """How many chats have a push on its way or waiting for its turn."""
        return len(self._jobs)

    async def start(self) -> None:
        """Put in doubt what an earlier run was sending, and begin to send."""
        if interrupted := await self._ledger.interrupt():
            log.warning("sends_interrupted", extra={"rows": interrupted})
        self._loop = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Look at once for what is due."""
        self._woken.set()

    async def close(self, seconds: float) -> None:
        """Begin nothing more, and give what is under way at most `seconds` to end.

        What has not begun stays pending; what does not end in time is in doubt at the next start.
        """
        self._closing = True
        self._woken.set()
        if self._loop is not None:
            await self._loop
        await self._settlements.close(0)
        tasks = {job.task: job.begun for job in self._jobs.values() if job.task is not None}
        for task, begun in tasks.items():
            if not begun:
                task.cancel()
        await end(tasks, seconds)

    async def run_once(self) -> None:
        """Start on what is due, as far as there is room."""
        room = SIDE_BY_SIDE - len(self._jobs)
        if room <= 0:
            return
        now = self._clock.now()
        async with self._database.reader() as db:
            due = await outbox.list_due(db, now, limit=room, apart_from=tuple(self._jobs))
        for row in due:
            if row.chat_id not in self._jobs and not self._closing:
                job = self._jobs[row.chat_id] = _Job(row)
                job.task = asyncio.create_task(self._work(job))

    async def _run(self) -> None:
        waits = False
        while not self._closing:
            self._woken.clear()
            failed = False
            for work in (self.run_once, self._settlements.run_once):
                try:
                    await work()
                except DatabaseError as error:
                    if not waits and not failed:
                        log.error("outbox_waits", extra={"error": error})  # noqa: TRY400  # the error says it all
                    failed = True
                except Exception:
                    log.exception("outbox_waits")
            waits = failed
            await wait_for(self._woken, self._clock, POLL_SECONDS)

    async def _work(self, job: _Job) -> None:
        try:
            await self._deliver(job)
        except DatabaseError as error:
            log.error("push_waits", extra={"row": job.row.id, "error": error})  # noqa: TRY400  # the error says it all
            await self._clock.sleep(BROKEN_SECONDS)
        except Exception as error:
            what = type(job.row.push).__name__
            log.exception("push_broken", extra={"row": job.row.id, "push": what})
            await self._ledger.not_sent(job.row, GiveUp(f"{type(error).__name__} in the program"))
        finally:
            del self._jobs[job.row.chat_id]
            if len(self._jobs) <= REFILL_AT:
                self._woken.set()

    async def _deliver(self, job: _Job) -> None:
        push = job.row.push
        if isinstance(push, UnreadablePush):
            log.error("push_unreadable", extra={"row": job.row.id, "kind": push.kind})
            await self._ledger.not_sent(job.row, GiveUp(UNREADABLE.format(kind=push.kind)))
            return
        job.row, chat = await self._gather(job.row, kind_of(push))
        if (until := self._held_until(job.row, chat)) is not None:
            await self._ledger.not_sent(job.row, Again(until, outbox.AT_NIGHT))
            return
        token = secrets.token_hex(TOKEN_BYTES)
        message = await self._write(job.row, chat, token)
        if message is None:
            await self._ledger.dropped(job.row, "nobody wants it any more")
        else:
            await self._send(job, message, token, chat)

    async def _gather(self, row: OutboxRow, kind: OutboxKind) -> tuple[OutboxRow, Chat | None]:
        """The row together with those that go with it, and its chat; backlog takes none along."""
        now = self._clock.now()
        async with self._database.reader() as db:
            chat = await chats.get_chat(db, row.chat_id)
            merge = await _plan(db, row, kind, chat, now)
        if merge is None:
            return row, chat
        async with self._database.transaction() as tx:
            merge = await _plan(tx, row, kind, chat, now)  # its post may be taken down since
            if merge is None:
                return row, chat
            await outbox.set_merged(tx, merge.into, merge.push, merge.others, now)
            return await outbox.get_row(tx, merge.into) or row, chat

    async def _write(self, row: OutboxRow, chat: Chat | None, token: str) -> OutgoingMessage | None:
        if not is_wanted(row, chat, self._clock.now()):
            return None
        async with self._database.reader() as db:
            message = await self._composer.compose(db, row, chat, token)
        if message is not None and self._is_hushed(row, chat):
            return replace(message, silent=True)
        return message

    def _held_until(self, row: OutboxRow, chat: Chat | None) -> datetime | None:
        """A push that was delayed into the night waits for the morning, too."""
        if chat is None or not isinstance(row.push, PostPush):
            return None
        return held_until(chat.settings, self._clock.now())

    def _is_hushed(self, row: OutboxRow, chat: Chat | None) -> bool:
        if chat is None or not isinstance(row.push, PostPush):
            return False
        return is_hushed(chat.settings, self._clock.now())

    def _may_leave(self, row: OutboxRow, chat: Chat | None, message: OutgoingMessage) -> bool:
        """Whether it may go as it was written: its turn may come hours later, in the night."""
        is_too_loud = self._is_hushed(row, chat) and not message.silent
        return not is_too_loud and self._held_until(row, chat) is None

    async def _send(
        self, job: _Job, message: OutgoingMessage, token: str, chat: Chat | None
    ) -> None:
        row = job.row
        kind = "" if isinstance(row.push, UnreadablePush) else kind_of(row.push)

        async def begin() -> None:
            if not job.begun and not (
                self._may_leave(row, chat, message)
                and await self._ledger.claim(row, message, token)
            ):
                raise CalledOffError
            job.begun = True

        try:
            with pushing(kind):
                sent = await self._transport.send(row.chat_id, message, begin)
        except DeliveryError as error:
            following = decide_next(
                error.failure, row.attempts + 1, self._clock.now(), self._luck()
            )
            self._tally.failed(row, error.failure, following)
            await self._ledger.not_sent(row, following, token)
        except CalledOffError:
            log.debug("push_called_off", extra={"row": row.id})
        else:
            await self._ledger.sent(row, message, token, sent)


async def _plan(
    db: Connection, row: OutboxRow, kind: OutboxKind, chat: Chat | None, now: datetime
) -> Merge | None:
    """What goes as one with a row, as the outbox stands; None where it goes alone."""
    if not may_merge(kind) or not is_wanted(row, chat, now):
        return None
    waiting = await outbox.list_waiting(db, row.chat_id, kind, now)
    return plan_merge([one for one in waiting if is_wanted(one, chat, now)])
