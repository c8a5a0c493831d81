from __future__ import annotations

from datetime import timedelta

import pytest

from bot.figures import (
    Call,
    Figures,
    Outcome,
    PollOutcome,
    Pushed,
    Refusal,
    Settled,
    pushed_kind,
    pushing,
)
from tests.counted import counted
from tests.storage.rows import NOW


def test_what_was_counted_is_there_by_its_words() -> None:
    figures = Figures()
    figures.called(Call.ANSWER, Outcome.OK, 0.2)
    figures.called(Call.POST, Outcome.FLOOD, 0.1)
    figures.pushed("post", Pushed.SENT)
    figures.arrived("post", 3.0)
    figures.interrupted(2)
    figures.settled(Settled.FOUND)
    figures.polled(PollOutcome.NEW)
    figures.conflicted()
    figures.refused(Refusal.SECRET)
    assert counted(figures) == {
        "sosik_sends_total{answer,ok}": 1,
        "sosik_sends_total{post,flood}": 1,
        "sosik_call_seconds_count": 2,
        "sosik_call_seconds_sum": pytest.approx(0.3),
        "sosik_pushes_total{post,sent}": 1,
        "sosik_push_seconds_count{post}": 1,
        "sosik_push_seconds_sum{post}": 3,
        "sosik_pushes_interrupted_total": 2,
        "sosik_pushes_settled_total{found}": 1,
        "sosik_polls_total{new}": 1,
        "sosik_conflicts_total": 1,
        "sosik_deliveries_refused_total{secret}": 1,
    }


def test_a_kind_that_only_another_version_knows_is_another() -> None:
    figures = Figures()
    figures.pushed("<script>", Pushed.FAILED)
    assert counted(figures) == {"sosik_pushes_total{other,failed}": 1}


def test_an_answer_took_until_the_last_that_was_accepted() -> None:
    figures = Figures()
    with figures.answering(NOW):
        figures.accepted(Call.TYPING, NOW + timedelta(seconds=1))
        figures.accepted(Call.ANSWER, NOW + timedelta(seconds=2))
        figures.accepted(Call.PRESS, NOW + timedelta(seconds=3))
        figures.accepted(Call.OTHER, NOW + timedelta(seconds=4))
    figures.accepted(Call.ANSWER, NOW + timedelta(seconds=9))
    assert counted(figures) == {"sosik_answer_seconds_count": 1, "sosik_answer_seconds_sum": 3}


def test_what_is_not_answered_took_no_time() -> None:
    figures = Figures()
    with pytest.raises(ZeroDivisionError), figures.answering(NOW):
        raise ZeroDivisionError
    assert counted(figures) == {}


def test_a_clock_that_was_set_back_takes_no_time() -> None:
    figures = Figures()
    with figures.answering(NOW):
        figures.accepted(Call.ANSWER, NOW - timedelta(hours=1))
    figures.arrived("digest", -3600.0)
    assert counted(figures) == {
        "sosik_answer_seconds_count": 1,
        "sosik_push_seconds_count{digest}": 1,
    }


def test_a_push_is_of_its_kind_while_it_leaves() -> None:
    assert pushed_kind() is None
    with pushing("edition"):
        assert pushed_kind() is Call.EDITION
    assert pushed_kind() is None
