"""What changed at a source, taken to the chats: called in the transaction that writes it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.plan import MOST_ALONE
from bot.delivery.spreading import count_takers, queue_posts
from bot.redaction import shown_address
from bot.sources.changes import ChangeKind
from storage import authorship, messages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.sources.changes import Recorded
    from storage.database import Database, Transaction
    from storage.models import Post

log = logging.getLogger(__name__)

COUNTS_SECONDS = 60
"""The blog's own counts are brought up to date at leisure: many changes, one edit."""


async def push_again(tx: Transaction, post: Post, now: datetime) -> None:
    """Push a known post once more to every chat that takes new ones.

    Each time has a number of its own, so that each comes once.
    """
    number = await authorship.next_push(tx, post.id)
    await queue_posts(tx, [replace(post, first_seen_at=now)], now, number)


async def count_again(database: Database, post: Post, now: datetime) -> int:
    """To how many chats a post that was pushed again goes; counted where nobody waits for it."""
    async with database.reader() as db:
        return await count_takers(db, replace(post, first_seen_at=now), now)


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
            tx.afterwards(partial(_tell_of_posts, new))
            await queue_posts(tx, new, now)
        counted = [one.post.id for one in changes if one.kind is ChangeKind.COUNTS]
        altered = [
            one.post.id
            for one in changes
            if one.kind not in {ChangeKind.NEW, ChangeKind.COUNTS, ChangeKind.NOTED}
        ]
        await messages.set_refresh_of_posts(tx, altered, now)
        later = now + timedelta(seconds=COUNTS_SECONDS)
        await messages.set_refresh_of_posts(tx, counted, later)


def _tell_of_posts(new: Sequence[Post]) -> None:
    """A line a post; of many at once their number."""
    if len(new) > MOST_ALONE:
        log.info("posts_found", extra={"posts": len(new), "first": new[0].id, "last": new[-1].id})
        return
    for post in new:
        where = shown_address(post.link) if post.link else None
        log.info("post_found", extra={"post": post.id, "link": where, "title": post.title})
