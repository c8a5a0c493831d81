"""The index follows the posts in whatever way they change, in the same transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.search.index import BATCH, index_changes
from storage import search, search_words
from tests.search.posts import add_posts, change, titles

if TYPE_CHECKING:
    import sqlite3

    from bot.search.service import SearchService
    from storage.database import Database


async def words_of(database: Database, word: str) -> tuple[int, int] | None:
    async with database.reader() as db:
        known = await db.run(lambda raw: search_words.get_word(raw, word))
    return None if known is None else (known.posts, known.titles)


async def state(database: Database) -> tuple[int, int]:
    async with database.reader() as db:
        return (await db.run(search.get_state))[1], await db.run(search.count_pending)


async def test_a_new_post_is_found(service: SearchService, database: Database) -> None:
    await add_posts(database, [("양자 컴퓨터", "큐비트 이야기")])
    assert await titles(service, "큐비트") == ["양자 컴퓨터"]
    assert await state(database) == (6, 0)


async def test_an_edited_post_is_found_by_its_new_text_only(
    service: SearchService, database: Database
) -> None:
    await change(database, "UPDATE posts SET body = '큐비트 이야기' WHERE title LIKE '투자%'")
    assert await titles(service, "큐비트") == ["투자 전략 정리"]
    assert await titles(service, "반도체") == []
    assert await words_of(database, "반도체") is None
    assert await words_of(database, "투자") == (1, 1)


async def test_a_removed_post_is_not_found_and_a_restored_one_is(
    service: SearchService, database: Database
) -> None:
    await change(database, "UPDATE posts SET removed_at = 1 WHERE title LIKE '투자%'")
    assert await titles(service, "반도체") == []
    assert (await state(database))[0] == 4
    await change(database, "UPDATE posts SET removed_at = NULL WHERE title LIKE '투자%'")
    assert await titles(service, "반도체") == ["투자 전략 정리"]


async def test_a_post_that_was_merged_away_is_gone(
    service: SearchService, database: Database
) -> None:
    await change(database, "DELETE FROM posts WHERE title LIKE '투자%'")
    assert await titles(service, "반도체") == []
    assert await state(database) == (4, 0)


async def test_changes_within_one_transaction_add_up(
    service: SearchService, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET title = '사과' WHERE title LIKE '투자%'")
        await tx.execute("UPDATE posts SET title = '바나나 우유' WHERE title = '사과'")
        await tx.execute("UPDATE posts SET removed_at = 5 WHERE title LIKE '부흥회%'")
        await tx.execute("DELETE FROM posts WHERE title LIKE '부흥회%'")
        assert await index_changes(tx) == 2
        assert await index_changes(tx) == 0
    assert await titles(service, "우유") == ["바나나 우유"]
    assert await titles(service, "사과") == []
    assert await words_of(database, "사과") is None


async def test_more_than_a_batch_is_taken_in_by_and_by(
    service: SearchService, database: Database
) -> None:
    """All at once, a start with 100,000 posts took nothing in for a minute and a half."""
    await add_many(database, 2 * BATCH + 7)
    async with database.transaction() as tx:
        assert await index_changes(tx) == BATCH
    assert (await state(database))[1] == BATCH + 7
    waits = [BATCH + 7]

    async def others_write() -> None:
        while waits[-1]:
            async with database.transaction() as tx:
                waits.append(await tx.run(search.count_pending))

    await asyncio.gather(service.catch_up(), others_write())
    assert (await state(database))[1] == 0
    assert any(0 < one < BATCH + 7 for one in waits), "others write between two slices"
    await service.catch_up()


async def add_many(database: Database, count: int) -> None:
    async with database.transaction() as tx:
        await tx.execute_many(
            """
            INSERT INTO posts (source_id, title, title_key, author, body, first_seen_at, sort_at)
            VALUES (1, ?, '', '', '본문', 0, 0)
            """,
            [(f"글 {number}",) for number in range(count)],
        )


async def test_a_change_of_counts_is_no_change_for_the_index(
    service: SearchService, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET blog_reactions = 7")
        assert await index_changes(tx) == 0
    assert await titles(service, "애자일") == ["애자일(Agile) 이야기"]


async def test_what_is_undone_was_never_indexed(service: SearchService, database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.execute("UPDATE posts SET title = '큐비트'")
            await index_changes(tx)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await titles(service, "큐비트") == []
    assert await state(database) == (5, 0)


async def test_names_in_brackets_go_with_the_last_post_that_gives_them(
    service: SearchService, database: Database
) -> None:
    assert await titles(service, "agile") == ["애자일(Agile) 이야기"]
    await add_posts(database, [("다른 글", "애자일만 나온다")])
    assert "다른 글" in await titles(service, "agile")
    await change(database, "DELETE FROM posts WHERE title LIKE '애자일%'")
    async with database.reader() as db:
        assert await db.run(lambda raw: search_words.list_paired(raw, "agile")) == []


async def test_the_index_of_all_removed_posts_is_empty(
    service: SearchService, database: Database
) -> None:
    await change(database, "DELETE FROM posts")
    assert await titles(service, "검색") == []
    async with database.reader() as db:
        left = await db.run(_left)
    assert left == (0, 0, 0)


def _left(db: sqlite3.Connection) -> tuple[int, int, int]:
    counts = [
        db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  # names from this line
        for table in ("search_words", "search_pairs")
    ]
    return counts[0], counts[1], search.count_matching(db, '"검색" OR "ai"')
