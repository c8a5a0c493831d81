"""Chats and posts to put into a database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.sources.entries import title_key
from storage import chats, outbox, posts
from storage.models import (
    Chat,
    ChatId,
    ChatKind,
    ChatSettings,
    ChatState,
    NewPost,
    PostId,
    PushMode,
    SourceId,
)
from storage.posts import Addition

if TYPE_CHECKING:
    from storage.database import Database, Transaction
    from storage.models import OutboxKind, OutboxRow

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SETTINGS = ChatSettings(
    language="ko",
    timezone="Asia/Seoul",
    push=PushMode.ON,
    quiet=None,
    digest_times=(540,),
    digest_days=frozenset(range(7)),
    thread_id=None,
)
CHAT = Chat(
    id=ChatId(-1001),
    kind=ChatKind.SUPERGROUP,
    title="독서모임",
    state=ChatState.SERVED,
    can_write=True,
    is_forum=False,
    settings=SETTINGS,
    joined_at=datetime(2026, 1, 1, tzinfo=UTC),
    digest_due_at=None,
    last_digest_at=None,
)


def chat(chat_id: int, **changes: Any) -> Chat:  # noqa: ANN401  # any field of a chat or its settings
    """A served group, changed here and there."""
    own = {name: value for name, value in changes.items() if hasattr(SETTINGS, name)}
    rest = {name: value for name, value in changes.items() if name not in own}
    return replace(CHAT, id=ChatId(chat_id), settings=replace(SETTINGS, **own), **rest)


async def add_chats(database: Database, *known: Chat) -> None:
    """Put chats into the database."""
    async with database.transaction() as tx:
        for one in known:
            await chats.add_chat(tx, one)


async def pushes_of(database: Database, chat_id: int, kind: OutboxKind) -> list[OutboxRow]:
    """The pushes of a kind that a chat was ever given, in order."""
    sql = "SELECT id FROM outbox WHERE chat_id = ? AND kind = ? ORDER BY id"
    async with database.reader() as db:
        found = await db.fetch_all(sql, (chat_id, kind))
        rows = [await outbox.get_row(db, row["id"]) for row in found]
    return [row for row in rows if row is not None]


async def waits_for_the_writer(database: Database) -> None:
    """Return once somebody waits for the end of the transaction that is open."""
    while not database._lock._waiters:  # noqa: ASYNC110  # nobody tells
        await asyncio.sleep(0.001)


async def keep_post(
    tx: Transaction,
    source_id: SourceId,
    post: NewPost,
    **more: Any,  # noqa: ANN401  # the rest of an Addition, by name
) -> PostId:
    """Put a post in, as one of a transaction's steps; its id."""
    (added,) = await posts.add_posts(tx, [Addition(source_id, post, title_key(post.title), **more)])
    return added.id


async def add_post(
    database: Database,
    title: str,
    *,
    at: datetime = NOW,
    link: str | None = None,
    quiet: bool = False,
) -> PostId:
    """Put a post into the database, with the source that it comes from."""
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT OR IGNORE INTO sources (id, address, kind) VALUES (1, 'https://blog', 'feed')"
        )
        new = NewPost(title=title, body=f"{title}의 본문이에요.", link=link)
        return await keep_post(tx, SourceId(1), new, first_seen_at=at, quiet=quiet)
