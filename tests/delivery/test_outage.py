from __future__ import annotations

from math import inf

from bot.delivery.outage import KNOCKS, Outage


def fails(outage: Outage) -> None:
    """A send leaves and is not answered."""
    left_after = outage.begin()
    outage.end(left_after)
    outage.unanswered(left_after)


def an_outage() -> Outage:
    outage = Outage()
    for _ in range(3):
        assert not outage.is_on
        fails(outage)
    assert outage.is_closed
    return outage


def test_the_gate_closes_after_a_few_without_an_answer() -> None:
    outage = an_outage()
    assert outage.free_at() == inf
    assert outage.knocks_in_seconds == 3.0


def test_an_answer_in_between_keeps_it_open() -> None:
    outage = Outage()
    for _ in range(5):
        fails(outage)
        fails(outage)
        assert not outage.is_on
        outage.answered()
        fails(outage)
        fails(outage)
        assert not outage.is_on
        outage.heard(is_idle=False)
    assert outage.free_at() == 0.0


def test_what_left_before_something_was_answered_says_nothing_of_what_is_now() -> None:
    outage = Outage()
    hanging = [outage.begin() for _ in range(5)]
    later = outage.begin()
    outage.answered()
    for left_after in [*hanging, later]:
        outage.unanswered(left_after)
    assert not outage.is_on
    for _ in range(3):
        assert not outage.is_on
        fails(outage)
    assert outage.is_closed


def test_what_hangs_since_before_is_not_the_one_that_tries() -> None:
    outage = Outage()
    hanging = [outage.begin() for _ in range(8)]
    for left_after in hanging[:3]:
        outage.end(left_after)
        outage.unanswered(left_after)
    assert outage.is_closed
    outage.heard(is_idle=False)
    assert outage.free_at() == 0.0, "it does not wait until they are given up"
    tries = outage.begin()
    for left_after in hanging[3:]:
        outage.end(left_after)
        outage.unanswered(left_after)
        assert outage.is_on
        assert not outage.is_closed
        assert outage.free_at() == inf, "one tries already"
    outage.end(tries)
    outage.unanswered(tries)
    assert outage.is_closed
    assert outage.knocks_in_seconds == 3.0, "one try failed, and no more"


def test_any_answer_lets_a_single_one_try_and_its_answer_all_others() -> None:
    outage = an_outage()
    outage.heard(is_idle=False)
    assert outage.is_on
    assert outage.free_at() == 0.0
    tries = outage.begin()
    assert outage.free_at() == inf
    outage.end(tries)
    assert outage.free_at() == 0.0, "it was called off: another one may try"
    outage.end(outage.begin())
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
        fails(outage)
        assert outage.is_closed
        waits.append(outage.knocks_in_seconds)
    assert waits == [3.0, 6.0, 12.0, 24.0, 30.0, 30.0]
    fails(outage)  # one that left before
    assert outage.knocks_in_seconds == KNOCKS.waits[-1]
    outage.answered()
    assert outage.knocks_in_seconds == 3.0


def test_what_edits_are_answered_does_not_say_that_sends_are() -> None:
    outage = an_outage()
    waits = []
    for _ in range(6):
        outage.heard(is_idle=False)
        outage.answered(is_send=False)
        assert not outage.is_on
        for _ in range(3):
            assert not outage.is_closed
            fails(outage)
        waits.append(outage.knocks_in_seconds)
    assert waits == [3.0, 6.0, 12.0, 24.0, 30.0, 30.0]
    outage.heard(is_idle=False)
    outage.answered()
    assert outage.knocks_in_seconds == 3.0


def test_every_other_try_is_one_that_does_no_harm() -> None:
    outage = Outage()
    assert not outage.tries_an_edit
    for _ in range(3):
        fails(outage)
    tried = []
    for _ in range(4):
        outage.heard(is_idle=False)
        tried.append(outage.tries_an_edit)
        fails(outage)
    assert tried == [True, False, True, False]
    outage.answered()
    assert not outage.tries_an_edit
    for _ in range(3):
        fails(outage)
    assert outage.tries_an_edit
