"""Chats with a filter from when filters went by characters are told, once, what is different."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat_settings.filters import FilterWords, write_filter
from bot.chat_settings.schedule import quiet_until
from storage import carried_filters, chats, outbox
from storage.models import ChatState, NewOutboxRow, NoticePush, PushMode

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Transaction
    from storage.models import Chat

KEY = "notice.filter"


async def tell_of_filters(tx: Transaction, now: datetime) -> int:
    """Queue the notice for those that anything comes to, not in their quiet hours; how many.

    The others are told at the start after they are served, or want something, again.
    """
    rows: list[NewOutboxRow] = []
    for chat_id in await carried_filters.list_untold(tx):
        chat = await chats.get_chat(tx, chat_id)
        if chat is not None and _gets_something(chat):
            rows.append(_notice(chat, now))
    await outbox.add_rows(tx, rows, now)
    await carried_filters.set_told(tx, [row.chat_id for row in rows])
    return len(rows)


def _gets_something(chat: Chat) -> bool:
    is_served = chat.state in {ChatState.SERVED, ChatState.HELD}
    return is_served and chat.settings.push is not PushMode.OFF


def _notice(chat: Chat, now: datetime) -> NewOutboxRow:
    """The filter in it is as it is typed, to be copied and changed."""
    chosen = write_filter(FilterWords(chat.settings.words, chat.settings.without))
    notice = NoticePush(KEY, {"filter": chosen})
    not_before = quiet_until(chat.settings, now) or now
    return NewOutboxRow(chat.id, "filter", notice, not_before)
