from __future__ import annotations

from typing import TYPE_CHECKING

from storage import authorship, messages, posts, search
from storage.authorship import Authorship
from storage.models import ChatId, ChatKind, MessageId, PostId, Remark, View
from tests.clock import FakeClock
from tests.storage.rows import add_chats, add_post, chat

if TYPE_CHECKING:
    from storage.database import Database

AUTHOR, OTHER = 77, 78
NOW = FakeClock().now()
BODY = "시장의 본문이에요."


async def test_what_is_said_about_a_post_is_read_with_it(database: Database) -> None:
    post_id = await add_post(database, "시장")
    async with database.transaction() as tx:
        await authorship.set_remark(tx, post_id, Remark("좋아요", "해봄"), AUTHOR)
        post = await posts.get_post(tx, post_id)
        assert post is not None
        assert post.remark == Remark("좋아요", "해봄")
        assert await authorship.get_authorship(tx, post_id) == Authorship(None, AUTHOR)
        assert await authorship.list_spoken(tx, AUTHOR) == [post_id]
        await authorship.set_remark(tx, post_id, None, AUTHOR)
        post = await posts.get_post(tx, post_id)
        assert post is not None
        assert post.remark is None
        assert await authorship.get_authorship(tx, post_id) == Authorship(None, None)
        assert await authorship.get_authorship(tx, PostId(99)) == Authorship(None, None)


async def test_the_index_is_behind_on_what_is_said_and_on_what_was(database: Database) -> None:
    post_id = await add_post(database, "시장")
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM search_pending")
        await authorship.set_remark(tx, post_id, Remark("좋아요", "해봄"), AUTHOR)
        (pending,) = await tx.run(lambda db: search.list_pending(db, 9))
        assert (pending.old, pending.new) == (("시장", BODY), ("시장", f"{BODY}\n좋아요"))
        await tx.execute("DELETE FROM search_pending")
        await tx.execute("DELETE FROM posts")
        (pending,) = await tx.run(lambda db: search.list_pending(db, 9))
        assert (pending.old, pending.new) == (("시장", f"{BODY}\n좋아요"), None)


async def test_the_first_who_published_stays_the_publisher_until_they_are_forgotten(
    database: Database,
) -> None:
    post_id = await add_post(database, "시장")
    async with database.transaction() as tx:
        await authorship.set_publisher(tx, post_id, AUTHOR)
        await authorship.set_publisher(tx, post_id, OTHER)
        assert await authorship.get_authorship(tx, post_id) == Authorship(AUTHOR, None)
        assert await authorship.count_of_person(tx, AUTHOR) == 1
        await authorship.forget_publisher(tx, AUTHOR)
        assert await authorship.count_of_person(tx, AUTHOR) == 0


async def test_each_push_of_a_post_has_a_number(database: Database) -> None:
    post_id = await add_post(database, "시장")
    async with database.transaction() as tx:
        assert [await authorship.next_push(tx, post_id) for _ in range(2)] == [2, 3]
        assert await authorship.next_push(tx, PostId(99)) == 0


async def test_where_a_post_was_shown_first_is_listed_and_no_private_chat(
    database: Database,
) -> None:
    post_id = await add_post(database, "시장")
    group, home = ChatId(-1001), ChatId(77)
    await add_chats(
        database,
        chat(group, title="독서모임"),
        chat(home, kind=ChatKind.PRIVATE),
    )
    async with database.transaction() as tx:
        for place in ((group, 5), (group, 4), (home, 3)):
            await messages.set_message(
                tx,
                place[0],
                MessageId(place[1]),
                post_id,
                view=View.CARD,
                page=0,
                language="ko",
                sent_at=NOW,
            )
        assert await authorship.list_places(tx, post_id) == [("독서모임", NOW)]
