"""What many chats' digests and editions have in common, read once a run.

A run reads on connections that only read, a view of the data for each slice of its chats, all of
them younger than its moment. What is committed after such a view was seen at most OVERLAP_SECONDS
before that: the next digest begins so much earlier than this one ended, less what this one told.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from bot.search.sieve import has_filter
from storage import chats, posts, reactions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.search.sieve import Sieve
    from storage.database import Connection, Transaction
    from storage.models import Chat, ChatId, ChatSettings, Post, PostId

FilterKey: TypeAlias = "tuple[object, ...]"
A_SLICE = 100
"""Posts that are read at once."""
LIKED_HELD_AGAINST = 100
"""Of what was liked most, so many are held against a chat's filter."""
OVERLAP_SECONDS = 60
"""A post is seen a little before it is committed: one that the last digest just missed counts."""
MOST_POSTS, MOST_FILTERS = 1000, 250
"""So many are remembered; then all are forgotten."""


class SharedReads:
    """Reads for the chats whose turn has come at one moment.

    Args:
        now: The moment of the run; every connection that it is given was opened later.
        sieve: Answers for filters.
    """

    def __init__(self, now: datetime, sieve: Sieve) -> None:
        self._now = now
        self._sieve = sieve
        self._arrived: list[tuple[PostId, datetime]] = []
        self._arrived_after: datetime | None = None
        self._tops: dict[datetime, list[tuple[PostId, int]]] = {}
        self._posts: dict[PostId, Post] = {}
        self._decided: defaultdict[FilterKey, dict[PostId, bool]] = defaultdict(dict)
        self._channels: dict[ChatId, ChatId] | None = None

    async def list_arrived(self, db: Connection, after: datetime) -> list[PostId]:
        """Announced posts first seen after then and up to the run's moment, the oldest first."""
        if self._arrived_after is None or after < self._arrived_after:
            self._arrived = await posts.list_arrived(db, after=after, until=self._now)
            self._arrived_after = after
        return [post_id for post_id, at in self._arrived if at > after]

    async def list_top(self, db: Connection, since: datetime) -> list[tuple[PostId, int]]:
        """What was liked most since then, anywhere: LIKED_HELD_AGAINST posts, the most first."""
        if since not in self._tops:
            self._tops[since] = await reactions.list_top(db, since=since, limit=LIKED_HELD_AGAINST)
        return self._tops[since]

    async def get_channels(self, db: Connection) -> dict[ChatId, ChatId]:
        """The channel of each discussion group."""
        if self._channels is None:
            self._channels = await chats.list_discussions(db)
        return self._channels

    async def list_taken(
        self, db: Connection, settings: ChatSettings, post_ids: Sequence[PostId], *, most: int
    ) -> list[PostId]:
        """The first `most` of these posts that a chat's filter lets through, in their order.

        Each filter is asked once a post, however many chats share it.
        """
        if not has_filter(settings):
            return list(post_ids[:most])
        taken: list[PostId] = []
        for start in range(0, len(post_ids), A_SLICE):
            some = post_ids[start : start + A_SLICE]
            decided = await self._decide(db, settings, some)
            taken += [one for one in some if decided.get(one)]
            if len(taken) >= most:
                break
        return taken[:most]

    async def _decide(
        self, db: Connection, settings: ChatSettings, post_ids: Iterable[PostId]
    ) -> dict[PostId, bool]:
        """What a filter says of these posts, among others; of one that is not there nothing.

        A filter looks at whole texts: in the database's thread, where nobody waits for it.
        """
        key = filter_key(settings)
        if key not in self._decided and len(self._decided) >= MOST_FILTERS:
            self._decided.clear()
        decided = self._decided[key]
        open_ids = [one for one in post_ids if one not in decided]
        if open_ids:
            found = await self._get_posts(db, open_ids)
            asks = self._sieve.lets_through
            decided |= await db.run(lambda _: {one.id: asks(settings, one) for one in found})
        return decided

    async def _get_posts(self, db: Connection, post_ids: Sequence[PostId]) -> list[Post]:
        """Those of these posts that are there."""
        missing = [one for one in post_ids if one not in self._posts]
        if missing and len(self._posts) + len(missing) > MOST_POSTS:
            self._posts.clear()
            missing = list(post_ids)
        if missing:
            self._posts |= {post.id: post for post in await posts.get_posts(db, missing)}
        return [self._posts[one] for one in post_ids if one in self._posts]


async def list_unchanged(tx: Transaction, read: Sequence[Chat]) -> set[ChatId]:
    """Those of these chats that are in every detail as they were when they were read."""
    known = await chats.get_chats(tx, [chat.id for chat in read])
    return {chat.id for chat in read if known.get(chat.id) == chat}


def filter_key(settings: ChatSettings) -> FilterKey:
    """What is the same for chats that filter alike."""
    return settings.words, settings.without, settings.source_filters, settings.left_out
