"""What stops delivery, for as long as it lasts: a restart neither repeats nor forgets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.slices import EVERY, delete_slice
from storage.times import to_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Connection, Transaction


async def add_trouble(
    tx: Transaction, kind: str, subject: str, began_at: datetime, *, is_told: bool
) -> bool:
    """It begins; False where it lasts already. `is_told`: the operators hear of this very one."""
    return bool(
        await tx.execute(
            "INSERT OR IGNORE INTO troubles (kind, subject, began_at, told) VALUES (?, ?, ?, ?)",
            (kind, subject, to_seconds(began_at), is_told),
        )
    )


async def delete_trouble(tx: Transaction, kind: str, subject: str) -> bool:
    """It is over; whether it lasted, and the operators had heard of it."""
    row = await tx.fetch_one(
        "DELETE FROM troubles WHERE kind = ? AND subject = ? RETURNING told", (kind, subject)
    )
    return row is not None and bool(row["told"])


async def list_subjects(db: Connection, kind: str) -> frozenset[str]:
    """What a kind of trouble is about, now."""
    rows = await db.fetch_all("SELECT subject FROM troubles WHERE kind = ?", (kind,))
    return frozenset(row["subject"] for row in rows)


async def count_told_since(db: Connection, kind: str, since: datetime) -> int:
    """How many troubles of a kind that last were told, each by itself, since then."""
    rows = await db.fetch_all(
        "SELECT count(*) FROM troubles WHERE kind = ? AND told AND began_at > ?",
        (kind, to_seconds(since)),
    )
    return int(rows[0][0])


async def delete_old(tx: Transaction, until: datetime, limit: int = EVERY) -> int:
    """Forget what began by then, and of which nobody will hear the end; how many that were."""
    values = (to_seconds(until),)
    return await delete_slice(tx, "troubles", "kind, subject", "began_at < ?", values, limit)
