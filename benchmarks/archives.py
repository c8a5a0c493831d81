"""Databases with made-up posts, for the benchmarks that run the whole bot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.korean_text import Writer
from bot.clock import SystemClock
from bot.search.service import SearchService
from bot.search.similar import profile_batch
from bot.sources.entries import title_key
from storage import messages, posts, sources
from storage.database import Database
from storage.models import BlogCounts, ChatId, MessageId, NewPost, PostId, SourceKind, View
from storage.posts import Addition

if TYPE_CHECKING:
    from pathlib import Path

SEED = 1


async def make_archive(path: Path, count: int) -> None:
    """Write a database with `count` posts, an hour apart, and all that searching keeps of them."""
    clock = SystemClock()
    now = clock.now()
    async with Database.opened(path) as database:
        async with database.transaction() as tx:
            source_id = await sources.add_source(tx, "bench", SourceKind.HAND)
            for number, made in enumerate(Writer(SEED).posts(count)):
                post = NewPost(
                    title=made.title,
                    body=made.body,
                    author="글쓴이",
                    link=f"https://blog.example/{number}",
                    guid=str(number),
                    published_at=now - timedelta(hours=number),
                    blog=BlogCounts(("👍", "❤"), number % 40, number % 7),
                )
                key = title_key(post.title)
                addition = Addition(source_id, post, key, first_seen_at=now, quiet=True)
                await posts.add_posts(tx, [addition])
        await SearchService(database, clock=clock).prepare()
        async with database.transaction() as tx:
            while await tx.run(profile_batch):
                pass


async def add_cards(path: Path, chat_id: int, count: int, *, posts: int) -> None:
    """Note that messages 1 to `count` of a chat are cards of the first `posts` posts."""
    async with Database.opened(path) as database, database.transaction() as tx:
        for number in range(1, count + 1):
            await messages.set_message(
                tx,
                ChatId(chat_id),
                MessageId(number),
                PostId(1 + number % posts),
                view=View.CARD,
                page=0,
                language="ko",
                sent_at=SystemClock().now(),
            )
