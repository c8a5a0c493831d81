"""Clocks for tests: one that stands still until it is moved, one that never waits."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta

from tests.waiting import settle


class FakeClock:
    """Starts at `at`; `advance` moves it and wakes the sleepers whose time has come, in order."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)) -> None:
        self._now = at
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        self._count += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        until = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (until, self._count, future))
        await future

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`, stopping at each sleeper on the way and letting the loop run."""
        end = self._now + timedelta(seconds=seconds)
        await settle(10)
        while self._sleepers and self._sleepers[0][0] <= end:
            until, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, until)
            if not future.done():
                future.set_result(None)
            await settle(10)
        self._now = end
        await settle(10)


class HastyClock(FakeClock):
    """Nobody waits: a sleep moves the time on at once and is noted in `slept`."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += timedelta(seconds=max(seconds, 0))
        await asyncio.sleep(0)
