"""A new search index, made in the spare tables while the other one answers.

What each function does is short, so that the writer is free again: a slice of posts, of an old
index, of merging. A crash loses the slice; the row of `search_rebuild` says where to go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.models import PostId
from storage.posts import text_of
from storage.search import SPARE

if TYPE_CHECKING:
    import sqlite3

_TABLES = ("search_index", "search_words", "search_pairs")
EVERY_ID = 2**63 - 1
"""`last_id` once every post is in: what comes now goes into both."""
_OWN_ROWS = 10
"""Ids of an index's rows up to this are FTS5's counts and its list of pieces; pages come after."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A new index under way: by which analysis, how many posts are in it, up to which id."""

    analysis: int
    posts: int
    last_id: int


def get_rebuild(db: sqlite3.Connection) -> Rebuild | None:
    """The new index that is being made, if one is."""
    row = db.execute("SELECT analysis, posts, last_id FROM search_rebuild").fetchone()
    return None if row is None else Rebuild(*row)


def set_rebuild(db: sqlite3.Connection, rebuild: Rebuild | None) -> None:
    """How far it has come; None: no new index is made (any more)."""
    db.execute("DELETE FROM search_rebuild")
    if rebuild is not None:
        values = (rebuild.analysis, rebuild.posts, rebuild.last_id)
        db.execute("INSERT INTO search_rebuild (analysis, posts, last_id) VALUES (?, ?, ?)", values)


def list_posts_after(
    db: sqlite3.Connection, last_id: int, limit: int
) -> list[tuple[PostId, str, str]]:
    """The next posts for the new index: id, title and text, in order of id."""
    rows = db.execute(
        f"""
        SELECT id, title, {text_of("posts")} FROM posts
        WHERE id > ? AND removed_at IS NULL ORDER BY id LIMIT ?
        """,  # noqa: S608  # names of ours
        (last_id, limit),
    )
    return [(PostId(row[0]), row[1], row[2]) for row in rows]


def is_spare_empty(db: sqlite3.Connection) -> bool:
    """Whether the spare tables hold nothing."""
    tables = (SPARE.words, SPARE.pairs)
    return not any(
        db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608  # names from above
        for table in (*tables, f"{SPARE.tokens}_data WHERE id > {_OWN_ROWS}")
    )


def empty_spare(db: sqlite3.Connection, rows: int) -> None:
    """Delete up to `rows` rows of what the spare tables hold.

    An index for text can only be emptied whole, which for a large one takes a second of the writer
    (`secure_delete` overwrites every page): its own rows are deleted first, then it is told.
    """
    for table, key in ((SPARE.words, "rowid"), (SPARE.pairs, "left")):
        sql = f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} LIMIT ?)"  # noqa: S608  # names from above
        if db.execute(sql, (rows,)).rowcount:
            return
    data = f"{SPARE.tokens}_data"
    listed = f"SELECT id FROM {data} WHERE id > {_OWN_ROWS} LIMIT ?"  # noqa: S608  # likewise
    db.execute(f"DELETE FROM {data} WHERE id IN ({listed})", (max(1, rows // 10),))  # noqa: S608  # likewise
    if is_spare_empty(db):
        db.execute(f"INSERT INTO {SPARE.tokens} ({SPARE.tokens}) VALUES ('delete-all')")  # noqa: S608  # likewise


def swap_index(db: sqlite3.Connection, rebuild: Rebuild) -> None:
    """From now on the new index answers, and the old one is the spare."""
    for table in _TABLES:
        for before, after in (("", "_old"), ("_spare", ""), ("_old", "_spare")):
            db.execute(f"ALTER TABLE {table}{before} RENAME TO {table}{after}")
    db.execute("UPDATE search_state SET analysis = ?, posts = ?", (rebuild.analysis, rebuild.posts))
    set_rebuild(db, None)
