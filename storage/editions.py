"""Which weekly and monthly editions were taken: each once, whatever restarts and clocks do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.models import ChatId
from storage.slices import EVERY, delete_slice
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import date, datetime

    from storage.database import Connection, Transaction
    from storage.models import Period


async def claim_editions(
    tx: Transaction, period: Period, slots: Sequence[tuple[ChatId, date, int]], now: datetime
) -> set[ChatId]:
    """Take an edition, of a day and a time, of each of these chats; less those taken before."""
    at = to_seconds(now)

    def claim(db: sqlite3.Connection) -> set[ChatId]:
        sql = "INSERT OR IGNORE INTO editions VALUES (?, ?, ?, ?, ?)"
        return {
            chat_id
            for chat_id, local_date, minute in slots
            if db.execute(sql, (chat_id, period, local_date.isoformat(), minute, at)).rowcount
        }

    return await tx.run(claim)


async def list_last_claimed(
    db: Connection, chat_ids: Sequence[ChatId], period: Period
) -> dict[ChatId, datetime]:
    """When the last edition of that period was taken, of each chat that had one."""
    rows = await db.fetch_all(
        """
        SELECT chat_id, max(claimed_at) AS at FROM editions
        WHERE chat_id IN (SELECT value FROM json_each(?)) AND period = ? GROUP BY chat_id
        """,
        (json.dumps(chat_ids), period),
    )
    return {ChatId(row["chat_id"]): from_seconds(row["at"]) for row in rows}


async def delete_claims(tx: Transaction, until: datetime, limit: int = EVERY) -> int:
    """Forget editions taken before then; how many that were."""
    key, values = "chat_id, period, local_date, slot", (to_seconds(until),)
    return await delete_slice(tx, "editions", key, "claimed_at < ?", values, limit)
