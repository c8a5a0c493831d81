"""The digest, shown now: what the next one would hold. Nothing is counted as sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.digest import read_contents
from bot.pages.lists import digest_page

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext


async def digest(_: Update, context: BotContext) -> None:
    """Answer /digest with what is new since this chat's last digest, and what was liked most."""
    services = context.services
    async with services.database.reader() as db:
        contents = await read_contents(db, context.chat, services.clock.now())
    new = await services.posts.several(contents.new)
    liked = await services.posts.several(contents.liked)
    page = digest_page(
        context.reader,
        [(one.post, one.given) for one in new],
        [(one.post, one.given) for one in liked],
    )
    await context.answer(page)
