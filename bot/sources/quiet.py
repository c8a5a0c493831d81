"""What a source brought quietly after its first answer: an operator may push it yet, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.sources.changes import ChangeKind, Recorded
from storage import posts, quiet_posts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.sources.record import PostObserver
    from storage.database import Connection, Transaction
    from storage.models import Post, PostId, SourceId

OFFERED = timedelta(days=7)
"""How long it may be pushed."""


async def count_offered(db: Connection, now: datetime) -> Mapping[SourceId, int]:
    """How many posts of each source may be pushed."""
    return await quiet_posts.count_quiet(db, now - OFFERED)


async def list_offered(db: Connection, source_id: SourceId, now: datetime) -> list[Post]:
    """Which those are, the oldest first."""
    ids = await quiet_posts.list_quiet(db, source_id, now - OFFERED)
    found = [await posts.get_post(db, one) for one in ids]
    return [post for post in found if post is not None]


async def push_offered(
    tx: Transaction,
    source_id: SourceId,
    *,
    last: PostId,
    now: datetime,
    observers: Iterable[PostObserver],
) -> int:
    """Announce what is offered, up to the post `last`; how many. A second time there is nothing."""
    offered = [one for one in await list_offered(tx, source_id, now) if one.id <= last]
    await quiet_posts.announce(tx, [one.id for one in offered])
    recorded = [Recorded(ChangeKind.NEW, one, None, quiet=False) for one in offered]
    if recorded:
        for observer in observers:
            await observer(tx, recorded)
    return len(recorded)
