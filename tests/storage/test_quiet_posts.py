from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage import posts, quiet_posts
from storage.models import PostId, SourceId
from tests.storage.rows import NOW, add_post

if TYPE_CHECKING:
    from storage.database import Database

HERE = SourceId(1)
DAY = timedelta(days=1)


async def test_what_came_quietly_is_offered_until_it_is_old_or_removed(database: Database) -> None:
    late = await add_post(database, "늦은 글", at=NOW, quiet=True)
    early = await add_post(database, "이른 글", at=NOW - DAY, quiet=True)
    gone = await add_post(database, "지운 글", quiet=True)
    async with database.transaction() as tx:
        await quiet_posts.add_quiet(tx, HERE, [late, gone], NOW)
        await quiet_posts.add_quiet(tx, HERE, [late, early], NOW - DAY)
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (gone,))
        assert await quiet_posts.list_quiet(tx, HERE, NOW - DAY) == [early, late]
        assert await quiet_posts.list_quiet(tx, HERE, NOW) == [late]
        assert await quiet_posts.list_quiet(tx, SourceId(2), NOW - DAY) == []
        assert await quiet_posts.count_quiet(tx, NOW - DAY) == {HERE: 2}
        assert await quiet_posts.count_quiet(tx, NOW + DAY) == {}
        await quiet_posts.delete_quiet(tx, NOW)
        assert await quiet_posts.list_quiet(tx, HERE, NOW - DAY) == [late]


async def test_what_is_announced_is_offered_no_more_and_news_of_its_day(database: Database) -> None:
    ids = [await add_post(database, f"글 {number}", quiet=True) for number in range(2)]
    async with database.transaction() as tx:
        await quiet_posts.add_quiet(tx, HERE, ids, NOW)
        await quiet_posts.announce(tx, [*ids[:1], PostId(99)])
        assert await quiet_posts.list_quiet(tx, HERE, NOW) == ids[1:]
        assert await posts.list_arrived(tx, after=NOW - DAY, until=NOW) == [(ids[0], NOW)]
