"""The address of a message, which opens it for whoever is in its chat. Pure.

Telegram, "Message links": `t.me/c/<channel>/<id>`, where the Bot API's id of a supergroup or of a
channel is -1000000000000 less its number. A public name is not used: names change hands. Messages
of basic groups and private chats have no address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.models import ChatId, MessageId

_BASE = 1_000_000_000_000


def message_link(chat_id: ChatId, message_id: MessageId | None) -> str | None:
    """The address of a message of that chat; None where there is none."""
    number = -chat_id - _BASE
    if message_id is None or number <= 0:
        return None
    return f"https://t.me/c/{number}/{message_id}"
