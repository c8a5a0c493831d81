"""Rows for search to find, written by SQL: what search needs of a post, and no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.search.analyse import flat, fold
from bot.search.index import index_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.search.results import SearchResult
    from bot.search.service import SearchService
    from storage.database import Database


async def add_posts(
    database: Database, posts: Iterable[tuple[str, str]], *, indexed: bool = True
) -> None:
    """Add posts of a title and a text, the newest first, and index them."""
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT OR IGNORE INTO sources (id, address, kind) VALUES (1, 'test', 'archive')"
        )
        await tx.execute_many(
            """
            INSERT INTO posts (source_id, title, title_key, author, body, first_seen_at, sort_at)
            VALUES (1, ?, '', '', ?, 0, ?)
            """,
            [(title, body, 1000 - place) for place, (title, body) in enumerate(posts)],
        )
        while indexed and await index_changes(tx):
            pass


async def change(database: Database, sql: str, *values: object) -> None:
    """Change posts as a source would, and index the changes in the same transaction."""
    async with database.transaction() as tx:
        await tx.execute(sql, values)
        await index_changes(tx)


async def titles(service: SearchService, query: str) -> list[str]:
    """What a query finds, best first."""
    return found_titles(await service.search(query, limit=20))


def found_titles(result: SearchResult) -> list[str]:
    """The titles of a page."""
    return [hit.title for hit in result.hits]


def unsaid(result: SearchResult) -> list[str]:
    """What is bold and neither a word that was asked or searched, nor a name that the page says."""
    said = {flat(fold(one)) for one in (*result.query.split(), *result.searched.split())}
    said |= {flat(fold(name)) for name in result.also}
    allowed = re.compile("|".join(map(re.escape, sorted(said, key=len, reverse=True))))
    texts = [(hit.title, hit.title_spans) for hit in result.hits]
    texts += [(hit.passage.text, hit.passage.spans) for hit in result.hits]
    bold = [text[start:end] for text, spans in texts for start, end in spans]
    return [one for one in bold if allowed.sub("", flat(fold(one)))]
