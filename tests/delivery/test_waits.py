"""Every reason for which a push waits or did not go is said in words, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.failures import AnotherInstance, BadFormat, Other, TokenRejected, TooLong
from bot.delivery.waits import why
from bot.locales import get_texts
from storage.models import (
    ChatId,
    ChatState,
    DigestPush,
    NoticePush,
    OutboxId,
    OutboxRow,
    OutboxState,
    PostId,
    PostPush,
)
from storage.outbox import AT_NIGHT, muted
from storage.outbox_by_hand import BY_HAND
from tests.storage.rows import NOW, chat

LATER = NOW + timedelta(hours=1)
POST, DIGEST = PostPush((PostId(1),)), DigestPush((), ())
NOTICE = NoticePush("notice.settle", {})
PENDING, FAILED, DROPPED = OutboxState.PENDING, OutboxState.FAILED, OutboxState.DROPPED


def a_row(**changes: Any) -> OutboxRow:  # noqa: ANN401  # any field
    known: dict[str, Any] = {
        "id": OutboxId(1),
        "chat_id": ChatId(-1),
        "item": "1",
        "push": POST,
        "state": PENDING,
        "not_before": NOW,
        "attempts": 0,
        "token": None,
        "message_id": None,
        "error": None,
        "created_at": NOW,
        "changed_at": NOW,
        "doubts": 0,
    }
    return OutboxRow(**{**known, **changes})


@pytest.mark.parametrize(
    ("row", "of_chat", "key"),
    [
        ({}, {}, "waits.due"),
        ({"not_before": LATER}, {}, "waits.night"),
        ({"not_before": LATER, "error": AT_NIGHT}, {}, "waits.night"),
        ({"not_before": LATER, "push": DIGEST}, {}, "waits.again"),
        ({"not_before": LATER, "error": "connect"}, {}, "waits.again"),
        ({"not_before": LATER, "error": "flooded"}, {}, "waits.flooded"),
        ({"not_before": LATER, "error": "topic closed"}, {}, "waits.topic"),
        ({"not_before": LATER, "error": TokenRejected.__name__}, {}, "waits.token"),
        ({"not_before": LATER, "error": AnotherInstance.__name__}, {}, "waits.another"),
        ({"not_before": LATER, "error": muted("x")}, {}, "waits.mute"),
        ({"not_before": NOW, "error": muted("x")}, {}, "waits.due"),
        ({}, {"can_write": False}, "waits.mute"),
        ({}, {"state": ChatState.WAITING}, "waits.waiting"),
        ({}, {"state": ChatState.HELD}, "waits.held"),
        ({}, {"state": ChatState.LEFT}, "waits.left"),
        ({"push": NOTICE}, {"state": ChatState.LEFT}, "waits.due"),
        ({"state": OutboxState.SENDING}, {}, "waits.sending"),
        ({"state": OutboxState.UNKNOWN}, {}, "waits.unknown"),
        ({"state": FAILED, "error": str(TooLong())}, {}, "waits.failed.long"),
        ({"state": FAILED, "error": "KeyError in the program"}, {}, "waits.failed.program"),
        (
            {"state": FAILED, "error": "this Sosik cannot read the 'x'"},
            {},
            "waits.failed.unreadable",
        ),
        ({"state": FAILED}, {}, "waits.failed"),
        ({"state": DROPPED, "error": BY_HAND}, {}, "waits.dropped.hand"),
        ({"state": DROPPED, "error": "nobody wants it any more"}, {}, "waits.dropped.unwanted"),
        ({"state": DROPPED, "error": "taken down"}, {}, "waits.dropped.down"),
        ({"state": DROPPED, "error": "kicked: Forbidden"}, {}, "waits.dropped.kicked"),
        ({"state": DROPPED, "error": "blocked: Forbidden"}, {}, "waits.dropped.blocked"),
        ({"state": DROPPED, "error": "gone: x"}, {}, "waits.dropped.gone"),
        ({"state": DROPPED, "error": "forbidden: x"}, {}, "waits.dropped.forbidden"),
        ({"state": DROPPED}, {}, "waits.dropped"),
    ],
)
def test_each_reason_has_words(row: dict[str, Any], of_chat: dict[str, Any], key: str) -> None:
    reason = why(a_row(**row), chat(-1, **of_chat), NOW)
    assert reason["key"] == key
    for language in ("ko", "en"):
        assert get_texts(language)(reason["key"], **reason["values"])


def test_a_chat_that_is_not_known_is_no_reason() -> None:
    assert why(a_row(), None, NOW)["key"] == "waits.due"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (str(Other("Bad Request: it's odd")), "Bad Request: it's odd"),
        (str(BadFormat("can't parse entities")), "can't parse entities"),
        ("EditTargetGone()", "EditTargetGone()"),
    ],
)
def test_what_telegram_refused_is_told_as_it_said_it(error: str, said: str) -> None:
    assert why(a_row(state=FAILED, error=error), None, NOW)["values"] == {"reason": said}
