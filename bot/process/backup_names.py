"""Scheduled backups by their names: when one is due, and which have had their time. Pure.

A name holds the local date and time with its offset: `sosik-20261130-043000+0900.db`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

DAYS, WEEKS = 7, 4
"""Of so many days and weeks that have one, the last of each is kept; of the days the first, too: of
a database that was begun anew, or restored, there is a second one that day."""
AGAIN = timedelta(hours=1)
"""After a failure."""
_FORMAT = "%Y%m%d-%H%M%S%z"
_NAME = re.compile(r"([0-9]{8}-[0-9]{6}[+-][0-9]{4}(?:[0-9]{2})?)\.db")
_PART = re.compile(_NAME.pattern + r"\.[0-9a-f]{8}\.part(?:-journal|-wal|-shm)?")


def name_of(stem: str, at: datetime) -> str:
    """What the backup of a moment, in its own zone, is called; `stem` is the database's name."""
    return f"{stem}-{at:{_FORMAT}}.db"


def made_at(stem: str, name: str) -> datetime | None:
    """Of which moment a file is, with its offset; None where it is no scheduled backup."""
    found = _NAME.fullmatch(name.removeprefix(f"{stem}-"))
    if found is None or not name.startswith(f"{stem}-"):
        return None
    try:
        return datetime.strptime(found[1], _FORMAT)  # noqa: DTZ007  # its format has the offset
    except ValueError:  # the 31st of November
        return None


def is_part(stem: str, name: str) -> bool:
    """Whether a file is what a kill left of a backup."""
    rest = name.removeprefix(f"{stem}-")
    return rest != name and _PART.fullmatch(rest) is not None


def last_slot(now: datetime, minutes: int) -> datetime:
    """The last time that it was so many minutes after midnight in the zone of `now`."""
    day = now.replace(hour=minutes // 60, minute=minutes % 60, second=0, microsecond=0, fold=0)
    slots = (day - timedelta(days=ago) for ago in (0, 1))
    past = (slot for slot in slots if slot.astimezone(UTC) <= now.astimezone(UTC))
    return next(past)


def superfluous(made: Mapping[str, datetime], now: datetime) -> list[str]:
    """The names of what has had its time; what a wrong clock dated ahead does not count."""
    past = {name: at for name, at in made.items() if at <= now}
    newest = sorted(past, key=lambda name: (past[name], name), reverse=True)
    by_day = _by(newest, lambda name: past[name].date(), DAYS)
    by_week = _by(newest, lambda name: past[name].isocalendar()[:2], WEEKS)
    kept = {names[0] for names in by_day + by_week} | {names[-1] for names in by_day}
    return [name for name in newest if name not in kept]


def _by(newest: Iterable[str], period: Callable[[str], Hashable], most: int) -> list[list[str]]:
    """The names of each of the `most` newest periods, the newest first."""
    found: dict[Hashable, list[str]] = {}
    for name in newest:
        found.setdefault(period(name), []).append(name)
    return list(found.values())[:most]
