"""From the inbox to the handlers: chats side by side, in each its people by turns.

Where one person asks too much, some of it is left out (bot.updates.turns): its row is deleted like
that of a handled update, and counted.

An update that cannot be parsed, or whose handler fails, is set aside and logged once; the next one
goes on. Kinds that come in floods (reactions) are handled in groups, one commit for many. While the
database cannot be written (a full disk) everything waits, and nothing is given up.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter, defaultdict, deque
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from telegram import Update

from bot.backoff import Backoff
from bot.clock import end, wait_for
from bot.updates.asks import chat_place
from bot.updates.batches import Parsed, apply_all, kind_in
from bot.updates.raw import pressed_message_id_of
from bot.updates.repeats import Repeats, is_old, is_same
from bot.updates.turns import Accounts, Reply, Turns, Waiting
from storage import attempts, deeds, inbox
from storage.database import DatabaseError, uninterrupted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from telegram import Bot

    from bot.clock import Clock
    from bot.updates.batches import Batch
    from bot.updates.raw import Raw
    from bot.updates.turns import Ask, Place
    from storage.database import Database, Transaction
    from storage.models import InboxRow, UpdateId

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 500
"""Chats at once. Most of their time they wait for their turn to send: it need not be scarce."""
SHARE = 100
"""So many unhandled updates of one chat count where reception waits: no chat can stop it alone."""
SHORTEST_WAIT_SECONDS = 0.001
"""Of a wait shorter than the clock's steps there would be no end."""
FLUSH_SECONDS = 0.02
LARGEST_GROUP = 500
MOST_EXPECTED = 4
"""So many are parsed while they are committed: of more, parsing takes longer than the commit."""
HELD_SECONDS = 2.0
"""So often it is seen whether Telegram takes anything again, where an answer is to be repeated."""
RETRIES = Backoff((1.0, 2.0, 5.0, 10.0, 30.0, 60.0))
MOST_RETRIES = 6
"""Of one update for a passing reason; while the database cannot be used there is no end."""


class RetryLaterError(Exception):
    """A handler could not finish for a passing reason; nothing was done, and it is tried again."""


class UnansweredError(Exception):
    """The answer may not have arrived, and may be given once more without harm, a little later."""


class Handle(Protocol):
    """Runs the handlers for one update, or gives another reply in their place."""

    async def __call__(self, update: Update, reply: Reply) -> Exception | None:
        """None when it is handled; what went wrong otherwise."""
        ...


class Notes(Protocol):
    """Notes of what was answered (bot.delivery.noting)."""

    async def write(self, tx: Transaction) -> Collection[Any]:
        """Write those that are not yet."""
        ...

    def forget(self, written: Collection[Any]) -> None:
        """They are committed."""
        ...


@dataclass(slots=True)
class _Queue:
    turns: Turns
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class _Unhandled:
    """How many updates wait or are being handled."""

    def __init__(self) -> None:
        self.all = 0
        self.counted = 0
        """Of each chat at most its share."""
        self._chats: Counter[int] = Counter()

    def add(self, row: InboxRow, updates: int) -> None:
        """Count up, or with a negative number down."""
        key = row.chat_id or 0
        before = self._chats[key]
        self.all += updates
        self.counted += min(before + updates, SHARE) - min(before, SHARE)
        self._chats[key] += updates
        if not self._chats[key]:
            del self._chats[key]


class _Batched(NamedTuple):
    row: InboxRow
    raw: Raw
    kind: str


class _Done(NamedTuple):
    update_id: UpdateId
    reason: str | None
    """Why it was set aside; None: it is handled."""
    at: datetime


_NOT_EXPECTED: tuple[None, None] = None, None


