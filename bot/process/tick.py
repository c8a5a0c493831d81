"""The clock of the running bot: one APScheduler tick that asks each duty whether something is due.

When something is due is a column of the database: a restart, an edited setting or new rules of a
time zone lose nothing.

APScheduler sleeps until a time of day. A watchdog on the machine's monotonic clock, which nobody
sets, sees a tick that does not come and a clock that jumps.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.clock import end
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock

log = logging.getLogger(__name__)
TICK_SECONDS = 1
WATCH_SECONDS = 1.0
LATE_SECONDS = 5.0
"""A tick that has not come by then is armed anew."""
JUMP = timedelta(seconds=30)
"""By so much the time of day and the monotonic clock part where somebody sets the clock."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to look after every so many seconds; it never overlaps itself."""

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[object]]


class _FromNow(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A second from now, whenever that is.

    APScheduler's own interval goes through each second that was missed: after a clock that went
    from 1970 to today it would hold up everything for an hour, with gigabytes of times.
    """

    def get_next_fire_time(self, _: datetime | None, now: datetime) -> datetime:
        """When it fires next; what was missed does not matter."""
        return now + timedelta(seconds=TICK_SECONDS)


class Tick:
    """Starts each duty when its time has come; a slow one delays no other.

    Args:
        duties: What to look after.
        clock: The time of day.
        jumped: Called when the clock was set, with by how much: ahead, or back where negative. It
            is a duty like the others: tried again until it went well.
        monotonic: Seconds that never go back, whatever is done to the time of day.
    """

    def __init__(
        self,
        duties: tuple[Duty, ...],
        clock: Clock,
        *,
        jumped: Callable[[timedelta], Awaitable[object]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._duties = duties
        self._clock = clock
        self._jumped = jumped
        self._monotonic = monotonic
        self._jump = timedelta()
        """What `jumped` has not been told yet, summed up."""
        self._last: dict[str, datetime] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._waiting: set[str] = set()
        self._is_closed = False
        self._ticked_at = self._armed_at = self._looked_at = monotonic()
        self._seen_at = clock.now()
        self._watchdog: asyncio.Task[None] | None = None
        self._job: Any = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,  # a second later is a second later, where other clocks go back too
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    @property
    def is_late(self) -> bool:
        """Whether it was started, and the last tick is too long ago."""
        return self._job is not None and self._late_seconds > LATE_SECONDS

    def start(self) -> None:
        """Tick from now on."""
        self._job = self._scheduler.add_job(self.tick, _FromNow())
        self._ticked_at = self._armed_at = self._monotonic()
        self._scheduler.start()
        self._watchdog = asyncio.create_task(self._watch())

    async def close(self, seconds: float) -> None:
        """Tick no more, and give what runs at most `seconds` to end."""
        self._is_closed = True
        if self._watchdog is not None:
            await end([self._watchdog])
        if self._scheduler.running:
            self._scheduler.pause()
            for _ in range(2):  # what is on its way passes; cancelled, it is logged as an error
                await asyncio.sleep(0)
            self._scheduler.shutdown(wait=False)
        await end(list(self._running.values()), seconds)

    async def tick(self) -> None:
        """Start what is due; once it is closed, nothing."""
        if self._is_closed:
            return
        self._ticked_at = self._monotonic()
        self._look_at_the_clock()
        now = self._clock.now()
        for duty in self._duties:
            last = self._last.get(duty.name)
            waited = None if last is None else abs((now - last).total_seconds())
            if waited is None or waited >= duty.every_seconds:
                self._begin(duty)

    def look(self) -> None:
        """Arm the tick anew where it is late, and see whether the clock was set."""
        self._look_at_the_clock()
        now = self._monotonic()
        if self.is_late and now - self._armed_at > LATE_SECONDS:
            log.warning("tick_late", extra={"seconds": round(self._late_seconds, 1)})
            self._armed_at = now
            self._job.reschedule(_FromNow())

    @property
    def _late_seconds(self) -> float:
        return self._monotonic() - self._ticked_at

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self.look()

    def _look_at_the_clock(self) -> None:
        """Compare how much time passed on both clocks; a machine that slept looks like a jump."""
        now, at = self._monotonic(), self._clock.now()
        jump = at - self._seen_at - timedelta(seconds=now - self._looked_at)
        self._looked_at, self._seen_at = now, at
        if abs(jump) >= JUMP:
            log.warning("clock_jumped", extra={"seconds": round(jump.total_seconds())})
            self._jump += jump
        if self._jump and self._jumped is not None:
            self._begin(Duty("clock", 0, self._tell_of_jump))

    async def _tell_of_jump(self) -> None:
        assert self._jumped is not None  # noqa: S101  # nobody else begins it
        jump = self._jump
        await self._jumped(jump)
        self._jump -= jump

    def _begin(self, duty: Duty) -> None:
        if duty.name not in self._running:
            self._last[duty.name] = self._clock.now()
            self._running[duty.name] = asyncio.create_task(self._run(duty))

    async def _run(self, duty: Duty) -> None:
        try:
            await duty.run()
        except DatabaseError as error:
            self._note_waiting(duty, error)
        except Exception:
            log.exception("duty_failed", extra={"duty": duty.name})
        else:
            if duty.name in self._waiting:
                self._waiting.discard(duty.name)
                log.info("duty_resumed", extra={"duty": duty.name})
        finally:
            self._running.pop(duty.name, None)

    def _note_waiting(self, duty: Duty, error: DatabaseError) -> None:
        """Say it once, however often the duty is tried."""
        if duty.name not in self._waiting:
            self._waiting.add(duty.name)
            log.error("duty_waits", extra={"duty": duty.name, "error": error})
