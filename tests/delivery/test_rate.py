from __future__ import annotations

from bisect import bisect_left
from heapq import heappop, heappush
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.rate import GROWTH, LATE_TURNS, Rate

MOST, SECONDS = 30, 1.005


def most_within(times: list[float], seconds: float) -> int:
    """The most events in any half-open span of `seconds`."""
    times = sorted(times)
    return max(bisect_left(times, start + seconds) - number for number, start in enumerate(times))


def send(
    trips: list[float], lates: list[float], *, evenly: bool, rate: Rate | None = None
) -> tuple[list[float], list[tuple[float, float]]]:
    """Send as fast as it may be: each takes its trip, and the loop is late by turns of `lates`."""
    rate, now, left = rate or Rate(MOST, SECONDS), 0.0, list[float]()
    ends, trip = list[float](), iter(trips)
    spans = list[tuple[float, float]]()
    for number in range(len(trips)):
        while True:
            while ends and ends[0] <= now:
                rate.end(heappop(ends))
            at = max(rate.free_at(), rate.even_at if evenly else 0.0)
            if at <= now:
                break
            now = min(at, ends[0] if ends else inf) + lates[number % len(lates)]
        rate.begin(now)
        left.append(now)
        spans.append((now, now + next(trip)))
        heappush(ends, spans[-1][1])
    return left, spans


TRIPS = st.lists(st.floats(0, 3), min_size=40, max_size=150)
LATES = st.lists(st.floats(0, 2), min_size=1, max_size=7)


@settings(deadline=None, max_examples=80)
@given(TRIPS, LATES, st.booleans(), st.randoms(use_true_random=False))
def test_no_second_sees_more_arrive_than_the_limit_wherever_they_arrive_on_their_trips(
    trips: list[float],
    lates: list[float],
    evenly: bool,  # noqa: FBT001  # drawn by hypothesis
    random: object,
) -> None:
    _, spans = send(trips, lates, evenly=evenly)
    for share in (0.0, 1.0):
        assert most_within([begin + share * (end - begin) for begin, end in spans], 1.0) <= MOST
    drawn = [random.uniform(begin, end) for begin, end in spans]  # type: ignore[attr-defined]  # a Random
    assert most_within(drawn, 1.0) <= MOST


@pytest.mark.parametrize("trip", [0.0, 0.005, 0.025])
@pytest.mark.parametrize("late", [0.0, 0.002])
def test_where_answers_come_soon_at_least_29_a_second_leave(trip: float, late: float) -> None:
    """The price of a limit that holds wherever they arrive is the time until the answer."""
    left, spans = send([trip] * 600, [late, 0.0, 0.0], evenly=True)
    assert (len(left) - 1) / left[-1] >= 29
    assert most_within([end for _, end in spans], 1.0) <= MOST


def test_replies_leave_at_once_and_the_next_thirty_after_their_answers() -> None:
    left, _ = send([0.5] * 60, [0.0], evenly=False)
    assert left[:30] == [0.0] * 30
    assert left[30:] == [0.5 + SECONDS] * 30


def test_what_is_spread_evenly_makes_up_for_two_late_turns_and_no_more() -> None:
    rate = Rate(MOST, SECONDS)
    rate.begin(10.0)
    spread = SECONDS / MOST
    assert rate.even_at == 10.0 - (LATE_TURNS - 1) * spread
    rate.begin(10.0)
    assert rate.even_at == 10.0
    rate.begin(10.0)
    assert rate.even_at == 10.0 + spread


def test_a_refusal_halves_the_pace_down_to_one_a_second_and_what_is_accepted_raises_it() -> None:
    rate = Rate(MOST, SECONDS)
    rate.slow_down()
    assert rate._pace == 15.0
    left, _ = send([0.0] * 31, [0.0], evenly=True, rate=rate)
    assert left[0] == 0.0
    assert left[29] >= 28 * SECONDS / 15
    for _ in range(9):
        rate.slow_down()
    assert rate._pace == 1.0
    left, _ = send([0.0] * 3, [0.0], evenly=False, rate=Rate(1, SECONDS))
    assert left == [0.0, SECONDS, 2 * SECONDS]
    accepted = 0
    while rate._pace < MOST:
        before = rate._pace
        rate.speed_up()
        accepted += 1
        assert before < rate._pace <= before + GROWTH
    assert accepted > MOST**2 / 2
    rate.speed_up()
    assert rate._pace == MOST
