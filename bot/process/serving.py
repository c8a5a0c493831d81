"""Runs the bot: asks Telegram who it is, receives and sends, and shuts down in order."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram.error import InvalidToken, NetworkError, RetryAfter

from bot.backoff import Backoff
from bot.clock import end, wait_for
from bot.errors import SosikError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram.ext import Application, ExtBot

    from bot.clock import Clock
    from bot.delivery.pace import Pace
    from bot.interaction.context import BotContext
    from bot.interaction.services import Services
    from bot.process.duties import Duties
    from bot.process.tick import Tick
    from bot.updates.dispatch import Dispatcher
    from bot.updates.receive import Receiver
    from bot.updates.webhook import Webhook

    App = Application[ExtBot[Any], BotContext, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]

log = logging.getLogger(__name__)

STOP_SECONDS = 8.5
"""All of a stop but the closing of files and connections: Docker waits ten seconds, then kills."""
DRAIN_SECONDS = 5.0
"""Of it, at most so much for answers: one that waits for its turn comes after the start."""
CLOSE_SECONDS = 1.0
INTRODUCTION = Backoff.doubling(0.5, longest=30.0)


@dataclass(frozen=True, slots=True)
class Running:
    """The parts of a bot that runs."""

    application: App
    services: Services
    pace: Pace
    dispatcher: Dispatcher
    receiver: Receiver | Webhook
    duties: Duties
    tick: Tick

    async def what_is_missing(self) -> str | None:
        """Why the bot is not ready yet, or not any more; None when it is."""
        if not self.duties.ready.is_set():
            return "the archive is being taken in"
        if self.tick.is_late:
            return "the tick does not come"
        return self.receiver.missing()


async def introduce(
    initialize: Callable[[], Awaitable[None]], stopping: asyncio.Event, clock: Clock
) -> bool:
    """Ask Telegram who the bot is, for as long as it does not answer; False when told to stop.

    Raises SosikError where Telegram does not know the token.
    """
    failures, since = 0, clock.now()
    while not stopping.is_set():
        try:
            await initialize()
        except InvalidToken:
            raise SosikError("error.bad_token") from None
        except (NetworkError, RetryAfter) as error:
            failures += 1
            if failures == 1:
                log.warning("telegram_does_not_answer", extra={"error": type(error).__name__})
            await wait_for(stopping, clock, INTRODUCTION.after(failures))
        else:
            if failures:
                seconds = round((clock.now() - since).total_seconds())
                log.info("telegram_answers", extra={"failures": failures, "seconds": seconds})
            return True
    return False


async def serve(
    running: Running, stopping: asyncio.Event, started: Callable[[Running], None]
) -> None:
    """Receive, send and tick until told to stop.

    Raises SosikError when the token is no longer taken, and DatabaseError when the database is
    damaged: whatever would be written then makes it worse.
    """
    await running.duties.start()
    resumed = await running.dispatcher.resume()
    log.info("started", extra={"bot": running.services.me.username, "resumed": resumed})
    receiving = asyncio.create_task(running.receiver.run())
    waiting = asyncio.create_task(_wait(stopping))
    lasting = asyncio.create_task(running.services.database.last())
    running.tick.start()
    started(running)
    try:
        ends = {receiving, waiting, lasting}
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except InvalidToken:
        raise SosikError("error.bad_token") from None
    finally:
        seconds = 0.0 if lasting.done() else STOP_SECONDS
        await end((waiting, receiving, lasting))
        await _take_down(running, seconds)


async def _wait(stopping: asyncio.Event) -> None:
    await stopping.wait()


async def _take_down(running: Running, seconds: float) -> None:
    """Nothing new comes in by now: finish what is in flight; inbox and outbox hold the rest.

    A push that has left is waited for as long as a stop may take: cut off, it would be in doubt.
    """
    log.info("stopping", extra={"unhandled": running.dispatcher.unhandled})
    now = asyncio.get_running_loop().time
    end_at = now() + seconds
    await running.tick.close(min(CLOSE_SECONDS, seconds))
    await asyncio.gather(
        running.duties.close(max(0.0, end_at - now())),
        running.dispatcher.drain(min(DRAIN_SECONDS, seconds)),
    )
    await running.pace.drain(max(0.0, min(CLOSE_SECONDS, end_at - now())))
    log.info("stopped", extra={"unhandled": running.dispatcher.unhandled})
