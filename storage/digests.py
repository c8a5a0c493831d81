"""Which digest slots were taken: each once, whatever restarts and clocks do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.slices import EVERY, delete_slice
from storage.times import to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import date, datetime

    from storage.database import Transaction
    from storage.models import ChatId


async def claim_slots(
    tx: Transaction, slots: Sequence[tuple[ChatId, date, int]], now: datetime
) -> set[ChatId]:
    """Take a slot of each of these chats; those that had it taken before are left out."""
    at = to_seconds(now)

    def claim(db: sqlite3.Connection) -> set[ChatId]:
        sql = "INSERT OR IGNORE INTO digests VALUES (?, ?, ?, ?)"
        return {
            chat_id
            for chat_id, local_date, minute in slots
            if db.execute(sql, (chat_id, local_date.isoformat(), minute, at)).rowcount
        }

    return await tx.run(claim)


async def delete_claims(tx: Transaction, until: datetime, limit: int = EVERY) -> int:
    """Forget slots taken before then; how many that were."""
    key, values = "chat_id, local_date, slot", (to_seconds(until),)
    return await delete_slice(tx, "digests", key, "claimed_at < ?", values, limit)
