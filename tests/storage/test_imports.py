from __future__ import annotations

from typing import TYPE_CHECKING

from storage import imports, sources
from storage.models import NewPost, SourceKind
from tests.storage.rows import keep_post

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock


async def test_the_last_import_is_the_one_that_brought_posts_last(
    database: Database, clock: FakeClock
) -> None:
    async with database.transaction() as tx:
        assert await imports.get_last(tx) is None
        one = await sources.add_source(tx, "archive:가", SourceKind.ARCHIVE)
        other = await sources.add_source(tx, "archive:나", SourceKind.ARCHIVE)
        for source_id, title in ((one, "하나"), (one, "둘"), (other, "셋")):
            await keep_post(
                tx, source_id, NewPost(title, ""), first_seen_at=clock.now(), listing_id=source_id
            )
            await clock.advance(1)
        last = await imports.get_last(tx)
        assert last is not None
        assert (last.source_id, last.posts) == (other, 1)
        of_one = await imports.get_last(tx, "archive:가")
        assert of_one is not None
        assert (of_one.source_id, await imports.list_brought(tx, of_one)) == (one, [2])
        assert await imports.get_last(tx, "archive:다") is None
        assert await imports.has_posts(tx, one)
        await tx.execute("UPDATE posts SET removed_at = 1")
        assert not await imports.has_posts(tx, one)
        assert await imports.get_last(tx) is None
