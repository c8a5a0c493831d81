"""The archive as members see it: posts together with what was given to them here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.pages.leaves import RENDERING, kept_leaf, render_leaves
from bot.pages.periods import beginning
from bot.search.sieve import preview
from bot.search.similar import list_similar
from bot.sources.errors import FormatError
from storage import full_texts, posts, reactions
from storage.models import Given

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from bot.clock import Clock
    from bot.pages.leaves import Leaf
    from bot.search.sieve import Preview
    from bot.sources.worker import Worker
    from storage.database import Connection, Database
    from storage.full_texts import KeptPage
    from storage.models import ChatId, ChatSettings, MessageId, Post, PostId

PREVIEWED = timedelta(days=30)
MOST_PREVIEWED = 1_000
"""Posts that a filter is held against to show what it does: a fifth of a second in a thread."""
ONWARD = 3
"""Posts to read on with."""
SHORT = 50_000
"""Characters that become a full text in a tenth of a second: for those no process is started."""


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

    def __init__(self, database: Database, clock: Clock, worker: Worker) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker

    async def newest(self, *, limit: int, offset: int = 0) -> Listing:
        """The newest posts, a page of them."""

        async def read(db: Connection) -> Listing:
            found = await posts.list_newest(db, limit=limit, offset=offset)
            total = await posts.count_posts(db)
            return Listing(await _with_given(db, found), offset, total)

        return await self._database.read(read)

    async def get(self, post_id: PostId) -> Shown | None:
        """One post, or None where there is none, or none any more."""

        async def read(db: Connection) -> Shown | None:
            post = await posts.get_post(db, post_id)
            if post is None or post.removed_at is not None:
                return None
            return (await _with_given(db, [post]))[0]

        return await self._database.read(read)

    async def elsewhere(
        self, post_id: PostId, place: tuple[ChatId, MessageId], *, with_votes: bool
    ) -> Given:
        """What members gave a post on other messages than this one; `with_votes`: and its votes."""
        async with self._database.reader() as db:
            given = await reactions.get_given(
                db, [post_id], apart_from=place, with_votes=with_votes
            )
        return given.get(post_id, Given())

    async def absence(self, post_id: PostId) -> str:
        """The message that says why there is no such post: gone, or there never was one."""
        async with self._database.reader() as db:
            is_known = await posts.get_post(db, post_id) is not None
        return "post.gone" if is_known else "post.unknown"

    async def leaf(self, post: Post, number: int) -> Leaf:
        """Page `number` of a full text, beyond the last the last; all are made once, and kept."""
        kept = await self._kept(post, number)
        if kept is None:
            made = await self._render(post)
            async with self._database.transaction() as tx:
                await full_texts.set_pages(tx, post, made, rendering=RENDERING)
            number = max(0, min(number, len(made) - 1))
            return await self._with_onward(kept_leaf(*made[number], number, len(made)), post)
        leaf = kept_leaf(kept.text, kept.entities, kept.number, kept.total)
        return await self._with_onward(leaf, post)

    async def _kept(self, post: Post, number: int) -> KeptPage | None:
        async with self._database.reader() as db:
            return await full_texts.get_page(db, post.id, max(0, number), rendering=RENDERING)

    async def _render(self, post: Post) -> list[tuple[str, str]]:
        """Off the loop; in a process where it takes long. What is too hard is shown plain."""
        if len(post.html or "") + len(post.body) <= SHORT:
            return await asyncio.to_thread(render_leaves, post.html, post.link, post.body)
        try:
            return await self._worker.run(render_leaves, post.html, post.link, post.body)
        except FormatError:
            return await self._worker.run(render_leaves, None, None, post.body)

    async def similar(self, post_id: PostId, limit: int = ONWARD) -> tuple[Shown, ...]:
        """The posts to read on with after this one, the best first."""
        async with self._database.reader() as db:
            found = await db.run(lambda raw: list_similar(raw, post_id, limit))
        return await self.several([one for one, _ in found])

    async def _with_onward(self, leaf: Leaf, post: Post) -> Leaf:
        """The last page leads on to other posts."""
        if leaf.number < leaf.total - 1:
            return leaf
        async with self._database.reader() as db:
            found = await db.run(lambda raw: list_similar(raw, post.id, ONWARD))
        return replace(leaf, onward=tuple(found))

    async def several(self, post_ids: Sequence[PostId]) -> tuple[Shown, ...]:
        """These posts in this order, less those that are gone."""

        async def read(db: Connection) -> tuple[Shown, ...]:
            found = [await posts.get_post(db, one) for one in post_ids]
            here = [post for post in found if post is not None and post.removed_at is None]
            return await _with_given(db, here)

        return await self._database.read(read)

    async def top(self, period: str, zone: tzinfo, *, limit: int) -> tuple[Shown, ...]:
        """What members liked most in one of the `PERIODS`, by how many of them.

        `zone` is that of whoever asks: their week begins there.
        """
        since = beginning(period, self._clock.now(), zone)
        async with self._database.reader() as db:
            ranked = await reactions.list_top(db, since=since, limit=limit)
        return await self.several([post_id for post_id, _ in ranked])

    async def since(self, since: datetime, *, limit: int) -> list[Post]:
        """What is new, or dated, since then: the newest of it, the oldest first."""
        async with self._database.reader() as db:
            return await posts.list_since(db, since, limit=limit)

    async def preview(self, settings: ChatSettings) -> Preview:
        """What of the last thirty days, of a thousand posts at most, a chat's filter lets through.

        In the reader's thread.
        """
        since = self._clock.now() - PREVIEWED
        async with self._database.reader() as db:
            return await db.run(
                lambda raw: preview(settings, posts.read_newest(raw, since), most=MOST_PREVIEWED)
            )

    async def stats(self, chat_id: ChatId) -> Stats:
        """What there is, and what this chat made of it."""

        async def read(db: Connection) -> Stats:
            count = await posts.count_posts(db)
            given, members = await reactions.count_in_chat(db, chat_id)
            return Stats(count, given, members)

        return await self._database.read(read)


async def _with_given(db: Connection, found: Sequence[Post]) -> tuple[Shown, ...]:
    given = await reactions.get_given(db, [post.id for post in found]) if found else {}
    return tuple(Shown(post, given.get(post.id, Given())) for post in found)
