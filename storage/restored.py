"""Since when this database is a restored copy (storage.restore).

What was due by then may have been done by the bot that it is a copy of, while the copy lay by.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage import outbox
from storage.facts import get_fact
from storage.models import OutboxState
from storage.times import from_seconds_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import NewOutboxRow, PostId

KEY = "restored_at"
"""The fact that holds it, in unix seconds."""


async def get_restored_at(db: Connection, now: datetime) -> datetime | None:
    """When a copy was put in place; None: never, or by a clock that was ahead of `now`."""
    restored_at = from_seconds_or_none(int(await get_fact(db, KEY) or 0) or None)
    return None if restored_at is None or restored_at > now else restored_at


async def add_due_rows(
    tx: Transaction, due: Sequence[tuple[datetime, NewOutboxRow]], now: datetime
) -> None:
    """Queue pushes, each with when it was due: in doubt where that was before."""
    restored_at = await get_restored_at(tx, now)
    before = [row for at, row in due if restored_at is not None and at <= restored_at]
    doubtful = frozenset(map(id, before))
    await outbox.add_rows(tx, before, now, OutboxState.UNKNOWN)
    await outbox.add_rows(tx, [row for _, row in due if id(row) not in doubtful], now)


async def doubt_post(tx: Transaction, post_id: PostId) -> None:
    """The pushes of a post, and those that it is being spread by, may have been sent before."""
    await tx.execute(
        """
        UPDATE outbox SET state = 'unknown' WHERE kind = 'post' AND state = 'pending' AND ? IN (
            SELECT value FROM json_each(iif(json_valid(payload), payload, '{}'), '$.posts')
        )
        """,
        (post_id,),
    )
    await tx.execute("UPDATE spreads SET in_doubt = 1 WHERE posts = ?", (json.dumps([post_id]),))
