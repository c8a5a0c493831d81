"""Says in a group that answers have to wait, because of how much is sent there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.delivery.cleaning import PASSING
from bot.delivery.lanes import Priority
from bot.delivery.telegram import send_page
from bot.pages.page import Page
from bot.text.rich import plain
from storage import cleanups
from storage.models import ChatId, ChatState, Cleanup, ThreadId

if TYPE_CHECKING:
    from telegram.ext import ExtBot

    from bot.interaction.services import Services


async def say_wait(
    bot: ExtBot[Any], services: Services, chat_id: int, thread_id: int | None
) -> None:
    """Ask for patience, without a sound, in the place that is kept for it; it goes away again.

    Raises DeliveryError and DatabaseError: nobody hears of it, and nothing else depends on it.
    """
    chat = await services.chats.get(ChatId(chat_id))
    if chat is None or chat.state is not ChatState.SERVED:
        return
    sent = await send_page(
        bot,
        chat.id,
        Page(plain(services.catalogues[chat.settings.language]("wait"))),
        thread_id=None if thread_id is None else ThreadId(thread_id),
        silent=True,
        priority=Priority.NOTICE,
    )
    now = services.clock.now()
    cleanup = Cleanup(sent.chat_id, sent.message_id, None, now, now + PASSING)
    async with services.database.transaction() as tx:
        await cleanups.add_cleanup(tx, cleanup, None)
