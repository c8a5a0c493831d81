"""Polls sources when they are due: each at most once at a time, and all side by side."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import end
from bot.figures import PollOutcome
from bot.redaction import shown_address
from bot.sources.changes import ChangeKind
from bot.sources.errors import SourceError
from bot.sources.reading import FORMATS, READING
from bot.sources.telling import tell_of_changes
from storage import sources

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sources.changes import Recorded
    from bot.sources.http.fetch import Fetcher
    from bot.sources.intake import Intake
    from bot.sources.reading import SourceReader
    from storage.models import Source, SourceId

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
"""A poll that a crash cut off is due again after it. One that takes longer is not begun twice."""
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll did; `error` where it failed."""

    source_id: SourceId
    changes: tuple[Recorded, ...] = ()
    is_unchanged: bool = False
    error: SourceError | None = None

    @property
    def new(self) -> int:
        """How many posts were not known."""
        return sum(one.kind is ChangeKind.NEW for one in self.changes)

    @property
    def outcome(self) -> PollOutcome:
        """For the figures."""
        if self.error is not None:
            return PollOutcome.FAILED
        if not self.changes:
            return PollOutcome.UNCHANGED
        return PollOutcome.NEW if self.new else PollOutcome.CHANGED


class SourcePoller:
    """Polls sources and takes in what they changed; `close` it."""

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        reader: SourceReader,
        intake: Intake,
        private_addresses: frozenset[str] = frozenset(),
    ) -> None:
        self._database = intake.database
        self._clock = intake.clock
        self._fetcher = fetcher
        self._reader = reader
        self._intake = intake
        self._private_addresses = private_addresses
        self._running: dict[SourceId, asyncio.Task[Polled]] = {}
        self._bodies: dict[SourceId, tuple[int, int]] = {}
        self.polled: Callable[[PollOutcome], object] = lambda _: None
        """Told what each poll gave."""

    @property
    def is_busy(self) -> bool:
        """Whether a poll is running."""
        return bool(self._running)

    async def run(self) -> None:
        """Start a poll of each source that is due, and wait for none of them."""
        now = self._clock.now()
        room = AT_ONCE - len(self._running)
        async with self._database.reader() as db:
            next_at = await sources.get_next_poll_at(db)
        if room <= 0 or next_at is None or next_at > now:
            return
        async with self._database.transaction() as tx:
            due = await sources.claim_due(tx, now, until=now + LEASE, limit=room)
        for source in due:
            self._start(source)

    async def poll(self, source_id: SourceId) -> Polled | None:
        """Poll one source now, or wait for the poll of it that runs; None: it is not polled."""
        async with self._database.reader() as db:
            source = await sources.get_source(db, source_id)
        if source is None or FORMATS[source.kind].read is None:
            return None
        return await asyncio.shield(self._start(source))

    async def wait(self) -> None:
        """Return when no poll is running."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def close(self) -> None:
        """Stop what runs; those sources are due again when their lease ends."""
        await end(tuple(self._running.values()))

    def _start(self, source: Source) -> asyncio.Task[Polled]:
        task = self._running.get(source.id)
        if task is None:
            task = asyncio.create_task(self._poll(source))
            self._running[source.id] = task
            task.add_done_callback(lambda done: self._ended(source, done))
        return task

    def _ended(self, source: Source, task: asyncio.Task[Polled]) -> None:
        self._running.pop(source.id, None)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            extra = {"source": shown_address(source.address)}
            log.error("poll_failed", extra=extra, exc_info=error)
        self.polled(task.result().outcome if error is None else PollOutcome.FAILED)

    async def _poll(self, source: Source) -> Polled:
        is_private = source.address in self._private_addresses
        is_anew = _is_anew(source, self._clock.now())
        asked = replace(source, etag=None, last_modified=None) if is_anew else source
        try:
            read = await self._reader.read(asked, allow_private=is_private)
        except SourceError as error:
            async with self._database.transaction() as tx:
                await self._intake.poll_record.record_failure(tx, source, error)
            return Polled(source.id, error=error)
        body = (len(read.answer.body), hash(read.answer.body))
        is_known = (
            self._bodies.get(source.id) == body
            and not is_anew
            and source.first_fetched_at is not None  # followed again, it begins anew
        )
        is_unchanged = read.fetched is None or is_known
        changes: list[Recorded] = []
        if is_unchanged:
            async with self._database.transaction() as tx:
                await self._intake.poll_record.record_success(tx, source, read)
        else:
            changes += await self._intake.take_in(source, read, self._reader.worker)
            self._bodies[source.id] = body
        changes += await self._intake.take_out(source, self._fetcher, allow_private=is_private)
        tell_of_changes(source, changes)
        return Polled(source.id, tuple(changes), is_unchanged=is_unchanged)


def _is_anew(source: Source, now: datetime) -> bool:
    """Whether its answer is looked at even if it is the same as before."""
    return source.reading != READING or (
        source.read_anew_at is not None and source.read_anew_at <= now
    )
