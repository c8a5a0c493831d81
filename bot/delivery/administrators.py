"""Who administers a chat, and whom of them the bot can write to, asked when it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from storage import chats
from storage.models import UserId

if TYPE_CHECKING:
    from telegram import Bot

    from storage.database import Database
    from storage.models import ChatId


async def list_administrators(bot: Bot, chat_id: ChatId) -> list[UserId] | None:
    """The people who administer a chat, the anonymous ones too; None where nothing is answered.

    Nobody where Telegram does not tell: of a channel that the bot does not administer itself, and
    of a chat that it is not in (Bot API, getChatAdministrators).
    """
    try:
        try:
            listed = await bot.get_chat_administrators(chat_id)
        except ChatMigrated as moved:
            listed = await bot.get_chat_administrators(moved.new_chat_id)
    except (BadRequest, Forbidden):
        return []
    except TelegramError:
        return None
    return [UserId(one.user.id) for one in listed if not one.user.is_bot]


async def reachable_administrators(
    bot: Bot, database: Database, chat_id: ChatId
) -> tuple[UserId, ...]:
    """Those of its administrators who opened the bot, and stayed; none without an answer."""
    people = await list_administrators(bot, chat_id) or []
    async with database.reader() as db:
        return await chats.list_writable(db, people)
