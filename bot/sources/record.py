"""The one place where changes of posts are written, and where the observers are told of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from bot.sources.changes import Added, ChangeKind, Recorded
from bot.sources.entries import title_key
from bot.sources.listing_order import decide_sort_times
from storage import posts
from storage.database import Transaction
from storage.posts import Addition, ListingPosition
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.sources.changes import Change
    from storage.models import SourceId

PostObserver: TypeAlias = Callable[[Transaction, Sequence[Recorded]], Awaitable[object]]
"""Called in the transaction that writes the changes: the outbox, the index. Never called with
nothing; the changes are the oldest first."""


async def record_changes(
    tx: Transaction,
    changes: Iterable[Change],
    *,
    now: datetime,
    observers: Iterable[PostObserver] = (),
) -> list[Recorded]:
    """Write `changes`, put archive posts in their places, and call the observers once."""
    listed = list(changes)
    new = [change for change in listed if isinstance(change, Added)]
    added = iter(await posts.add_posts(tx, [_addition(change, now) for change in new]))
    recorded: list[Recorded] = []
    listings = {change.listing_id for change in new if change.listing_id is not None}
    for change in listed:
        if isinstance(change, Added):
            recorded.append(Recorded(ChangeKind.NEW, next(added), None, quiet=change.quiet))
            continue
        key = title_key(change.after.post.title)
        await posts.set_post(tx, change.after, title_key=key)
        before, after = change.before.post, change.after.post
        moved = (before.position, before.published_at) != (after.position, after.published_at)
        if moved and change.after.listing_id is not None:
            listings.add(change.after.listing_id)
        if change.kind is not ChangeKind.NOTED:
            recorded.append(Recorded(change.kind, after, before, quiet=change.after.quiet))
    for listing_id in listings:
        await settle_places(tx, listing_id)
    if recorded:
        for observer in observers:
            await observer(tx, recorded)
    return recorded


def _addition(change: Added, now: datetime) -> Addition:
    return Addition(
        change.source_id,
        change.post,
        title_key(change.post.title),
        first_seen_at=now,
        link_key=change.link_key,
        fingerprint=change.fingerprint,
        quiet=change.quiet,
        listing_id=change.listing_id,
    )


async def settle_places(tx: Transaction, listing_id: SourceId) -> None:
    """Work out anew when each undated post of a listing was written; few dates are enough."""
    placed = [known.post for known in await posts.list_placed(tx, listing_id)]
    times = decide_sort_times(placed)
    await posts.set_places(
        tx,
        [
            ListingPosition(post.id, place, time)
            for place, (post, time) in enumerate(zip(placed, times, strict=True))
            if (post.position, to_seconds(post.sort_at)) != (place, to_seconds(time))
        ],
    )
