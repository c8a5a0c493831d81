from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery.announce import Announcer, count_again, push_again
from bot.sources.changes import ChangeKind, Recorded
from storage import messages, outbox, posts
from storage.models import ChatId, ChatState, MessageId, View
from tests.storage.rows import NOW, add_chats, add_post, chat

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from storage.models import PostId
    from tests.clock import FakeClock


async def announce(
    database: Database, clock: FakeClock, post_id: PostId, kind: ChangeKind, *, quiet: bool = False
) -> None:
    async with database.transaction() as tx:
        post = await posts.get_post(tx, post_id)
        assert post is not None
        await Announcer(clock)(tx, [Recorded(kind, post, None, quiet=quiet)])


async def queued(database: Database) -> list[tuple[int, str]]:
    async with database.reader() as db:
        return [(row.chat_id, row.item) for row in await outbox.list_due(db, NOW, limit=99)]


async def refresh_at(database: Database) -> datetime | None:
    async with database.reader() as db:
        shown = await messages.get_message(db, ChatId(-1), MessageId(5))
    assert shown is not None
    return shown.refresh_at


async def test_a_new_post_is_queued_for_the_chats_that_take_it(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1), chat(-2, state=ChatState.LEFT), chat(-3))
    post_id = await add_post(database, "글")
    await announce(database, clock, post_id, ChangeKind.NEW)
    await announce(database, clock, post_id, ChangeKind.NEW)
    assert await queued(database) == [(-3, str(post_id)), (-1, str(post_id))]


async def test_a_quiet_one_is_not(database: Database, clock: FakeClock) -> None:
    await add_chats(database, chat(-1))
    await announce(database, clock, await add_post(database, "글"), ChangeKind.NEW, quiet=True)
    assert await queued(database) == []


async def test_an_edit_is_no_news_but_has_what_was_sent_edited(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    post_id = await add_post(database, "글")
    async with database.transaction() as tx:
        await messages.set_message(
            tx,
            ChatId(-1),
            MessageId(5),
            post_id,
            view=View.CARD,
            page=0,
            language="ko",
            sent_at=NOW,
        )
    await announce(database, clock, post_id, ChangeKind.NOTED)
    assert await refresh_at(database) is None
    await announce(database, clock, post_id, ChangeKind.COUNTS)
    assert await refresh_at(database) == NOW + timedelta(seconds=60)
    await announce(database, clock, post_id, ChangeKind.EDITED)
    assert await refresh_at(database) == NOW
    assert await queued(database) == []


async def test_a_post_is_pushed_again_to_who_takes_new_ones_each_time_with_a_number(
    database: Database, clock: FakeClock
) -> None:
    joined = NOW + timedelta(days=1)
    await add_chats(database, chat(-1), chat(-2, state=ChatState.LEFT), chat(-3, joined_at=joined))
    post_id = await add_post(database, "글")
    clock._now = joined + timedelta(hours=1)
    async with database.transaction() as tx:
        post = await posts.get_post(tx, post_id)
        assert post is not None
        for _ in range(2):
            await push_again(tx, post, clock.now())
        rows = await tx.fetch_all("SELECT chat_id, item FROM outbox ORDER BY id")
    pushed = [(chat_id, f"{post_id}+{number}") for number in (2, 3) for chat_id in (-1, -3)]
    assert [tuple(row) for row in rows] == pushed
    assert await count_again(database, post, clock.now()) == 2
