"""The simulator's own time: it can be set, moved and sped up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class SimulatedClock:
    """Unix seconds that run at `rate` simulated seconds a real second.

    Message dates, expiry of updates and flood limits read it; network waits (long polling,
    faults that hang) stay in real seconds.
    """

    def __init__(self, start: float | None = None) -> None:
        self._base = time.time() if start is None else start
        self._since = time.monotonic()
        self.rate = 1.0

    def now(self) -> float:
        """The simulated time, in unix seconds."""
        return self._base + (time.monotonic() - self._since) * self.rate

    def date(self) -> int:
        """The simulated time as the Bot API writes it: whole unix seconds."""
        return int(self.now())

    def set(self, at: datetime | float) -> None:
        """Jump to a moment, backwards too."""
        self._base = at if isinstance(at, float | int) else at.timestamp()
        self._since = time.monotonic()

    def advance(self, seconds: float) -> None:
        """Jump by some seconds."""
        self._base += seconds

    def run_at(self, rate: float) -> None:
        """Run `rate` times as fast as real time from now on; 0 stops it."""
        self.set(self.now())
        self.rate = rate
