from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.distance import edit_distance, one_slip

WORDS = st.text("abc", max_size=7)


@pytest.mark.parametrize(
    ("left", "right", "slips"),
    [("ab", "ab", 0), ("ab", "ba", 1), ("abc", "abd", 1), ("abc", "ab", 1), ("abcd", "badc", 2)],
)
def test_slips_are_counted(left: str, right: str, slips: int) -> None:
    assert edit_distance(left, right, 3) == slips


def test_the_count_stops_above_the_limit() -> None:
    assert edit_distance("abc", "xyz", 1) == 2
    assert edit_distance("a", "abcd", 2) == 3
    assert edit_distance("", "", 0) == 0


@given(WORDS, WORDS)
def test_one_slip_is_a_distance_of_one(left: str, right: str) -> None:
    assert one_slip(left, right) == (edit_distance(left, right, 2) == 1)


@given(WORDS, WORDS)
def test_distance_is_the_same_from_both_sides(left: str, right: str) -> None:
    assert edit_distance(left, right, 7) == edit_distance(right, left, 7)
