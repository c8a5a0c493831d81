"""Updates between their receipt and the end of their handling.

An update is committed here before its offset is confirmed to Telegram. Its id stays in `inbox_seen`
for a while, so that an update that comes again is known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage import facts
from storage.models import ChatId, InboxRow, UpdateId
from storage.slices import EVERY, delete_slice
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
        kept = [row for row in _note(db, rows) if row.body]
        db.executemany(
            "INSERT INTO inbox (update_id, chat_id, received_at, body) VALUES (?, ?, ?, ?)",
            [(one.update_id, one.chat_id, to_seconds(one.received_at), one.body) for one in kept],
        )
        return kept

    return await tx.run(add) if rows else []


async def note_seen(tx: Transaction, rows: Sequence[InboxRow]) -> frozenset[UpdateId]:
    """Note updates that are handled in this transaction; those that were not seen before."""

    def note(db: sqlite3.Connection) -> frozenset[UpdateId]:
        return frozenset(row.update_id for row in _note(db, rows))

    return await tx.run(note) if rows else frozenset()


def _note(db: sqlite3.Connection, rows: Iterable[InboxRow]) -> list[InboxRow]:
    """Have these known from now on; those that were not, in order, each once."""
    by_id = {row.update_id: row for row in rows}
    known = db.execute(
        "SELECT value FROM json_each(?) WHERE value IN (SELECT update_id FROM inbox_seen)",
        (json.dumps(list(by_id)),),
    )
    for (update_id,) in known.fetchall():
        del by_id[update_id]
    new = list(by_id.values())
    db.executemany(
        "INSERT INTO inbox_seen VALUES (?, ?, ?, ?)",
        [(one.update_id, to_seconds(one.received_at), one.chat_id, one.message_id) for one in new],
    )
    return new


async def newest_id(db: Connection) -> UpdateId | None:
    """The highest id of those that came within the last day; None where none did."""
    rows = await db.fetch_all("SELECT max(update_id) FROM inbox_seen")
    return None if rows[0][0] is None else UpdateId(rows[0][0])


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


async def delete_set_aside(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget what could not be handled, long after it came; how many that were."""
    values = (to_seconds(before),)
    return await delete_slice(tx, "inbox_set_aside", "update_id", "set_aside_at < ?", values, limit)


async def delete_seen(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget the ids seen before then (Telegram keeps an update for 24 hours); how many."""
    old = "seen_at < ? AND update_id NOT IN (SELECT update_id FROM inbox)"
    return await delete_slice(tx, "inbox_seen", "update_id", old, (to_seconds(before),), limit)
