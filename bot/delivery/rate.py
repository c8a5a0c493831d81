"""How fast the bot as a whole sends, so that it is never over Telegram's limit. Pure.

Telegram counts requests as they arrive, and a request arrives somewhere between its leaving and its
answer. So each counts from its leaving until a second after its answer: whatever the network does
in between, no second sees more arrive than that.
"""

from __future__ import annotations

from collections import deque
from math import inf

LATE_TURNS = 2
"""So many turns that the loop was late for are made up for."""
SLOWEST = 1.0
GROWTH = 0.5
"""What a second of steady sending adds to the pace, until it is the full one again."""


class Rate:
    """At most so many requests within any second of the other side's; fewer after a refusal.

    The pace is halved where Telegram refuses everything, and grows evenly while it accepts
    (additive increase, multiplicative decrease: Chiu and Jain 1989).

    Args:
        most: How many may arrive in `seconds`.
        seconds: The span, a little longer than Telegram's.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._pace = float(most)
        self._under_way = 0
        self._ended: deque[float] = deque(maxlen=most)
        self.even_at = 0.0
        """When the next request leaves that is spread evenly."""

    def begin(self, now: float) -> None:
        """A request leaves; one that leaves a little late lets the next leave as much earlier."""
        self._under_way += 1
        spread = self._seconds / self._pace
        self.even_at = max(self.even_at, now - LATE_TURNS * spread) + spread

    def end(self, now: float) -> None:
        """A request was answered, or nobody waits for its answer any more."""
        self._under_way -= 1
        self._ended.append(now)

    def call_off(self) -> None:
        """A request did not leave after all; the next leaves in its place."""
        self._under_way -= 1
        self.even_at -= self._seconds / self._pace

    def free_at(self) -> float:
        """When the next request may leave; infinite where an answer has to come first."""
        room = int(self._pace) - self._under_way
        if room <= 0:
            return inf
        return self._ended[-room] + self._seconds if len(self._ended) >= room else 0.0

    def slow_down(self) -> None:
        """Telegram refused everything: half as fast from now on."""
        self._pace = max(SLOWEST, self._pace / 2)

    def speed_up(self) -> None:
        """Telegram accepted a request."""
        self._pace = min(self._most, self._pace + GROWTH / self._pace)
