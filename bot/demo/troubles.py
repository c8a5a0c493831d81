"""What a visitor may do to Telegram for a while, so that one sees the bot bear it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulator.api.faults import Fault
    from bot.simulator.simulator import Simulator

Trouble = Literal["slow", "refusing", "gone"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
SLOW_SECONDS = 3.0
RETRY_SECONDS = 3


class Troubles:
    """At most one trouble at a time; it ends by itself. `on_change` hears of both."""

    def __init__(self, sim: Simulator, on_change: Callable[[], None]) -> None:
        self.now: Trouble | None = None
        self.ends_at = 0.0
        """When it is over, in seconds of the loop's clock."""
        self._sim = sim
        self._on_change = on_change
        self._fault: Fault | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, trouble: Trouble, seconds: float) -> None:
        """Make Telegram slow, refuse (429) or vanish, for so many seconds."""
        self._clear()
        self._fault = _order(self._sim, trouble)
        loop = asyncio.get_running_loop()
        self.now, self.ends_at = trouble, loop.time() + seconds
        self._timer = loop.call_at(self.ends_at, self.end)
        self._on_change()

    def end(self) -> None:
        """Make Telegram well again."""
        self._clear()
        self._on_change()

    @property
    def seconds_left(self) -> float:
        """How long it still lasts."""
        return max(0.0, self.ends_at - asyncio.get_running_loop().time()) if self.now else 0.0

    def _clear(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._fault is not None:
            self._sim.faults.remove(self._fault)
        self._timer, self._fault, self.now = None, None, None


def _order(sim: Simulator, trouble: Trouble) -> Fault:
    if trouble == "slow":
        return sim.faults.answers_slowly(SLOW_SECONDS, times=None)
    if trouble == "refusing":
        return sim.faults.answers(429, retry_after=RETRY_SECONDS, times=None)
    return sim.vanishes()
