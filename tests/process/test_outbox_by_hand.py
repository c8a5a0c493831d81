"""`sosik outbox`: what is listed, what is tried again, and what must not be."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.errors import InputError
from bot.locales import get_texts
from bot.process.outbox_by_hand import MOST_LISTED, outbox_lines
from storage import attempts, facts, outbox
from storage.models import (
    ChatId,
    ChatKind,
    ChatState,
    DigestPush,
    MessageId,
    NewAttempt,
    NewOutboxRow,
    NoticePush,
    OutboxId,
    OutboxState,
    PostPush,
    PushMode,
)
from storage.restored import KEY
from storage.times import to_seconds
from tests.storage.rows import add_chats, add_post, chat

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import OutboxRow, PostId, Push
    from tests.clock import FakeClock

ROOM = ChatId(-1001)
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
async def post_id(database: Database) -> PostId:
    """A post, and a chat that takes it."""
    await add_chats(database, chat(ROOM), chat(7, kind=ChatKind.PRIVATE, title="비밀 이름"))
    return await add_post(database, "첫 글")


async def queue(
    database: Database,
    clock: FakeClock,
    push: Push,
    state: str,
    chat_id: int = ROOM,
    **more: Any,  # noqa: ANN401  # columns
) -> OutboxId:
    """A push in some state; its number."""
    async with database.transaction() as tx:
        rows = await tx.fetch_all("SELECT count(*) FROM outbox")
        row = NewOutboxRow(ChatId(chat_id), f"item {rows[0][0]}", push, not_before=clock.now())
        await outbox.add_rows(tx, [row], clock.now())
        found = await tx.fetch_all("SELECT max(id) AS id FROM outbox")
        values = {"state": state, **more}
        named = ", ".join(f"{name} = :{name}" for name in values)
        await tx.execute(
            f"UPDATE outbox SET {named} WHERE id = :id",  # noqa: S608  # words of ours
            {**values, "id": found[0]["id"]},
        )
    return OutboxId(found[0]["id"])


async def row_of(database: Database, row_id: OutboxId) -> OutboxRow:
    async with database.reader() as db:
        row = await outbox.get_row(db, row_id)
    assert row is not None
    return row


async def run(
    database: Database, clock: FakeClock, language: str = "ko", **given: object
) -> list[str]:
    asked = Namespace(**{"failed": False, "retry": None, "drop": None, **given})
    return await outbox_lines(database, clock.now(), asked, get_texts(language), SEOUL)


async def test_what_waits_is_listed_with_its_chat_and_its_reason(
    database: Database, clock: FakeClock, post_id: PostId
) -> None:
    await queue(database, clock, PostPush((post_id,)), "pending", not_before=2_000_000_000)
    await queue(database, clock, PostPush((post_id, post_id)), "failed", error="TooLong()")
    await queue(database, clock, DigestPush((), ()), "unknown", chat_id=7)
    await queue(database, clock, NoticePush("notice.settle", {}), "sending", chat_id=-5)
    await queue(database, clock, PostPush((post_id,)), "sent")
    await queue(database, clock, PostPush((post_id,)), "pending", kind="a later one")
    lines = await run(database, clock)
    assert lines[0].startswith("     1  독서모임 · 새 글 '첫 글' · ")
    assert lines[1].startswith("        조용한 시간이라 기다려요 (5월 18일")
    assert lines[3] == "        너무 길어서 가지 못했어요"
    assert lines[4].startswith("     3  개인 대화방 · 모아 보기 · ")
    assert lines[6].startswith("     4  -5 · 알림 · ")
    assert "읽을 수 없는 것" in lines[8]
    assert "비밀 이름" not in "\n".join(lines)
    assert len(lines) == 10
    assert len(await run(database, clock, failed=True)) == 2


async def test_where_nothing_waits_that_is_said(database: Database, clock: FakeClock) -> None:
    assert await run(database, clock) == ["기다리는 것도 실패한 것도 없어요."]
    assert await run(database, clock, "en", failed=True) == ["Nothing failed."]
    assert await run(database, clock, "en", retry="all") == ["Nothing failed."]


async def test_a_long_list_ends_with_how_many_there_are_besides(
    database: Database, clock: FakeClock
) -> None:
    async with database.transaction() as tx:
        push = NoticePush("notice.settle", {})
        rows = [NewOutboxRow(ChatId(n + 1), "x", push, clock.now()) for n in range(MOST_LISTED + 2)]
        await outbox.add_rows(tx, rows, clock.now())
    assert (await run(database, clock, "en"))[-1] == "And 2 more."


@pytest.mark.parametrize("state", ["failed", "dropped"])
async def test_what_did_not_go_is_tried_again_at_once_as_for_the_first_time(
    state: str, database: Database, clock: FakeClock, post_id: PostId
) -> None:
    row_id = await queue(
        database, clock, PostPush((post_id,)), state, error="x", attempts=9, not_before=0
    )
    assert "다시 보내요" in (await run(database, clock, retry=row_id))[0]
    row = await row_of(database, row_id)
    assert (row.state, row.attempts, row.error) == (OutboxState.PENDING, 0, None)
    async with database.reader() as db:
        assert [one.id for one in await outbox.list_due(db, clock.now(), limit=9)] == [row_id]


@pytest.mark.parametrize(
    ("ago", "state"), [(0, "unknown"), (-9, "pending"), (9, "pending")]
)  # -9: ahead
async def test_of_a_restored_copy_it_is_in_doubt_for_it_may_have_been_tried_since(
    ago: int, state: str, database: Database, clock: FakeClock, post_id: PostId
) -> None:
    """It failed before the copy was made; then it was sent by this very command, and lost."""
    row_id = await queue(database, clock, PostPush((post_id,)), "failed", error="x")
    async with database.transaction() as tx:
        await facts.set_fact(tx, KEY, str(to_seconds(clock.now()) - ago))
    await clock.advance(1)
    assert "다시 보내요" in (await run(database, clock, retry="all"))[0]
    row = await row_of(database, row_id)
    assert (row.state, row.changed_at) == (state, clock.now())


@pytest.mark.parametrize(
    ("state", "more", "key"),
    [
        ("pending", {}, "waits"),
        ("sending", {}, "sending"),
        ("unknown", {}, "unknown"),
        ("sent", {}, "sent"),
        ("resent_unproven", {}, "sent"),
        ("doubled", {}, "sent"),
        ("merged", {}, "merged"),
        ("failed", {"doubts": 1}, "doubt"),
        ("dropped", {"doubts": 1}, "doubt"),
        ("failed", {"kind": "a later one"}, "unreadable"),
        ("failed", {"chat_id": -404}, "unwanted"),
        ("dropped", {"created_at": 0}, "unwanted"),
    ],
)
async def test_what_may_have_gone_or_is_not_wanted_is_left_as_it_is(
    state: str,
    more: dict[str, Any],
    key: str,
    database: Database,
    clock: FakeClock,
    post_id: PostId,
) -> None:
    row_id = await queue(database, clock, PostPush((post_id,)), state, **more)
    before = await row_of(database, row_id)
    with pytest.raises(InputError) as refused:
        await run(database, clock, retry=row_id)
    assert refused.value.key == f"outbox.refused.{key}"
    assert await row_of(database, row_id) == before


async def test_an_attempt_that_may_have_arrived_is_never_made_again(
    database: Database, clock: FakeClock, post_id: PostId
) -> None:
    """The chat was lost while it was in doubt: nothing was counted."""
    row_id = await queue(database, clock, PostPush((post_id,)), "dropped")
    async with database.transaction() as tx:
        attempt = NewAttempt("token", ROOM, "", "digest", outbox_id=row_id)
        await attempts.add_attempt(tx, attempt, clock.now())
    with pytest.raises(InputError) as refused:
        await run(database, clock, retry=row_id)
    assert refused.value.key == "outbox.refused.doubt"


async def test_a_post_that_came_otherwise_or_is_gone_does_not_come_again(
    database: Database, clock: FakeClock, post_id: PostId
) -> None:
    row_id = await queue(database, clock, PostPush((post_id,)), "failed")
    came = await queue(database, clock, PostPush((post_id,)), "sent", message_id=MessageId(5))
    with pytest.raises(InputError) as refused:
        await run(database, clock, retry=row_id)
    assert refused.value.key == "outbox.refused.came"
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM outbox WHERE id = ?", (came,))
        await tx.execute("UPDATE posts SET removed_at = 1")
    with pytest.raises(InputError) as refused:
        await run(database, clock, retry=row_id)
    assert refused.value.key == "outbox.refused.gone"


async def test_all_that_failed_is_tried_again_but_what_must_not(
    database: Database, clock: FakeClock, post_id: PostId
) -> None:
    """Twice the same post to one chat: it goes once. What was dropped stays dropped."""
    first = await queue(database, clock, PostPush((post_id,)), "failed")
    again = await queue(database, clock, PostPush((post_id,)), "failed")
    digest = await queue(database, clock, DigestPush((post_id,), ()), "failed")
    dropped = await queue(database, clock, DigestPush((post_id,), ()), "dropped")
    lines = await run(database, clock, "en", retry="all")
    assert lines == [
        "2 that failed go again: soon where the bot runs, or once it starts.",
        "The chat has the post of number 2 already.",
    ]
    states = [(await row_of(database, one)).state for one in (first, again, digest, dropped)]
    assert states == ["pending", "failed", "pending", "dropped"]


async def test_chats_that_want_none_are_asked_by_their_settings(
    database: Database, clock: FakeClock, post_id: PostId
) -> None:
    await add_chats(database, chat(-2, push=PushMode.DIGEST), chat(-3, state=ChatState.LEFT))
    for chat_id in (-2, -3):
        await queue(database, clock, PostPush((post_id,)), "failed", chat_id=chat_id)
    lines = await run(database, clock, "en", retry="all")
    assert all("does not take it any more" in line for line in lines)
    assert len(lines) == 2


@pytest.mark.parametrize("state", ["pending", "failed", "unknown"])
async def test_what_is_given_up_does_not_go_any_more(
    state: str, database: Database, clock: FakeClock, post_id: PostId
) -> None:
    row_id = await queue(database, clock, PostPush((post_id,)), state)
    assert "보내지 않아요" in (await run(database, clock, drop=row_id))[0]
    assert (await row_of(database, row_id)).state is OutboxState.DROPPED


async def test_what_is_given_up_while_the_bot_decides_about_it_stays_given_up(
    database: Database, clock: FakeClock, post_id: PostId
) -> None:
    """It was just to be put off until the morning."""
    row_id = await queue(database, clock, PostPush((post_id,)), "pending")
    await run(database, clock, drop=row_id)
    async with database.transaction() as tx:
        await outbox.set_pending(tx, row_id, clock.now(), outbox.AT_NIGHT, clock.now())
    assert (await row_of(database, row_id)).state is OutboxState.DROPPED


async def test_what_was_in_doubt_and_given_up_is_never_tried_again(
    database: Database, clock: FakeClock, post_id: PostId
) -> None:
    row_id = await queue(database, clock, PostPush((post_id,)), "unknown")
    assert "arrived" in (await run(database, clock, "en", drop=row_id))[0]
    with pytest.raises(InputError) as refused:
        await run(database, clock, retry=row_id)
    assert refused.value.key == "outbox.refused.doubt"


@pytest.mark.parametrize(
    ("state", "key"),
    [("sending", "sending"), ("sent", "over"), ("dropped", "over"), ("merged", "over")],
)
async def test_what_is_under_way_or_over_is_not_given_up(
    state: str, key: str, database: Database, clock: FakeClock, post_id: PostId
) -> None:
    row_id = await queue(database, clock, PostPush((post_id,)), state)
    with pytest.raises(InputError) as refused:
        await run(database, clock, drop=row_id)
    assert refused.value.key == f"outbox.undropped.{key}"
    assert (await row_of(database, row_id)).state == state


@pytest.mark.parametrize("what", ["retry", "drop"])
async def test_an_unknown_number_is_said_to_be_none(
    what: str, database: Database, clock: FakeClock
) -> None:
    with pytest.raises(InputError) as refused:
        await run(database, clock, "ko", **{what: 404})
    assert refused.value.key == "outbox.none"
