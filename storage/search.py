"""The search index: an FTS5 table of tokens, and what is waiting to get into it.

A search is many small reads, and an index change many small writes, so these functions take the
sqlite3 connection inside `Connection.run`: one hop for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from storage.models import PostId
from storage.posts import text_of
from storage.search_filters import EVERY, passing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from storage.search_filters import PostFilter

Tokens: TypeAlias = tuple[str, ...]
"""Tokens that must all be there; one that ends in `*` stands for all that start so."""
Group: TypeAlias = tuple[Tokens, ...]
"""Alternatives, any of which will do."""


@dataclass(frozen=True, slots=True)
class IndexTables:
    """The tables of one index, by their names."""

    tokens: str
    words: str
    pairs: str


CURRENT = IndexTables("search_index", "search_words", "search_pairs")
"""What searches are answered from."""
SPARE = IndexTables("search_index_spare", "search_words_spare", "search_pairs_spare")
"""Where the next one is made (storage.search_rebuild)."""


@dataclass(frozen=True, slots=True)
class PendingPost:
    """A post that the index is behind on: what it holds of it, and what it should hold."""

    post_id: PostId
    old: tuple[str, str] | None
    """Title and body as indexed."""
    new: tuple[str, str] | None
    """Title and body as they are, None where the post is gone."""


@dataclass(frozen=True, slots=True)
class FoundText:
    """What ranking needs of a post."""

    post_id: PostId
    title: str
    body: str
    sort_at: int
    """Unix seconds."""
    reactions: int


def get_state(db: sqlite3.Connection) -> tuple[int, int]:
    """The analysis version that made the index, and how many posts are in it."""
    row = db.execute("SELECT analysis, posts FROM search_state").fetchone()
    return int(row[0]), int(row[1])


def count_pending(db: sqlite3.Connection) -> int:
    """Posts that the index is behind on."""
    return int(db.execute("SELECT count(*) FROM search_pending").fetchone()[0])


def is_behind(db: sqlite3.Connection) -> bool:
    """Whether there is any such post."""
    return db.execute("SELECT 1 FROM search_pending LIMIT 1").fetchone() is not None


def list_pending(db: sqlite3.Connection, limit: int) -> list[PendingPost]:
    """The first `limit` posts that the index is behind on."""
    rows = db.execute(
        f"""
        SELECT w.post_id, w.title, w.body, p.title, {text_of("p")}
        FROM search_pending w LEFT JOIN posts p ON p.id = w.post_id AND p.removed_at IS NULL
        ORDER BY w.post_id LIMIT ?
        """,  # noqa: S608  # names of ours
        (limit,),
    ).fetchall()
    return [
        PendingPost(
            PostId(row[0]),
            old=None if row[1] is None else (row[1], row[2]),
            new=None if row[3] is None else (row[3], row[4]),
        )
        for row in rows
    ]


def delete_pending(db: sqlite3.Connection, post_ids: Iterable[PostId]) -> None:
    """These posts are indexed as they are."""
    db.executemany("DELETE FROM search_pending WHERE post_id = ?", ((one,) for one in post_ids))


def set_analysis(db: sqlite3.Connection, analysis: int) -> None:
    """An index without posts is of any analysis: from now on of this one."""
    db.execute("UPDATE search_state SET analysis = ?", (analysis,))


def merge_pages(db: sqlite3.Connection, pages: int, into: IndexTables = CURRENT) -> bool:
    """Join pieces of an index, about so many pages of work; False when there was nothing to join.

    FTS5's documentation, "The merge command": the first call with a negative number joins all.
    """
    before = db.total_changes
    db.execute(f"INSERT INTO {into.tokens} ({into.tokens}, rank) VALUES ('merge', ?)", (pages,))  # noqa: S608  # a name from above
    return db.total_changes - before > 1


def add_indexed(
    db: sqlite3.Connection,
    post_id: PostId,
    tokens: Sequence[str],
    into: IndexTables = CURRENT,
) -> None:
    """Put a post into an index."""
    db.execute(
        f"INSERT INTO {into.tokens} (rowid, tokens) VALUES (?, ?)",  # noqa: S608  # a name from above
        (post_id, " ".join(tokens)),
    )


def delete_indexed(
    db: sqlite3.Connection,
    post_id: PostId,
    tokens: Sequence[str],
    into: IndexTables = CURRENT,
) -> None:
    """Take a post out; `tokens` must be those that it was put in with."""
    db.execute(
        f"INSERT INTO {into.tokens} ({into.tokens}, rowid, tokens) VALUES ('delete', ?, ?)",  # noqa: S608  # a name from above
        (post_id, " ".join(tokens)),
    )


def add_to_count(db: sqlite3.Connection, posts: int) -> None:
    """The number of indexed posts changes by so many."""
    db.execute("UPDATE search_state SET posts = posts + ?", (posts,))


def expression(
    every: Sequence[Group], *, without: Sequence[Group] = (), marked: str = "", some: str = ""
) -> str:
    """An FTS5 query: one alternative of every group, none of those in `without`.

    `marked` goes before each token; with `some`, at least one group must match under that mark too.
    Tokens are quoted, so that no text is taken for an operator.
    """
    wanted = " AND ".join(_any_of(group, marked) for group in every)
    if some:
        wanted += " AND (" + " OR ".join(_any_of(group, some) for group in every) + ")"
    return _none_of(wanted, without)


def two_of_three(groups: Sequence[Group], *, without: Sequence[Group] = ()) -> str:
    """An FTS5 query: two of the three groups, none of those in `without`."""
    one, other, third = (_any_of(group, "") for group in groups)
    return _none_of(f"({one} AND ({other} OR {third})) OR ({other} AND {third})", without)


def _none_of(wanted: str, without: Sequence[Group]) -> str:
    for group in without:
        wanted = f"({wanted}) NOT {_any_of(group, '')}"
    return wanted


def _any_of(group: Group, mark: str) -> str:
    """One of the alternatives; what all of them have is asked for once, and read once."""
    shared = _shared(group)
    rest = [tuple(token for token in tokens if token not in shared) for tokens in group]
    if not shared or not all(rest):
        return "(" + " OR ".join(_all_of(tokens, mark) for tokens in group) + ")"
    return f"({_all_of(shared, mark)} AND {_any_of(tuple(rest), mark)})"


def _shared(group: Group) -> Tokens:
    """The tokens that all of several alternatives have."""
    if len(group) < 2:  # noqa: PLR2004  # one shares with none
        return ()
    return tuple(token for token in group[0] if all(token in other for other in group[1:]))


def _all_of(tokens: Tokens, mark: str) -> str:
    return "(" + " AND ".join(_quoted(token, mark) for token in tokens) + ")"


def _quoted(token: str, mark: str) -> str:
    stem = token.removesuffix("*")
    text = (mark + stem).replace('"', '""')
    return f'"{text}"' + ("*" if stem != token else "")


def count_matching(db: sqlite3.Connection, match: str, only: PostFilter = EVERY) -> int:
    """How many posts match: about 40 ns each, and 200 more where some may not pass."""
    source, values = _matching(match, only)
    return int(db.execute(f"SELECT count(*) {source}", values).fetchone()[0])


def estimate_matching(db: sqlite3.Connection, match: str, read: int) -> int | None:
    """How many posts match, by the first and the last `read` of them; None where these are all.

    What lies between the two is taken for as dense: so a word that was in fashion counts roughly.
    """
    low, high = db.execute(
        "SELECT (SELECT min(id) FROM posts), (SELECT max(id) FROM posts)"
    ).fetchone()
    covered = 0
    for order, farthest in (("ASC", "max(rowid) - :low"), ("DESC", ":high - min(rowid)")):
        count, ids = db.execute(
            f"""
            SELECT count(*), {farthest} FROM (
                SELECT rowid FROM search_index WHERE search_index MATCH :match
                ORDER BY rowid {order} LIMIT :read
            )
            """,  # noqa: S608  # words from above
            {"match": match, "read": read, "low": low, "high": high},
        ).fetchone()
        if count < read:
            return None
        covered += ids + 1
    every = high - low + 1
    return 2 * read * every // covered if covered < every else None


def list_matching(
    db: sqlite3.Connection, match: str, limit: int = -1, only: PostFilter = EVERY
) -> list[int]:
    """Ids of posts that match and pass, those added last first; stops reading at `limit`."""
    source, values = _matching(match, only)
    rows = db.execute(f"SELECT s.rowid {source} ORDER BY s.rowid DESC LIMIT ?", (*values, limit))
    return [row[0] for row in rows]


def _matching(match: str, only: PostFilter) -> tuple[str, list[int | str]]:
    """Where such posts are, and the values: each post of the index is looked up as it is read."""
    if only == EVERY:
        return "FROM search_index s WHERE s.search_index MATCH ?", [match]
    where, values = passing(only)
    joined = "search_index s CROSS JOIN posts p INDEXED BY posts_by_facets ON p.id = s.rowid"
    return f"FROM {joined} WHERE s.search_index MATCH ? AND {where}", [match, *values]


def list_newest_matching(
    db: sqlite3.Connection, match: str, limit: int, only: PostFilter = EVERY
) -> list[int]:
    """Ids of posts that match and pass, newest first: sorts all of them, about 2 us each."""
    where, values = passing(only)
    rows = db.execute(
        f"""
        SELECT p.id FROM search_index s
        CROSS JOIN posts p INDEXED BY posts_by_facets ON p.id = s.rowid
        WHERE s.search_index MATCH ? AND {where}
        ORDER BY p.sort_at DESC, p.id DESC LIMIT ?
        """,  # noqa: S608  # conditions of storage.search_filters
        (match, *values, limit),
    )
    return [row[0] for row in rows]


def iterate_newest(db: sqlite3.Connection, only: PostFilter = EVERY) -> Iterator[PostId]:
    """Ids of the posts there are and that pass, newest first."""
    where, values = passing(only)
    rows = db.execute(
        f"""
        SELECT p.id FROM posts p INDEXED BY posts_newest_facets
        WHERE {where} ORDER BY p.sort_at DESC, p.id DESC
        """,  # noqa: S608  # likewise
        values,
    )
    return (PostId(row[0]) for row in rows)


def list_texts(db: sqlite3.Connection, post_ids: Iterable[int]) -> list[FoundText]:
    """What ranking needs of these posts, in their order; missing ones are left out."""
    found = []
    for post_id in post_ids:
        row = db.execute(
            f"""
            SELECT id, title, {text_of("posts")}, sort_at, coalesce(blog_reactions, 0)
            FROM posts WHERE id = ? AND removed_at IS NULL
            """,  # noqa: S608  # names of ours
            (post_id,),
        ).fetchone()
        if row is not None:
            found.append(FoundText(PostId(row[0]), row[1], row[2], row[3], row[4]))
    return found
