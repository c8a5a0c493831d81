"""Ids of messages whose sender is known, so that a search for a lost one passes them by.

The bot's own are here, by chat, id and time only; others' come with their updates (`inbox_seen`).
Ids count up: in a supergroup or channel its own, in private chats and basic groups those of the
bot's account, one sequence for all (core.telegram.org/api/updates, "Message related event
sequences"). A sequence is named by its chat, the account's is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import MessageId
from storage.slices import EVERY
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import ChatId

LARGEST_OWN = -1_000_000_000_000
"""Ids of supergroups and channels lie below it (Bot API, "Chat"; tdlib/td, DialogId.h)."""
ACCOUNT = 0


def sequence_of(chat_id: ChatId) -> int:
    """Which chats count their messages together with this one."""
    return ACCOUNT if chat_id > LARGEST_OWN else chat_id


async def add_known_id(
    tx: Transaction, chat_id: ChatId, message_id: MessageId, now: datetime
) -> None:
    """A message of ours, or one that was found to be somebody's."""
    await tx.execute(
        "INSERT OR IGNORE INTO known_ids VALUES (?, ?, ?, ?)",
        (sequence_of(chat_id), message_id, chat_id, to_seconds(now)),
    )


async def get_last_id(db: Connection, chat_id: ChatId) -> MessageId | None:
    """The highest id that is known where a message to this chat would be counted.

    None where none of ours is: then there may be older ones of ours that nobody noted.
    """
    row = await db.fetch_one(
        """
        SELECT max(known.message_id) AS known, (
            SELECT max(message_id) FROM inbox_seen
            WHERE iif(chat_id > -1000000000000, 0, chat_id) = :sequence
            AND message_id IS NOT NULL
        ) AS seen
        FROM known_ids AS known WHERE known.sequence = :sequence
        """,
        {"sequence": sequence_of(chat_id)},
    )
    if row is None or row["known"] is None:
        return None
    return MessageId(max(row["known"], row["seen"] or 0))


async def list_known_ids(db: Connection, chat_id: ChatId, above: MessageId) -> set[MessageId]:
    """All that are known above an id, where messages to this chat are counted."""
    rows = await db.fetch_all(
        """
        SELECT message_id FROM known_ids WHERE sequence = :sequence AND message_id > :above
        UNION
        SELECT message_id FROM inbox_seen
        WHERE iif(chat_id > -1000000000000, 0, chat_id) = :sequence AND message_id > :above
            AND message_id IS NOT NULL
        """,
        {"sequence": sequence_of(chat_id), "above": above},
    )
    return {MessageId(row["message_id"]) for row in rows}


async def is_known_id(db: Connection, chat_id: ChatId, message_id: MessageId) -> bool:
    """Whether it is known whose that message is."""
    row = await db.fetch_one(
        """
        SELECT 1 FROM known_ids WHERE sequence = :sequence AND message_id = :message_id
        UNION ALL
        SELECT 1 FROM inbox_seen
        WHERE iif(chat_id > -1000000000000, 0, chat_id) = :sequence AND message_id = :message_id
            AND message_id IS NOT NULL
        """,
        {"sequence": sequence_of(chat_id), "message_id": message_id},
    )
    return row is not None


async def list_reacted_ids(db: Connection, chat_id: ChatId, above: MessageId) -> list[MessageId]:
    """Messages of a chat above an id that somebody reacted to, in their order."""
    rows = await db.fetch_all(
        """
        SELECT message_id FROM reaction_sets WHERE chat_id = :chat_id AND message_id > :above
        UNION
        SELECT message_id FROM reaction_totals WHERE chat_id = :chat_id AND message_id > :above
        ORDER BY message_id
        """,
        {"chat_id": chat_id, "above": above},
    )
    return [MessageId(row["message_id"]) for row in rows]


async def list_old(db: Connection, before: datetime, limit: int = EVERY) -> list[tuple[int, int]]:
    """Ids from before then, each behind its sequence, less the highest: a search begins there."""
    rows = await db.fetch_all(
        """
        SELECT sequence, message_id FROM known_ids WHERE seen_at < ? AND EXISTS (
            SELECT 1 FROM known_ids AS later
            WHERE later.sequence = known_ids.sequence AND later.message_id > known_ids.message_id
        ) LIMIT ?
        """,
        (to_seconds(before), limit),
    )
    return [(row["sequence"], row["message_id"]) for row in rows]


async def delete_known_ids(tx: Transaction, old: Iterable[tuple[int, int]]) -> None:
    """Forget these of `list_old`."""
    await tx.execute_many("DELETE FROM known_ids WHERE sequence = ? AND message_id = ?", old)
