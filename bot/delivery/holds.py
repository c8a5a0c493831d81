"""What held every chat for longer than a minute, told to the operators once it is over.

While Telegram answers nothing, or refuses everything, nobody can be told of it there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from storage import outbox
from storage.models import NoticePush
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from bot.delivery.operators import Operators
    from storage.database import Database

LEAST_SECONDS = 60.0
"""What is over sooner concerns nobody."""
WITHIN = timedelta(hours=1)
MOST_TOLD = 3
"""Within that time; then one notice says that there are many."""
_KEYS = {
    "nothing is answered": "hold.outage",
    "all sends are refused": "hold.flood",
    "all edits are refused": "hold.edits",
}


class Hold(NamedTuple):
    """Something held every chat, and is over."""

    why: str
    """One of the names of `Lanes.troubles`."""
    seconds: float


class Held(Protocol):
    """Knows what holds every chat (bot.delivery.pace)."""

    @property
    def is_held(self) -> bool:
        """Whether anything does now."""
        ...

    def take_holds(self) -> Sequence[Hold]:
        """What is over since the last call."""
        ...


class Holds:
    """Looks now and then, and tells."""

    def __init__(self, database: Database, clock: Clock, operators: Operators, held: Held) -> None:
        self._database = database
        self._clock = clock
        self._operators = operators
        self._held = held
        self._waited = 0
        """The most pushes that were seen to wait during what lasts."""
        self._untold: list[Hold] = []

    async def look(self) -> None:
        """Count what waits, and tell of what is over.

        Raises DatabaseError: then it is told later.
        """
        self._untold += [one for one in self._held.take_holds() if one.seconds >= LEAST_SECONDS]
        if self._untold or self._held.is_held:
            async with self._database.reader() as db:
                due = await outbox.count_due(db, self._clock.now())
            self._waited = max(self._waited, due)
        while self._untold:
            await self._tell(self._untold[0], self._waited)
            self._untold.pop(0)
        if not self._held.is_held:
            self._waited = 0

    async def _tell(self, hold: Hold, waited: int) -> None:
        now, key = self._clock.now(), _KEYS[hold.why]
        async with self._database.transaction() as tx:
            told = await outbox.count_notices(tx, "hold.", now - WITHIN)
            if told >= MOST_TOLD * len(self._operators.ids):
                hour = to_seconds(now) // int(WITHIN.total_seconds())
                await self._operators.tell(tx, f"hold.many:{hour}", "hold.many")
                return
            values = {"minutes": round(hold.seconds / 60), "count": waited}
            item = f"{key}:{to_seconds(now)}"
            await self._operators.put(tx, item, NoticePush(key, values))
