"""Of a long answer the newest entries, wherever it has them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

MOST_ENTRIES = 1000
"""Entries that are read of one answer; most feeds have ten to fifty."""
T = TypeVar("T")


def newest(
    items: Sequence[T], date_of: Callable[[T], datetime | None]
) -> tuple[Sequence[T], T | None]:
    """The newest thousand in their order, and the one behind which others were left out.

    By their dates where most have one: an undated one goes with the one before it, and nothing is
    said of what was left out. Without dates nobody knows which end is the newer: half from each.
    """
    if len(items) <= MOST_ENTRIES:
        return items, None
    dates = [date_of(item) for item in items]
    if sum(date is not None for date in dates) * 2 > len(items):
        places = _newest_places(dates)
        return [items[place] for place in places], None
    half = MOST_ENTRIES // 2
    return [*items[:half], *items[-half:]], items[half - 1]


def _newest_places(dates: Sequence[datetime | None]) -> list[int]:
    last = next(date for date in dates if date is not None)
    times: list[tuple[datetime, int]] = []
    for place, date in enumerate(dates):
        last = date or last
        times.append((last, -place))
    return sorted(-place for _, place in sorted(times, reverse=True)[:MOST_ENTRIES])
