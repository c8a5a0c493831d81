"""Which message of a channel an automatic forward in its discussion is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message, MessageOriginChannel

from storage.models import ChatId, MessageId

if TYPE_CHECKING:
    from telegram import MaybeInaccessibleMessage


def original(message: MaybeInaccessibleMessage) -> tuple[ChatId, MessageId] | None:
    """The channel's message that Telegram forwarded to the discussion by itself; None: it is none.

    The forward has the card's buttons (Bot API, Message.is_automatic_forward), also where the bot
    is not in the discussion.
    """
    if isinstance(message, Message) and message.is_automatic_forward:
        origin = message.forward_origin
        if isinstance(origin, MessageOriginChannel):
            return ChatId(origin.chat.id), MessageId(origin.message_id)
    return None
