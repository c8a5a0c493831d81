"""The outbox in an operator's hands: what waits or failed, tried again, or given up.

It works beside the running bot, whose every step asks for the state that a row has by then.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.models import OutboxState
from storage.outbox import row_of
from storage.restored import get_restored_at
from storage.slices import EVERY
from storage.times import to_seconds, to_seconds_or_none

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import OutboxId, OutboxRow

OPEN = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)
"""What is still to come, or may have come."""
BY_HAND = "dropped by hand"
"""The `error` of a push that an operator gave up."""


async def list_rows(
    db: Connection,
    states: Collection[OutboxState],
    *,
    since: datetime | None = None,
    limit: int = EVERY,
) -> list[OutboxRow]:
    """Pushes in these states that changed since then, the oldest first."""
    rows = await db.fetch_all(
        """
        SELECT * FROM outbox
        WHERE state IN (SELECT value FROM json_each(?)) AND changed_at >= ? ORDER BY id LIMIT ?
        """,
        (json.dumps(list(states)), 0 if since is None else to_seconds(since), limit),
    )
    return [row_of(row) for row in rows]


async def set_again(tx: Transaction, row_id: OutboxId, now: datetime) -> bool:
    """What certainly did not go is tried again now, as for the first time; False for all else.

    An attempt that is kept may have arrived (storage.attempts). What failed before a copy was
    restored may have been tried again, and sent, since that was made: it is in doubt.
    """
    restored_at = await get_restored_at(tx, now)
    return bool(
        await tx.execute(
            """
            UPDATE outbox SET state = iif(changed_at <= :restored, 'unknown', 'pending'),
                not_before = :now, attempts = 0, error = NULL,
                changed_at = :now
            WHERE id = :id AND state IN ('failed', 'dropped') AND NOT doubts
            AND NOT EXISTS (SELECT 1 FROM attempts WHERE outbox_id = :id)
            """,
            {
                "id": row_id,
                "now": to_seconds(now),
                "restored": to_seconds_or_none(restored_at),
            },
        )
    )


async def set_given_up(tx: Transaction, row_id: OutboxId, now: datetime) -> bool:
    """A push does not go any more, or not once more; False where it is under way, or over.

    What is in doubt stays so: it is never tried again.
    """
    return bool(
        await tx.execute(
            """
            UPDATE outbox SET state = 'dropped', doubts = doubts + (state = 'unknown'),
                error = ?, changed_at = ?
            WHERE id = ? AND state IN ('pending', 'unknown', 'failed')
            """,
            (BY_HAND, to_seconds(now), row_id),
        )
    )
