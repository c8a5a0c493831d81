"""Questions whose answer may not have arrived, and when each is answered once more. Pure.

A request that hung up may still land, so nothing is repeated at once; and not for long, for nobody
waits for an old answer. Whoever asks the same again gets the one answer to that.

Times are seconds of any clock that never goes back; the caller hands them in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.updates.asks import PATIENCE

if TYPE_CHECKING:
    from bot.updates.turns import Ask, Waiting

WAITS_SECONDS = (10.0, 30.0)
"""After each doubt; then it is given up."""


class Repeats:
    """What is to be answered once more, in the order in which it came into doubt."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, Waiting]] = []

    def add(self, one: Waiting, now: float) -> bool:
        """The answer to `one` came into doubt; False where that is not repeated (any more)."""
        began_at = now if one.doubted_at is None else one.doubted_at
        if one.doubts >= len(WAITS_SECONDS):
            return False
        again_at = now + WAITS_SECONDS[one.doubts]
        if again_at > began_at + PATIENCE.total_seconds():
            return False
        again = replace(one, doubts=one.doubts + 1, doubted_at=began_at)
        self._waiting.append((again_at, again))
        return True

    def next_at(self) -> float | None:
        """When the next may be due; None: none waits."""
        return min((at for at, _ in self._waiting), default=None)

    def take_due(self, now: float) -> list[Waiting]:
        """Those whose wait is over, each once, the first of each place first."""
        due = [one for at, one in self._waiting if at <= now]
        self._waiting = [(at, one) for at, one in self._waiting if at > now]
        return due

    def take_same(self, ask: Ask) -> list[Waiting]:
        """Those that the same person asks again, and that are not to be repeated for it."""
        same = [one for _, one in self._waiting if is_same(one.ask, ask)]
        self._waiting = [(at, one) for at, one in self._waiting if not is_same(one.ask, ask)]
        return same

    def take_of(self, person: int) -> list[Waiting]:
        """Those that a person asked, wherever, and that are not to be repeated."""
        theirs = [one for _, one in self._waiting if one.ask.person == person]
        self._waiting = [(at, one) for at, one in self._waiting if one.ask.person != person]
        return theirs


def is_old(one: Waiting, now: float) -> bool:
    """Whether nobody waits for the answer any more; it was held up meanwhile."""
    return one.doubted_at is not None and now - one.doubted_at > PATIENCE.total_seconds()


def is_same(one: Ask, other: Ask) -> bool:
    """Whether one person asks the same of the bot in one place."""
    return one.question is not None and (one.place, one.person, one.question) == (
        other.place,
        other.person,
        other.question,
    )
