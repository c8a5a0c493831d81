"""What each post means, as a vector of a model: for searches that the words do not answer.

A row for each post that is there, kept by triggers on `posts`: that of a post that changed has no
vector. These functions take the sqlite3 connection inside `Connection.run`, like those of
storage.search; `opened` is for a process that has no Database.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from storage.models import PostId
from storage.posts import text_of
from storage.search_filters import EVERY, passing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.search_filters import PostFilter

BUSY_SECONDS = 5.0


def list_without_vector(
    db: sqlite3.Connection, model: str, limit: int
) -> list[tuple[PostId, str, str]]:
    """Posts that have no vector of this model, the newest first: id, title and text."""
    found: list[tuple[PostId, str, str]] = []
    for side in ("<", ">"):  # SQLite has no index for what differs
        rows = db.execute(
            f"""
            SELECT p.id, p.title, {text_of("p")}
            FROM search_vectors v JOIN posts p ON p.id = v.post_id
            WHERE v.model {side} ? ORDER BY v.model DESC, v.post_id DESC LIMIT ?
            """,  # noqa: S608  # a sign from above, and names of ours
            (model, limit - len(found)),
        )
        found += [(PostId(row[0]), row[1], row[2]) for row in rows]
    return found


def set_vector(
    db: sqlite3.Connection,
    post: tuple[PostId, str, str],
    model: str,
    vector: bytes | None,
) -> None:
    """Keep what a post means; not where it changed meanwhile. None: the model cannot read it."""
    post_id, title, body = post
    db.execute(
        f"""
        UPDATE search_vectors SET model = ?, vector = ? WHERE post_id = ? AND EXISTS (
            SELECT 1 FROM posts
            WHERE id = ? AND title = ? AND {text_of("posts")} = ? AND removed_at IS NULL
        )
        """,  # noqa: S608  # names of ours
        (model, vector, post_id, post_id, title, body),
    )


def count_vectors(db: sqlite3.Connection) -> tuple[int, int]:
    """How many posts were read by a model, whichever, and how many posts there are."""
    made = db.execute("SELECT count(*) FROM search_vectors WHERE model > ''").fetchone()[0]
    return int(made), int(db.execute("SELECT count(*) FROM search_vectors").fetchone()[0])


def has_vectors(db: sqlite3.Connection, model: str) -> bool:
    """Whether any post has a vector of this model."""
    row = db.execute("SELECT 1 FROM search_vectors WHERE model = ? LIMIT 1", (model,)).fetchone()
    return row is not None


def get_vectors(
    db: sqlite3.Connection, post_ids: Iterable[PostId]
) -> dict[PostId, tuple[str, bytes]]:
    """The vectors of those of these posts that have one, each with its model."""
    found = {}
    for post_id in post_ids:
        row = db.execute(
            "SELECT model, vector FROM search_vectors WHERE post_id = ? AND vector IS NOT NULL",
            (post_id,),
        ).fetchone()
        if row is not None:
            found[post_id] = (row[0], row[1])
    return found


def iterate_vectors(
    db: sqlite3.Connection, model: str, size: int, only: PostFilter = EVERY
) -> Iterator[list[tuple[PostId, bytes]]]:
    """All vectors of this model whose posts pass, so many at a time."""
    where, values = passing(only)
    rows = db.execute(
        f"""
        SELECT v.post_id, v.vector FROM search_vectors v
        CROSS JOIN posts p INDEXED BY posts_by_facets ON p.id = v.post_id
        WHERE v.model = ? AND v.vector IS NOT NULL AND {where}
        """,  # noqa: S608  # conditions of storage.search_filters
        (model, *values),
    )
    while slice_ := rows.fetchmany(size):
        yield [(PostId(row[0]), row[1]) for row in slice_]


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, for as long as one question takes."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as db:
        yield db
