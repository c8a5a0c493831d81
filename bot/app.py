"""The composition root: builds the parts of the bot and hands them to each other.

It and handlers.routes are the only modules that import handlers.
"""

from __future__ import annotations

import random
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from telegram.ext import Application, ContextTypes, ExtBot

from bot.chats import Chats
from bot.config import SettlePolicy, prepare_environment, require_token
from bot.delivery.lanes import DEFAULT_LIMITS
from bot.delivery.noting import Noting
from bot.delivery.observers import post_observers
from bot.delivery.operators import Operators
from bot.delivery.pace import Pace
from bot.delivery.wire import Patience, Wire
from bot.interaction.administrators import Administrators
from bot.interaction.context import BotContext
from bot.interaction.crowded import say_wait
from bot.interaction.deeds import Deeds
from bot.interaction.parts import Parts
from bot.interaction.services import Services
from bot.locales import all_texts
from bot.posts import Posts
from bot.process.duties import Duties
from bot.process.handling import Handling
from bot.process.health import HealthServer, status_metrics
from bot.process.serving import Running, introduce, serve
from bot.process.status import read_status
from bot.process.tick import Tick
from bot.search.embedding import E5Embedder, is_installed
from bot.search.meaning import Meaning
from bot.search.service import SearchService
from bot.sources.addresses import checked_address
from bot.sources.follow import follow
from bot.sources.http.agents import agents_of
from bot.sources.http.fetch import Fetcher
from bot.sources.http.network import trusted_authorities
from bot.sources.intake import Intake
from bot.sources.poll import SourcePoller
from bot.sources.poll_record import PollRecord
from bot.sources.publishing import Publisher
from bot.sources.reading import SourceReader
from bot.sources.worker import ProcessWorker, WorkLimits
from bot.text.html import html_to_text
from bot.updates.asks import Spoken, Vocabulary, in_order
from bot.updates.dispatch import Batch, Dispatcher
from bot.updates.raw import Identity, is_wanted
from bot.updates.receive import Receiver
from bot.updates.telegram_time import TelegramTime
from handlers.errors import apologise, slow_down
from handlers.reactions import ReactionIntake, parse_sets, parse_totals
from handlers.routes import COMMANDS, WORDS, routes
from storage import sources
from storage.database import Database
from storage.lock import held

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.clock import Clock
    from bot.config import Settings
    from bot.delivery.lanes import SendLimits
    from bot.process.health import Metric
    from bot.process.serving import App
    from bot.sources.poll import Polled
    from bot.sources.record import PostObserver
    from bot.updates.raw import Raw

POOL = 64
"""Connections for sending; the outbox uses at most half of them."""
POOL_SECONDS = 30.0
EMBEDDING = WorkLimits(seconds=60.0, memory_bytes=800_000_000, idle_seconds=300.0)
"""The model and numpy take 75 MB, most of it the model's file, which processes share."""


async def run(
    settings: Settings,
    clock: Clock,
    stopping: asyncio.Event,
    *,
    started: Callable[[Running], None] = lambda _: None,
    limits: SendLimits | None = DEFAULT_LIMITS,
) -> None:
    """Run the bot until `stopping` is set; then finish what is in flight within ten seconds.

    `started` is called once updates are received; `limits` are None for benchmarks only. Raises
    SosikError where the bot cannot run, and DatabaseError where its database cannot be used.
    """
    prepare_environment()
    async with AsyncExitStack() as stack:
        stack.enter_context(held(settings.database_path))
        database = await stack.enter_async_context(
            Database.opened(settings.database_path, copied=settings.litestream)
        )
        telegram_time = TelegramTime(clock)
        sending, receiving = _wires(telegram_time)
        for wire in (sending, receiving):
            await stack.enter_async_context(wire)
        pace = Pace(clock, limits=limits)
        settles = settings.settle is not SettlePolicy.OFF
        noting = Noting(pace, database, clock) if settles else None
        application = _application(settings, noting or pace, sending)
        pace.ask = application.bot.get_me
        if not await introduce(application.initialize, stopping, clock):
            return
        stack.push_async_callback(application.shutdown)
        fetcher = await stack.enter_async_context(Fetcher(clock, agents=agents_of(settings)))
        workers = await _workers(stack)
        dispatcher = _dispatcher(
            application, database, clock, pace, noting, telegram_time, fair=limits is not None
        )
        bot = application.bot
        services = _services(settings, clock, database, fetcher, workers, dispatcher, bot)
        pace.crowded = partial(say_wait, bot, services)
        stack.push_async_callback(services.poller.close)
        running = _assemble(services, application, pace, dispatcher, receiving, telegram_time)
        if settings.health_listen:
            stack.push_async_callback((await _health(running)).close)
        await serve(running, stopping, started)


def _wires(telegram_time: TelegramTime) -> tuple[Wire, Wire]:
    """What sends and what receives; the date of each answer is noted."""
    verify, heard = trusted_authorities(), telegram_time.note_date
    sending = Wire(POOL, Patience(pool=POOL_SECONDS), verify=verify, heard=heard)
    return sending, Wire(1, verify=verify, heard=heard)


def _application(settings: Settings, limiter: Noting | Pace, request: Wire) -> App:
    """python-telegram-bot's part: sending, parsing and routing; reception is our own."""
    return (
        Application.builder()
        .token(require_token(settings))
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .updater(None)
        .job_queue(None)
        .rate_limiter(limiter)
        .request(request)
        .get_updates_request(request)
        .context_types(ContextTypes(context=BotContext))
        .build()
    )


