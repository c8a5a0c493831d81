"""Which posts a search may find: by date, author and source, cut by the database.

A post's date stands behind its text in its row, so two indexes hold all that is asked for here:
`posts_by_facets` tells of a post by its id, `posts_newest_facets` lists the newest first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import sqlite3

SourceName: TypeAlias = tuple[int, str, str]
"""A source's id, title and address."""


@dataclass(frozen=True, slots=True)
class PostFilter:
    """What a post must be; each None asks for nothing. Times are Unix seconds."""

    since: int | None = None
    """Published then or later."""
    before: int | None = None
    """Published earlier than this."""
    authors: tuple[str, ...] | None = None
    """Written by one of these, as the posts spell them."""
    sources: tuple[int, ...] | None = None
    """Of one of these sources."""
    undated: bool = False
    """Without a date."""

    @property
    def is_dated(self) -> bool:
        """Whether a post needs a date to pass."""
        return self.since is not None or self.before is not None

    def of_undated(self) -> PostFilter:
        """Posts that only lack a date to be asked whether they pass."""
        return replace(self, since=None, before=None, undated=True)


EVERY = PostFilter()
"""Every post passes."""


def passing(only: PostFilter) -> tuple[str, list[int | str]]:
    """A condition on a row `p` of posts that is there, and its values."""
    asked = [
        ("p.published_at >= ?", only.since),
        ("p.published_at < ?", only.before),
        ("p.author IN (SELECT value FROM json_each(?))", _listed(only.authors)),
        ("p.source_id IN (SELECT value FROM json_each(?))", _listed(only.sources)),
    ]
    found = [(sql, value) for sql, value in asked if value is not None]
    parts = ["p.removed_at IS NULL", *(sql for sql, _ in found)]
    if only.undated:
        parts.append("p.published_at IS NULL")
    return " AND ".join(parts), [value for _, value in found]


def _listed(values: tuple[str, ...] | tuple[int, ...] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)


def count_passing(db: sqlite3.Connection, only: PostFilter) -> int:
    """How many posts pass."""
    where, values = passing(only)
    sql = f"SELECT count(*) FROM posts p INDEXED BY posts_newest_facets WHERE {where}"  # noqa: S608  # conditions from above
    return int(db.execute(sql, values).fetchone()[0])


def list_passing(db: sqlite3.Connection, only: PostFilter, limit: int, offset: int) -> list[int]:
    """Ids of posts that pass, the newest first."""
    where, values = passing(only)
    rows = db.execute(
        f"""
        SELECT p.id FROM posts p INDEXED BY posts_newest_facets WHERE {where}
        ORDER BY p.sort_at DESC, p.id DESC LIMIT ? OFFSET ?
        """,  # noqa: S608  # likewise
        (*values, limit, offset),
    )
    return [row[0] for row in rows]


def list_authors(db: sqlite3.Connection) -> list[str]:
    """Who wrote posts that are there, as spelt: a step in the index for each author."""
    rows = db.execute(
        """
        WITH RECURSIVE writers (author) AS (
            SELECT ''
            UNION ALL
            SELECT (
                SELECT min(p.author) FROM posts p INDEXED BY posts_by_author
                WHERE p.removed_at IS NULL AND p.author > writers.author
            ) FROM writers WHERE writers.author IS NOT NULL
        )
        SELECT author FROM writers WHERE author != ''
        """
    )
    return [row[0] for row in rows]


def list_busiest_authors(db: sqlite3.Connection, limit: int) -> list[str]:
    """Those of them with the most posts, the most first: reads the index through."""
    rows = db.execute(
        """
        SELECT author FROM posts INDEXED BY posts_by_author
        WHERE removed_at IS NULL AND author != ''
        GROUP BY author ORDER BY count(*) DESC, author LIMIT ?
        """,
        (limit,),
    )
    return [row[0] for row in rows]


def list_source_names(db: sqlite3.Connection) -> list[SourceName]:
    """The sources that posts come from, in the order in which they were added."""
    rows = db.execute(
        """
        SELECT id, title, address FROM sources s
        WHERE EXISTS (SELECT 1 FROM posts WHERE source_id = s.id AND removed_at IS NULL)
        ORDER BY id
        """
    )
    return [(row[0], row[1], row[2]) for row in rows]
