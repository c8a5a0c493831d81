"""Which weekly and monthly editions were taken: each once, whatever restarts and clocks do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    from datetime import date, datetime

    from storage.database import Connection, Transaction
    from storage.models import ChatId, Period


async def claim_edition(
    tx: Transaction, chat_id: ChatId, period: Period, local_date: date, minute: int, now: datetime
) -> bool:
    """Take a chat's edition of a day and a time; False when it was taken before."""
    return bool(
        await tx.execute(
            "INSERT OR IGNORE INTO editions VALUES (?, ?, ?, ?, ?)",
            (chat_id, period, local_date.isoformat(), minute, to_seconds(now)),
        )
    )


async def last_claimed_at(db: Connection, chat_id: ChatId, period: Period) -> datetime | None:
    """When a chat's last edition of that period was taken; None for the first."""
    row = await db.fetch_one(
        "SELECT max(claimed_at) AS at FROM editions WHERE chat_id = ? AND period = ?",
        (chat_id, period),
    )
    return None if row is None or row["at"] is None else from_seconds(row["at"])


async def delete_claims(tx: Transaction, until: datetime) -> int:
    """Forget editions taken before then; how many that were."""
    return await tx.execute("DELETE FROM editions WHERE claimed_at < ?", (to_seconds(until),))
