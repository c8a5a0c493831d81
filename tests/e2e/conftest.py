"""The whole bot, over real HTTP, on a Telegram of its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import run
from bot.clock import SystemClock
from bot.config import load_settings
from bot.delivery.lanes import DEFAULT_LIMITS, SendLimits
from bot.delivery.observers import post_observers
from bot.delivery.wire import Patience
from bot.pages.actions import Publish, decode
from bot.search.service import SearchService
from bot.simulator import Simulator
from bot.sources.importing import ArchiveImporter, read_archive
from storage import chats, outbox
from storage.database import Database
from storage.models import ChatId, OutboxState
from tests.databases import lay_out, made_by
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import Clock
    from bot.process.serving import Running
    from bot.simulator import Card, Room
    from storage.models import Chat

SAMPLE = Path(__file__).parents[2] / "bot" / "demo" / "samples" / "archive.txt"
OPERATOR = 900_000_001
QUICK = replace(DEFAULT_LIMITS, chat_seconds=0.31, group_seconds=6.05)
"""Telegram's limits at ten times their speed; processes, and the tests of the pace, keep theirs."""


async def with_the_sample(path: Path) -> None:
    """A database in which the sample is already: to take it in anew is most of a start.

    Bots with a clock of their own, and those that are processes (test_process.py), begin with none.
    """
    async with Database.opened(path) as database:
        clock = SystemClock()
        await SearchService(database, clock=clock).prepare()
        await ArchiveImporter(database, clock, post_observers(clock)).import_archive(
            await read_archive(SAMPLE)
        )


@pytest.fixture(autouse=True)
def without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra `semantic` is installed, only its own test reads posts by it."""
    monkeypatch.setattr("bot.app.is_installed", lambda: False)


@pytest.fixture
def no_digest_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """`/digest` shows that of nine o'clock, which says no card of the half hour before it again.

    From half past eight on a test that asks for it would see another one.
    """
    monkeypatch.setattr("bot.delivery.once.JUST", timedelta(0))


@pytest.fixture
def waits_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Telegram does not answer stays under way, however long the test takes to see that."""
    monkeypatch.setattr("bot.app.Patience", partial(Patience, read=3600.0))


@dataclass
class Bot:
    """A bot that can be started, stopped and killed, on one simulator and one database."""

    sim: Simulator
    path: Path
    settings: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    limits: SendLimits | None = QUICK
    running: Running | None = None
    _task: asyncio.Task[None] | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, **settings: object) -> Running:
        """Start it, and wait until it receives."""
        given: dict[str, Any] = {
            "bot_token": self.sim.token,
            "telegram_api_url": self.sim.url,
            "database_path": self.path / "sosik.db",
            "sources": str(SAMPLE),
            "serve": "open",
            "_env_file": None,
            **self.settings,
            **settings,
        }
        await self._lay_out(given)
        self._stopping = asyncio.Event()
        started: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(
            run(
                load_settings(**given),
                self.clock,
                self._stopping,
                started=started.set_result,
                limits=self.limits,
            )
        )
        either: list[asyncio.Future[Any]] = [self._task, started]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            self._task.result()
        self.running = await started
        await self.running.duties.ready.wait()
        return self.running

    async def _lay_out(self, given: dict[str, Any]) -> None:
        path = self.path / "sosik.db"
        has_sample = given["sources"] == str(SAMPLE) and given["database_path"] == path
        if has_sample and isinstance(self.clock, SystemClock) and not path.exists():
            await lay_out(path, with_the_sample)

    async def rests(self) -> None:
        """Return once all that came is answered, and nothing is on its way or due."""
        await until(self._is_at_rest)

    async def _is_at_rest(self) -> bool:
        running, waiting = self.running, self.sim.updates
        assert running is not None
        services, pace = running.services, running.pace
        async with services.database.reader() as db:
            states = await outbox.count_by_state(db)
        return not (
            len(waiting)
            or not (self.sim.server.poller.is_held or self.sim.world.webhook.url)
            or running.dispatcher.unhandled
            or services.poller.is_busy
            or pace.waiting
            or pace.under_way
            or running.duties.sender.under_way
            or states.get(OutboxState.PENDING)
            or states.get(OutboxState.SENDING)
        )

    async def stop(self) -> None:
        """Stop it as SIGTERM does."""
        self._stopping.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def crash(self) -> None:
        """End it without any of its own goodbyes to Telegram or its ledgers."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A Telegram for one test; the sample's database is made before the test can break a part."""
    await asyncio.to_thread(made_by, with_the_sample)
    async with await Simulator.start() as simulator:
        yield simulator


@asynccontextmanager
async def a_bot(sim: Simulator, path: Path, **settings: object) -> AsyncIterator[Bot]:
    """A bot that has started, and is stopped at the end."""
    bot = Bot(sim, path, settings)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.stop()


@pytest.fixture
async def bot(sim: Simulator, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot with the sample archive, serving any group."""
    async with a_bot(sim, tmp_path) as one:
        yield one


async def known(bot: Bot, chat_id: int, **fields: object) -> Chat:
    """The chat, once it is known and has these fields."""
    assert bot.running is not None
    database = bot.running.services.database
    chat: Chat | None = None

    async def is_so() -> bool:
        nonlocal chat
        async with database.reader() as db:
            chat = await chats.get_chat(db, ChatId(chat_id))
        return chat is not None and all(
            getattr(chat, name) == value for name, value in fields.items()
        )

    await until(is_so)
    assert chat is not None
    return chat


async def choose(bot: Bot, room: Room, **chosen: Any) -> None:  # noqa: ANN401  # any setting
    """As if an administrator had chosen so."""
    assert bot.running is not None
    found = await known(bot, room.id)
    async with bot.running.services.database.transaction() as tx:
        settings = replace(found.settings, **chosen)
        await chats.set_settings(tx, ChatId(room.id), settings, found.digest_due_at)


def draft_of(card: Card) -> int:
    """The number of the draft about which a message asks."""
    found = [decode(str(button.value)) for row in card.rows for button in row]
    return next(one.draft_id for one in found if isinstance(one, Publish))
