"""Updates between their receipt and the end of their handling.

An update is committed here before its offset is confirmed to Telegram. Its id stays in `inbox_seen`
for a while, so that an update that comes again is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import facts
from storage.models import ChatId, InboxRow, UpdateId
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from storage.database import Connection, Transaction

SKIPPED = "skipped"


async def add_updates(tx: Transaction, rows: Sequence[InboxRow]) -> list[InboxRow]:
    """Note the updates that were not seen before; keep, and return in order, those with a body."""

    def add(db: sqlite3.Connection) -> list[InboxRow]:
        return [row for row in rows if _add_one(db, row)]

    return await tx.run(add)


def _add_one(db: sqlite3.Connection, row: InboxRow) -> bool:
    at = to_seconds(row.received_at)
    seen = db.execute(
        "INSERT OR IGNORE INTO inbox_seen VALUES (?, ?, ?, ?)",
        (row.update_id, at, row.chat_id, row.message_id),
    )
    if not seen.rowcount or not row.body:
        return False
    db.execute(
        "INSERT INTO inbox (update_id, chat_id, received_at, body) VALUES (?, ?, ?, ?)",
        (row.update_id, row.chat_id, at, row.body),
    )
    return True


async def list_waiting(db: Connection) -> list[InboxRow]:
    """Every update that was not handled to its end, in order."""
    return [
        InboxRow(
            update_id=UpdateId(row["update_id"]),
            chat_id=None if row["chat_id"] is None else ChatId(row["chat_id"]),
            message_id=None,
            received_at=from_seconds(row["received_at"]),
            body=row["body"],
        )
        for row in await db.fetch_all("SELECT * FROM inbox ORDER BY update_id")
    ]


async def delete_updates(tx: Transaction, ids: Iterable[UpdateId]) -> None:
    """Drop updates that are handled."""
    await tx.execute_many("DELETE FROM inbox WHERE update_id = ?", [(one,) for one in ids])


async def end_update(tx: Transaction, update_id: UpdateId) -> bool:
    """Drop an update that is handled; False where it is not there any more."""
    return await tx.execute("DELETE FROM inbox WHERE update_id = ?", (update_id,)) > 0


async def set_aside(tx: Transaction, update_id: UpdateId, reason: str, at: datetime) -> None:
    """Drop an update that cannot be handled, and keep its id and the reason."""
    await tx.execute(
        "INSERT OR REPLACE INTO inbox_set_aside VALUES (?, ?, ?)",
        (update_id, to_seconds(at), reason),
    )
    await delete_updates(tx, [update_id])


async def count_waiting(db: Connection) -> int:
    """How many updates wait."""
    rows = await db.fetch_all("SELECT count(*) FROM inbox")
    return int(rows[0][0])


async def count_set_aside(db: Connection) -> int:
    """How many updates could not be handled."""
    rows = await db.fetch_all("SELECT count(*) FROM inbox_set_aside")
    return int(rows[0][0])


async def add_skipped(tx: Transaction, updates: int) -> None:
    """Count updates that were left out, because one person asked too much."""
    await facts.set_fact(tx, SKIPPED, str(await count_skipped(tx) + updates))


async def count_skipped(db: Connection) -> int:
    """How many updates were left out since the database was made."""
    return int(await facts.get_fact(db, SKIPPED) or 0)


async def delete_set_aside(tx: Transaction, before: datetime) -> None:
    """Forget what could not be handled, long after it came."""
    await tx.execute("DELETE FROM inbox_set_aside WHERE set_aside_at < ?", (to_seconds(before),))


async def delete_seen(tx: Transaction, before: datetime) -> None:
    """Forget the ids seen before then (Telegram keeps an update for 24 hours)."""
    await tx.execute(
        """
        DELETE FROM inbox_seen
        WHERE seen_at < ? AND update_id NOT IN (SELECT update_id FROM inbox)
        """,
        (to_seconds(before),),
    )
