"""Which entries that nobody knew are news, and which only fill the archive. Pure.

The rules stand in docs/sources.md. What they need of earlier answers is a `Baseline`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.sources.entries import title_key
from bot.sources.identity import EARLIEST
from storage.models import Baseline, NewestEnd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.sources.entries import Entry
    from bot.sources.identity import Match

MOST_GROWTH = 5
"""Undated entries more than these, below all others, are a longer page rather than new posts."""
SKEW = timedelta(hours=1)
"""A blog's clock may be so much behind."""
_DAY = timedelta(days=1)
_FEW, _SOME = 3, 6
"""How many entries show an order by their numbers, and by their titles."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Weighed:
    """The places of entries that are no news, and what the next answer is held against."""

    quiet: frozenset[int]
    baseline: Baseline
    is_first: bool
    """It is the first answer ever: what it brings is quiet, and nobody would ask for it."""


def weigh(
    matches: Sequence[Match],
    baseline: Baseline,
    *,
    first_at: datetime | None,
    now: datetime,
    gap: Entry | None = None,
    is_reread: bool = False,
) -> Weighed:
    """Tell news from what is old.

    `first_at` is when the source was first fetched, None where that is now; `gap` the entry behind
    which others were left out. `is_reread`: by other parsers than before, whose baseline may lack
    the oldest date: that of the known entries counts then.
    """
    entries = [one.entry for one in matches]
    if not entries:
        return Weighed(frozenset(), baseline, first_at is None)
    dates = _dates(entries)
    if baseline.filled_at is None:
        is_news = [first_at is not None and _is_since(date, first_at, entries) for date in dates]
        filled = replace(baseline, filled_at=now, oldest_at=_oldest(dates, now))
        after = replace(filled, shown=len(entries))
    else:
        if is_reread and baseline.oldest_at is None:
            baseline = replace(baseline, oldest_at=_oldest_known(matches, dates, now))
        end, learnt = _newest_end(matches, dates, baseline)
        old = _at_old_end(matches, end) | _beside(matches, gap)
        is_news = [
            _is_news(date, baseline, stands_old=place in old) for place, date in enumerate(dates)
        ]
        after = replace(baseline, newest_end=learnt, shown=len(entries))
    quiet = frozenset(place for place, news in enumerate(is_news) if not news)
    return Weighed(quiet, after, is_first=first_at is None)


# --- by dates ---


def _dates(entries: Iterable[Entry]) -> list[datetime | None]:
    """Their dates; all None where one date, of the feed's own making, is on every entry."""
    found = [entry.published_at for entry in entries]
    usable = [at if at is None or at >= EARLIEST else None for at in found]
    says_nothing = len(usable) > 1 and len(set(usable)) == 1
    return [None] * len(usable) if says_nothing else usable


def _oldest(dates: Iterable[datetime | None], now: datetime) -> datetime | None:
    """The oldest date, none of the future; one that is pinned above newer ones does not count."""
    known = [at for at in dates if at is not None]
    return min((now, *(known[place] for place in _orderly(known)))) if known else None


def _oldest_known(
    matches: Sequence[Match], dates: Sequence[datetime | None], now: datetime
) -> datetime | None:
    """The same of the known entries; what is pinned shows by all of them."""
    dated = [(one.known, at) for one, at in zip(matches, dates, strict=True) if at is not None]
    orderly = _orderly([at for _, at in dated])
    return _oldest((dated[place][1] for place in orderly if dated[place][0] is not None), now)


def _orderly(dates: Sequence[datetime]) -> Sequence[int]:
    """The places in the order of most dates, from the newest end on; all where most have none."""
    order = _order(dates)
    places = range(len(dates))
    if order is NewestEnd.FIRST:
        places = places[::-1]
    orderly = 1
    while orderly < len(dates) and dates[places[orderly - 1]] <= dates[places[orderly]]:
        orderly += 1
    is_most = order is not None and 2 * orderly > len(dates)
    return sorted(places[:orderly] if is_most else places)


