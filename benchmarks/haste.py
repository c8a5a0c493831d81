"""Time that passes faster, in this process and in those that it starts.

`hurry` has the clocks of Python run at a rate, and `HastyLoop` waits that much shorter: sleeps,
timeouts and long polls keep their relation to each other and to the time of day, so that a minute
of waiting costs seconds. What the processor does is not faster: it takes longer by these clocks.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import time
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self


VARIABLE = "SOSIK_HASTE"
"""Of the environment: the rate, and the two clocks when it began."""


@dataclass(frozen=True, slots=True)
class Haste:
    """How fast time passes, and since when, in seconds of the machine's clocks."""

    rate: float
    began_at: float
    began_monotonic: float

    @classmethod
    def read(cls) -> Haste | None:
        """What the process that started this one said, if anything."""
        words = os.environ.get(VARIABLE, "").split()
        return cls(*(float(one) for one in words)) if words else None

    def said(self) -> str:
        """For the environment of processes that are started."""
        return f"{self.rate} {self.began_at!r} {self.began_monotonic!r}"


def hurry(rate: float) -> None:
    """Let time pass at `rate`, here and in the processes that are started from now on."""
    haste = Haste(rate, time.time(), time.monotonic())
    os.environ[VARIABLE] = haste.said()
    _set(haste)


def follow() -> None:
    """Let time pass as in the process that started this one, if it said so."""
    haste = Haste.read()
    if haste is not None:
        _set(haste)


def _set(haste: Haste) -> None:
    """Before whatever keeps a clock's function is imported."""
    time.time = _faster(time.time, haste.began_at, haste.rate)
    time.monotonic = _faster(time.monotonic, haste.began_monotonic, haste.rate)


def _faster(clock: Callable[[], float], began: float, rate: float) -> Callable[[], float]:
    return lambda: began + (clock() - began) * rate


class HastyClock:
    """The time of day as it passes here (bot.clock.Clock)."""

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        return datetime.fromtimestamp(time.time(), UTC)

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed here."""
        await asyncio.sleep(seconds)


class HastyDatetime(datetime):
    """For libraries that ask `datetime.now`."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """The time as it passes here."""
        return cls.fromtimestamp(time.time(), tz)


class HastyLoop(asyncio.SelectorEventLoop):
    """An event loop whose waits are as much shorter as time passes faster."""

    def __init__(self) -> None:
        haste = Haste.read()
        super().__init__(_HastySelector(1.0 if haste is None else haste.rate))


class _HastySelector(selectors.DefaultSelector):
    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout and timeout / self._rate)
