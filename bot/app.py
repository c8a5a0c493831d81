"""The composition root: builds the parts, runs them, and takes them down in order.

It and bot.routes are the only modules that import handlers.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application, ContextTypes, ExtBot
from telegram.request import HTTPXRequest

from bot.background import Background
from bot.chats import Chats
from bot.config import require_token
from bot.context import BotContext, Services
from bot.delivery.pace import Pace
from bot.duties import Duties
from bot.errors import SosikError
from bot.locales import get_texts, languages
from bot.operators import Operators
from bot.outcome import outcome_of
from bot.posts import Posts
from bot.routes import COMMANDS, WORDS, routes
from bot.search.service import SearchService
from bot.tick import Tick
from bot.updates.dispatch import Dispatcher, RetryLaterError
from bot.updates.raw import Identity, is_wanted
from bot.updates.receive import Receiver, stop
from handlers.errors import apologise
from handlers.reactions import Reactions
from storage.database import Database, DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.config import Settings

log = logging.getLogger(__name__)

POOL = 64
DRAIN_SECONDS = 7.0
CLOSE_SECONDS = 2.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 30.0

App = Application[
    ExtBot[Any],
    BotContext,
    dict[Any, Any],
    dict[Any, Any],
    dict[Any, Any],
    None,
]


@dataclass(frozen=True, slots=True)
class Running:
    """The parts of a bot that runs."""

    application: App
    services: Services
    pacer: Pace
    dispatcher: Dispatcher
    receiver: Receiver
    duties: Duties


async def run(
    settings: Settings,
    clock: Clock,
    stopping: asyncio.Event,
    *,
    started: Callable[[Running], None] = lambda _: None,
    paced: bool = True,
) -> None:
    """Run the bot until `stopping` is set; then finish what is in flight within ten seconds.

    `started` is called once updates are received. Raises SosikError where the bot cannot run, and
    DatabaseError where its database cannot be used.
    """
    async with AsyncExitStack() as stack:
        database = await Database.open(settings.database_path)
        stack.push_async_callback(database.close)
        pacer = Pace(clock, enabled=paced)
        sending = HTTPXRequest(connection_pool_size=POOL, pool_timeout=30.0)
        receiving = HTTPXRequest(connection_pool_size=1)
        for request in (sending, receiving):
            stack.push_async_callback(request.shutdown)
        application = _application(settings, pacer, sending)
        await _introduce(application, stopping)
        if stopping.is_set():
            return
        stack.push_async_callback(application.shutdown)
        running = _assemble(settings, clock, database, application, pacer, receiving)
        await _serve(running, clock, stopping, started)


def _application(settings: Settings, pacer: Pace, request: HTTPXRequest) -> App:
    token = require_token(settings)
    return (
        Application.builder()
        .token(token)
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .updater(None)
        .job_queue(None)
        .rate_limiter(pacer)
        .request(request)
        .get_updates_request(request)
        .context_types(ContextTypes(context=BotContext))
        .build()
    )


async def _introduce(application: App, stopping: asyncio.Event) -> None:
    """Ask Telegram who the bot is, for as long as it does not answer."""
    wait = FIRST_WAIT_SECONDS
    while not stopping.is_set():
        try:
            await application.initialize()
        except InvalidToken:
            raise SosikError("error.bad_token") from None
        except (NetworkError, RetryAfter) as error:
            log.warning("telegram_does_not_answer", extra={"error": type(error).__name__})
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        else:
            return


def _assemble(
    settings: Settings,
    clock: Clock,
    database: Database,
    application: App,
    pacer: Pace,
    receiving: HTTPXRequest,
) -> Running:
    bot = application.bot
    me = Identity(bot.id, bot.username)
    services = Services(
        settings=settings,
        database=database,
        clock=clock,
        catalogues={lang: get_texts(lang) for lang in languages()},
        chats=Chats(settings, database, clock),
        posts=Posts(database, clock),
        search=SearchService(database, clock=clock),
        operators=Operators(settings.operator_ids, clock),
        background=Background(clock),
        me=me,
        commands=COMMANDS,
    )
    application.bot_data["services"] = services
    application.add_handlers(routes(bot.username, clock))
    failures: dict[int, Exception] = {}
    application.add_error_handler(partial(_note_failure, failures))
    reactions = Reactions(clock)
    dispatcher = Dispatcher(
        bot=bot,
        database=database,
        clock=clock,
        handle=partial(_handle, application, failures),
        grouped={
            "message_reaction": reactions.take_sets,
            "message_reaction_count": reactions.take_totals,
        },
    )
    receiver = Receiver(
        request=receiving,
        address=bot.base_url,
        wanted=partial(is_wanted, me=me, words=frozenset(WORDS)),
        database=database,
        sink=dispatcher,
        clock=clock,
        hold_sends=pacer.hold,
    )
    duties = Duties(services, bot)
    return Running(application, services, pacer, dispatcher, receiver, duties)


async def _note_failure(
    failures: dict[int, Exception], update: object, context: BotContext
) -> None:
    """python-telegram-bot's error handler: keep what a handler raised, for whoever processes it."""
    if not isinstance(update, Update) or not isinstance(context.error, Exception):
        return
    outcome = outcome_of(context.error, update, context.services.clock.now())
    if outcome is None:
        return
    failures[update.update_id] = outcome
    if not isinstance(outcome, (DatabaseError, RetryLaterError)):
        await apologise(update, context)


async def _handle(
    application: App, failures: dict[int, Exception], update: Update
) -> Exception | None:
    """Run the handlers for one update; None, or what went wrong."""
    await application.process_update(update)
    return failures.pop(update.update_id, None)


async def _serve(
    running: Running, clock: Clock, stopping: asyncio.Event, started: Callable[[Running], None]
) -> None:
    """Receive, send and tick until told to stop, or until the token is no longer taken."""
    tick = Tick(running.duties.all(), clock)
    resumed = await running.dispatcher.resume()
    log.info("started", extra={"bot": running.services.me.username, "resumed": resumed})
    receiving = asyncio.create_task(running.receiver.run())
    waiting = asyncio.create_task(_wait(stopping))
    await running.duties.start()
    tick.start()
    started(running)
    try:
        done, _ = await asyncio.wait({receiving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except InvalidToken:
        raise SosikError("error.bad_token") from None
    finally:
        await stop(waiting)
        await stop(receiving)
        await _take_down(running, tick)


async def _wait(stopping: asyncio.Event) -> None:
    await stopping.wait()


async def _take_down(running: Running, tick: Tick) -> None:
    """Nothing new comes in by now: finish what is in flight, and leave the rest to the ledgers."""
    log.info("stopping", extra={"unhandled": running.dispatcher.unhandled})
    await tick.close(CLOSE_SECONDS)
    await running.duties.close(CLOSE_SECONDS)
    await running.dispatcher.drain(DRAIN_SECONDS)
    await running.services.background.close()
    await running.pacer.drain(CLOSE_SECONDS)
    log.info("stopped", extra={"unhandled": running.dispatcher.unhandled})
