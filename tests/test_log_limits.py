from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.log_limits import (
    MOST_LINES,
    MOST_LINES_OF_CHAT,
    MOST_REMEMBERED,
    WINDOW_SECONDS,
    Failures,
    Lines,
    is_told,
)


def test_of_one_chat_come_a_few_lines_an_hour_and_others_are_not_held_up() -> None:
    lines = Lines()
    taken = [lines.take("refused", -1, second) for second in range(1000)]
    assert taken.count(True) == MOST_LINES_OF_CHAT
    assert lines.take("refused", -2, 1000)
    assert lines.take("another", -1, 1000)
    assert lines.take_left_out(1001) == []
    assert lines.take_left_out(WINDOW_SECONDS) == [("refused", 1000 - MOST_LINES_OF_CHAT)]
    assert lines.take_left_out(WINDOW_SECONDS) == []
    assert lines.take("refused", -1, WINDOW_SECONDS)


@pytest.mark.parametrize("chat", [None, "each its own"])
def test_ten_thousand_chats_make_no_ten_thousand_lines(chat: object) -> None:
    lines = Lines()
    taken = [lines.take("failed", chat and number, 0) for number in range(10_000)]
    assert taken.count(True) == MOST_LINES
    assert lines.take_left_out(WINDOW_SECONDS) == [("failed", 10_000 - MOST_LINES)]


def test_a_clock_that_goes_back_ends_an_hour() -> None:
    lines, failures = Lines(), Failures()
    assert [lines.take("x", None, 1000.0) for _ in range(MOST_LINES + 1)][-1] is False
    assert lines.take_left_out(-5.0) == [("x", 1)]
    assert lines.take("x", None, -5.0)
    assert [failures.count("x", at) for at in (1000.0, 1001.0, -5.0)] == [1, 2, 1]


def test_what_is_remembered_has_an_end() -> None:
    lines, failures = Lines(), Failures()
    for number in range(MOST_REMEMBERED + 1):
        lines.take(f"event {number}", None, 0)
        failures.count(number, 0)
    assert len(lines._windows) == len(failures._seen) == MOST_REMEMBERED
    assert failures.count(0, 0) == 1
    assert failures.count(MOST_REMEMBERED, 0) == 2


def test_a_failure_is_counted_for_an_hour() -> None:
    failures = Failures()
    assert [failures.count("here", second) for second in (0, 1, 2)] == [1, 2, 3]
    assert failures.count("there", 3) == 1
    assert failures.count("here", WINDOW_SECONDS) == 1


@given(st.integers(1, 100_000))
def test_the_more_often_it_comes_the_seldomer_it_is_told(most: int) -> None:
    told = [times for times in range(1, most + 1) if is_told(times)]
    assert told == [one for one in (1, 2, 10, 100, 1000, 10_000, 100_000) if one <= most]
