"""Who of a chat's administrators can be told something: in private, where they opened the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.error import TelegramError

from storage import chats
from storage.models import ChatId, ChatState

if TYPE_CHECKING:
    from telegram import Bot

    from storage.database import Database


async def reachable_administrators(
    bot: Bot, database: Database, chat_id: ChatId
) -> tuple[int, ...]:
    """The users who administer the chat and opened the bot; none where Telegram does not say.

    Asked when it matters (Bot API, getChatAdministrators, which leaves out other bots).
    """
    try:
        members = await bot.get_chat_administrators(chat_id)
    except TelegramError:
        return ()
    people = [one.user.id for one in members if not one.user.is_bot]
    async with database.reader() as db:
        known = [await chats.get_chat(db, ChatId(one)) for one in people]
    return tuple(one.id for one in known if one is not None and one.state is ChatState.SERVED)