class Dispatcher:
    """Hands updates to `handle` one by one a chat, and those of `grouped` kinds many at once.

    Args:
        bot: What parsed updates belong to.
        database: Where the inbox is.
        clock: What waits are done with.
        handle: Runs the handlers.
        ask_of: What an update wants that came at a time.
        grouped: What is handled in groups, by its name in the update.
        is_held: Whether nothing is sent now, for Telegram refuses or answers nothing.
        notes: What is written in one commit with the ends of updates.
        monotonic: Seconds that never go back, whatever is done to the time of day.
    """

    def __init__(  # noqa: PLR0913  # each by its name
        self,
        *,
        bot: Bot,
        database: Database,
        clock: Clock,
        handle: Handle,
        ask_of: Callable[[Raw, datetime], Ask],
        grouped: Mapping[str, Batch],
        is_held: Callable[[], bool] = lambda: False,
        notes: Notes | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._handle = handle
        self._ask_of = ask_of
        self._grouped = grouped
        self._is_held = is_held
        self._notes = notes
        self._monotonic = monotonic
        self._accounts = Accounts()
        self._queues: dict[Place, _Queue] = {}
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._expected: dict[UpdateId, tuple[Raw, Update | Exception]] = {}
        """What was parsed while it was committed."""
        self._group: deque[_Batched] = deque()
        self._unapplied: defaultdict[int, deque[UpdateId]] = defaultdict(deque)
        """What is in the groups, by chat and in order."""
        self._applied = asyncio.Event()
        self._done: list[_Done] = []
        self._overtaken: deque[Waiting] = deque()
        self._repeats = Repeats()
        self._doubted = asyncio.Event()
        self._skipped = 0
        """Left out since the last flush."""
        self._unhandled = _Unhandled()
        self._changed = asyncio.Event()
        self._background: dict[str, asyncio.Task[None]] = {}
        self._closing = asyncio.Event()
        self.answering: Callable[[datetime], AbstractContextManager[object]] = nullcontext
        """Around the handling of an update that came then; measures how long its answer takes."""

    async def resume(self) -> int:
        """Take up what an earlier run left in the inbox; how many updates that was.

        Before anything is received: what waited is older, and each update is fed once.
        """
        async with self._database.reader() as db:
            waiting = await inbox.list_waiting(db)
            answered = await attempts.list_answered(db)
        for row in waiting:
            if row.update_id in answered:
                self._finish(row)
        rows = [row for row in waiting if row.update_id not in answered]
        self.feed([(row, json.loads(row.body)) for row in rows])
        return len(rows)

    def expect(self, raws: list[Raw]) -> None:
        """Parse the first of what is being committed, while the disk has the time for it."""
        first = raws[:MOST_EXPECTED]
        self._expected = {raw["update_id"]: (raw, self._parsed(raw)) for raw in first}

    def feed(self, rows: list[tuple[InboxRow, Raw]]) -> None:
        """Take committed updates, in order. Once it drains, they are left in the inbox."""
        if self._closing.is_set():
            return
        for row, raw in rows:
            self._unhandled.add(row, 1)
            kind = kind_in(raw, self._grouped)
            if kind is not None:
                self._group.append(_Batched(row, raw, kind))
                self._unapplied[row.chat_id or 0].append(row.update_id)
                self._wake("group", self._work_groups)
            else:
                self._queue(row, raw)

    async def has_room(self, most: int) -> None:
        """Return once fewer than `most` updates wait, at most a share of each chat counted."""
        while self._unhandled.counted >= most:
            self._changed.clear()
            await self._changed.wait()

    @property
    def unhandled(self) -> int:
        """How many updates wait or are being handled."""
        return self._unhandled.all

    def is_overtaken(self, chat_id: int, message_id: int, person: int | None) -> bool:
        """Whether a later press of the same person on the same message waits.

        What that one asks for is shown instead; another's press hides nobody's.
        """
        queue = self._queues.get(chat_place(chat_id))
        later = queue.turns.of(person) if queue is not None else ()
        return any(pressed_message_id_of(one.raw) == message_id for one in later)

    def forget_person(self, person: int) -> None:
        """Answer nothing once more that somebody asked, in whatever chat: they are forgotten.

        Their rows are deleted with those of finished updates.
        """
        theirs = self._repeats.take_of(person)
        for queue in self._queues.values():
            theirs += queue.turns.take_doubted(person)
        for one in theirs:
            self._end(one.row)

    async def forget_handled(self) -> None:
        """Delete the rows of finished updates now. Raises DatabaseError."""
        if (error := await self._flush()) is not None:
            raise error

    async def drain(self, seconds: float) -> bool:
        """Finish what is in flight, at most `seconds` long; what is left stays in the inbox."""
        self._closing.set()
        self._applied.set()
        self._doubted.set()
        for queue in self._queues.values():
            queue.news.set()
        flush = self._background.pop("flush", None)
        tasks = [queue.task for queue in self._queues.values() if queue.task]
        tasks += self._background.values()
        in_time = await end(tasks, seconds)
        if flush is not None:
            flush.cancel()
            await asyncio.gather(flush, return_exceptions=True)
        await self._flush()
        return in_time

    # -- one by one ------------------------------------------------------------------------------

    def _queue(self, row: InboxRow, raw: Raw) -> None:
        ask = self._ask_of(raw, self._clock.now())
        if ask.is_stale:
            self._end(row)
            return
        for earlier in self._repeats.take_same(ask):
            self._end(earlier.row)
        self._line_up(Waiting(row, raw, ask))

    def _line_up(self, one: Waiting) -> None:
        place = one.ask.place
        queue = self._queues.get(place)
        if queue is None:
            queue = self._queues[place] = _Queue(Turns(self._accounts))
        left_out = queue.turns.add(one, self._monotonic())
        if left_out is not None:
            self._leave_out(left_out, is_replaced=left_out is not one)
        queue.news.set()
        if queue.task is None:
            queue.task = asyncio.create_task(self._work_queue(place, queue))

    def _leave_out(self, one: Waiting, *, is_replaced: bool) -> None:
        """End an update, for which a later one may wait; a hasty person's in silence."""
        self._skipped += not is_replaced
        self._end(one.row)
        place, person = one.ask.place, one.ask.person
        if not is_replaced or person is None:
            return
        if self._accounts.hasty_until(place, person) <= self._monotonic():
            self._overtaken.append(one)
            self._wake("overtaken", self._release)

    async def _release(self) -> None:
        """End the presses that were overtaken; they turn until then."""
        while self._overtaken and not self._closing.is_set():
            one = self._overtaken.popleft()
            update = self._parse(one.row, one.raw)
            if update is not None:
                await self._attempt(update, Reply.OVERTAKEN)

    async def _work_queue(self, place: Place, queue: _Queue) -> None:
        while (one := await self._next(queue)) is not None:
            row = one.row
            await self._let_groups_pass(row.chat_id or 0, row.update_id)
            update = self._parse(row, one.raw)
            self._skipped += one.reply is Reply.TOO_MUCH
            if update is not None:
                with self.answering(row.received_at):
                    is_over = await self._handle_one(one, update)
            if update is None or is_over:
                self._count_down(row)
        self._queues.pop(place)

    async def _next(self, queue: _Queue) -> Waiting | None:
        """Wait for the next whose turn it is; None: nobody waits, or the program is ending."""
        while not self._closing.is_set():
            now = self._monotonic()
            if (one := queue.turns.take(now)) is not None:
                return one
            if (at := queue.turns.next_at()) is None:
                return None
            queue.news.clear()
            await wait_for(queue.news, self._clock, max(SHORTEST_WAIT_SECONDS, at - now))
        return None

    async def _let_groups_pass(self, key: int, update_id: UpdateId) -> None:
        """Wait for the chat's reactions that came before: they count in what is answered now."""
        while not self._closing.is_set():
            before = self._unapplied.get(key)
            if not before or before[0] > update_id:
                return
            self._applied.clear()
            await self._applied.wait()

    async def _handle_one(self, one: Waiting, update: Update) -> bool:
        """Handle it, or set it aside; False where it is left for later, or for the next run."""
        row, failures = one.row, 0
        while (failure := await self._attempt(update, one.reply)) is not None:
            if isinstance(failure, UnansweredError):
                return not self._owe(one, failure)
            failures += 1
            passing = isinstance(failure, DatabaseError) or (
                isinstance(failure, RetryLaterError) and failures <= MOST_RETRIES
            )
            if not passing:
                self._set_aside(row, "failed", failure)
                return True
            if not await self._wait_out(failures, failure, updates=1):
                return False
        self._finish(row)
        return True

    async def _attempt(self, update: Update, reply: Reply) -> Exception | None:
        async with self._slots:
            try:
                return await self._handle(update, reply)
            except Exception as error:  # noqa: BLE001  # one update's trouble is not its chat's
                return error

    # -- answers in doubt ------------------------------------------------------------------------

    def _owe(self, one: Waiting, failure: UnansweredError) -> bool:
        """Answer once more later; False where it is given up, and so at its end."""
        log.debug("answer_in_doubt", extra={"update_id": one.row.update_id, "why": str(failure)})
        if self._closing.is_set():
            return True
        queue = self._queues.get(one.ask.place)
        later = queue.turns.of(one.ask.person) if queue is not None else ()
        is_asked_again = any(is_same(one.ask, other.ask) for other in later)
        if is_asked_again or not self._repeats.add(one, self._monotonic()):
            log.info("answer_lost", extra={"chat": one.row.chat_id, "failure": str(failure)})
            self._finish(one.row)
            return False
        self._doubted.set()
        self._wake("repeats", self._repeat)
        return True

    async def _repeat(self) -> None:
        """Let what is in doubt be answered once more, each when its wait is over."""
        while not self._closing.is_set() and (at := self._repeats.next_at()) is not None:
            self._doubted.clear()
            wait = max(SHORTEST_WAIT_SECONDS, at - self._monotonic())
            await wait_for(self._doubted, self._clock, wait)
            if self._closing.is_set() or self._monotonic() < at:
                continue
            if self._is_held():
                await wait_for(self._closing, self._clock, HELD_SECONDS)
            else:
                await self._repeat_due()

    async def _repeat_due(self) -> None:
        answered = await self._list_answered()
        for one in self._repeats.take_due(self._monotonic()):
            if one.row.update_id in answered or is_old(one, self._monotonic()):
                self._end(one.row)
            else:
                log.debug("answer_repeated", extra={"update_id": one.row.update_id})
                self._line_up(one)

    async def _list_answered(self) -> frozenset[UpdateId]:
        """Updates whose answer was seen; while nobody can say, none was."""
        try:
            async with self._database.reader() as db:
                return await attempts.list_answered(db)
        except DatabaseError:
            return frozenset()

    # -- in groups -------------------------------------------------------------------------------

    async def _work_groups(self) -> None:
        while self._group:
            size = min(LARGEST_GROUP, len(self._group))
            group = [self._group.popleft() for _ in range(size)]
            await self._take([one for one in map(self._read, group) if one is not None])
            self._note_applied(group)
            self._count_down(*(one.row for one in group))

    def _note_applied(self, group: Sequence[_Batched]) -> None:
        for one in group:
            key = one.row.chat_id or 0
            self._unapplied[key].popleft()
            if not self._unapplied[key]:
                del self._unapplied[key]
        self._applied.set()

    def _read(self, one: _Batched) -> Parsed | None:
        try:
            return Parsed(one.row, one.kind, self._grouped[one.kind].parse(one.raw))
        except Exception as error:  # noqa: BLE001  # whatever Telegram's next version brings
            self._set_aside(one.row, "unparsable", error)
            return None

    async def _take(self, group: Sequence[Parsed]) -> None:
        """Apply a group in one transaction; halve it until the one that fails is alone."""
        failure = await self._apply(group) if group else None
        if failure is None or isinstance(failure, DatabaseError):
            return
        if len(group) == 1:
            self._set_aside(group[0].row, "failed", failure)
            return
        middle = len(group) // 2
        await self._take(group[:middle])
        await self._take(group[middle:])

    async def _apply(self, group: Sequence[Parsed]) -> Exception | None:
        """Apply a group and delete its rows; what failed. A DatabaseError: it is time to end."""
        failures = 0
        while True:
            try:
                await self._database.write(partial(self._apply_all, group))
            except DatabaseError as error:
                failures += 1
                if not await self._wait_out(failures, error, updates=len(group)):
                    return error
            except Exception as error:  # noqa: BLE001  # whichever it is, it will be found
                return error
            else:
                return None

    async def _apply_all(self, group: Sequence[Parsed], tx: Transaction) -> None:
        await apply_all(tx, self._grouped, group)
        await inbox.delete_updates(tx, [one.row.update_id for one in group])

    # -- the end of an update --------------------------------------------------------------------

    def _parse(self, row: InboxRow, raw: Raw) -> Update | None:
        known, parsed = self._expected.pop(row.update_id, _NOT_EXPECTED)
        if parsed is None or known is not raw:
            parsed = self._parsed(raw)
        if isinstance(parsed, Exception):
            self._set_aside(row, "unparsable", parsed)
            return None
        return parsed

    def _parsed(self, raw: Raw) -> Update | Exception:
        try:
            return Update.de_json(raw, self._bot)
        except Exception as error:  # noqa: BLE001  # whatever Telegram's next version brings
            return error

    def _set_aside(self, row: InboxRow, why: str, error: Exception) -> None:
        reason = f"{why}: {type(error).__name__}"
        extra = {"update_id": row.update_id, "chat": row.chat_id, "reason": reason}
        log.error("update_set_aside", extra=extra, exc_info=error)
        self._finish(row, reason)

    async def _wait_out(self, failures: int, error: Exception, *, updates: int) -> bool:
        """Wait before the next attempt; False, and at once, where the program is ending."""
        if failures == 1:
            log.warning("updates_wait", extra={"updates": updates, "error": error})
        return not await wait_for(self._closing, self._clock, RETRIES.after(failures))

    def _count_down(self, *rows: InboxRow) -> None:
        for row in rows:
            self._unhandled.add(row, -1)
        self._changed.set()

    def _end(self, row: InboxRow) -> None:
        """End an update that no handler gets."""
        self._finish(row)
        self._count_down(row)

    def _finish(self, row: InboxRow, reason: str | None = None) -> None:
        self._done.append(_Done(row.update_id, reason, self._clock.now()))
        if not self._closing.is_set():  # then the end of `drain` does it
            self._wake("flush", self._flush_soon)

    def _wake(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if name not in self._background:
            self._background[name] = asyncio.ensure_future(self._in_background(name, work))

    async def _in_background(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        finally:
            self._background.pop(name, None)

    async def _flush_soon(self) -> None:
        failures = 0
        while self._done:
            await asyncio.sleep(FLUSH_SECONDS)
            if (failure := await self._flush()) is None:
                failures = 0
            else:
                failures += 1
                await self._wait_out(failures, failure, updates=len(self._done))

    async def _flush(self) -> DatabaseError | None:
        """Delete the rows of finished updates, many in one commit; why not, if it cannot be now.

        Cancelled meanwhile, it is to its end all the same, or else made up for: never both.
        """
        done, self._done = self._done, []
        skipped, self._skipped = self._skipped, 0
        work = self._database.write(partial(self._end_all, done, skipped))
        writing = asyncio.ensure_future(work)
        try:
            written = await uninterrupted(writing)
        except BaseException as error:
            if not _went_well(writing):
                self._done[:0] = done
                self._skipped += skipped
            if isinstance(error, DatabaseError):
                return error
            raise
        if self._notes is not None:
            self._notes.forget(written)
        return None

    async def _end_all(
        self, done: Sequence[_Done], skipped: int, tx: Transaction
    ) -> Collection[Any]:
        """Delete the rows of what is done; which notes were written."""
        for one in done:
            if one.reason is not None:
                await inbox.set_aside(tx, one.update_id, one.reason, one.at)
        ids = [one.update_id for one in done]
        await inbox.delete_updates(tx, ids)
        await deeds.delete_answered(tx, ids)
        if skipped:
            await inbox.add_skipped(tx, skipped)
        return () if self._notes is None else await self._notes.write(tx)


def _went_well(task: asyncio.Future[Any]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
