"""A post that came as a card is told in full, in brief or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.once import JUST, MOST_LIKED, is_worth_sending, say_once
from storage.models import Came, DigestPush, PostId, Repeats

NINE = datetime(2026, 11, 23, tzinfo=UTC)


def ids(*numbers: int) -> tuple[PostId, ...]:
    return tuple(map(PostId, numbers))


def came(**hours_before: float) -> dict[PostId, Came]:
    """Posts `p1`, `p2`, … that came so many hours before nine; less than none: that are to come."""
    return {
        PostId(int(name[1:])): Came(NINE - timedelta(hours=hours), None)
        for name, hours in hours_before.items()
    }


def said(repeats: Repeats, contents: DigestPush, here: dict[PostId, Came]) -> DigestPush:
    return say_once(contents, here, repeats, NINE)


def test_in_full_a_digest_is_what_it_always_was() -> None:
    contents = DigestPush(ids(1, 2, 3), ids(3, 4, 5, 6))
    assert said(Repeats.FULL, contents, came(p1=5, p3=0)) == DigestPush(ids(1, 2, 3), ids(3, 4, 5))


def test_in_brief_what_came_as_a_card_is_a_line_and_what_just_came_is_none() -> None:
    contents = DigestPush(ids(1, 2, 3, 4, 5), ids(3, 9))
    here = came(p1=5, p2=0.25, p3=3)
    assert said(Repeats.BRIEF, contents, here) == DigestPush(
        new=ids(4, 5), liked=ids(3, 9), brief=ids(1), passed=ids(2, 3)
    )


def test_a_chat_may_want_only_what_was_not_pushed() -> None:
    contents = DigestPush(ids(1, 2, 3), ids(1, 9))
    assert said(Repeats.NONE, contents, came(p1=5, p2=0.25)) == DigestPush(
        new=ids(3), liked=ids(9), passed=ids(1, 2)
    )


@pytest.mark.parametrize(
    ("hours", "is_new", "is_brief"),
    [
        (0.51, False, True),
        (0.5, False, False),
        (0, False, False),
        (-0.5, False, False),
        (-0.51, True, False),
    ],
)
def test_half_an_hour_is_a_moment_and_what_comes_later_is_not_there_yet(
    hours: float, *, is_new: bool, is_brief: bool
) -> None:
    found = said(Repeats.BRIEF, DigestPush(ids(1), ids(1)), came(p1=hours))
    assert (found.new == ids(1), found.liked == ids(1)) == (is_new, is_new or is_brief)
    assert not found.brief, "it is told among what was liked"
    alone = said(Repeats.BRIEF, DigestPush(ids(1), ()), came(p1=hours))
    assert (alone.new == ids(1), alone.brief == ids(1)) == (is_new, is_brief)


def test_what_was_liked_is_filled_up_where_some_of_it_just_came() -> None:
    contents = DigestPush((), ids(1, 2, 3, 4, 5))
    assert said(Repeats.BRIEF, contents, came(p1=0, p2=9)).liked == ids(2, 3, 4)


def test_days_of_cards_crowd_out_nothing_that_is_new_here() -> None:
    """Where there was no digest for long, as nothing was new: the newest cards are told of."""
    cards = {PostId(number): Came(NINE - timedelta(hours=30), None) for number in range(1, 151)}
    found = said(Repeats.BRIEF, DigestPush(ids(*range(1, 252)), ()), cards)
    assert found.new == ids(*range(151, 251))
    assert found.brief == ids(*range(51, 151))
    full = said(Repeats.FULL, DigestPush(ids(*range(1, 252)), ()), {})
    assert full.new == ids(*range(1, 101))


POSTS = st.lists(st.integers(1, 20), unique=True, max_size=12).map(lambda some: ids(*some))


@given(
    POSTS,
    POSTS,
    st.dictionaries(st.integers(1, 20), st.floats(-3, 30)),
    st.sampled_from(Repeats),
)
def test_each_post_is_new_or_brief_or_passed_by_or_liked_and_never_two_of_the_first_three(
    new: tuple[PostId, ...],
    liked: tuple[PostId, ...],
    hours: dict[int, float],
    repeats: Repeats,
) -> None:
    here = came(**{f"p{number}": before for number, before in hours.items()})
    found = say_once(DigestPush(new, liked), here, repeats, NINE)
    told = (*found.new, *found.brief, *found.passed)
    assert sorted(told) == sorted(new)
    assert set(found.liked) <= set(liked)
    assert len(found.liked) <= MOST_LIKED
    assert not set(found.liked) & set(found.brief)
    if repeats is not Repeats.FULL:
        just = {one for one, how in here.items() if abs(how.at - NINE) <= JUST}
        assert not just & {*found.new, *found.liked, *found.brief}


@pytest.mark.parametrize(
    ("contents", "sent"),
    [
        (DigestPush(ids(1), ()), {Repeats.FULL, Repeats.BRIEF, Repeats.NONE}),
        (DigestPush((), ids(1)), {Repeats.BRIEF, Repeats.NONE}),
        (DigestPush((), (), brief=ids(1)), set()),
        (DigestPush((), (), passed=ids(1)), set()),
    ],
)
def test_without_anything_new_or_liked_there_is_none(
    contents: DigestPush, sent: set[Repeats]
) -> None:
    assert {one for one in Repeats if is_worth_sending(contents, one)} == sent
