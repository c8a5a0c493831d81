from __future__ import annotations

from math import inf

import pytest

from bot.delivery.flood import SUSPICION_SECONDS, TRIAL_SECONDS, Flood


def flooded(seconds: float, *, in_flight: int = 0) -> Flood:
    """Three chats were refused at second 10; so many requests are under way yet."""
    flood = Flood()
    for _ in range(3 + in_flight):
        flood.begin()
    for chat in (1, 2, 3):
        flood.end()
        flood.refused(chat, 10.0, seconds)
    assert flood.is_on
    return flood


def test_three_chats_at_once_are_everybody() -> None:
    flood = Flood()
    assert flood.refused(1, 0.0, 30) == ()
    assert flood.refused(1, 0.1, 30) == ()
    assert flood.refused(2, 0.2, 30) == ()
    assert not flood.is_on
    assert set(flood.refused(3, 0.3, 20)) == {1, 2, 3}
    assert flood.is_on
    assert flood.free_at() == 30.2, "the longest wait"


def test_with_one_accepted_in_between_they_are_not() -> None:
    flood = Flood()
    flood.refused(1, 0.0, 30)
    flood.refused(2, 0.1, 30)
    flood.accepted(began_at=0.2)
    assert flood.refused(3, 0.3, 30) == ()
    assert flood.free_at() == flood.tries_at == 0.0


def test_what_left_before_and_is_accepted_in_between_does_not_make_the_wait_a_chats_own() -> None:
    flood = Flood()
    flood.refused(1, 0.0, 30)
    flood.refused(2, 0.2, 30)
    flood.accepted(began_at=0.2)
    flood.refused(3, 0.3, 30)
    flood.refused(4, 0.4, 30)
    assert not flood.is_on, "three in a row are needed"
    assert set(flood.refused(5, 0.5, 30)) == {2, 3, 4, 5}, "and then it is all of them"


def test_nor_where_they_are_refused_one_after_the_other() -> None:
    flood = Flood()
    for chat in range(9):
        assert flood.refused(chat, chat * 0.6, 30) == ()
    assert SUSPICION_SECONDS == 1.0


def test_what_was_refused_shortly_before_is_everybodys_as_well() -> None:
    flood = Flood()
    flood.refused(7, 0.0, 3600)
    flood.refused(8, 59.0, 3600)
    for chat in (1, 2):
        assert flood.refused(chat, 60.5, 3600) == ()
    assert set(flood.refused(3, 60.6, 3600)) == {8, 1, 2, 3}


@pytest.mark.parametrize(("seconds", "tries_at"), [(5, 15.0), (60, 70.0), (3600, 70.0)])
def test_it_holds_for_the_wait_or_for_a_minute(seconds: float, tries_at: float) -> None:
    assert flooded(seconds).free_at() == tries_at
    assert TRIAL_SECONDS == 60.0


def test_the_longest_wait_counts_and_the_minute_from_the_first_refusal() -> None:
    flood = flooded(5, in_flight=2)
    assert flood.free_at() == inf
    flood.end()
    assert flood.refused(4, 12.0, 20) == (4,)
    flood.end()
    assert flood.free_at() == 32.0
    flood.refused(5, 13.0, 3600)
    assert flood.free_at() == 70.0


def test_what_left_before_and_is_accepted_late_lifts_nothing() -> None:
    flood = flooded(30, in_flight=1)
    flood.accepted(began_at=9.0)
    assert flood.is_on


def test_a_single_one_tries_and_its_acceptance_is_the_end() -> None:
    flood = flooded(3600)
    flood.begin()
    assert flood.free_at() == inf
    flood.end()
    flood.accepted(began_at=70.0)
    assert not flood.is_on
    assert flood.free_at() == 0.0


def test_a_try_that_is_refused_is_the_only_one_before_the_wait_is_over() -> None:
    flood = flooded(3600)
    for at, until in ((70.0, 3670.0), (3670.0, 7270.0)):
        flood.begin()
        flood.end()
        assert flood.refused(9, at, 3600) == (9,)
        assert flood.free_at() == until
