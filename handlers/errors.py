"""What is said in place of an answer: that it did not work, or that it was too much."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.delivery.failures import DeliveryError
from bot.delivery.telegram import classify
from bot.delivery.troubles import Troubles
from bot.logs import chat_fields
from storage.database import DatabaseError
from storage.models import ChatState

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext

log = logging.getLogger(__name__)


async def apologise(update: Update, context: BotContext) -> None:
    """Tell whoever asked that it did not work; the log has the rest.

    What Telegram takes in no form is told to the operators, too.
    """
    place = update.effective_chat
    where = {} if place is None else {"chat": place.id, "kind": place.type}
    extra = {"update_id": update.update_id, **where}
    log.error("handler_failed", extra=extra, exc_info=context.error)
    with suppress(DatabaseError, DeliveryError, TelegramError):
        await context.refresh_data()  # python-telegram-bot makes a new context for an error
        await _tell_of_refusal(context)
        if update.callback_query is not None:
            await context.toast(context.texts("error.unexpected"), alert=True)
        elif update.message is not None:
            await context.say("error.unexpected")


async def _tell_of_refusal(context: BotContext) -> None:
    error, services = context.error, context.services
    if isinstance(error, TelegramError):
        error = DeliveryError(classify(error))
    if isinstance(error, DeliveryError):
        troubles = Troubles(services.database, services.clock, services.operators)
        async with services.database.transaction() as tx:
            await troubles.tell_of_refusal(tx, context.chat.id, error.failure)


async def slow_down(update: Update, context: BotContext) -> None:
    """Tell whoever asks too much that some of it is left out, once a flood; a trifle if it fails.

    In a chat that is not served, only a press is answered.
    """
    with suppress(DatabaseError, DeliveryError, TelegramError):
        await context.refresh_data()
        chat, chats = context.chat, context.services.chats
        is_served = chat.state is ChatState.SERVED or (
            not context.is_met and chats.is_served_from(chat, by_operator=False)
        )
        log.info("too_much", extra=chat_fields(chat))
        if is_served or update.callback_query is not None:
            await context.refuse("too_much")
