"""What result pages were for: a button has room for a number, not for the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.slices import EVERY, delete_slice
from storage.times import to_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Connection, Transaction


async def add_query(tx: Transaction, query: str, at: datetime) -> int:
    """The number of a query, the same for the same words; who asked is not kept."""
    await tx.execute(
        """
        INSERT INTO queries (query, used_at) VALUES (?, ?)
        ON CONFLICT DO UPDATE SET used_at = excluded.used_at
        """,
        (query, to_seconds(at)),
    )
    rows = await tx.fetch_all("SELECT id FROM queries WHERE query = ?", (query,))
    return int(rows[0]["id"])


async def get_query(db: Connection, query_id: int) -> str | None:
    """The words, or None once they are forgotten."""
    row = await db.fetch_one("SELECT query FROM queries WHERE id = ?", (query_id,))
    return None if row is None else str(row["query"])


async def delete_queries(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget what nobody has asked since then; how many that were."""
    return await delete_slice(tx, "queries", "id", "used_at < ?", (to_seconds(before),), limit)
