"""What the operators are told, each thing once: in private, through the outbox like every push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import outbox
from storage.models import ChatId, NewOutboxRow, NoticePush
from storage.times import to_seconds

if TYPE_CHECKING:
    from bot.clock import Clock
    from storage.database import Transaction
    from storage.models import Chat


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
        notice = NoticePush(key, values, chat_id)
        now = self._clock.now()
        rows = [NewOutboxRow(ChatId(one), item, notice, not_before=now) for one in self._ids]
        await outbox.add_rows(tx, rows, now)
