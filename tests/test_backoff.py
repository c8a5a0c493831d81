from __future__ import annotations

import pytest

from bot.backoff import Backoff, spread


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff.doubling(0.5, longest=30.0)
    assert [backoff.after(failures) for failures in range(1, 10)] == [
        *(0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0)
    ]


def test_waits_may_stop_growing_before_the_longest() -> None:
    backoff = Backoff.doubling(1.0, longest=3600.0, most_doublings=3)
    assert [backoff.after(failures) for failures in range(1, 7)] == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_a_first_wait_above_the_longest_is_cut() -> None:
    assert Backoff.doubling(60.0, longest=5.0).waits == (5.0,)


def test_waits_may_be_written_down_one_by_one() -> None:
    backoff = Backoff((1.0, 5.0, 60.0))
    assert [backoff.after(failures) for failures in range(1, 6)] == [1.0, 5.0, 60.0, 60.0, 60.0]


def test_a_failure_after_a_success_waits_as_the_first_did() -> None:
    backoff = Backoff.doubling(2.0, longest=300.0)
    failures, waited = 0, []
    for fails in (True, True, True, False, True, True):
        failures = failures + 1 if fails else 0
        waited += [backoff.after(failures)] if fails else []
    assert waited == [2.0, 4.0, 8.0, 2.0, 4.0]


def test_without_a_failure_the_wait_is_the_first() -> None:
    assert Backoff((1.0, 5.0)).after(0) == 1.0


def test_very_many_failures_are_no_trouble() -> None:
    assert Backoff.doubling(60.0, longest=3600.0).after(10**9) == 3600.0


@pytest.mark.parametrize(("luck", "seconds"), [(0.0, 5.0), (0.5, 7.5), (1.0, 10.0)])
def test_luck_spreads_a_wait(luck: float, seconds: float) -> None:
    assert spread(10.0, luck, least=0.5, most=1.0) == seconds


def test_a_wait_may_be_spread_upwards() -> None:
    assert spread(10.0, 1.0, least=1.0, most=1.5) == 15.0
