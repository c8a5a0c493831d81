from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.updates.asks import PATIENCE
from bot.updates.repeats import WAITS_SECONDS, Repeats, is_old, is_same
from bot.updates.turns import Ask, Crowd, Place, Waiting
from storage.models import ChatId, InboxRow, UpdateId

GROUP, OTHER = Place(-1, Crowd.GROUP), Place(7, Crowd.PRIVATE)
LATEST = Ask(GROUP, 5, is_question=True, question=("latest",))


def waiting(update_id: int, ask: Ask = LATEST) -> Waiting:
    row = InboxRow(UpdateId(update_id), ChatId(-1), None, datetime(2026, 11, 23, tzinfo=UTC), "{}")
    return Waiting(row, {}, ask)


def test_each_comes_again_once_its_wait_is_over_in_order() -> None:
    repeats, first = Repeats(), WAITS_SECONDS[0]
    assert repeats.next_at() is None
    assert repeats.add(waiting(2), 100)
    assert repeats.add(waiting(1), 101)
    assert repeats.next_at() == 100 + first
    assert repeats.take_due(99 + first) == []
    assert [one.row.update_id for one in repeats.take_due(101 + first)] == [2, 1]
    assert repeats.take_due(1000) == []


def test_it_is_given_up_after_a_few_doubts() -> None:
    repeats, now, one = Repeats(), 0.0, waiting(1)
    for wait in WAITS_SECONDS:
        assert repeats.add(one, now)
        now += wait
        (one,) = repeats.take_due(now)
    assert one.doubts == len(WAITS_SECONDS)
    assert one.doubted_at == 0
    assert not repeats.add(one, now)
    assert repeats.next_at() is None


@pytest.mark.parametrize(("late", "is_given"), [(0, True), (1, False)])
def test_nobody_is_answered_later_than_somebody_waits(late: int, *, is_given: bool) -> None:
    """What held it up counts: the wait that follows has to end in time, too."""
    again = replace(waiting(1), doubts=1, doubted_at=0.0)
    latest = PATIENCE.total_seconds() - WAITS_SECONDS[1]
    assert Repeats().add(again, latest + late) is is_given
    assert not is_old(waiting(1), 1e9)
    assert not is_old(again, PATIENCE.total_seconds())
    assert is_old(again, PATIENCE.total_seconds() + 1)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (LATEST, True),
        (replace(LATEST, is_stale=True), True),
        (replace(LATEST, person=6), False),
        (replace(LATEST, place=OTHER), False),
        (replace(LATEST, question=("latest", "3")), False),
        (replace(LATEST, question=None), False),
    ],
)
def test_who_asks_the_same_again_waits_for_that_answer(other: Ask, *, same: bool) -> None:
    repeats = Repeats()
    repeats.add(waiting(1), 0)
    repeats.add(waiting(2, replace(LATEST, place=OTHER, person=8)), 0)
    assert is_same(LATEST, other) is same
    assert [one.row.update_id for one in repeats.take_same(other)] == ([1] if same else [])
    left = [one.row.update_id for one in repeats.take_due(1000)]
    assert left == ([2] if same else [1, 2])


def test_what_a_person_asked_is_dropped_in_all_places() -> None:
    repeats = Repeats()
    repeats.add(waiting(1), 0)
    repeats.add(waiting(2, replace(LATEST, person=8)), 0)
    repeats.add(waiting(3, replace(LATEST, place=OTHER)), 0)
    assert [one.row.update_id for one in repeats.take_of(5)] == [1, 3]
    assert [one.row.update_id for one in repeats.take_due(1000)] == [2]


def test_what_is_no_question_is_never_the_same() -> None:
    nothing = Ask(GROUP, 5)
    assert not is_same(nothing, nothing)
