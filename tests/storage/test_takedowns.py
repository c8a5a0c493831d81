"""Posts that somebody has down: which messages go, which stay, and what waits no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import authorship, due, messages, outbox, posts, sources, takedowns
from storage.models import (
    ChatId,
    MessageId,
    NewOutboxRow,
    OutboxState,
    PostId,
    PostPush,
    SourceKind,
    View,
)
from storage.takedowns import Withdrawn
from tests.storage.rows import NOW, add_chats, add_post, chat

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction

GROUP, OTHER, FAR = ChatId(-1001), ChatId(-1002), ChatId(-1003)
HOUR = timedelta(hours=1)
SINCE = NOW - 47 * HOUR


@pytest.fixture
async def post_id(database: Database) -> PostId:
    await add_chats(database, chat(GROUP), chat(OTHER), chat(FAR))
    return await add_post(database, "시장")


async def show(
    tx: Transaction,
    chat_id: ChatId,
    number: int,
    post_id: PostId,
    *,
    view: View = View.CARD,
    at: datetime = NOW,
) -> None:
    await messages.set_message(
        tx, chat_id, MessageId(number), post_id, view=view, page=0, language="ko", sent_at=at
    )


async def ids_due(tx: Transaction, now: datetime = NOW) -> list[tuple[int, int]]:
    found = await takedowns.list_withdrawn(tx, now, limit=9)
    return [(one.chat_id, one.message_id) for one in found]


async def test_what_is_young_and_ours_goes_and_what_is_old_is_counted_apart(
    database: Database, post_id: PostId
) -> None:
    another = await add_post(database, "다른 글")
    async with database.transaction() as tx:
        await show(tx, GROUP, 1, post_id)
        await show(tx, GROUP, 2, post_id, view=View.FULL)
        await show(tx, GROUP, 3, another)
        await show(tx, OTHER, 4, post_id, at=SINCE)
        await show(tx, FAR, 5, post_id, view=View.OWN)
        await show(tx, FAR, 6, post_id, view=View.FORWARD)
        assert await takedowns.count_chats(tx, post_id) == 2
        assert await takedowns.withdraw(tx, post_id, SINCE, NOW) == (1, 1)
        assert await ids_due(tx) == [(GROUP, 1), (GROUP, 2)]
        assert await ids_due(tx, NOW - HOUR) == []


async def test_what_waits_or_cannot_be_deleted_is_put_off_or_edited(
    database: Database, post_id: PostId
) -> None:
    first, second = (Withdrawn(GROUP, MessageId(number), NOW) for number in (1, 2))
    async with database.transaction() as tx:
        await show(tx, GROUP, 1, post_id)
        await show(tx, GROUP, 2, post_id)
        await takedowns.withdraw(tx, post_id, SINCE, NOW)
        assert await takedowns.list_withdrawn(tx, NOW, limit=1) == [first]
        await takedowns.put_off(tx, [first], NOW + HOUR)
        assert await ids_due(tx) == [(GROUP, 2)]
        await takedowns.set_marked(tx, second, NOW)
        assert not await takedowns.is_withdrawn(tx, second)
        assert await takedowns.is_withdrawn(tx, first)
        shown = await messages.get_message(tx, GROUP, MessageId(2))
        assert shown is not None
        assert shown.refresh_at == NOW
        await takedowns.put_off(tx, [second], NOW)
        assert await ids_due(tx, NOW + HOUR) == [(GROUP, 1)]
        await takedowns.put_off(tx, [first], NOW + 3 * HOUR)
        await due.set_back(tx, NOW)
        assert await ids_due(tx) == [(GROUP, 1)]


async def test_a_message_that_was_on_its_way_goes_too_and_none_once_it_is_back(
    database: Database, post_id: PostId
) -> None:
    async with database.transaction() as tx:
        await takedowns.set_taken_down(tx, post_id, NOW)
        post = await posts.get_post(tx, post_id)
        assert post is not None
        assert post.taken_down_at == NOW
        await show(tx, GROUP, 1, post_id)
        await show(tx, GROUP, 2, post_id, view=View.OWN)
        assert await ids_due(tx) == [(GROUP, 1)]
        await takedowns.set_put_back(tx, post_id)
        assert await ids_due(tx) == []
        await show(tx, GROUP, 3, post_id)
        assert await ids_due(tx) == []


async def test_pushes_that_wait_go_without_it_or_not_at_all(
    database: Database, post_id: PostId
) -> None:
    other = PostId(post_id + 1)
    rows = [
        NewOutboxRow(GROUP, "alone", PostPush((post_id,)), NOW),
        NewOutboxRow(GROUP, "both", PostPush((post_id, other)), NOW),
        NewOutboxRow(OTHER, "other", PostPush((other,)), NOW),
        NewOutboxRow(FAR, "sent", PostPush((post_id,)), NOW),
        NewOutboxRow(OTHER, "broken", PostPush((post_id,)), NOW),
    ]
    async with database.transaction() as tx:
        await outbox.add_rows(tx, rows, NOW)
        await tx.execute("UPDATE outbox SET state = 'sent' WHERE item = 'sent'")
        await tx.execute("UPDATE outbox SET payload = '{' WHERE item = 'broken'")
        assert await outbox.withdraw_post(tx, post_id, NOW) == {GROUP}
        found = await tx.fetch_all("SELECT item, state, payload FROM outbox")
    states = {row["item"]: (row["state"], row["payload"]) for row in found}
    assert states["alone"][0] == OutboxState.DROPPED
    assert states["both"] == (OutboxState.PENDING, f'{{"posts": [{other}]}}')
    assert {states[name][0] for name in ("other", "broken")} == {OutboxState.PENDING}
    assert states["sent"][0] == OutboxState.SENT


async def test_what_is_by_hand_has_a_publisher_or_is_of_no_feed(database: Database) -> None:
    fed, named = await add_post(database, "피드의 글"), await add_post(database, "올린 글")
    async with database.transaction() as tx:
        source_id = await sources.add_source(tx, "hand:", SourceKind.HAND)
        await tx.execute("UPDATE posts SET source_id = ? WHERE id = ?", (source_id, named))
        assert await authorship.is_by_hand(tx, named)
        assert not await authorship.is_by_hand(tx, fed)
        await authorship.set_publisher(tx, fed, 77)
        assert await authorship.is_by_hand(tx, fed)
        known = await posts.get_known(tx, fed)
        assert known is not None
        assert known.post.publisher_id == 77
        assert await posts.get_known(tx, PostId(99)) is None
