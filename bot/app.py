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
from bot.delivery.measuring import Measured
from bot.delivery.noting import Noting
from bot.delivery.observers import post_observers
from bot.delivery.operators import Operators
from bot.delivery.pace import Pace
from bot.delivery.wire import Patience, Wire
from bot.figures import Figures
from bot.interaction.administrators import Administrators
from bot.interaction.context import BotContext
from bot.interaction.crowded import say_wait
from bot.interaction.deeds import Deeds
from bot.interaction.parts import Parts
from bot.interaction.services import Services
from bot.locales import all_texts, get_texts
from bot.posts import Posts
from bot.process.duties import Duties
from bot.process.handling import Handling
from bot.process.listening import servers, way_in
from bot.process.metrics import Metrics, live_of
from bot.process.pinging import Pinger, look_at
from bot.process.reporting import reporting
from bot.process.serving import Running, introduce, serve
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
from bot.updates.batches import Batch
from bot.updates.committing import Committer
from bot.updates.dispatch import Dispatcher
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
    from collections.abc import AsyncIterator, Callable

    from bot.clock import Clock
    from bot.config import Settings
    from bot.delivery.lanes import SendLimits
    from bot.process.serving import App
    from bot.process.web import WebServer
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
        pinger = await _watched(stack, settings, clock)
        database = await stack.enter_async_context(
            Database.opened(settings.database_path, copied=settings.litestream)
        )
        way = await _way(stack, settings, clock, database, limits)
        if not await introduce(way.application.initialize, stopping, clock):
            return
        stack.push_async_callback(way.application.shutdown)
        running = await _built(stack, settings, clock, database, way, fair=limits is not None)
        for server in await _servers(running, way.figures):
            await server.start()
            stack.push_async_callback(server.close)
        pinger.look = look_at(running)
        await serve(running, stopping, started)


class _Way(NamedTuple):
    """What is between the bot and Telegram: what calls go through, and what is noted of them."""

    application: App
    pace: Pace
    noting: Noting | None
    figures: Figures
    receiving: Wire
    time: TelegramTime


async def _way(
    stack: AsyncExitStack,
    settings: Settings,
    clock: Clock,
    database: Database,
    limits: SendLimits | None,
) -> _Way:
    telegram_time = TelegramTime(clock)
    sending, receiving = _wires(settings, telegram_time)
    for wire in (sending, receiving):
        await stack.enter_async_context(wire)
    pace, figures = Pace(clock, limits=limits), Figures()
    settles = settings.settle is not SettlePolicy.OFF
    noting = Noting(pace, database, clock) if settles else None
    application = _application(settings, Measured(noting or pace, figures, clock), sending)
    pace.ask = application.bot.get_me
    return _Way(application, pace, noting, figures, receiving, telegram_time)


async def _built(
    stack: AsyncExitStack,
    settings: Settings,
    clock: Clock,
    database: Database,
    way: _Way,
    *,
    fair: bool,
) -> Running:
    """The bot's parts, put together once it is known who it is."""
    fetcher = await stack.enter_async_context(Fetcher(clock, agents=agents_of(settings)))
    workers = await _workers(stack)
    dispatcher = _dispatcher(way, database, clock, fair=fair)
    bot = way.application.bot
    services = _services(settings, clock, database, fetcher, workers, dispatcher, bot)
    way.pace.crowded = partial(say_wait, bot, services)
    stack.push_async_callback(services.poller.close)
    return _assemble(services, dispatcher, way)


async def _watched(stack: AsyncExitStack, settings: Settings, clock: Clock) -> Pinger:
    """Have errors reported and pings sent from here on, where the settings say where to."""
    if dsn := settings.sentry_dsn.get_secret_value():
        await stack.enter_async_context(reporting(dsn))
    address = settings.ping_url.get_secret_value()
    pinger = Pinger(address, clock, get_texts(settings.language))
    return await stack.enter_async_context(pinger) if address else pinger


def _wires(settings: Settings, telegram_time: TelegramTime) -> tuple[Wire, Wire]:
    """What sends and what receives; the date of each answer is noted."""
    proxy = settings.telegram_proxy.get_secret_value() or None
    wire = partial(Wire, verify=trusted_authorities(), proxy=proxy, heard=telegram_time.note_date)
    return wire(POOL, Patience(pool=POOL_SECONDS)), wire(1)


def _application(settings: Settings, limiter: Measured, request: Wire) -> App:
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


def _dispatcher(way: _Way, database: Database, clock: Clock, *, fair: bool) -> Dispatcher:
    """`fair` is False for benchmarks: everybody may ask as fast as they can."""
    me = Identity(way.application.bot.id, way.application.bot.username)
    spoken = {word: Spoken(command.name, command.weight) for word, command in WORDS.items()}
    ask_of = Vocabulary(me, spoken).ask_of if fair else in_order
    return Dispatcher(
        bot=way.application.bot,
        database=database,
        clock=clock,
        handle=Handling(way.application, apologise, slow_down, way.time.now),
        ask_of=lambda raw, _: ask_of(raw, way.time.now()),
        grouped=_grouped(clock),
        is_held=lambda: way.pace.is_held,
        notes=way.noting,
    )


def _grouped(clock: Clock) -> dict[str, Batch]:
    reactions = ReactionIntake(clock)
    return {
        "message_reaction": Batch(parse_sets, reactions.take_sets),
        "message_reaction_count": Batch(parse_totals, reactions.take_totals),
    }


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


def _assemble(services: Services, dispatcher: Dispatcher, way: _Way) -> Running:
    application, pace, _, figures, receiving, telegram_time = way
    bot, clock, database = application.bot, services.clock, services.database
    application.bot_data["services"] = services
    application.add_handlers(routes(bot.username))
    duties = Duties(services, bot, pace=pace, figures=figures)
    dispatcher.answering, services.poller.polled = figures.answering, figures.polled
    is_ours = partial(is_wanted, me=services.me, words=frozenset(WORDS))

    def wanted(raw: Raw) -> bool:
        duties.settlements.notice(raw)
        return is_ours(raw)

    committer = Committer(
        wanted=wanted, database=database, sink=dispatcher, clock=clock, grouped=_grouped(clock)
    )
    receiver = Receiver(
        request=receiving,
        address=bot.base_url,
        committer=committer,
        database=database,
        clock=clock,
        hold_sends=duties.conflict.ring,
        telegram_time=telegram_time,
    )
    tick = Tick(duties.all(), clock, jumped=duties.clock_jumped)
    reception = way_in(services, receiver, committer, receiving, bot.base_url, telegram_time)
    return Running(application, services, pace, dispatcher, reception, duties, tick)


async def _servers(running: Running, figures: Figures) -> list[WebServer]:
    """What answers probes, and takes deliveries: one server where both are at one place."""
    services = running.services
    metrics = Metrics(services.database, services.clock, figures, live_of(running))
    return await servers(running, metrics.render, figures)


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
