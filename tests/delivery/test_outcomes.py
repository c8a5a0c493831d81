from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot.delivery.failures import (
    TOPIC_CLOSED,
    Ambiguous,
    AnotherInstance,
    BadFormat,
    CannotEdit,
    CannotWrite,
    EditTargetGone,
    Failure,
    Loss,
    Migrated,
    NoLiveLocation,
    NotModified,
    NotSent,
    Other,
    QueryTooOld,
    ThreadGone,
    Throttled,
    TokenRejected,
    TooLong,
)
from bot.delivery.next_step import Again, Doubt, GiveUp, Leave, Move, decide_next
from bot.delivery.outcomes import outcome_of, pushed_as, waited_seconds
from bot.figures import Outcome, Pushed
from storage.models import ChatId, OutboxId, OutboxRow, OutboxState, PostId, PostPush
from storage.outbox import AT_NIGHT
from tests.delivery.test_plan import post
from tests.storage.rows import NOW

OUTCOMES: dict[Failure, Outcome] = {
    NotModified(): Outcome.OK,
    Throttled(3): Outcome.FLOOD,
    NotSent("x"): Outcome.RETRY,
    TokenRejected(): Outcome.RETRY,
    AnotherInstance(): Outcome.RETRY,
    Ambiguous("x"): Outcome.UNKNOWN,
    CannotWrite(Loss.KICKED, "x"): Outcome.REFUSED,
    Migrated(ChatId(-1)): Outcome.REFUSED,
    ThreadGone(): Outcome.REFUSED,
    EditTargetGone(): Outcome.REFUSED,
    CannotEdit(): Outcome.REFUSED,
    NoLiveLocation(): Outcome.REFUSED,
    QueryTooOld(): Outcome.REFUSED,
    BadFormat("x"): Outcome.REFUSED,
    TooLong(): Outcome.REFUSED,
    Other("x"): Outcome.REFUSED,
}


def test_every_failure_has_its_word() -> None:
    assert {type(one) for one in OUTCOMES} == set(get_args(Failure))
    assert {one: outcome_of(one) for one in OUTCOMES} == OUTCOMES


@pytest.mark.parametrize(
    ("following", "pushed"),
    [
        (Again(NOW, "ConnectError"), Pushed.RETRY),
        (Again(NOW, AT_NIGHT), Pushed.NIGHT),
        (decide_next(Throttled(9), 1, NOW, 0.5), Pushed.FLOOD),
        (decide_next(CannotWrite(Loss.FORBIDDEN, "no right"), 1, NOW, 0.5), Pushed.MUTED),
        (decide_next(CannotWrite(Loss.FORBIDDEN, TOPIC_CLOSED), 1, NOW, 0.5), Pushed.MUTED),
        (Doubt("x"), Pushed.UNKNOWN),
        (Leave("x"), Pushed.DROPPED),
        (Move(ChatId(-1)), Pushed.MOVED),
        (GiveUp("x"), Pushed.FAILED),
    ],
)
def test_a_turn_is_counted_by_what_was_decided(following: Again, pushed: Pushed) -> None:
    assert pushed_as(following) is pushed


ROW = OutboxRow(
    id=OutboxId(1),
    chat_id=ChatId(-1),
    item="1",
    push=PostPush((PostId(1),)),
    state=OutboxState.PENDING,
    not_before=NOW,
    attempts=0,
    token=None,
    message_id=None,
    error=None,
    created_at=NOW,
    changed_at=NOW,
    doubts=0,
)
SECOND = timedelta(seconds=1)


def test_a_chat_waits_from_the_first_sight_of_the_post_that_comes() -> None:
    seen = replace(ROW, created_at=NOW + 60 * SECOND, not_before=NOW)
    now = NOW + 62 * SECOND
    assert waited_seconds(seen, post(1), now) == 62
    assert waited_seconds(seen, None, now) == 2


def test_a_post_that_was_pushed_by_hand_is_waited_for_since_then() -> None:
    later = replace(ROW, created_at=NOW + timedelta(days=3))
    assert waited_seconds(later, post(1), later.created_at + SECOND) == 1


def test_what_was_to_wait_for_a_night_waits_from_its_end() -> None:
    row = replace(ROW, not_before=NOW + timedelta(hours=8))
    assert waited_seconds(row, post(1), row.not_before + SECOND) == 1


def test_what_was_tried_in_vain_waits_all_the_while() -> None:
    row = replace(ROW, not_before=NOW + 300 * SECOND, attempts=3, error="ConnectError")
    assert waited_seconds(row, post(1), row.not_before + SECOND) == 301
