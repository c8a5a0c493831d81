"""Numbers of chats and people, for `.env` and whoever else asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import MessageOriginChannel

from bot.pages.ids import chat_page, own_page
from storage.models import ChatKind

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext


async def show(update: Update, context: BotContext) -> None:
    """Answer /id: in a group with its number and its topic's, in private with one's own.

    There, in reply to a channel's post that was forwarded, with that channel's, too.
    """
    if context.chat.kind is not ChatKind.PRIVATE:
        await context.answer(chat_page(context.texts, context.chat.id, context.thread_id))
        return
    await context.answer(own_page(context.texts, context.chat.id, _channel(update)))


def _channel(update: Update) -> tuple[int, str] | None:
    """The number and title of the channel from which the message that was replied to comes."""
    replied = update.message.reply_to_message if update.message is not None else None
    origin = replied.forward_origin if replied is not None else None
    if not isinstance(origin, MessageOriginChannel):
        return None
    return origin.chat.id, origin.chat.title or str(origin.chat.id)
