"""Posts on their way into the outbox: at once for few chats, for many in slices.

What goes to many is written down with the posts, in their transaction, as a spread; the duty
`spreading` queues it, a slice of chats a transaction, from where the last one ended. In each chat
posts keep their order: what comes while something is being spread goes behind it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.plan import plan_deliveries, takes
from bot.search.sieve import Sieve
from storage import chats, outbox, posts, spreads
from storage.models import OutboxState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from storage.database import Connection, Database, Transaction
    from storage.models import ChatId, NewOutboxRow, Post, PostId, Taker
    from storage.spreads import Spread

log = logging.getLogger(__name__)

AT_ONCE = 200
"""So many chats are queued for in the transaction that writes a post; of many posts, fewer."""
CHATS_AT_ONCE = 400
"""Chats of a slice."""
ANSWERS_AT_ONCE = 10_000
"""Chats times posts of a transaction; of a slice, what filters say of them is remembered."""


async def queue_posts(
    tx: Transaction, new: Sequence[Post], now: datetime, number: int | None = None
) -> None:
    """Queue posts for every chat that takes them, or have them spread.

    The `number` of a push that is not the first names its rows; it is of one post.
    """
    most = _chats_for(new, AT_ONCE)
    is_few = await chats.count_taking(tx, limit=most + 1) <= most
    if not is_few or await spreads.get_first(tx) is not None:
        await spreads.add_spread(tx, [post.id for post in new], number, now)
        return
    taking = await chats.list_taking(tx, limit=most)
    taking.sort(key=lambda chat: (chat.joined_at, chat.id))
    rows = await _plan(tx, new, taking, now, Sieve(), number)
    await outbox.add_rows(tx, rows, now)
    tx.afterwards(partial(_tell_of_queued, [post.id for post in new], *_count(rows, now)))


async def count_takers(
    db: Connection, post: Post, now: datetime, after: ChatId | None = None
) -> int:
    """How many chats take a post, of those whose id is behind `after`; as plan_deliveries has it.

    Each distinct filter is asked once.
    """
    alike = await chats.count_alike(db, seen_at=post.first_seen_at, now=now, after=after)
    asks = Sieve().lets_through
    return await db.run(lambda _: sum(n for chat, n in alike if asks(chat.settings, post)))


async def end_spreads(
    tx: Transaction, post_id: PostId, now: datetime, queued: Collection[ChatId]
) -> int:
    """A post was taken down: it is spread no further; to how many chats it does not come.

    Each counts once, also where it was `queued` for it, or was to get it by several spreads.
    """
    found, post = await spreads.withdraw_post(tx, post_id), await posts.get_post(tx, post_id)
    if post is None or not found:
        return len(queued)
    last = found[-1]  # it goes to all that those before it have yet to reach
    announced = _as_announced(post, last)
    moved = await chats.list_taking(tx, only=last.besides)
    done = {chat_id for chat_id in queued if last.after is not None and chat_id <= last.after}
    done |= {chat.id for chat in moved if takes(chat, announced, now)}
    return len(done) + await count_takers(tx, announced, now, last.after)


class Spreader:
    """Queues what is being spread."""

    def __init__(self, database: Database, clock: Clock, sieve: Sieve | None = None) -> None:
        self._database = database
        self._clock = clock
        self._sieve = sieve or Sieve()
        self._read: tuple[Spread, list[Post]] | None = None
        self._queued: dict[int, tuple[int, int]] = {}
        """Of each spread to how many chats it goes so far, and to how many in the morning."""

    async def run(self) -> int:
        """Queue all that is being spread; how many pushes that were. Each slice is a transaction.

        Filters look at whole texts: they are asked before, where nobody waits for it.
        """
        queued = 0
        while True:
            async with self._database.reader() as db:
                spread = await spreads.get_first(db)
                if spread is None:
                    self._read = None
                    return queued
                await self._ask_filters(db, spread)
            async with self._database.transaction() as tx:
                queued += await self._queue_slice(tx)

    async def _ask_filters(self, db: Connection, spread: Spread) -> None:
        """What each filter of the next slice says of the posts is known afterwards."""
        found = await self._read_posts(db, spread)
        now, limit = self._clock.now(), _chats_for(found, CHATS_AT_ONCE)
        some = await chats.list_taking(db, after=spread.after, limit=limit, are_filtering=True)
        self._sieve.make_room(len(some) * len(found))
        await db.run(
            lambda _: [takes(one, post, now, self._sieve) for post in found for one in some]
        )

    async def _queue_slice(self, tx: Transaction) -> int:
        """Queue for the next chats of what is first now, and note it; for how many pushes."""
        spread = await spreads.get_first(tx)
        if spread is None:
            return 0
        now = self._clock.now()
        found = await self._read_posts(tx, spread)
        limit = _chats_for(found, CHATS_AT_ONCE)
        some = await chats.list_taking(tx, after=spread.after, limit=limit)
        moved = await chats.list_taking(tx, only=spread.besides) if spread.besides else []
        rows = await _plan(tx, found, [*moved, *some], now, self._sieve, spread.number)
        state = OutboxState.UNKNOWN if spread.in_doubt else OutboxState.PENDING
        await outbox.add_rows(tx, rows, now, state)
        tx.afterwards(partial(self._note, spread, *_count(rows, now), is_last=len(some) < limit))
        if len(some) < limit:
            await spreads.delete_spread(tx, spread.id)
        else:
            await spreads.set_done(tx, spread.id, some[-1].id)
        return len(rows)

    def _note(self, spread: Spread, places: int, held: int, *, is_last: bool) -> None:
        """Log a spread once, when it ends: for how many chats this run queued it."""
        before = self._queued.pop(spread.id, (0, 0))
        counts = before[0] + places, before[1] + held
        if is_last:
            _tell_of_queued(spread.posts, *counts)
        else:
            self._queued[spread.id] = counts

    async def _read_posts(self, db: Connection, spread: Spread) -> list[Post]:
        """The posts of a spread, read once for all of its slices."""
        before = self._read
        if before is None or (before[0].id, before[0].posts) != (spread.id, spread.posts):
            found = await posts.get_posts(db, spread.posts)
            before = self._read = spread, [_as_announced(one, spread) for one in found]
        return before[1]


def _count(rows: Sequence[NewOutboxRow], now: datetime) -> tuple[int, int]:
    """For how many chats these pushes are, and in how many they wait for the end of a night."""
    held = {row.chat_id for row in rows if row.not_before > now}
    return len({row.chat_id for row in rows}), len(held)


def _tell_of_queued(post_ids: Sequence[PostId], places: int, held: int) -> None:
    what = {"post": post_ids[0]} if len(post_ids) == 1 else {"posts": len(post_ids)}
    log.info("post_queued", extra={**what, "chats": places, "held": held})


def _chats_for(found: Sequence[Post], most: int) -> int:
    """For how many chats so many posts are queued in one transaction, `most` of them."""
    return max(1, min(most, ANSWERS_AT_ONCE // max(1, len(found))))


def _as_announced(post: Post, spread: Spread) -> Post:
    """A post that is pushed again is news of that moment."""
    is_first = spread.number is None
    return post if is_first else replace(post, first_seen_at=spread.announced_at)


async def _plan(
    tx: Transaction,
    new: Sequence[Post],
    taking: Iterable[Taker],
    now: datetime,
    sieve: Sieve,
    number: int | None,
) -> list[NewOutboxRow]:
    """What goes where; in the writer's thread, for there may be as many filters as chats."""
    rows = await tx.run(lambda _: plan_deliveries(new, taking, now, sieve))
    return rows if number is None else [replace(one, item=f"{one.item}+{number}") for one in rows]
