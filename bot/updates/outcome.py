"""What the end of a handler means for its update: done, to be tried again, or set aside."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.delivery.failures import Ambiguous, DeliveryError, NotSent, Other, Throttled, TooLong
from bot.delivery.telegram import classify
from bot.updates.asks import PATIENCE
from bot.updates.dispatch import RetryLaterError, UnansweredError

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import Update

log = logging.getLogger(__name__)


def outcome_of(error: Exception, update: Update, now: datetime) -> Exception | None:
    """None where nothing more can be done for the update; else what the dispatcher should hear.

    An answer that certainly did not leave is tried again while somebody may wait for it. One that
    may have arrived is given once more a little later, to whoever asked in a chat: what changes
    something does not get here (bot.interaction.answering). One that nobody takes is not.
    """
    if isinstance(error, DeliveryError):
        failure = error.failure
    elif isinstance(error, TelegramError):
        failure = classify(error)
    else:
        return error
    asked_at = update.message.date if update.message else None
    if isinstance(failure, NotSent | Throttled):
        if update.callback_query is not None:
            return UnansweredError(str(failure))
        fresh = asked_at is not None and now - asked_at < PATIENCE
        return RetryLaterError(str(failure)) if fresh else None
    if isinstance(failure, Ambiguous) and (update.message or update.callback_query):
        return UnansweredError(str(failure))
    if isinstance(failure, Other | TooLong):
        return error
    chat = None if update.effective_chat is None else update.effective_chat.id
    log.info("answer_lost", extra={"chat": chat, "failure": str(failure)})
    return None
