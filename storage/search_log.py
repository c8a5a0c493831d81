"""What operators know of the search: their synonyms, and what people searched for in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.slices import EVERY, delete_slice

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from storage.database import Connection, Transaction

ENOUGH_PEOPLE = 2
"""A query that one person alone asked may say who asked it: it is not shown."""


async def add_synonym(tx: Transaction, left: str, right: str, now: datetime) -> bool:
    """Remember that the two mean one thing; False when that was known."""
    if await tx.fetch_one(_KNOWN, {"left": left, "right": right}) is not None:
        return False
    await tx.execute(
        "INSERT INTO search_synonyms (left, right, added_at) VALUES (?, ?, ?)",
        (left, right, int(now.timestamp())),
    )
    return True


_KNOWN = """
    SELECT 1 FROM search_synonyms
    WHERE (left = :left AND right = :right) OR (left = :right AND right = :left)
"""


async def list_synonyms(db: Connection) -> list[tuple[str, str]]:
    """All of them, the newest first."""
    rows = await db.fetch_all(
        "SELECT left, right FROM search_synonyms ORDER BY added_at DESC, left, right"
    )
    return [(row["left"], row["right"]) for row in rows]


async def delete_synonym(tx: Transaction, left: str, right: str) -> bool:
    """Forget a synonym, whichever way round it was added; whether there was one."""
    deleted = await tx.execute(
        """
        DELETE FROM search_synonyms
        WHERE (left = :left AND right = :right) OR (left = :right AND right = :left)
        """,
        {"left": left, "right": right},
    )
    return deleted > 0


def list_synonyms_now(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """All of them, for a search under way in the connection's thread."""
    return [(row[0], row[1]) for row in db.execute("SELECT left, right FROM search_synonyms")]


async def get_miss(tx: Transaction, query: str) -> tuple[int, bytes | None] | None:
    """How many people asked this in vain, and the mark of the first."""
    row = await tx.fetch_one("SELECT people, asker FROM search_misses WHERE query = ?", (query,))
    return None if row is None else (row["people"], row["asker"])


async def set_miss(
    tx: Transaction, query: str, people: int, asker: bytes | None, now: datetime
) -> None:
    """Write what is known of a query that found nothing."""
    await tx.execute(
        """
        INSERT INTO search_misses (query, people, asker, last_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (query) DO UPDATE
        SET people = excluded.people, asker = excluded.asker, last_at = excluded.last_at
        """,
        (query, people, asker, int(now.timestamp())),
    )


async def list_misses(db: Connection, limit: int) -> list[tuple[str, int]]:
    """Queries that enough people asked in vain, the last asked first."""
    rows = await db.fetch_all(
        """
        SELECT query, people FROM search_misses WHERE people >= ?
        ORDER BY last_at DESC, query LIMIT ?
        """,
        (ENOUGH_PEOPLE, limit),
    )
    return [(row["query"], row["people"]) for row in rows]


async def list_marked_misses(db: Connection) -> list[tuple[str, bytes]]:
    """Queries that one person asked, with that person's mark."""
    rows = await db.fetch_all("SELECT query, asker FROM search_misses WHERE asker IS NOT NULL")
    return [(row["query"], row["asker"]) for row in rows]


async def delete_misses(tx: Transaction, queries: list[str]) -> None:
    """Forget these queries."""
    await tx.execute_many("DELETE FROM search_misses WHERE query = ?", [(one,) for one in queries])


async def delete_old_misses(
    tx: Transaction, before: datetime, keep: int, limit: int = EVERY
) -> int:
    """Forget what was last asked before that time, how many, and all but the `keep` last asked."""
    values = (int(before.timestamp()),)
    gone = await delete_slice(tx, "search_misses", "query", "last_at < ?", values, limit)
    await tx.execute(
        """
        DELETE FROM search_misses WHERE query IN (
            SELECT query FROM search_misses ORDER BY last_at DESC LIMIT -1 OFFSET ?
        )
        """,
        (keep,),
    )
    return gone
