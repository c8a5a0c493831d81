from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage import messages
from storage.database import UnknownValueError
from storage.models import ChatId, MessageId, SentMessage, View
from tests.storage.rows import NOW, add_post

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import PostId

SOON, LATER = NOW + timedelta(seconds=3), NOW + timedelta(minutes=5)


async def show(
    database: Database, message_id: int, post_id: PostId, *, view: View = View.CARD, page: int = 0
) -> None:
    async with database.transaction() as tx:
        await messages.set_message(
            tx,
            ChatId(-1),
            MessageId(message_id),
            post_id,
            view=view,
            page=page,
            language="ko",
            sent_at=NOW,
        )


async def get(database: Database, message_id: int) -> SentMessage:
    async with database.reader() as db:
        found = await messages.get_message(db, ChatId(-1), MessageId(message_id))
    assert found is not None
    return found


async def due(database: Database, now: datetime, *, limit: int = 10) -> list[SentMessage]:
    async with database.transaction() as tx:
        return await messages.claim_refreshes(tx, now, until=LATER, limit=limit)


async def refresh(database: Database, message_id: int, at: datetime) -> None:
    async with database.transaction() as tx:
        await messages.set_refresh(tx, [(ChatId(-1), MessageId(message_id))], at)


async def test_a_message_shows_what_it_was_last_made_to_show(database: Database) -> None:
    one, two = await add_post(database, "글 1"), await add_post(database, "글 2")
    await show(database, 5, one)
    await show(database, 5, two, view=View.FULL, page=2)
    shown = await get(database, 5)
    assert shown == SentMessage(ChatId(-1), MessageId(5), two, View.FULL, 2, "ko", NOW, None)
    async with database.reader() as db:
        assert await messages.get_message(db, ChatId(-1), MessageId(6)) is None


async def test_the_first_change_sets_the_time_and_an_earlier_one_stands(
    database: Database,
) -> None:
    await show(database, 5, await add_post(database, "글"))
    await refresh(database, 5, SOON)
    await refresh(database, 5, LATER)
    assert (await get(database, 5)).refresh_at == SOON
    assert await due(database, NOW) == []
    (claimed,) = await due(database, SOON)
    assert claimed.refresh_at == LATER
    assert await due(database, SOON) == []


async def test_full_text_takes_no_counts_but_takes_edits(database: Database) -> None:
    post_id = await add_post(database, "글")
    await show(database, 5, post_id, view=View.FULL)
    await refresh(database, 5, NOW)
    assert await due(database, NOW) == []
    async with database.transaction() as tx:
        await messages.set_refresh_of_posts(tx, [post_id], NOW)
    assert len(await due(database, NOW)) == 1


async def test_what_is_fresh_is_not_due_any_more(database: Database) -> None:
    await show(database, 5, await add_post(database, "글"))
    await refresh(database, 5, NOW)
    (claimed,) = await due(database, NOW)
    async with database.transaction() as tx:
        await messages.set_fresh(tx, claimed, NOW)
    assert await due(database, LATER) == []


async def test_a_change_during_the_edit_is_shown_by_another(database: Database) -> None:
    await show(database, 5, await add_post(database, "글"))
    await refresh(database, 5, NOW)
    (claimed,) = await due(database, NOW)
    await refresh(database, 5, SOON)
    async with database.transaction() as tx:
        await messages.set_fresh(tx, claimed, NOW)
    assert (await get(database, 5)).refresh_at == SOON


async def test_a_message_that_was_turned_over_during_the_edit_is_put_right(
    database: Database,
) -> None:
    post_id = await add_post(database, "글")
    await show(database, 5, post_id)
    await refresh(database, 5, NOW)
    (claimed,) = await due(database, NOW)
    await show(database, 5, post_id, view=View.FULL, page=1)
    async with database.transaction() as tx:
        await messages.set_fresh(tx, claimed, NOW)
    (again,) = await due(database, NOW)
    assert (again.view, again.page) == (View.FULL, 1)


async def test_what_a_crash_left_undone_is_due_again(database: Database) -> None:
    await show(database, 5, await add_post(database, "글"))
    await refresh(database, 5, NOW)
    (claimed,) = await due(database, NOW)
    (again,) = await due(database, LATER)
    assert replace(again, refresh_at=None) == replace(claimed, refresh_at=None)


async def test_a_try_that_failed_is_made_again(database: Database) -> None:
    await show(database, 5, await add_post(database, "글"))
    async with database.transaction() as tx:
        await messages.set_refresh_again(tx, (ChatId(-1), MessageId(5)), SOON)
    assert (await get(database, 5)).refresh_at == SOON


async def test_a_view_of_a_later_version_is_left_to_it(database: Database) -> None:
    await show(database, 5, await add_post(database, "글"))
    await refresh(database, 5, NOW)
    async with database.transaction() as tx:
        await tx.execute("UPDATE messages SET view = 'carousel'")
    assert await due(database, NOW) == []
    with pytest.raises(UnknownValueError, match=r"carousel.*update Sosik.*view"):
        await get(database, 5)


async def test_only_so_many_are_taken_at_once(database: Database) -> None:
    post_id = await add_post(database, "글")
    for message_id in range(5):
        await show(database, message_id, post_id)
    async with database.transaction() as tx:
        await messages.set_refresh_of_posts(tx, [post_id], NOW)
    assert len(await due(database, NOW, limit=3)) == 3
    assert len(await due(database, NOW, limit=3)) == 2


async def test_a_forward_shows_what_its_origin_shows_whichever_comes_first(
    database: Database,
) -> None:
    post_id = await add_post(database, "글")
    early, late = (ChatId(-2), MessageId(11)), (ChatId(-2), MessageId(12))
    origin = (ChatId(-1), MessageId(5))
    async with database.transaction() as tx:
        await messages.add_forward(tx, early, origin, NOW)
        assert await messages.get_message(tx, *early) is None
    await show(database, 5, post_id)
    async with database.transaction() as tx:
        await messages.add_forward(tx, late, origin, NOW)
        await messages.set_refresh_of_posts(tx, [post_id], NOW)
        for place in (early, late):
            found = await messages.get_message(tx, *place)
            assert found is not None
            assert (found.post_id, found.view, found.refresh_at) == (post_id, View.FORWARD, None)
        await messages.delete_forwards(tx, LATER)
        assert await tx.fetch_all("SELECT * FROM forwards") == []
