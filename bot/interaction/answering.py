"""One way in, run so that nothing is done twice, and that whoever asked hears of what was done.

What only shows something is run again where its answer may not have arrived (bot.updates.repeats).
What changes something is not: whoever did it is told at their next word.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.delivery.failures import Ambiguous, DeliveryError, NotSent, Throttled
from bot.delivery.noting import answering
from bot.delivery.telegram import classify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.delivery.failures import Failure
    from bot.interaction.context import BotContext
    from storage.models import Deed

log = logging.getLogger(__name__)


async def answer_once(context: BotContext, run: Callable[[], Awaitable[None]]) -> None:
    """Run a route, unless it was run before and its answer alone is missing.

    Raises what the route raises, except where it is not to be run again and may have answered.
    """
    if await _tell_untold(context):
        return
    parts = context.services.parts
    context.arrived, context.sent = parts.take(context.update_id), ()
    try:
        await run()
    except (DeliveryError, TelegramError) as error:
        failure = error.failure if isinstance(error, DeliveryError) else classify(error)
        if not context.changes:
            parts.keep(context.update_id, context.sent)
            raise
        await _keep(context, failure)
        if not isinstance(failure, Ambiguous):
            raise
        extra = {"chat": context.chat.id, "failure": str(failure)}
        log.info("answer_lost", extra=extra)


async def _keep(context: BotContext, failure: Failure) -> None:
    """Keep what was done, and what may have been, until whoever did it is told."""
    ran = context.is_done or context.incoming.callback_query is not None
    if isinstance(failure, Ambiguous) or (ran and isinstance(failure, NotSent | Throttled)):
        deed = context.deed()
        if deed is not None:
            await context.services.deeds.doubt(deed)


async def _tell_untold(context: BotContext) -> bool:
    """Tell a person what they did before and may not know; whether that was this very update.

    Each is taken right before it is told: where one cannot be, those after it are not lost.
    """
    deeds, person_id = context.services.deeds, context.person_id
    if person_id is None:
        return False
    untold = await deeds.list_untold(context.chat.id, person_id, context.update_id)
    for deed in untold:
        await deeds.take(deed)
        await _tell(context, deed)
    return any(deed.update_id == context.update_id for deed in untold)


async def _tell(context: BotContext, deed: Deed) -> None:
    """Tell of a deed, once; what certainly did not leave is told at a later word.

    It answers that deed's update: were it taken for the answer to this one, a run that ends before
    this one is handled would have the next leave it out.

    Raises DeliveryError where the deed is this very update's, which then comes again.
    """
    what, outcome = "command" if deed.command else "press", "done" if deed.is_done else "unsure"
    try:
        with answering(deed.update_id):
            await context.say(f"deed.{what}.{outcome}", command=f"/{deed.command}")
    except DeliveryError as error:
        if isinstance(error.failure, NotSent | Throttled):
            await context.services.deeds.doubt(deed)
            if deed.update_id == context.update_id:
                raise