def _order(dates: Sequence[datetime]) -> NewestEnd | None:
    """Where the newest stands, by most of the neighbours; None where there is no order."""
    up = sum(one < other for one, other in pairwise(dates))
    down = sum(one > other for one, other in pairwise(dates))
    if up == down:
        return None
    return NewestEnd.LAST if up > down else NewestEnd.FIRST


def _is_since(date: datetime | None, first_at: datetime, entries: Sequence[Entry]) -> bool:
    """Whether what comes after empty answers is news: a date without a time counts as its day."""
    if date is None:
        return len(entries) == 1
    is_midnight = (date.hour, date.minute, date.second) == (0, 0, 0)
    return date + (_DAY if is_midnight else SKEW) > first_at


def _is_news(date: datetime | None, baseline: Baseline, *, stands_old: bool) -> bool:
    """By its date, or else by where it stands."""
    since = baseline.oldest_at or baseline.filled_at
    if date is None or since is None or date == since:
        return not stands_old
    if baseline.oldest_at is None and date < since:  # undated before: the date alone says little
        return not stands_old
    return date > since


# --- by where they stand ---


def _at_old_end(matches: Sequence[Match], end: NewestEnd | None) -> frozenset[int]:
    """The places beyond all known entries, away from where the newest stand."""
    known = [place for place, one in enumerate(matches) if one.known is not None]
    if not known or end is None:
        return frozenset()
    if end is NewestEnd.FIRST:
        return frozenset(range(known[-1] + 1, len(matches)))
    return frozenset(range(known[0]))


def _beside(matches: Sequence[Match], gap: Entry | None) -> frozenset[int]:
    """The places of what slid out of a gap: unknown, with nothing known between it and the gap."""
    at = next((place + 1 for place, one in enumerate(matches) if one.entry == gap), None)
    if at is None:
        return frozenset()
    above, below = at, at
    while above > 0 and matches[above - 1].known is None:
        above -= 1
    while below < len(matches) and matches[below].known is None:
        below += 1
    return frozenset(range(above, below)) if above > 0 and below < len(matches) else frozenset()


def _newest_end(
    matches: Sequence[Match], dates: Sequence[datetime | None], baseline: Baseline
) -> tuple[NewestEnd | None, NewestEnd | None]:
    """Where the newest stand in this answer, and where this feed has been seen to grow."""
    seen = baseline.newest_end
    entries = [one.entry for one in matches]
    ordered = _order([at for at in dates if at is not None]) or _by_numbers(entries)
    if ordered is None and _is_by_title(entries):
        return None, seen
    grown = seen or _grown(matches, baseline)
    return ordered or grown or NewestEnd.FIRST, grown


def _grown(matches: Sequence[Match], baseline: Baseline) -> NewestEnd | None:
    """Where unknown entries were put to the known ones, all of which are still there."""
    known = [place for place, one in enumerate(matches) if one.known is not None]
    if not known:
        return None
    above, below = known[0], len(matches) - 1 - known[-1]
    if above:
        return None if below else NewestEnd.FIRST
    is_whole = len(known) >= (baseline.shown or 0)
    return NewestEnd.LAST if 0 < below <= MOST_GROWTH and is_whole else None


def _is_by_title(entries: Sequence[Entry]) -> bool:
    """Whether they are in the order of their titles, numbers in them apart."""
    titles = [_NUMBER.sub("", title_key(entry.title)) for entry in entries]
    return len(titles) >= _SOME and all(one < other for one, other in pairwise(titles))


def _by_numbers(entries: Sequence[Entry]) -> NewestEnd | None:
    """Where the highest numbers stand: most blogs count their posts in address or guid."""
    for said in ([one.link for one in entries], [one.guid for one in entries]):
        found = [_NUMBER.findall(one or "")[-1:] for one in said]
        numbers = [int(one[0][:18]) for one in found if one]
        if len(numbers) == len(entries) >= _FEW:
            if all(one > other for one, other in pairwise(numbers)):
                return NewestEnd.FIRST
            if all(one < other for one, other in pairwise(numbers)):
                return NewestEnd.LAST
    return None
