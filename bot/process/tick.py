"""The clock of the running bot: one APScheduler tick that asks each duty whether something is due.

When something is due is a column of the database: a restart, an edited setting or new rules of a
time zone lose nothing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import end
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock

log = logging.getLogger(__name__)
TICK_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to look after every so many seconds; it never overlaps itself."""

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[object]]


class Tick:
    """Starts each duty when its time has come; a slow one delays no other."""

    def __init__(self, duties: tuple[Duty, ...], clock: Clock) -> None:
        self._duties = duties
        self._clock = clock
        self._last: dict[str, datetime] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._is_closed = False
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,  # a second later is a second later, where other clocks go back too
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Tick from now on."""
        self._scheduler.add_job(self.tick, "interval", seconds=TICK_SECONDS)
        self._scheduler.start()

    async def close(self, seconds: float) -> None:
        """Tick no more, and give what runs at most `seconds` to end."""
        self._is_closed = True
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
        now = self._clock.now()
        for duty in self._duties:
            last = self._last.get(duty.name)
            waited = None if last is None else abs((now - last).total_seconds())
            if duty.name in self._running or (waited is not None and waited < duty.every_seconds):
                continue
            self._last[duty.name] = now
            self._running[duty.name] = asyncio.create_task(self._run(duty))

    async def _run(self, duty: Duty) -> None:
        try:
            await duty.run()
        except DatabaseError as error:
            log.error("duty_waits", extra={"duty": duty.name, "error": str(error)})  # noqa: TRY400  # the error says it all
        except Exception:
            log.exception("duty_failed", extra={"duty": duty.name})
        finally:
            self._running.pop(duty.name, None)
