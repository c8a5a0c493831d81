"""One update's way through the handlers, and what went wrong on it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import Update
from telegram.error import TelegramError

from bot.delivery.noting import answering
from bot.updates.dispatch import RetryLaterError, UnansweredError
from bot.updates.outcome import outcome_of
from bot.updates.turns import Reply
from storage.database import DatabaseError
from storage.models import UpdateId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.interaction.context import BotContext
    from bot.process.serving import App

    Tell = Callable[[Update, BotContext], Awaitable[None]]


class Handling:
    """Runs the handlers of `application` for one update after the other, or side by side.

    python-telegram-bot gives what a handler raises to an error handler, apart from the call that
    processes the update. It is kept here between the two, by the update's id.

    Args:
        application: Where the handlers are.
        apologise: Tells whoever asked that it did not work.
        slow_down: Tells whoever asked that it was too much.
        now: The time by which updates are dated.
    """

    def __init__(
        self,
        application: App,
        apologise: Tell,
        slow_down: Tell,
        now: Callable[[], datetime],
    ) -> None:
        self._application = application
        self._apologise = apologise
        self._slow_down = slow_down
        self._now = now
        self._failures: dict[int, Exception] = {}
        application.add_error_handler(self._note)

    async def __call__(self, update: Update, reply: Reply) -> Exception | None:
        """None when the update is handled; what went wrong otherwise.

        Another reply than an answer is not tried again.
        """
        if reply is Reply.ANSWER:
            with answering(UpdateId(update.update_id)):
                await self._application.process_update(update)
            return self._failures.pop(update.update_id, None)
        context = self._application.context_types.context.from_update(update, self._application)
        if reply is Reply.TOO_MUCH:
            await self._slow_down(update, context)
        else:
            with suppress(TelegramError):
                await context.toast()
        return None

    async def _note(self, update: object, context: BotContext) -> None:
        if not isinstance(update, Update) or not isinstance(context.error, Exception):
            return
        outcome = outcome_of(context.error, update, self._now())
        if outcome is None:
            return
        self._failures[update.update_id] = outcome
        if not isinstance(outcome, (DatabaseError, RetryLaterError, UnansweredError)):
            await self._apologise(update, context)