def _dispatcher(
    application: App,
    database: Database,
    clock: Clock,
    pace: Pace,
    noting: Noting | None,
    telegram_time: TelegramTime,
    *,
    fair: bool,
) -> Dispatcher:
    """`fair` is False for benchmarks: everybody may ask as fast as they can."""
    reactions = ReactionIntake(clock)
    me = Identity(application.bot.id, application.bot.username)
    spoken = {word: Spoken(command.name, command.weight) for word, command in WORDS.items()}
    ask_of = Vocabulary(me, spoken).ask_of if fair else in_order
    return Dispatcher(
        bot=application.bot,
        database=database,
        clock=clock,
        handle=Handling(application, apologise, slow_down, telegram_time.now),
        ask_of=lambda raw, _: ask_of(raw, telegram_time.now()),
        grouped={
            "message_reaction": Batch(parse_sets, reactions.take_sets),
            "message_reaction_count": Batch(parse_totals, reactions.take_totals),
        },
        is_held=lambda: pace.is_held,
        notes=noting,
    )


class _Workers(NamedTuple):
    """What runs in processes of their own."""

    documents: ProcessWorker
    embedding: ProcessWorker | None
    """One process for queries, one for posts; None without the extra `semantic`."""


async def _workers(stack: AsyncExitStack) -> _Workers:
    documents = await stack.enter_async_context(ProcessWorker())
    if not is_installed():
        return _Workers(documents, None)
    return _Workers(documents, await stack.enter_async_context(ProcessWorker(EMBEDDING)))


def _services(
    settings: Settings,
    clock: Clock,
    database: Database,
    fetcher: Fetcher,
    workers: _Workers,
    dispatcher: Dispatcher,
    bot: ExtBot[Any],
) -> Services:
    worker, embedding = workers
    meaning = Meaning(database, E5Embedder(embedding, database.path)) if embedding else None
    observers = post_observers(clock)
    operators = Operators(settings.operator_ids, clock)
    publish = partial(Publisher, fetcher=fetcher, worker=worker, observers=observers)
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        catalogues=all_texts(),
        chats=Chats(settings, database, clock),
        posts=Posts(database, clock, worker),
        publisher=publish(settings=settings, database=database, clock=clock),
        poller=source_poller(settings, database, clock, fetcher, worker, observers, operators),
        search=SearchService(database, clock=clock, meaning=meaning),
        operators=operators,
        administrators=Administrators(bot, database, clock),
        deeds=Deeds(database, clock),
        parts=Parts(),
        is_overtaken=dispatcher.is_overtaken,
        forget_person=dispatcher.forget_person,
        forget_handled=dispatcher.forget_handled,
        observers=observers,
        me=Identity(bot.id, bot.username),
        commands=COMMANDS,
    )


def _assemble(
    services: Services,
    application: App,
    pace: Pace,
    dispatcher: Dispatcher,
    receiving: Wire,
    telegram_time: TelegramTime,
) -> Running:
    bot, clock, database = application.bot, services.clock, services.database
    application.bot_data["services"] = services
    application.add_handlers(routes(bot.username))
    duties = Duties(services, bot, pace=pace)
    is_ours = partial(is_wanted, me=services.me, words=frozenset(WORDS))

    def wanted(raw: Raw) -> bool:
        duties.settlements.notice(raw)
        return is_ours(raw)

    receiver = Receiver(
        request=receiving,
        address=bot.base_url,
        wanted=wanted,
        database=database,
        sink=dispatcher,
        clock=clock,
        hold_sends=duties.conflict.ring,
        telegram_time=telegram_time,
    )
    tick = Tick(duties.all(), clock, jumped=duties.clock_jumped)
    return Running(application, services, pace, dispatcher, receiver, duties, tick)


async def _health(running: Running) -> HealthServer:
    services = running.services

    async def metrics() -> Sequence[Metric]:
        return status_metrics(await read_status(services.database, services.clock.now()))

    listen = services.settings.health_listen
    server = HealthServer(listen, ready=running.what_is_missing, metrics=metrics)
    await server.start()
    return server


def source_poller(  # what it is made of
    settings: Settings,
    database: Database,
    clock: Clock,
    fetcher: Fetcher,
    worker: ProcessWorker,
    observers: tuple[PostObserver, ...],
    operators: Operators | None,
) -> SourcePoller:
    """The poller as the settings have it; without `operators`, nobody is told of trouble."""
    poll_record = PollRecord(
        clock=clock,
        teller=operators,
        interval_seconds=settings.poll_interval,
        chance=random.random,
    )
    intake = Intake(
        database=database,
        clock=clock,
        html_to_text=html_to_text,
        observers=observers,
        poll_record=poll_record,
    )
    named = [checked_address(one) for one in settings.sources if "://" in one]
    return SourcePoller(
        fetcher=fetcher,
        reader=SourceReader(fetcher, worker, clock.sleep),
        intake=intake,
        private_addresses=frozenset(named if settings.allow_private_sources else ()),
    )


async def poll_all(
    settings: Settings, database: Database, clock: Clock
) -> AsyncIterator[tuple[str, Polled]]:
    """Poll every source of SOURCES and of the database once, and say what came of each.

    New posts are put into the outbox, for the bot to send when it runs.
    """
    observers = post_observers(clock)
    for address in settings.sources:
        if "://" in address:
            await follow(database, address, clock.now())
    async with (
        Fetcher(clock, agents=agents_of(settings)) as fetcher,
        ProcessWorker() as worker,
        database.reader() as db,
    ):
        poller = source_poller(settings, database, clock, fetcher, worker, observers, None)
        for source in await sources.list_sources(db):
            polled = await poller.poll(source.id) if source.ended_at is None else None
            if polled is not None:
                yield source.address, polled
