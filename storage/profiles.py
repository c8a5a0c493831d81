"""What each post is about, by its telling words: for posts to read on with.

A row for each post that is there, kept by triggers on `posts`: a post that changed has one without
words, which `bot.search.similar` fills again. These functions take the sqlite3 connection inside
`Connection.run`, like those of storage.search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.models import PostId
from storage.posts import text_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Profile:
    """`keys`: the most telling words, the first most; `words`: all, packed."""

    post_id: PostId
    title: str
    sort_at: int
    """Unix seconds."""
    keys: tuple[str, ...]
    words: bytes


def list_unprofiled(
    db: sqlite3.Connection, version: int, limit: int
) -> list[tuple[PostId, str, str]]:
    """Posts whose words were not taken, or by an earlier version: id, title and text."""
    rows = db.execute(
        f"""
        SELECT p.id, p.title, {text_of("p")} FROM search_profiles s JOIN posts p ON p.id = s.post_id
        WHERE s.version < ? LIMIT ?
        """,  # noqa: S608  # names of ours
        (version, limit),
    )
    return [(PostId(row[0]), row[1], row[2]) for row in rows]


def set_profile(
    db: sqlite3.Connection, post_id: PostId, version: int, keys: Iterable[str], words: bytes
) -> None:
    """Write what a post is about."""
    db.execute(
        "UPDATE search_profiles SET version = ?, keys = ?, words = ? WHERE post_id = ?",
        (version, " ".join(keys), words, post_id),
    )


def list_profiles(db: sqlite3.Connection, post_ids: Iterable[int]) -> list[Profile]:
    """Those of these posts that are there and have one, in their order."""
    found = []
    for post_id in post_ids:
        row = db.execute(
            """
            SELECT p.id, p.title, p.sort_at, s.keys, s.words
            FROM search_profiles s JOIN posts p ON p.id = s.post_id
            WHERE s.post_id = ? AND s.version > 0
            """,
            (post_id,),
        ).fetchone()
        if row is not None:
            found.append(Profile(PostId(row[0]), row[1], row[2], tuple(row[3].split()), row[4]))
    return found
