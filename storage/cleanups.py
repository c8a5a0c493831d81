"""Answers that go away again: which message, with which command, and when.

What somebody uses (reacts to, replies to, presses, where it is not whoever asked) is kept for good.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from storage.models import ChatId, Cleanup, MessageId
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Connection, Transaction

    Place = tuple[ChatId, MessageId]


async def add_cleanup(tx: Transaction, cleanup: Cleanup, asker_id: int | None) -> None:
    """An answer to `asker_id` is to be deleted, unless somebody reacted to it already."""
    await tx.execute(
        """
        INSERT OR IGNORE INTO cleanups
        SELECT :chat_id, :message_id, :asked_id, :asker_id, :sent_at, :due_at
        WHERE NOT EXISTS (
            SELECT 1 FROM reaction_sets WHERE chat_id = :chat_id AND message_id = :message_id
        )
        """,
        {
            "chat_id": cleanup.chat_id,
            "message_id": cleanup.message_id,
            "asked_id": cleanup.asked_id,
            "asker_id": asker_id,
            "sent_at": to_seconds(cleanup.sent_at),
            "due_at": to_seconds(cleanup.due_at),
        },
    )


async def list_due(db: Connection, now: datetime, *, limit: int) -> list[Cleanup]:
    """What is to be deleted by now, the longest due first."""
    rows = await db.fetch_all(
        "SELECT * FROM cleanups WHERE due_at <= ? ORDER BY due_at LIMIT ?",
        (to_seconds(now), limit),
    )
    return [_cleanup(row) for row in rows]


async def keep_used(tx: Transaction, places: Iterable[Place]) -> None:
    """Somebody uses these messages: answers among them stay, and so do answers to them."""
    by_chat: defaultdict[ChatId, list[Place]] = defaultdict(list)
    for place in dict.fromkeys(places):
        by_chat[place[0]].append(place)
    for chat_id, used in by_chat.items():
        waiting = "SELECT 1 FROM cleanups WHERE chat_id = ? LIMIT 1"
        if await tx.fetch_one(waiting, (chat_id,)) is None:  # as in most chats, in a flood
            continue
        await tx.execute_many("DELETE FROM cleanups WHERE chat_id = ? AND message_id = ?", used)
        await tx.execute_many("DELETE FROM cleanups WHERE chat_id = ? AND asked_id = ?", used)


async def note_press(
    tx: Transaction, place: Place, presser_id: int | None, due_at: datetime
) -> None:
    """A button of an answer was pressed: by whoever asked, it goes later; by others, it stays."""
    chat_id, message_id = place
    await tx.execute(
        "DELETE FROM cleanups WHERE chat_id = ? AND message_id = ? AND asker_id IS NOT ?",
        (chat_id, message_id, presser_id),
    )
    await tx.execute(
        "UPDATE cleanups SET due_at = max(due_at, ?) WHERE chat_id = ? AND message_id = ?",
        (to_seconds(due_at), chat_id, message_id),
    )


async def delete_cleanups(tx: Transaction, cleaned: Iterable[Cleanup], *, are_gone: bool) -> None:
    """These are done with. `are_gone`: what they showed is not there any more.

    A message that somebody reacted to or voted on in the last moment goes on to count for its post.
    """
    places = [(one.chat_id, one.message_id) for one in cleaned]
    await tx.execute_many("DELETE FROM cleanups WHERE chat_id = ? AND message_id = ?", places)
    if are_gone:
        await tx.execute_many(
            """
            DELETE FROM messages WHERE chat_id = ? AND message_id = ? AND NOT EXISTS (
                SELECT 1 FROM reaction_sets AS given
                WHERE given.chat_id = messages.chat_id AND given.message_id = messages.message_id
            ) AND NOT EXISTS (
                SELECT 1 FROM votes AS given
                WHERE given.chat_id = messages.chat_id AND given.message_id = messages.message_id
            )
            """,
            places,
        )


async def forget_asker(tx: Transaction, asker_id: int) -> None:
    """Who asked is forgotten; the answers still go away, and any press keeps them."""
    await tx.execute("UPDATE cleanups SET asker_id = NULL WHERE asker_id = ?", (asker_id,))


async def count_of_asker(db: Connection, asker_id: int) -> int:
    """How many answers of which it is still written down that this person asked."""
    rows = await db.fetch_all("SELECT count(*) FROM cleanups WHERE asker_id = ?", (asker_id,))
    return int(rows[0][0])


def _cleanup(row: sqlite3.Row) -> Cleanup:
    return Cleanup(
        chat_id=ChatId(row["chat_id"]),
        message_id=MessageId(row["message_id"]),
        asked_id=None if row["asked_id"] is None else MessageId(row["asked_id"]),
        sent_at=from_seconds(row["sent_at"]),
        due_at=from_seconds(row["due_at"]),
    )
