"""When a handler fails in a way that nobody foresaw: say so, without a trace of the inside."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.delivery.failures import DeliveryError
from storage.database import DatabaseError

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext

log = logging.getLogger(__name__)


async def apologise(update: Update, context: BotContext) -> None:
    """Tell whoever asked that it did not work; the log has the rest."""
    log.error("handler_failed", extra={"update_id": update.update_id}, exc_info=context.error)
    with suppress(DatabaseError, DeliveryError, TelegramError):
        await context.refresh_data()  # python-telegram-bot makes a new context for an error
        if update.callback_query is not None:
            await context.toast(context.texts("error.unexpected"), alert=True)
        elif update.message is not None:
            await context.say("error.unexpected")
