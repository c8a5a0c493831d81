from __future__ import annotations

from math import inf

from bot.delivery.outage import KNOCKS, Outage


def an_outage() -> Outage:
    outage = Outage()
    for _ in range(3):
        assert not outage.is_on
        outage.unanswered()
    assert outage.is_closed
    return outage


def test_the_gate_closes_after_a_few_without_an_answer() -> None:
    outage = an_outage()
    assert outage.free_at() == inf
    assert outage.knocks_in_seconds == 3.0


def test_an_answer_in_between_keeps_it_open() -> None:
    outage = Outage()
    for _ in range(5):
        outage.unanswered()
        outage.unanswered()
        assert not outage.is_on
        outage.answered()
        outage.unanswered()
        outage.unanswered()
        assert not outage.is_on
        outage.heard(is_idle=False)
    assert outage.free_at() == 0.0


def test_any_answer_lets_a_single_one_try_and_its_answer_all_others() -> None:
    outage = an_outage()
    outage.heard(is_idle=False)
    assert outage.is_on
    assert outage.free_at() == 0.0
    outage.begin()
    assert outage.free_at() == inf
    outage.end()
    assert outage.free_at() == 0.0, "it was called off: another one may try"
    outage.begin()
    outage.end()
    outage.answered()
    assert not outage.is_on
    outage.begin()
    assert outage.free_at() == 0.0


def test_where_nothing_waits_any_answer_opens_it() -> None:
    outage = an_outage()
    outage.heard(is_idle=True)
    assert not outage.is_on
    half = an_outage()
    half.heard(is_idle=False)
    half.heard(is_idle=True)
    assert not half.is_on


def test_while_sends_alone_are_not_answered_they_are_tried_ever_more_rarely() -> None:
    outage = an_outage()
    waits = []
    for _ in range(6):
        outage.heard(is_idle=False)
        outage.unanswered()
        assert outage.is_closed
        waits.append(outage.knocks_in_seconds)
    assert waits == [3.0, 6.0, 12.0, 24.0, 30.0, 30.0]
    outage.unanswered()  # one that left before
    assert outage.knocks_in_seconds == KNOCKS.waits[-1]
    outage.answered()
    assert outage.knocks_in_seconds == 3.0
