"""Who administers which chat, as Telegram said last: by it somebody's chats are listed.

It grants nothing: whoever sets a chat is asked of Telegram then (bot.interaction.administrators).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.models import ChatId, UserId
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Connection, Transaction

ASKED_EVERY = timedelta(days=1)
_ADD = """
    INSERT OR IGNORE INTO administrators SELECT id, ? FROM chats WHERE id = ? AND state = 'served'
"""
"""Of a chat that is not served, or was left meanwhile, nobody is kept."""


async def set_administrators(
    tx: Transaction, chat_id: ChatId, user_ids: Iterable[UserId], now: datetime
) -> None:
    """Replace who administers a chat by what Telegram says now."""
    await delete_of_chat(tx, chat_id)
    await tx.execute_many(_ADD, [(one, chat_id) for one in user_ids])
    await _set_asked(tx, chat_id, now)


async def put_off(tx: Transaction, chat_id: ChatId, until: datetime) -> None:
    """Telegram said nothing: what is known stays, and it is asked again then."""
    await _set_asked(tx, chat_id, until - ASKED_EVERY)


async def _set_asked(tx: Transaction, chat_id: ChatId, asked_at: datetime) -> None:
    await tx.execute(
        """
        INSERT OR REPLACE INTO administrator_lists
        SELECT id, ? FROM chats WHERE id = ? AND state = 'served'
        """,
        (to_seconds(asked_at), chat_id),
    )


async def add_administrator(tx: Transaction, chat_id: ChatId, user_id: UserId) -> None:
    """Telegram said that somebody administers a chat."""
    await tx.execute(_ADD, (user_id, chat_id))


async def delete_administrator(tx: Transaction, chat_id: ChatId, user_id: UserId) -> None:
    """Telegram said that somebody does not, or no more."""
    await tx.execute(
        "DELETE FROM administrators WHERE chat_id = ? AND user_id = ?", (chat_id, user_id)
    )


async def delete_of_chat(tx: Transaction, chat_id: ChatId) -> None:
    """Forget who administers a chat; it is asked anew where it is served again."""
    for table in ("administrators", "administrator_lists"):
        await tx.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608  # names of ours


async def delete_of_person(tx: Transaction, user_id: int) -> None:
    """Forget what somebody administers (/forgetme)."""
    await tx.execute("DELETE FROM administrators WHERE user_id = ?", (user_id,))


async def count_of_person(db: Connection, user_id: UserId) -> int:
    """How many chats somebody is kept for, served or not."""
    row = await db.fetch_one(
        "SELECT count(*) AS chats FROM administrators WHERE user_id = ?", (user_id,)
    )
    return 0 if row is None else int(row["chats"])


async def is_known(db: Connection, chat_id: ChatId, user_id: UserId) -> bool:
    """Whether somebody is kept as an administrator of a chat."""
    row = await db.fetch_one(
        "SELECT 1 FROM administrators WHERE chat_id = ? AND user_id = ?", (chat_id, user_id)
    )
    return row is not None


async def list_reachable(db: Connection, chat_id: ChatId) -> list[UserId]:
    """The administrators of a chat whom the bot may write to: they opened it, and stayed."""
    rows = await db.fetch_all(
        """
        SELECT user_id FROM administrators JOIN chats ON chats.id = administrators.user_id
        WHERE chat_id = ? AND state = 'served' AND can_write ORDER BY user_id
        """,
        (chat_id,),
    )
    return [UserId(row["user_id"]) for row in rows]


async def list_unasked(db: Connection, now: datetime, limit: int) -> list[ChatId]:
    """Served groups and channels that were not asked about for a day.

    First those that never were, the newest first, then those that wait the longest. What a clock
    that was ahead wrote counts as long ago.
    """
    rows = await db.fetch_all(
        """
        SELECT id FROM chats LEFT JOIN administrator_lists ON chat_id = id
        WHERE state = 'served' AND kind != 'private'
            AND (asked_at IS NULL OR asked_at <= :before OR asked_at > :now)
        ORDER BY asked_at NULLS FIRST, joined_at DESC, id LIMIT :limit
        """,
        {"before": to_seconds(now - ASKED_EVERY), "now": to_seconds(now), "limit": limit},
    )
    return [ChatId(row["id"]) for row in rows]
