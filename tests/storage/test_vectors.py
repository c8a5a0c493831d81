"""Vectors of posts, as they are kept and read."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from storage import vectors
from storage.models import PostId
from tests.storage.rows import add_post

if TYPE_CHECKING:
    from storage.database import Database


async def test_a_vector_is_kept_for_the_text_that_it_was_made_of(database: Database) -> None:
    first, second = await add_post(database, "첫째"), await add_post(database, "둘째")
    async with database.transaction() as tx:
        newest, oldest = await tx.run(lambda db: vectors.list_without_vector(db, "m", 9))
        assert (newest[0], oldest[0]) == (second, first)
        assert len(await tx.run(lambda db: vectors.list_without_vector(db, "m", 1))) == 1
        await tx.execute("UPDATE posts SET body = '다른 글' WHERE id = ?", (first,))
        for post in (newest, oldest):
            await tx.run(lambda db, post=post: vectors.set_vector(db, post, "m", b"\x01"))  # type: ignore[misc]
        assert await tx.run(lambda db: vectors.get_vectors(db, [first, second, PostId(9)])) == {
            second: ("m", b"\x01")
        }
        assert await tx.run(vectors.count_vectors) == (1, 2)
        assert await tx.run(lambda db: vectors.has_vectors(db, "m"))
        for other in ("a", "z"):
            waiting = await tx.run(lambda db, o=other: vectors.list_without_vector(db, o, 9))  # type: ignore[misc]
            assert {post[0] for post in waiting} == {first, second}
            assert not await tx.run(lambda db, o=other: vectors.has_vectors(db, o))  # type: ignore[misc]


async def test_another_process_reads_slices_and_writes_nothing(database: Database) -> None:
    ids = [await add_post(database, f"글 {number}") for number in range(5)]
    async with database.transaction() as tx:
        await tx.execute("UPDATE search_vectors SET model = 'm', vector = x'01'")
        await tx.execute("UPDATE search_vectors SET vector = NULL WHERE post_id = ?", (ids[0],))
    with vectors.opened(database.path) as db:
        slices = list(vectors.iterate_vectors(db, "m", 3))
        assert [len(some) for some in slices] == [3, 1]
        assert [one for some in slices for one in some] == [(one, b"\x01") for one in ids[1:]]
        with pytest.raises(sqlite3.OperationalError):
            db.execute("DELETE FROM search_vectors")
