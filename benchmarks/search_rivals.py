"""What search is measured beside: what SQLite gives by itself, and BM25 over other tokens."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bot.search.analyse import fold, normalise, runs, tokens_of_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.models import NewPost

LIMIT = 10
_CONTENT = ("N", "V", "M", "XR", "SL", "SN", "SH")
"""Parts of speech that say something, by how kiwipiepy's tags begin: no particles, no endings."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Titles, best first; `labelled` when the engine said that only some words match."""

    titles: tuple[str, ...]
    labelled: bool = False


Engine: TypeAlias = Callable[[str], Awaitable[Answer]]
Tokenise: TypeAlias = Callable[[str], list[str]]


def rivals(posts: Sequence[NewPost]) -> Iterator[tuple[str, Engine]]:
    """Each engine with its name; the one that needs kiwipiepy only where it is installed."""
    yield "FTS5 unicode61, prefix", _unicode61(posts)
    yield "FTS5 trigram, LIKE", _trigram(posts)
    yield "pairs, BM25", _bm25(posts, _pairs)
    tokenise = _morphemes()
    if tokenise is not None:
        yield "kiwi, BM25", _bm25(posts, tokenise)


def _unicode61(posts: Sequence[NewPost]) -> Engine:
    db = _fts(posts, "unicode61 remove_diacritics 0")

    async def ask(query: str) -> Answer:
        words = [f'"{word}"*' for word in query.replace('"', " ").split()]
        return _ask_fts(db, " AND ".join(words), " OR ".join(words))

    return ask


def _trigram(posts: Sequence[NewPost]) -> Engine:
    db = _fts(posts, "trigram")

    async def ask(query: str) -> Answer:
        words = query.replace('"', " ").split()
        if words and all(len(word) > 2 for word in words):
            quoted = [f'"{word}"' for word in words]
            return _ask_fts(db, " AND ".join(quoted), " OR ".join(quoted))
        values = [f"%{word.replace('%', '').replace('_', '')}%" for word in words]
        for joint in (" AND ", " OR "):
            like = joint.join("(title || ' ' || body) LIKE ?" for _ in words) or "0"
            rows = db.execute(f"SELECT title FROM plain WHERE {like} LIMIT {LIMIT}", values)  # noqa: S608  # placeholders only
            if titles := tuple(row[0] for row in rows):
                return Answer(titles)
        return Answer(())

    return ask


def _bm25(posts: Sequence[NewPost], tokenise: Tokenise) -> Engine:
    """BM25 (k1 1.2, b .75: FTS5's) over any of the tokens, a title's counting three times."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE fts USING fts5 (title UNINDEXED, shown, body)")
    db.executemany(
        "INSERT INTO fts VALUES (?, ?, ?)",
        [(p.title, " ".join(tokenise(p.title)), " ".join(tokenise(p.body))) for p in posts],
    )

    async def ask(query: str) -> Answer:
        match = " OR ".join(f'"{token}"' for token in tokenise(query))
        rows = db.execute(
            "SELECT title FROM fts WHERE fts MATCH ? ORDER BY bm25(fts, 0.0, 3.0, 1.0) LIMIT ?",
            (match or '""', LIMIT),
        )
        return Answer(tuple(row[0] for row in rows))

    return ask


def _pairs(text: str) -> list[str]:
    return [token for run in runs(fold(normalise(text))) for token in tokens_of_run(run)]


def _morphemes() -> Tokenise | None:
    try:
        from kiwipiepy import Kiwi  # noqa: PLC0415  # only `make bench` installs it
    except ImportError:
        return None
    kiwi = Kiwi()

    def tokenise(text: str) -> list[str]:
        return [t.form.lower() for t in kiwi.tokenize(text) if t.tag.startswith(_CONTENT)]

    return tokenise


def _fts(posts: Sequence[NewPost], tokenize: str) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE fts USING fts5 (title, body, tokenize='{tokenize}')")
    db.execute("CREATE TABLE plain (title TEXT, body TEXT)")
    for table in ("fts", "plain"):
        rows = [(post.title, post.body) for post in posts]
        db.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)  # noqa: S608  # names from the line above
    return db


def _ask_fts(db: sqlite3.Connection, *matches: str) -> Answer:
    """The answer to the first of the queries that has one: every word, then any of them."""
    for match in matches:
        rows = db.execute(
            "SELECT title FROM fts WHERE fts MATCH ? ORDER BY bm25(fts, 3.0, 1.0) LIMIT ?",
            (match or '""', LIMIT),
        )
        if titles := tuple(row[0] for row in rows):
            return Answer(titles)
    return Answer(())
