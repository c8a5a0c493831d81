"""Which digest slots were taken: each once, whatever restarts and clocks do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.times import to_seconds

if TYPE_CHECKING:
    from datetime import date, datetime

    from storage.database import Transaction
    from storage.models import ChatId


async def claim_slot(
    tx: Transaction, chat_id: ChatId, local_date: date, minute: int, now: datetime
) -> bool:
    """Take a chat's slot; False when it was taken before."""
    return bool(
        await tx.execute(
            "INSERT OR IGNORE INTO digests VALUES (?, ?, ?, ?)",
            (chat_id, local_date.isoformat(), minute, to_seconds(now)),
        )
    )


async def delete_claims(tx: Transaction, until: datetime) -> int:
    """Forget slots taken before then; how many that were."""
    return await tx.execute("DELETE FROM digests WHERE claimed_at < ?", (to_seconds(until),))
