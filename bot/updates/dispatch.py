"""From the inbox to the handlers: chats side by side, each in its order.

An update that cannot be parsed, or whose handler fails, is set aside and logged once; the next one
goes on. Kinds that come in floods (reactions) are handled in groups, one commit for many.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from telegram import Update

from storage import inbox
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from telegram import Bot

    from bot.clock import Clock
    from bot.updates.raw import Raw
    from storage.database import Database, Transaction
    from storage.models import InboxRow, UpdateId

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 64
FLUSH_SECONDS = 0.02
LARGEST_GROUP = 500
RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class RetryLaterError(Exception):
    """A handler could not finish for a passing reason; nothing was done, and it is tried again."""


class Handle(Protocol):
    """Runs the handlers for one update."""

    async def __call__(self, update: Update) -> Exception | None:
        """None when it is handled; what went wrong otherwise."""
        ...


@dataclass(slots=True)
class _Lane:
    waiting: deque[tuple[InboxRow, Raw]] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class Dispatcher:
    """Hands updates to `handle` one by one a chat, and those of `grouped` kinds many at once."""

    def __init__(
        self,
        *,
        bot: Bot,
        database: Database,
        clock: Clock,
        handle: Handle,
        grouped: Mapping[str, Callable[[Transaction, list[Update]], Awaitable[None]]],
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._handle = handle
        self._grouped = grouped
        self._lanes: dict[int, _Lane] = {}
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._group: list[tuple[InboxRow, Raw, str]] = []
        self._done: list[UpdateId] = []
        self._unhandled = 0
        self._changed = asyncio.Event()
        self._background: dict[str, asyncio.Task[None]] = {}
        self._closing = False

    async def resume(self) -> int:
        """Take up what an earlier run left in the inbox; how many updates that was."""
        async with self._database.reader() as db:
            rows = await inbox.list_waiting(db)
        self.feed([(row, json.loads(row.body)) for row in rows])
        return len(rows)

    def feed(self, rows: list[tuple[InboxRow, Raw]]) -> None:
        """Take committed updates, in order."""
        self._unhandled += len(rows)
        for row, raw in rows:
            kind = next((name for name in raw if name in self._grouped), None)
            if kind is not None:
                self._group.append((row, raw, kind))
                self._wake("group", self._work_groups)
            else:
                self._queue(row, raw)

    async def has_room(self, most: int) -> None:
        """Return once fewer than `most` updates wait."""
        while self._unhandled >= most:
            self._changed.clear()
            await self._changed.wait()

    @property
    def unhandled(self) -> int:
        """How many updates wait or are being handled."""
        return self._unhandled

    async def drain(self, seconds: float) -> bool:
        """Finish what is in flight, at most `seconds` long; what is left stays in the inbox."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        tasks += list(self._background.values())
        _, pending = await asyncio.wait(tasks, timeout=seconds) if tasks else (set(), set())
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        await self._flush()
        return not pending

    # -- one by one ------------------------------------------------------------------------------

    def _queue(self, row: InboxRow, raw: Raw) -> None:
        key = row.chat_id or 0
        lane = self._lanes.setdefault(key, _Lane())
        lane.waiting.append((row, raw))
        if lane.task is None:
            lane.task = asyncio.create_task(self._work_lane(key, lane))

    async def _work_lane(self, key: int, lane: _Lane) -> None:
        while lane.waiting and not self._closing:
            row, raw = lane.waiting.popleft()
            async with self._slots:
                finished = await self._handle_one(row, raw)
            if finished:
                self._finish([row.update_id])
        lane.task = None
        if not lane.waiting:
            self._lanes.pop(key, None)

    async def _handle_one(self, row: InboxRow, raw: Raw) -> bool:
        try:
            update = Update.de_json(raw, self._bot)
        except Exception as error:  # noqa: BLE001  # whatever Telegram's next version brings
            await self._set_aside(row, f"unparsable: {type(error).__name__}")
            return True
        for seconds in (*RETRY_SECONDS, None):
            failure = await self._handle(update)
            if failure is None:
                return True
            if not isinstance(failure, (DatabaseError, RetryLaterError)) or seconds is None:
                break
            log.warning("update_waits", extra={"update_id": row.update_id, "error": str(failure)})
            if self._closing:
                return False
            await self._clock.sleep(seconds)
        await self._set_aside(row, f"failed: {type(failure).__name__}", failure)
        return True

    async def _set_aside(self, row: InboxRow, why: str, error: Exception | None = None) -> None:
        log.error(
            "update_set_aside", extra={"update_id": row.update_id, "reason": why}, exc_info=error
        )
        try:
            async with self._database.transaction() as tx:
                await inbox.set_aside(tx, row.update_id, why, self._clock.now())
        except DatabaseError as full:
            log.error("update_not_set_aside", extra={"error": str(full)})  # noqa: TRY400  # the error says it all

    # -- in groups -------------------------------------------------------------------------------

    async def _work_groups(self) -> None:
        while self._group:
            group, self._group = self._group[:LARGEST_GROUP], self._group[LARGEST_GROUP:]
            if not await self._apply(group):
                for one in group:
                    if not await self._apply([one]):
                        await self._set_aside(one[0], f"failed: {one[2]}")
            self._unhandled -= len(group)
            self._changed.set()

    async def _apply(self, group: list[tuple[InboxRow, Raw, str]]) -> bool:
        """Apply a group and delete its rows in one transaction; False if it cannot be."""
        for seconds in (*RETRY_SECONDS, None):
            try:
                async with self._database.transaction() as tx:
                    for kind, apply in self._grouped.items():
                        updates = [
                            Update.de_json(raw, self._bot) for _, raw, k in group if k == kind
                        ]
                        if updates:
                            await apply(tx, updates)
                    await inbox.delete_updates(tx, [row.update_id for row, _, _ in group])
            except DatabaseError as error:
                log.warning("group_waits", extra={"updates": len(group), "error": str(error)})
                if seconds is None:
                    return False
                await self._clock.sleep(seconds)
            except Exception:  # one that cannot be parsed: they go one by one
                if len(group) == 1:
                    log.exception("update_failed", extra={"update_id": group[0][0].update_id})
                return False
            else:
                return True
        raise AssertionError  # pragma: no cover  # the last turn returns

    # -- the end of an update --------------------------------------------------------------------

    def _finish(self, ids: list[UpdateId]) -> None:
        self._done += ids
        self._unhandled -= len(ids)
        self._changed.set()
        self._wake("flush", self._flush_soon)

    def _wake(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if name not in self._background:
            task = asyncio.ensure_future(self._in_background(name, work))
            self._background[name] = task

    async def _in_background(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        finally:
            self._background.pop(name, None)

    async def _flush_soon(self) -> None:
        while self._done:
            await asyncio.sleep(FLUSH_SECONDS)
            if not await self._flush():
                await self._clock.sleep(RETRY_SECONDS[0])

    async def _flush(self) -> bool:
        """Delete the rows of handled updates, many in one commit; False if it cannot be now."""
        done, self._done = self._done, []
        try:
            async with self._database.transaction() as tx:
                await inbox.delete_updates(tx, done)
        except DatabaseError as error:
            log.warning("inbox_not_cleared", extra={"error": str(error), "updates": len(done)})
            self._done += done
            return False
        return True
