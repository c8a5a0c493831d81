"""What the operators hear of, once, in their private chats: through the outbox, like every push."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage import outbox
from storage.models import ChatId, NewOutboxRow
from storage.times import to_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from storage.database import Transaction
    from storage.models import Chat

NOTICE = "notice"


class Operators:
    """Tells every operator something, at most once an `item`."""

    def __init__(self, ids: tuple[int, ...], clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    async def ask_approval(self, tx: Transaction, chat: Chat) -> None:
        """Tell of a group that waits, once each time that the bot is added."""
        item = f"waiting:{chat.id}:{to_seconds(chat.joined_at)}"
        await self.tell(tx, item, "notice.waiting", chat_id=chat.id, title=chat.title)

    async def tell(
        self,
        tx: Transaction,
        item: str,
        key: str,
        *,
        chat_id: ChatId | None = None,
        **values: object,
    ) -> None:
        """Put a notice in the outbox: message `key` with `values`; about `chat_id`, if any.

        A notice about a chat that waits carries the button that approves it.
        """
        now = self._clock.now()
        rows = [
            notice_row(ChatId(one), item, key, now, about=chat_id, **values) for one in self._ids
        ]
        await outbox.add_rows(tx, rows, now)


def notice_row(
    chat_id: ChatId,
    item: str,
    key: str,
    now: datetime,
    *,
    about: ChatId | None = None,
    **values: object,
) -> NewOutboxRow:
    """A message of the catalogue for a chat, at most once an `item`."""
    payload = json.dumps(
        {"key": key, "values": values, "chat_id": about}, ensure_ascii=False, default=str
    )
    return NewOutboxRow(chat_id, NOTICE, item, payload, not_before=now)
