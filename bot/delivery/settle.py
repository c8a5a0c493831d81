"""What to do about a push that may have arrived: the interface, and the simplest policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeAlias

from bot.backoff import Backoff

if TYPE_CHECKING:
    from bot.clock import Clock
    from storage.models import OutboxRow

DOUBTS = Backoff.doubling(60.0, longest=3600.0)
"""A send that hung up can still land."""


@dataclass(frozen=True, slots=True)
class Resend:
    """Nothing proves that it arrived: it is sent again, silently, and counted."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It is too early to say, or somebody was asked."""


Settled: TypeAlias = Resend | Wait


class Settler(Protocol):
    """Finds out what became of a push in doubt."""

    async def settle(self, row: OutboxRow) -> Settled:
        """What is known of it now; called again and again until it is more than Wait."""
        ...


class PatientSettler:
    """Sends a push in doubt again after a minute, after two the next time, up to an hour.

    No push is lost this way. One that is sent again may be there twice: it ends as
    `resent_unproven`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def settle(self, row: OutboxRow) -> Settled:
        """Resend once the wait is over."""
        wait = timedelta(seconds=DOUBTS.after(row.doubts + 1))
        over = self._clock.now() - row.changed_at >= wait
        return Resend() if over else Wait()
