"""What `/metrics` says: what was counted as it happened, and what stands in the database now.

docs/metrics.md has a line for each figure. The database is asked by a reader, which holds up no
write, at most once in FRESH_SECONDS; what takes long there, at most once in COUNTED_SECONDS, and
nobody waits for it longer than COUNTING_SECONDS: until then what was counted before is said.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from bot.process.gauges import Gauges, Live, Seen, Space, Stored
from storage.database import DatabaseError
from storage.depths import count_finished, read_depths
from storage.last_backup import get_last_backup

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from bot.clock import Clock
    from bot.figures import Figures
    from bot.process.serving import Running
    from storage.database import Connection, Database
    from storage.depths import Depths
    from storage.models import OutboxState

log = logging.getLogger(__name__)

FRESH_SECONDS = 5.0
COUNTED_SECONDS = 600.0
COUNTING_SECONDS = 1.0
OPENMETRICS = "application/openmetrics-text"


@dataclass(frozen=True, slots=True)
class Exposition:
    """Figures as text, and which kind of text."""

    text: str
    content_type: str


def live_of(running: Running) -> Callable[[], Awaitable[Live]]:
    """Asks a bot's parts how they are."""

    async def live() -> Live:
        return Live(
            is_ready=await running.what_is_missing() is None,
            last_answer_at=running.receiver.last_answer_at,
            is_held=running.pace.is_held,
            lanes_waiting=running.pace.waiting,
        )

    return live


class Metrics:
    """The figures of one bot.

    Args:
        database: Read at most once in FRESH_SECONDS.
        clock: What ages are measured by.
        figures: What was counted; its registry takes in the rest.
        live: How the running parts are.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        figures: Figures,
        live: Callable[[], Awaitable[Live]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._registry = figures.registry
        self._live = live
        self._gauges = Gauges()
        self._lock = asyncio.Lock()
        self._read: tuple[float, Stored | None] | None = None
        self._counted_at: float | None = None
        self._finished: Mapping[OutboxState, int] = {}
        self._counting: asyncio.Task[None] | None = None
        self._is_blind = False
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._registry.register(self._gauges)

    async def render(self, accept: str = "") -> Exposition:
        """All figures, in the form that the header Accept asks for; Prometheus' text otherwise."""
        async with self._lock:  # two who ask at once read once
            self._gauges.seen = await self._look()
        asked = OPENMETRICS if OPENMETRICS in accept else ""  # its own reading fails on junk
        encode, content_type = choose_encoder(asked)
        return Exposition(encode(self._registry).decode(), content_type)

    async def _look(self) -> Seen:
        at = asyncio.get_running_loop().time()
        if self._read is None or at - self._read[0] >= FRESH_SECONDS:
            self._read = at, await self._read_anew(at)
        return Seen(self._clock.now(), await self._live(), self._read[1])

    async def _read_anew(self, at: float) -> Stored | None:
        """None where the database cannot be read, which is logged once."""
        try:
            stored = await self._stored(at)
        except (DatabaseError, OSError) as error:
            if not self._is_blind:
                log.error("figures_not_read", extra={"error": error})  # noqa: TRY400  # the error says it all
            self._is_blind = True
            return None
        self._is_blind = False
        return stored

    async def _stored(self, at: float) -> Stored:
        now, path = self._clock.now(), self._database.path
        depths = await self._database.read(partial(_depths, now=now))
        await self._count(at)
        outbox = {**depths.outbox, **self._finished}
        space = await asyncio.to_thread(_space, path)
        backup = await self._database.read(get_last_backup)
        return Stored(depths, outbox, space, None if backup is None else backup.made_at)

    async def _count(self, at: float) -> None:
        """See that what ended is counted now and then; wait for it for a moment."""
        is_old = self._counted_at is None or at - self._counted_at >= COUNTED_SECONDS
        if is_old and self._counting is None:
            self._counted_at = at
            self._counting = asyncio.create_task(self._count_finished())
        if self._counting is not None:
            await asyncio.wait([self._counting], timeout=COUNTING_SECONDS)

    async def _count_finished(self) -> None:
        try:
            self._finished = await self._database.read(count_finished)
        except DatabaseError:
            self._counted_at = None  # whoever reads the rest says why
        finally:
            self._counting = None


async def _depths(db: Connection, *, now: datetime) -> Depths:
    return await read_depths(db, now)


def _space(path: Path) -> Space:
    """What the database takes, its log with it, and what its disk has left."""
    files = (path, path.with_name(f"{path.name}-wal"))
    taken = sum(one.stat().st_size for one in files if one.exists())
    return Space(taken, shutil.disk_usage(path.parent).free)
