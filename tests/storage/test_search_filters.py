"""Which posts pass, against the same rule in Python; and that no text is read to tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from storage import search, search_filters, vectors
from storage.models import PostId
from storage.search_filters import EVERY, PostFilter

if TYPE_CHECKING:
    import sqlite3

    from storage.database import Database

MATCH = search.expression([(("aa",),)])


@dataclass(frozen=True)
class Row:
    """A post as it is filtered."""

    id: int
    source_id: int
    author: str
    published_at: int | None
    sort_at: int
    removed_at: int | None
    has_token: bool


ROWS = [
    Row(
        id=number,
        source_id=1 + number % 2,
        author=("해봄", "민지", "")[number % 3],
        published_at=None if number % 7 == 0 else (number * 37) % 101,
        sort_at=(number * 53) % 97,
        removed_at=5 if number % 11 == 0 else None,
        has_token=number % 4 != 0,
    )
    for number in range(1, 61)
]
FILTERS = [
    EVERY,
    PostFilter(since=50),
    PostFilter(before=50),
    PostFilter(since=20, before=60),
    PostFilter(authors=("해봄",)),
    PostFilter(authors=("해봄", "민지"), sources=(2,)),
    PostFilter(authors=()),
    PostFilter(sources=(1,), since=30),
    PostFilter(undated=True),
    PostFilter(since=99, before=1),
]


def passes(row: Row, only: PostFilter) -> bool:
    """The rule, said once more."""
    at = row.published_at
    return (
        row.removed_at is None
        and (only.since is None or (at is not None and at >= only.since))
        and (only.before is None or (at is not None and at < only.before))
        and (only.authors is None or row.author in only.authors)
        and (only.sources is None or row.source_id in only.sources)
        and (not only.undated or at is None)
    )


def newest(rows: list[Row]) -> list[int]:
    return [row.id for row in sorted(rows, key=lambda row: (-row.sort_at, -row.id))]


@pytest.fixture
async def archive(database: Database) -> Database:
    async with database.transaction() as tx:
        for number in (1, 2, 3):
            await tx.execute(
                "INSERT INTO sources (id, address, kind, title) VALUES (?, ?, 'feed', ?)",
                (number, f"https://{number}.example/", f"블로그 {number}"),
            )
        for row in ROWS:
            await tx.execute(
                """
                INSERT INTO posts (id, source_id, title, title_key, author, body, published_at,
                    first_seen_at, sort_at, removed_at)
                VALUES (?, ?, '글', '', ?, '본문', ?, 0, ?, ?)
                """,
                (row.id, row.source_id, row.author, row.published_at, row.sort_at, row.removed_at),
            )
            if row.has_token and row.removed_at is None:
                indexed = partial(search.add_indexed, post_id=PostId(row.id), tokens=("aa",))
                await tx.run(indexed)
    return database


@pytest.mark.parametrize("only", FILTERS, ids=repr)
async def test_only_posts_that_pass_are_listed_and_counted(
    archive: Database, only: PostFilter
) -> None:
    wanted = [row for row in ROWS if passes(row, only)]
    matching = [row for row in wanted if row.has_token]

    def check(db: sqlite3.Connection) -> None:
        assert search_filters.count_passing(db, only) == len(wanted)
        assert search_filters.list_passing(db, only, 99, 0) == newest(wanted)
        assert search_filters.list_passing(db, only, 2, 1) == newest(wanted)[1:3]
        assert list(search.iterate_newest(db, only)) == newest(wanted)
        assert search.count_matching(db, MATCH, only) == len(matching)
        ids = sorted((row.id for row in matching), reverse=True)
        assert search.list_matching(db, MATCH, only=only) == ids
        assert search.list_matching(db, MATCH, 3, only) == ids[:3]
        assert search.list_newest_matching(db, MATCH, 5, only) == newest(matching)[:5]

    async with archive.reader() as reader:
        await reader.run(check)


async def test_vectors_are_those_of_posts_that_pass(archive: Database) -> None:
    only = PostFilter(authors=("민지",))
    async with archive.transaction() as tx:
        await tx.execute("UPDATE search_vectors SET model = 'a/1', vector = x'01'")
    async with archive.reader() as reader:
        slices = await reader.run(lambda db: list(vectors.iterate_vectors(db, "a/1", 4, only)))
    found = [post_id for some in slices for post_id, _ in some]
    assert sorted(found) == [row.id for row in ROWS if passes(row, only)]


async def test_undated_posts_are_asked_all_but_their_date() -> None:
    only = PostFilter(since=1, before=9, authors=("해봄",), sources=(1,))
    assert only.is_dated
    assert only.of_undated() == replace(only, since=None, before=None, undated=True)
    assert not only.of_undated().is_dated
    assert PostFilter(before=1).is_dated


async def test_who_may_be_named_has_posts_that_are_there(archive: Database) -> None:
    async with archive.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 7 WHERE author = '민지'")
        await tx.execute("UPDATE posts SET author = 'Jane' WHERE id = 3")
    async with archive.reader() as reader:
        assert await reader.run(search_filters.list_authors) == ["Jane", "해봄"]
        busiest = partial(search_filters.list_busiest_authors, limit=1)
        assert await reader.run(busiest) == ["해봄"]
        names = await reader.run(search_filters.list_source_names)
    assert names == [(n, f"블로그 {n}", f"https://{n}.example/") for n in (1, 2)]


@pytest.mark.parametrize("only", FILTERS[1:], ids=repr)
async def test_no_row_of_a_post_is_read_to_see_whether_it_passes(
    archive: Database, only: PostFilter
) -> None:
    """What is asked for stands behind the text: the indexes have it, and the match leads."""
    seen: list[str] = []

    def asked() -> list[str]:
        return [one for one in seen if " posts p " in one]  # others are the index's own

    def look(db: sqlite3.Connection) -> list[str]:
        db.set_trace_callback(seen.append)
        search.count_matching(db, MATCH, only)
        search.list_matching(db, MATCH, 60, only)
        search.list_newest_matching(db, MATCH, 5, only)
        next(search.iterate_newest(db, only), None)
        search_filters.count_passing(db, only)
        search_filters.list_passing(db, only, 5, 0)
        search_filters.list_authors(db)
        db.set_trace_callback(None)
        return [
            step[3]
            for statement in asked()
            for step in db.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]

    async with archive.reader() as reader:
        plan = await reader.run(look)
    assert len(asked()) == 7
    posts = [step for step in plan if step.split()[1:2] == ["p"]]
    assert len(posts) == 7
    assert all("USING COVERING INDEX" in step for step in posts)
    assert all("id=?" in step for step in posts if "posts_by_facets" in step)
