"""The archive as members see it: posts together with what was given to them here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.pages.periods import PERIODS
from storage import posts, reactions
from storage.models import Given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from storage.database import Connection, Database
    from storage.models import ChatId, Post, PostId


@dataclass(frozen=True, slots=True)
class Shown:
    """A post and what members gave it."""

    post: Post
    given: Given


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of posts: `offset` is the place of the first among `total`."""

    items: tuple[Shown, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Posts in the archive; reactions given to them in one chat, and by how many members."""

    posts: int
    reactions: int
    members: int


class Posts:
    """Reads the archive."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def newest(self, *, limit: int, offset: int = 0) -> Listing:
        """The newest posts, a page of them."""
        async with self._database.reader() as db:
            found = await posts.list_newest(db, limit=limit, offset=offset)
            total = await posts.count_posts(db)
            return Listing(await _with_given(db, found), offset, total)

    async def get(self, post_id: PostId) -> Shown | None:
        """One post, or None where there is none, or none any more."""
        async with self._database.reader() as db:
            post = await posts.get_post(db, post_id)
            if post is None or post.removed_at is not None:
                return None
            return (await _with_given(db, [post]))[0]

    async def several(self, post_ids: Sequence[PostId]) -> tuple[Shown, ...]:
        """These posts in this order, less those that are gone."""
        async with self._database.reader() as db:
            found = [await posts.get_post(db, one) for one in post_ids]
            here = [post for post in found if post is not None and post.removed_at is None]
            return await _with_given(db, here)

    async def top(self, period: str, *, limit: int) -> tuple[Shown, ...]:
        """What members liked most in one of the `PERIODS`, by how many of them."""
        length = PERIODS[period]
        since = None if length is None else self._clock.now() - length
        async with self._database.reader() as db:
            ranked = await reactions.list_top(db, since=since, limit=limit)
        return await self.several([post_id for post_id, _ in ranked])

    async def stats(self, chat_id: ChatId) -> Stats:
        """What there is, and what this chat made of it."""
        async with self._database.reader() as db:
            count = await posts.count_posts(db)
            given, members = await reactions.count_in_chat(db, chat_id)
            return Stats(count, given, members)


async def _with_given(db: Connection, found: Sequence[Post]) -> tuple[Shown, ...]:
    given = await reactions.get_given(db, [post.id for post in found]) if found else {}
    return tuple(Shown(post, given.get(post.id, Given())) for post in found)
