"""What lists of posts showed, so that `/post 3` is the third of one: kept for two days.

Who asked for a list is kept for an hour, in which it is their own last one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.models import PostId
from storage.slices import EVERY, delete_slice
from storage.times import to_seconds

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import ChatId, MessageId

OWN = timedelta(hours=1)
"""So long a list is the last one of whoever asked for it."""
KEPT = timedelta(days=2)
"""So long a reply to a list may name an item of it."""


@dataclass(frozen=True, slots=True)
class PostList:
    """The posts that a message lists, in order; `first` is the number of the first."""

    post_ids: tuple[PostId, ...]
    first: int = 1
    besides: tuple[PostId, ...] = ()
    """What the message shows without a number."""

    @property
    def every(self) -> tuple[PostId, ...]:
        """All that the message shows, each once, what has a number first."""
        return tuple(dict.fromkeys((*self.post_ids, *self.besides)))

    def at(self, number: int) -> PostId | None:
        """The post with this number in the list; None where the list does not show it."""
        place = number - self.first
        return self.post_ids[place] if 0 <= place < len(self.post_ids) else None


async def set_list(
    tx: Transaction,
    chat_id: ChatId,
    message_id: MessageId,
    shown: PostList,
    *,
    person_id: int | None,
    shown_at: datetime,
) -> None:
    """A message lists these posts now; a page that is turned lists others.

    `person_id` is who asked: a user, or the chat that they speak as; None for what came by itself.
    Whoever turns another's page does not make the list theirs.
    """
    await tx.execute(
        """
        INSERT INTO lists (chat_id, message_id, person_id, first, post_ids, besides, shown_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            first = excluded.first, post_ids = excluded.post_ids, besides = excluded.besides,
            shown_at = CASE
                WHEN coalesce(person_id, excluded.person_id) IS excluded.person_id
                THEN excluded.shown_at ELSE shown_at END,
            person_id = coalesce(person_id, excluded.person_id)
        """,
        (
            chat_id,
            message_id,
            person_id,
            shown.first,
            json.dumps(shown.post_ids),
            json.dumps(shown.besides),
            to_seconds(shown_at),
        ),
    )


async def get_list(db: Connection, chat_id: ChatId, message_id: MessageId) -> PostList | None:
    """What a message lists, or None where it is no list that is remembered."""
    row = await db.fetch_one(
        "SELECT * FROM lists WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
    )
    return None if row is None else _list(row)


async def get_own_list(
    db: Connection, chat_id: ChatId, person_id: int, now: datetime
) -> PostList | None:
    """The list that this person saw last in this chat, where that was within the hour."""
    row = await db.fetch_one(
        """
        SELECT * FROM lists WHERE chat_id = ? AND person_id = ? AND shown_at >= ?
        ORDER BY shown_at DESC, message_id DESC LIMIT 1
        """,
        (chat_id, person_id, to_seconds(now - OWN)),
    )
    return None if row is None else _list(row)


async def delete_lists(tx: Transaction, now: datetime, limit: int = EVERY) -> int:
    """Forget who asked an hour ago, and lists of two days ago: `limit` of each; how many."""
    values = (to_seconds(now - KEPT),)
    gone = await delete_slice(tx, "lists", "chat_id, message_id", "shown_at < ?", values, limit)
    return gone + await tx.execute(
        """
        UPDATE lists SET person_id = NULL WHERE (chat_id, message_id) IN (
            SELECT chat_id, message_id FROM lists
            WHERE person_id IS NOT NULL AND shown_at < ? LIMIT ?
        )
        """,
        (to_seconds(now - OWN), limit),
    )


async def delete_of_person(tx: Transaction, person_id: int) -> None:
    """Forget that this person asked for lists (/forgetme)."""
    await tx.execute("UPDATE lists SET person_id = NULL WHERE person_id = ?", (person_id,))


def _list(row: sqlite3.Row) -> PostList:
    ids, besides = (tuple(map(PostId, json.loads(row[name]))) for name in ("post_ids", "besides"))
    return PostList(ids, row["first"], besides)


async def count_of_person(db: Connection, person_id: int) -> int:
    """How many lists of which it is still written down that this person asked."""
    rows = await db.fetch_all("SELECT count(*) FROM lists WHERE person_id = ?", (person_id,))
    return int(rows[0][0])
