from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.sources.listing_order import decide_sort_times, merge_order
from storage.models import BlogCounts, Post, PostId, SourceId

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_post(published_at: datetime | None, first_seen_at: datetime = NOW) -> Post:
    return Post(
        id=PostId(1),
        source_id=SourceId(1),
        title="글",
        author="",
        body="",
        html=None,
        link=None,
        guid=None,
        published_at=published_at,
        first_seen_at=first_seen_at,
        sort_at=first_seen_at,
        position=0,
        cut=False,
        edited_at=None,
        removed_at=None,
        blog=BlogCounts(),
    )


def hours(*ago: int | None) -> list[Post]:
    return [a_post(None if one is None else NOW - one * HOUR) for one in ago]


def times(*ago: int | None) -> list[float]:
    """How many hours ago each is taken to have been written."""
    return [(NOW - at) / HOUR for at in decide_sort_times(hours(*ago))]


def test_dated_posts_keep_their_dates() -> None:
    assert times(1, 5, 9) == [1, 5, 9]


def test_undated_posts_are_spread_between_their_dated_neighbours() -> None:
    assert times(1, None, None, None, 9) == [1, 3, 5, 7, 9]


def test_undated_posts_at_the_top_begin_with_their_arrival() -> None:
    assert times(None, None, 8) == [0, 4, 8]


def test_undated_posts_at_the_bottom_follow_a_minute_apart() -> None:
    assert decide_sort_times(hours(1, None, None))[1:] == [
        NOW - HOUR - timedelta(minutes=1),
        NOW - HOUR - timedelta(minutes=2),
    ]


def test_a_listing_without_dates_ends_at_its_arrival() -> None:
    assert decide_sort_times(hours(None, None)) == [NOW, NOW - timedelta(minutes=1)]


def test_neighbours_in_the_wrong_order_do_no_harm() -> None:
    assert times(9, None, 1) == [9, 9, 1]


@given(st.lists(st.one_of(st.none(), st.integers(1, 1000)), max_size=12))
def test_any_listing_keeps_its_order_where_its_dates_do(ago: list[int | None]) -> None:
    dates = sorted(one for one in ago if one is not None)
    rising = iter(dates)
    found = times(*(None if one is None else next(rising) for one in ago))
    assert len(found) == len(ago)
    assert found == sorted(found)


def test_what_a_partial_copy_lacks_stays_behind_what_it_stood_behind() -> None:
    assert merge_order(["c", "b", "a"], ["d", "c"]) == ["d", "c", "b", "a"]
    assert merge_order(["c", "b", "a"], ["b"]) == ["c", "b", "a"]
    assert merge_order([], ["b", "a"]) == ["b", "a"]
    assert merge_order(["b", "a"], []) == ["b", "a"]
