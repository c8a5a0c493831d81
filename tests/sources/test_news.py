"""What a place in an answer says where dates say nothing; the rest is in test_steps.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sources.entries import Entry
from bot.sources.identity import identify, match
from bot.sources.news import MOST_GROWTH, weigh
from storage.models import Baseline, NewestEnd
from tests.sources.test_decide import HERE, NOW, known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sources.identity import Match
    from bot.sources.news import Weighed

FILLED = Baseline(filled_at=NOW)


def matches(said: str, old: str) -> list[Match]:
    """An entry for each letter of `said`; those of `old` are known."""
    entries = [Entry(f"글 {one}", "", guid=one) for one in said]
    posts = [known(place + 1, guid=one) for place, one in enumerate(old)]
    return match(identify(entries), posts, HERE)


def quiet(weighed: Weighed, said: str) -> str:
    return "".join(said[place] for place in sorted(weighed.quiet))


@pytest.mark.parametrize(
    ("said", "old", "gap", "quiet_ones"),
    [
        ("abxcd", "abcd", "b", "x"),  # slid down out of the gap
        ("abxycd", "abcd", "y", "xy"),  # slid up into it
        ("axbcd", "abcd", "b", ""),
        ("xabcd", "abcd", "b", ""),
        ("xycd", "cd", "x", ""),  # nothing known above it: a whole half is new
        ("cdxy", "cd", "x", "xy"),  # the old end
        ("abxcd", "abcd", "q", ""),  # the entry before the gap is another's
    ],
)
def test_what_slides_out_of_a_gap_is_old(said: str, old: str, gap: str, quiet_ones: str) -> None:
    behind = Entry(f"글 {gap}", "", guid=gap)
    baseline = Baseline(filled_at=NOW, newest_end=NewestEnd.FIRST)
    weighed = weigh(matches(said, old), baseline, first_at=NOW, now=NOW, gap=behind)
    assert quiet(weighed, said) == quiet_ones


@pytest.mark.parametrize(
    ("said", "old", "shown", "learnt"),
    [
        ("xab", "ab", 2, NewestEnd.FIRST),
        ("xab", "ab", 5, NewestEnd.FIRST),
        ("abx", "ab", 2, NewestEnd.LAST),
        ("abx", "ab", None, NewestEnd.LAST),
        ("abx", "ab", 3, None),
        ("xaby", "ab", 2, None),
        ("ab", "ab", 2, None),
        ("axb", "ab", 2, None),
        ("xy", "", 2, None),
        ("ba" + "cdefghi"[:MOST_GROWTH], "ba", 2, NewestEnd.LAST),
        ("ba" + "cdefghi"[: MOST_GROWTH + 1], "ba", 2, None),
        ("abcde", "abcd", 4, NewestEnd.LAST),
        ("abcdef", "abcde", 5, None),  # in the order of its titles
    ],
)
def test_where_a_feed_grows_is_learnt(
    said: str, old: str, shown: int | None, learnt: NewestEnd | None
) -> None:
    baseline = Baseline(filled_at=NOW, shown=shown)
    after = weigh(matches(said, old), baseline, first_at=NOW, now=NOW).baseline
    assert (after.newest_end, after.shown) == (learnt, len(said))


@pytest.mark.parametrize("seen", list(NewestEnd))
def test_what_was_learnt_stays(seen: NewestEnd) -> None:
    baseline = Baseline(filled_at=NOW, newest_end=seen)
    for said, old in (("xab", "ab"), ("abx", "ab")):
        weighed = weigh(matches(said, old), baseline, first_at=NOW, now=NOW)
        assert weighed.baseline.newest_end is seen
        is_old_end = (said[0] == "x") is (seen is NewestEnd.LAST)
        assert quiet(weighed, said) == ("x" if is_old_end else "")


def test_an_answer_without_entries_says_nothing() -> None:
    nothing: Sequence[Match] = ()
    for baseline in (Baseline(), FILLED):
        weighed = weigh(nothing, baseline, first_at=NOW, now=NOW)
        assert (weighed.quiet, weighed.baseline) == (frozenset(), baseline)
