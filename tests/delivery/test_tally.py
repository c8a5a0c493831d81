from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.failures import CannotWrite, Loss, Migrated, NotSent, Other, Throttled
from bot.delivery.next_step import Again, Doubt, GiveUp, Leave
from bot.delivery.tally import LONGEST, Tally
from storage.models import (
    ChatId,
    DigestPush,
    EditionPush,
    NoticePush,
    OutboxId,
    OutboxRow,
    OutboxState,
    Period,
    PostId,
    PostPush,
    UnreadablePush,
)
from tests.storage.rows import NOW

if TYPE_CHECKING:
    from bot.delivery.failures import Failure
    from bot.delivery.next_step import Next
    from storage.models import Push
    from tests.clock import FakeClock


@pytest.fixture
def tally(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> Tally:
    caplog.set_level(logging.INFO)
    return Tally(clock)


def row(push: Push | UnreadablePush, chat_id: int = -1) -> OutboxRow:
    return OutboxRow(
        OutboxId(1),
        ChatId(chat_id),
        "item",
        push,
        OutboxState.SENDING,
        NOW,
        attempts=0,
        token=None,
        message_id=None,
        error=None,
        created_at=NOW,
        changed_at=NOW,
        doubts=0,
    )


def posts(*ids: int) -> PostPush:
    return PostPush(tuple(map(PostId, ids)))


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, Any]]]:
    names = ("post", "posts", "chats", "chat", "period", "push", "why", "then")
    return [
        (one.message, {name: vars(one)[name] for name in names if name in vars(one)})
        for one in caplog.records
    ]


async def test_a_post_that_many_chats_got_is_one_line_once_it_is_done(
    tally: Tally, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(48):
        tally.sent(row(posts(12), -number))
        await clock.advance(1)
        await tally.run()
    assert said(caplog) == []
    await clock.advance(9)
    await tally.run()
    await tally.run()
    assert said(caplog) == [("post_sent", {"post": 12, "chats": 48})]


async def test_what_lasts_is_told_now_and_then(
    tally: Tally, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(2 * int(LONGEST.total_seconds())):
        tally.sent(row(posts(12), -number))
        await clock.advance(1)
        await tally.run()
    tally.close()
    counts = [fields["chats"] for _, fields in said(caplog)]
    assert counts == [300, 300]


async def test_many_posts_at_once_are_one_line(
    tally: Tally, caplog: pytest.LogCaptureFixture
) -> None:
    tally.sent(row(posts(1, 2, 3, 4, 5, 6), -1))
    tally.sent(row(posts(1, 2, 3, 4, 5, 6), -2))
    tally.close()
    assert said(caplog) == [("posts_sent", {"posts": 6, "chats": 2})]


@pytest.mark.parametrize(
    ("push", "event", "fields"),
    [
        (DigestPush((PostId(1), PostId(2)), (PostId(2),)), "digest_sent", {"posts": 2}),
        (
            EditionPush(Period.WEEK, ((PostId(1), 3),), (PostId(2),)),
            "edition_sent",
            {"posts": 2, "period": "week"},
        ),
    ],
)
async def test_a_moment_is_one_line(
    push: Push,
    event: str,
    fields: dict[str, Any],
    tally: Tally,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(12):
        tally.sent(row(push, -number))
    tally.close()
    assert said(caplog) == [(event, {"chats": 12, **fields})]


def test_what_the_bot_has_to_say_is_no_news(tally: Tally, caplog: pytest.LogCaptureFixture) -> None:
    tally.sent(row(NoticePush("trouble.chat", {})))
    tally.close()
    assert said(caplog) == []


@pytest.mark.parametrize(
    ("push", "failure", "following", "fields"),
    [
        (posts(12), NotSent("no route"), Again(NOW, ""), ("post 12", "no route", "again")),
        (posts(1, 2), Throttled(13.0), Again(NOW, ""), ("2 posts", "Throttled", "again")),
        (DigestPush((), ()), Other("odd"), GiveUp(""), ("digest", "odd", "giveup")),
        (
            EditionPush(Period.WEEK, (), ()),
            CannotWrite(Loss.KICKED, "kicked out"),
            Leave(""),
            ("edition week", "kicked: kicked out", "leave"),
        ),
        (NoticePush("a.b", {}), NotSent("x"), Doubt(""), ("notice a.b", "x", "doubt")),
        (UnreadablePush("new", "{}"), NotSent("x"), Doubt(""), ("unreadable", "x", "doubt")),
    ],
)
def test_what_fails_alike_is_one_line(
    push: Push,
    failure: Failure,
    following: Next,
    fields: tuple[str, str, str],
    tally: Tally,
    caplog: pytest.LogCaptureFixture,
) -> None:
    what = dict(zip(("push", "why", "then"), fields, strict=True))
    for number in range(3):
        tally.failed(row(push, -number - 1), failure, following)
    tally.close()
    tally.failed(row(push, -7), failure, following)
    tally.close()
    assert said(caplog) == [
        ("push_not_sent", {**what, "chats": 3}),
        ("push_not_sent", {**what, "chats": 1, "chat": -7}),
    ]


@pytest.mark.parametrize("event", ["push_resent_unproven", "copy_taken_back"])
def test_what_is_settled_is_one_line(
    event: str, tally: Tally, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(15):
        tally.settled(event, row(posts(68), -number))
    tally.close()
    assert said(caplog) == [(event, {"push": "post 68", "chats": 15})]


def test_a_chat_that_moved_is_no_failure(tally: Tally, caplog: pytest.LogCaptureFixture) -> None:
    tally.failed(row(posts(1)), Migrated(ChatId(-2)), Again(NOW, ""))
    tally.close()
    assert said(caplog) == []
