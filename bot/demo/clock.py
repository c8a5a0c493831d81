"""A clock for the bot that the demo can move."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta


class ShiftedClock:
    """The machine's clock, some seconds ahead; who sleeps on it wakes when it is moved past."""

    def __init__(self, offset_seconds: float = 0.0) -> None:
        self._offset = timedelta(seconds=offset_seconds)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        return datetime.now(UTC) + self._offset

    def shift_to(self, offset_seconds: float) -> None:
        """Be that far ahead from now on."""
        self._offset = timedelta(seconds=offset_seconds)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock."""
        until = self.now() + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        while (left := (until - self.now()).total_seconds()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left)
