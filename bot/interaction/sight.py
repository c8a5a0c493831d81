"""Administrators of a chat where reactions are hidden from the bot are told so, once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.pages.greetings import with_sight
from storage import chats
from storage.database import DatabaseError
from storage.models import Sight

if TYPE_CHECKING:
    from bot.interaction.context import BotContext
    from bot.pages.page import Page


async def answer_with_sight(context: BotContext, page: Page) -> None:
    """Answer with a page; an administrator who was not told of hidden reactions is told there."""
    tells = context.chat.sight is Sight.HIDDEN and await context.is_administrator()
    await context.answer(with_sight(context.texts, context.chat, page) if tells else page)
    if tells:
        await set_told(context)


async def set_told(context: BotContext) -> None:
    """What the chat was told is not told again; where that cannot be kept, the answer has left."""
    with suppress(DatabaseError):
        await _set_told(context)


async def _set_told(context: BotContext) -> None:
    async with context.services.database.transaction() as tx:
        await chats.set_told_of_sight(tx, context.chat.id)
