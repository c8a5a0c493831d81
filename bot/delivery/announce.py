"""What changed at a source, taken to the chats: called in the transaction that writes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery.plan import plan_deliveries, without_forwarded
from bot.sources.changes import ChangeKind
from storage import authorship, chats, messages, outbox
from storage.models import ChatState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.sources.changes import Recorded
    from storage.database import Transaction
    from storage.models import NewOutboxRow, Post

COUNTS_SECONDS = 60
"""The blog's own counts are brought up to date at leisure: many changes, one edit."""


async def push_again(tx: Transaction, post: Post, now: datetime) -> int:
    """Push a known post once more to every chat that takes new ones; to how many.

    Each time has a number of its own, so that each comes once.
    """
    number = await authorship.next_push(tx, post.id)
    rows = await _plan(tx, [replace(post, first_seen_at=now)], now)
    await outbox.add_rows(tx, [replace(one, item=f"{post.id}+{number}") for one in rows], now)
    return len(rows)


async def _plan(tx: Transaction, posts: Sequence[Post], now: datetime) -> list[NewOutboxRow]:
    """What goes where; in the writer's thread, for there may be as many filters as chats."""
    served = await chats.list_chats(tx, ChatState.SERVED, ChatState.HELD)
    taking = without_forwarded(served, await chats.list_discussions(tx))
    return await tx.run(lambda _: plan_deliveries(posts, taking, now))


class Announcer:
    """Queues new posts for every chat that takes them, and has what was sent brought up to date.

    An edit is no news: nothing is announced again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, tx: Transaction, changes: Sequence[Recorded]) -> None:
        """Take changes, the oldest first."""
        now = self._clock.now()
        new = [one.post for one in changes if one.kind is ChangeKind.NEW and not one.quiet]
        if new:
            await outbox.add_rows(tx, await _plan(tx, new, now), now)
        counted = [one.post.id for one in changes if one.kind is ChangeKind.COUNTS]
        altered = [
            one.post.id
            for one in changes
            if one.kind not in {ChangeKind.NEW, ChangeKind.COUNTS, ChangeKind.NOTED}
        ]
        await messages.set_refresh_of_posts(tx, altered, now)
        later = now + timedelta(seconds=COUNTS_SECONDS)
        await messages.set_refresh_of_posts(tx, counted, later)
