"""Chats whose filter was set when filters went by characters, and that were not told since.

Whoever chooses another filter knows, and deletes their row (a trigger); so does whoever forgets the
chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import ChatId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.database import Connection, Transaction


async def list_untold(db: Connection) -> list[ChatId]:
    """The chats, in the order of their ids."""
    rows = await db.fetch_all("SELECT chat_id FROM carried_filters ORDER BY chat_id")
    return [ChatId(row[0]) for row in rows]


async def set_told(tx: Transaction, chat_ids: Iterable[ChatId]) -> None:
    """These chats know."""
    await tx.execute_many(
        "DELETE FROM carried_filters WHERE chat_id = ?", [(one,) for one in chat_ids]
    )
