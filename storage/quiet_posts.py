"""Posts that came in quietly though their source was known: an operator may push them yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.models import PostId, SourceId
from storage.slices import EVERY, delete_slice
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Connection, Transaction


async def add_quiet(
    tx: Transaction, source_id: SourceId, post_ids: Iterable[PostId], at: datetime
) -> None:
    """Keep what a source brought quietly."""
    await tx.execute_many(
        "INSERT OR IGNORE INTO quiet_posts (post_id, source_id, taken_at) VALUES (?, ?, ?)",
        [(post_id, source_id, to_seconds(at)) for post_id in post_ids],
    )


async def count_quiet(db: Connection, since: datetime) -> dict[SourceId, int]:
    """How many posts each source brought quietly since then, that are still there."""
    rows = await db.fetch_all(
        """
        SELECT quiet_posts.source_id, count(*) FROM quiet_posts JOIN posts ON id = post_id
        WHERE taken_at >= ? AND removed_at IS NULL GROUP BY quiet_posts.source_id
        """,
        (to_seconds(since),),
    )
    return {SourceId(row[0]): int(row[1]) for row in rows}


async def list_quiet(db: Connection, source_id: SourceId, since: datetime) -> list[PostId]:
    """What a source brought quietly since then, that is still there; the oldest first."""
    rows = await db.fetch_all(
        """
        SELECT post_id FROM quiet_posts JOIN posts ON id = post_id
        WHERE quiet_posts.source_id = ? AND taken_at >= ? AND removed_at IS NULL
        ORDER BY sort_at, post_id
        """,
        (source_id, to_seconds(since)),
    )
    return [PostId(row[0]) for row in rows]


async def announce(tx: Transaction, post_ids: Iterable[PostId]) -> None:
    """From now on these posts count as announced, like those that came as news."""
    ids = json.dumps(list(post_ids))
    await tx.execute(
        "UPDATE posts SET quiet = 0 WHERE id IN (SELECT value FROM json_each(?))", (ids,)
    )
    await tx.execute(
        "DELETE FROM quiet_posts WHERE post_id IN (SELECT value FROM json_each(?))", (ids,)
    )


async def delete_quiet(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Offer no longer what came in before then; how many posts that were."""
    values = (to_seconds(before),)
    return await delete_slice(tx, "quiet_posts", "post_id", "taken_at < ?", values, limit)
