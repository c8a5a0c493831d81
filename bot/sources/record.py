"""The one place where changes of sources are written, and everybody hears of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from bot.sources.changes import Added, ChangeKind, Recorded
from bot.sources.places import decide_sort_times
from storage import posts
from storage.database import Transaction
from storage.posts import Place
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
    recorded: list[Recorded] = []
    listings: set[SourceId] = set()
    for change in changes:
        done, listing_id = await _record(tx, change, now)
        if done is not None:
            recorded.append(done)
        if listing_id is not None:
            listings.add(listing_id)
    for listing_id in listings:
        await settle_places(tx, listing_id)
    if recorded:
        for observer in observers:
            await observer(tx, recorded)
    return recorded


async def _record(
    tx: Transaction, change: Change, now: datetime
) -> tuple[Recorded | None, SourceId | None]:
    if isinstance(change, Added):
        return await _add(tx, change, now), change.listing_id
    await posts.set_post(tx, change.after)
    old, new = change.before.post, change.after.post
    moved = (old.position, old.published_at) != (new.position, new.published_at)
    listing_id = change.after.listing_id if moved else None
    if change.kind is ChangeKind.NOTED:
        return None, listing_id
    return Recorded(change.kind, new, old, quiet=change.after.quiet), listing_id


async def _add(tx: Transaction, change: Added, now: datetime) -> Recorded:
    post_id = await posts.add_post(
        tx,
        change.source_id,
        change.post,
        first_seen_at=now,
        link_key=change.link_key,
        fingerprint=change.fingerprint,
        quiet=change.quiet,
        listing_id=change.listing_id,
    )
    post = await posts.get_post(tx, post_id)
    assert post is not None  # noqa: S101  # it was written a line above
    return Recorded(ChangeKind.NEW, post, None, quiet=change.quiet)


async def settle_places(tx: Transaction, listing_id: SourceId) -> None:
    """Work out anew when each undated post of a listing was written; few dates are enough."""
    placed = [known.post for known in await posts.list_placed(tx, listing_id)]
    times = decide_sort_times(placed)
    await posts.set_places(
        tx,
        [
            Place(post.id, place, time)
            for place, (post, time) in enumerate(zip(placed, times, strict=True))
            if (post.position, to_seconds(post.sort_at)) != (place, to_seconds(time))
        ],
    )
