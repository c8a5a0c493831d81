"""What changed at a source, taken to the chats: called in the transaction that writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery.plan import plan_deliveries, without_forwarded
from bot.sources.changes import ChangeKind
from storage import chats, messages, outbox
from storage.models import ChatState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from bot.sources.changes import Recorded
    from storage.database import Transaction

COUNTS_SECONDS = 60
"""The blog's own counts are brought up to date at leisure: many changes, one edit."""


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
            served = await chats.list_chats(tx, ChatState.SERVED, ChatState.HELD)
            forwards = await chats.list_discussions(tx)
            taking = without_forwarded(served, forwards)
            # In the writer's thread: there may be as many filters as chats.
            rows = await tx.run(lambda _: plan_deliveries(new, taking, now))
            await outbox.add_rows(tx, rows, now)
        counted = [one.post.id for one in changes if one.kind is ChangeKind.COUNTS]
        altered = [
            one.post.id
            for one in changes
            if one.kind not in {ChangeKind.NEW, ChangeKind.COUNTS, ChangeKind.NOTED}
        ]
        await messages.set_refresh_of_posts(tx, altered, now)
        later = now + timedelta(seconds=COUNTS_SECONDS)
        await messages.set_refresh_of_posts(tx, counted, later)
