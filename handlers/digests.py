"""The digest, shown now: what the next one would hold. Nothing is counted as sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.compose import linked_items
from bot.delivery.digest import read_contents
from bot.delivery.once import JUST
from bot.pages.lists import digest_page

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import Update

    from bot.interaction.context import BotContext
    from storage.models import Chat


async def digest(_: Update, context: BotContext) -> None:
    """Answer /digest with what is new since this chat's last digest, and what was liked most."""
    services, chat = context.services, context.chat
    now = services.clock.now()
    async with services.database.reader() as db:
        contents = await read_contents(db, chat, now, at=_next_at(chat, now))
        brief = await linked_items(db, chat, contents.brief, now)
    new = await services.posts.several(contents.new)
    liked = await services.posts.several(contents.liked)
    page = digest_page(
        context.reader,
        [(one.post, one.given) for one in new],
        [(one.post, one.given) for one in liked],
        brief,
    )
    await context.answer(page)


def _next_at(chat: Chat, now: datetime) -> datetime:
    """When the next one comes; where none is planned, a time when nothing has just come."""
    due_at = chat.digest_due_at
    return due_at if due_at is not None and due_at > now else now + 2 * JUST
