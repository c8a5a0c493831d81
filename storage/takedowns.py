"""Posts that somebody has down, and the messages of ours that are deleted for it.

A message that is to be deleted says when (`messages.delete_at`): that is what survives a restart.
Somebody's own message and forwards are not ours, and are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.models import ChatId, MessageId
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import PostId


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A message of ours that is to be deleted, for its post was taken down."""

    chat_id: ChatId
    message_id: MessageId
    sent_at: datetime


async def set_taken_down(tx: Transaction, post_id: PostId, now: datetime) -> None:
    """Somebody has a post down from now on; that it is removed is written with its change."""
    await tx.execute("UPDATE posts SET taken_down_at = ? WHERE id = ?", (to_seconds(now), post_id))


async def set_put_back(tx: Transaction, post_id: PostId) -> None:
    """A post is down no more, and none of its messages is deleted for it."""
    await tx.execute("UPDATE posts SET taken_down_at = NULL WHERE id = ?", (post_id,))
    await tx.execute("UPDATE messages SET delete_at = NULL WHERE post_id = ?", (post_id,))


async def count_chats(db: Connection, post_id: PostId) -> int:
    """How many chats have a message of ours that shows a post."""
    rows = await db.fetch_all(
        """
        SELECT count(DISTINCT chat_id) FROM messages
        WHERE post_id = ? AND view IN ('card', 'full')
        """,
        (post_id,),
    )
    return int(rows[0][0])


async def withdraw(
    tx: Transaction, post_id: PostId, since: datetime, now: datetime
) -> tuple[int, int]:
    """Have our messages of a post that were sent since then deleted; in how many chats that is.

    The second number: the chats where some are older, and are to be edited.
    """
    await tx.execute(
        """
        UPDATE messages SET delete_at = ?, refresh_at = NULL
        WHERE post_id = ? AND view IN ('card', 'full') AND sent_at > ?
        """,
        (to_seconds(now), post_id, to_seconds(since)),
    )
    rows = await tx.fetch_all(
        """
        SELECT count(DISTINCT iif(delete_at IS NULL, NULL, chat_id)),
            count(DISTINCT iif(delete_at IS NULL, chat_id, NULL))
        FROM messages WHERE post_id = ? AND view IN ('card', 'full')
        """,
        (post_id,),
    )
    return int(rows[0][0]), int(rows[0][1])


async def list_withdrawn(db: Connection, now: datetime, *, limit: int) -> list[Withdrawn]:
    """What is to be deleted by now, the longest due first."""
    rows = await db.fetch_all(
        """
        SELECT chat_id, message_id, sent_at FROM messages
        WHERE delete_at <= ? ORDER BY delete_at, chat_id, message_id LIMIT ?
        """,
        (to_seconds(now), limit),
    )
    return [
        Withdrawn(
            ChatId(row["chat_id"]), MessageId(row["message_id"]), from_seconds(row["sent_at"])
        )
        for row in rows
    ]


async def is_withdrawn(db: Connection, one: Withdrawn) -> bool:
    """Whether a message is still to be deleted."""
    row = await db.fetch_one(
        """
        SELECT 1 FROM messages WHERE chat_id = ? AND message_id = ? AND delete_at IS NOT NULL
        """,
        (one.chat_id, one.message_id),
    )
    return row is not None


async def put_off(tx: Transaction, waiting: Iterable[Withdrawn], at: datetime) -> None:
    """These cannot be deleted now; they are tried again then."""
    await tx.execute_many(
        """
        UPDATE messages SET delete_at = ?
        WHERE chat_id = ? AND message_id = ? AND delete_at IS NOT NULL
        """,
        [(to_seconds(at), one.chat_id, one.message_id) for one in waiting],
    )


async def set_marked(tx: Transaction, one: Withdrawn, now: datetime) -> None:
    """A message cannot be deleted: it is edited instead."""
    await tx.execute(
        """
        UPDATE messages SET delete_at = NULL, refresh_at = ?
        WHERE chat_id = ? AND message_id = ? AND delete_at IS NOT NULL
        """,
        (to_seconds(now), one.chat_id, one.message_id),
    )
