"""Where the analysis changed, the old index answers until the new one is whole."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.search.analyse import ANALYSIS_VERSION
from bot.search.index import index_batch, within
from bot.search.rebuild import Step, is_up_to_date, read_progress, take_step
from bot.search.results import Progress
from bot.search.service import SearchService
from storage import search, search_rebuild
from storage.models import PostId
from storage.search_rebuild import Rebuild
from tests.search.conftest import POSTS
from tests.search.posts import add_posts, titles

if TYPE_CHECKING:
    import sqlite3

    from storage.database import Database
    from tests.clock import FakeClock

NEXT = ANALYSIS_VERSION + 1
EDIT = """
    UPDATE posts SET title = '양자 컴퓨터', body = '큐비트 이야기(qubit)' WHERE title LIKE '투자%'
"""
REMOVE = "UPDATE posts SET removed_at = 5 WHERE title LIKE '검색%'"
RESTORE = "UPDATE posts SET removed_at = NULL WHERE title LIKE '검색%'"
DELETE = "DELETE FROM posts WHERE title LIKE '부흥회%'"
ADD = """
    INSERT INTO posts (source_id, title, title_key, author, body, first_seen_at, sort_at)
    VALUES (1, '새 글', '', '', '양자역학', 0, 0)
"""


@pytest.fixture
def upgraded(service: SearchService, monkeypatch: pytest.MonkeyPatch) -> SearchService:
    """An archive that was indexed by an earlier program; a batch is one post."""
    set_version(monkeypatch, NEXT)
    monkeypatch.setattr("bot.search.index.SECONDS", -1.0)
    monkeypatch.setattr("bot.search.rebuild.ROWS", 10)
    monkeypatch.setattr("bot.search.rebuild.PAGES", 1)
    return service


def set_version(monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    monkeypatch.setattr("bot.search.rebuild.ANALYSIS_VERSION", version)
    monkeypatch.setattr("bot.search.index.ANALYSIS_VERSION", version)


async def step(database: Database) -> Step:
    async with database.transaction() as tx:
        return await tx.run(take_step)


async def change(database: Database, sql: str) -> None:
    """A change of a post, not yet taken in."""
    async with database.transaction() as tx:
        await tx.execute(sql)


def contents(db: sqlite3.Connection) -> list[object]:
    """All that an index holds, as far as it can be asked."""
    words = db.execute(
        "SELECT word, posts, titles, keys, backwards, initials, sound FROM search_words ORDER BY 1"
    ).fetchall()
    pairs = db.execute("SELECT left, right, posts FROM search_pairs ORDER BY 1, 2").fetchall()
    found = [search.list_matching(db, search.expression([((word[0][:2],),)])) for word in words]
    return [words, pairs, found, search.get_state(db)]


async def read_contents(database: Database) -> list[object]:
    async with database.reader() as db:
        return await db.run(contents)


async def test_the_old_index_answers_until_the_new_one_does(
    upgraded: SearchService, database: Database
) -> None:
    """And nothing that was done before is told as not found."""
    taken = []
    while (one := await step(database)) is not Step.NOTHING:
        taken.append(one)
        assert await titles(upgraded, "rjator") == ["검색 시장이 흔들린다"]
    assert taken[:7] == [Step.BEGUN, *[Step.ADDED] * 5, Step.JOINED]
    assert taken.count(Step.CHANGED_OVER) == 1
    assert taken[-1] is Step.EMPTIED
    async with database.reader() as db:
        assert await db.run(search.get_state) == (NEXT, 5)
        assert await db.run(search_rebuild.get_rebuild) is None
        assert await db.run(search_rebuild.is_spare_empty)
        assert await db.run(is_up_to_date)


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("at", range(12))
async def test_whatever_changes_meanwhile_the_new_index_is_as_if_built_afterwards(
    upgraded: SearchService, database: Database, at: int
) -> None:
    """Posts are edited, removed, restored, deleted and added between any two steps."""
    for number in range(30):
        if number == at:
            for sql in (EDIT, REMOVE, DELETE, ADD):
                await change(database, sql)
        if number == at + 2:
            await change(database, RESTORE)
        await step(database)
        assert "데이터 센터를 누가 짓나" in await titles(upgraded, "냉각")
    await upgraded.catch_up()
    made = await read_contents(database)
    await build_anew(database)
    assert made == await read_contents(database)
    assert await titles(upgraded, "큐비트") == ["양자 컴퓨터"]
    assert await titles(upgraded, "검색") == ["검색 시장이 흔들린다"]


async def build_anew(database: Database) -> None:
    """The same posts, indexed in one go, without what was there before."""
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')")
        await tx.execute("DELETE FROM search_words")
        await tx.execute("DELETE FROM search_pairs")
        await tx.execute("UPDATE search_state SET posts = 0")
        await tx.execute("INSERT INTO search_pending (post_id) SELECT id FROM posts")
        while await tx.run(index_batch):
            pass


async def test_a_crash_goes_on_where_it_was_and_another_upgrade_begins_anew(
    upgraded: SearchService,
    database: Database,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        await step(database)
    assert await upgraded.progress() == Progress(2, 5, anew=True)
    again = SearchService(database, clock=clock, glossary={})
    await again.prepare()
    assert await step(database) is Step.ADDED
    assert await again.progress() == Progress(3, 5, anew=True)
    set_version(monkeypatch, NEXT + 1)
    assert await step(database) is Step.EMPTIED
    assert await again.progress() == Progress(0, 5, anew=True)
    await again.catch_up()
    async with database.reader() as db:
        assert await db.run(search.get_state) == (NEXT + 1, 5)
        assert await db.run(search_rebuild.is_spare_empty)
    assert await titles(again, "rjator") == ["검색 시장이 흔들린다"]


async def test_a_way_back_to_the_earlier_program_drops_the_new_index(
    upgraded: SearchService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await step(database)
    set_version(monkeypatch, NEXT - 1)
    assert await upgraded.progress() is None
    await upgraded.catch_up()
    async with database.reader() as db:
        assert await db.run(search.get_state) == (NEXT - 1, 5)
        assert await db.run(search_rebuild.get_rebuild) is None
        assert await db.run(search_rebuild.is_spare_empty)


async def test_without_posts_there_is_nothing_to_make_anew(
    upgraded: SearchService, database: Database
) -> None:
    await step(database)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM posts")
    await upgraded.catch_up()
    async with database.reader() as db:
        assert await db.run(search_rebuild.get_rebuild) is None
    await add_posts(database, POSTS)
    async with database.reader() as db:
        assert await db.run(search.get_state) == (NEXT, 5)
        assert await db.run(read_progress) is None


async def test_progress_is_logged_at_each_tenth(
    upgraded: SearchService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await upgraded.catch_up()
    said = [one for one in caplog.records if one.message == "search_rebuild"]
    assert [getattr(one, "posts", None) for one in said] == [None, 1, 2, 3, 4, 5, None]
    assert [one.__dict__.get("step") for one in said if "step" in one.__dict__] == [
        "begun",
        "changed_over",
    ]


async def test_a_search_in_vain_says_what_the_index_still_lacks(
    upgraded: SearchService, database: Database
) -> None:
    assert (await upgraded.search("떡볶이")).progress == Progress(0, 5, anew=True)
    assert (await upgraded.search("검색")).progress is None
    await upgraded.catch_up()
    assert (await upgraded.search("떡볶이")).progress is None
    await change(database, EDIT)
    assert (await upgraded.search("떡볶이")).progress == Progress(5, 6, anew=False)


async def test_an_index_is_emptied_a_slice_at_a_time(database: Database) -> None:
    def fill(db: sqlite3.Connection) -> None:
        for post_id in range(1, 400):
            tokens = [f"{post_id}w{number}" for number in range(40)]
            search.add_indexed(db, PostId(post_id), tokens, search.SPARE)

    def count(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM search_index_spare_data").fetchone()[0])

    async with database.transaction() as tx:
        await tx.run(fill)
    sizes = []
    while True:
        async with database.transaction() as tx:
            sizes.append(await tx.run(count))
            if await tx.run(search_rebuild.is_spare_empty):
                break
            await tx.run(lambda db: search_rebuild.empty_spare(db, 100))
    assert all(0 < before - after <= 10 for before, after in pairwise(sizes))
    async with database.transaction() as tx:
        await tx.run(fill)  # it is usable again
        matching = "SELECT count(*) FROM search_index_spare WHERE search_index_spare MATCH '7w1'"
        assert await tx.run(lambda db: db.execute(matching).fetchone()[0]) == 1


async def test_how_far_a_new_index_is_is_one_row(database: Database) -> None:
    async with database.transaction() as tx:
        for one in (Rebuild(1, 2, 3), Rebuild(1, 3, 4), None):
            await tx.run(lambda db, one=one: search_rebuild.set_rebuild(db, one))  # type: ignore[misc]
            assert await tx.run(search_rebuild.get_rebuild) == one


def test_the_first_is_always_done_and_none_is_begun_too_late() -> None:
    assert list(within(-1.0, [1, 2, 3])) == [1]
    assert list(within(60.0, [1, 2, 3])) == [1, 2, 3]
    assert list(within(-1.0, [])) == []
