from __future__ import annotations

from datetime import timedelta

import pytest

from bot.delivery.failures import (
    TOPIC_CLOSED,
    Ambiguous,
    AnotherInstance,
    BadFormat,
    CannotWrite,
    Failure,
    Loss,
    Migrated,
    NotSent,
    Other,
    Throttled,
    TokenRejected,
    TooLong,
)
from bot.delivery.next_step import Again, Doubt, GiveUp, Leave, Move, Next, decide_next
from storage.models import ChatId
from tests.storage.rows import NOW


def later(seconds: float) -> Again:
    return Again(NOW + timedelta(seconds=seconds), "x")


@pytest.mark.parametrize(
    ("failure", "following"),
    [
        (Ambiguous("ReadTimeout"), Doubt("ReadTimeout")),
        (Throttled(35), Again(NOW + timedelta(seconds=35), "flooded")),
        (Migrated(ChatId(-1009)), Move(ChatId(-1009))),
        (CannotWrite(Loss.KICKED, "kicked"), Leave("kicked: kicked")),
        (CannotWrite(Loss.BLOCKED, "x"), Leave("blocked: x")),
        (CannotWrite(Loss.GONE, "x"), Leave("gone: x")),
        (CannotWrite(Loss.FORBIDDEN, "x"), Again(NOW + timedelta(hours=1), "muted: x")),
        (
            CannotWrite(Loss.FORBIDDEN, TOPIC_CLOSED),
            Again(NOW + timedelta(hours=1), "topic closed"),
        ),
        (TokenRejected(), Again(NOW + timedelta(minutes=1), "TokenRejected")),
        (AnotherInstance(), Again(NOW + timedelta(minutes=1), "AnotherInstance")),
        (TooLong(), GiveUp("TooLong()")),
        (BadFormat("x"), GiveUp("BadFormat(reason='x')")),
        (Other("x"), GiveUp("Other(reason='x')")),
    ],
)
def test_each_failure_leads_somewhere(failure: Failure, following: Next) -> None:
    assert decide_next(failure, 1, NOW, 0.5) == following


@pytest.mark.parametrize(
    ("attempts", "luck", "seconds"),
    [(1, 1.0, 4), (1, 0.0, 2), (3, 1.0, 16), (9, 1.0, 300), (500, 0.0, 150)],
)
def test_what_did_not_leave_is_tried_again_ever_later(
    attempts: int, luck: float, seconds: float
) -> None:
    assert decide_next(NotSent("x"), attempts, NOW, luck) == later(seconds)
