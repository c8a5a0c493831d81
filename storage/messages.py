"""Which post a message of ours shows, and how: what ties reactions to posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Transaction
    from storage.models import ChatId, MessageId, PostId


async def set_message(
    tx: Transaction,
    chat_id: ChatId,
    message_id: MessageId,
    post_id: PostId,
    *,
    view: str,
    page: int,
    language: str,
    sent_at: datetime,
) -> None:
    """A message shows a post now: as a `card`, or as `page` of its `full` text."""
    await tx.execute(
        """
        INSERT INTO messages (chat_id, message_id, post_id, view, page, language, sent_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            post_id = excluded.post_id, view = excluded.view, page = excluded.page,
            language = excluded.language, refresh_at = NULL
        """,
        (chat_id, message_id, post_id, view, page, language, to_seconds(sent_at)),
    )


async def set_refresh(
    tx: Transaction, places: Iterable[tuple[ChatId, MessageId]], at: datetime
) -> None:
    """These cards are to show new counts then; an earlier time stands."""
    await tx.execute_many(
        """
        UPDATE messages SET refresh_at = coalesce(refresh_at, ?)
        WHERE chat_id = ? AND message_id = ? AND view = 'card'
        """,
        [(to_seconds(at), chat_id, message_id) for chat_id, message_id in places],
    )
