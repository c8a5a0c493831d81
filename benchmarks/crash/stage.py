"""A campaign's stage: a Telegram, a blog, chats of each kind, and the bot that is killed."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.archives import make_archive
from benchmarks.blog import Blog
from benchmarks.crash.child import Orders, run
from benchmarks.crash.places import Place, rows
from benchmarks.rooms import room_of, serve
from bot.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

    from benchmarks.crash.points import Kill
    from bot.simulator.people.people import Person

KINDS = ("channel", "supergroup", "group", "private")
EACH = 2
"""Chats of each kind; the first has digests."""
SLOTS, SLOT_MINUTES = 90, 1
CLEANUP_MINUTES = 3
"""No chat may choose so few; a run would wait for longer ones."""
LOOK_SECONDS = 0.2
START_SECONDS = 60.0
MINUTES = 1440
PRELOAD = ["benchmarks.crash.warm", "benchmarks.crash.stage"]


class Bot:
    """One run of the bot."""

    def __init__(self, orders: Orders) -> None:
        self._process: ForkServerProcess = _FORKS.Process(target=run, args=(orders,), daemon=True)
        self._process.start()
        self._code: int | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it does not run any more."""
        if self._code is None:
            self._code = self._process.exitcode
        return self._code is not None

    @property
    def was_killed(self) -> bool:
        """Whether it ended by SIGKILL, and not by itself."""
        return self.has_ended and self._code == -signal.SIGKILL

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal, unless it has ended."""
        if self._process.pid is not None and not self.has_ended:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, how)

    async def ended(self) -> None:
        """Return once it has ended."""
        while not self.has_ended:  # noqa: ASYNC110  # of a process
            await asyncio.sleep(LOOK_SECONDS / 10)


_FORKS = get_context("forkserver")


@dataclass(eq=False)
class Stage:
    """Everything that outlives the bot's runs."""

    sim: Simulator
    blog: Blog
    folder: Path
    boss: Person
    webhook: str = ""
    """Where its updates are delivered; empty: it polls."""
    places: list[Place] = field(default_factory=list)
    bot: Bot | None = None

    @property
    def database(self) -> Path:
        """The bot's."""
        return self.folder / "sosik.db"

    @property
    def log(self) -> Path:
        """What the bot logs, in all its runs."""
        return self.folder / "log"

    @property
    def present(self) -> list[Place]:
        """The chats that the bot is in."""
        return [place for place in self.places if not place.is_out]

    def start(self, kill: Kill | None = None) -> Bot:
        """Start the bot, to end at some point, or not."""
        orders = Orders(
            url=self.sim.url,
            token=self.sim.token,
            database=str(self.database),
            source=self.blog.address,
            operator=self.boss.user.id,
            log=str(self.log),
            kill=kill,
            webhook=self.webhook,
        )
        self.bot = Bot(orders)
        return self.bot

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the bot."""
        if self.bot is not None:
            self.bot.kill(how)
            await self.bot.ended()
            self.bot = None

    async def until(self, holds: Callable[[], object], seconds: float) -> bool:
        """Return once something holds, or so many seconds have passed; whether it held."""
        end = time.monotonic() + seconds
        while not (held := holds()) and time.monotonic() < end:  # noqa: ASYNC110  # of many things
            await asyncio.sleep(LOOK_SECONDS)
        return bool(held)

    async def settle_in(self) -> None:
        """Serve the chats, and have the blog read once: what it brings then is quiet."""
        logging.disable(logging.CRITICAL)
        await make_archive(self.database, 3)
        self.places += [_place(self.sim, kind, n) for kind in KINDS for n in range(EACH)]
        for digests in (True, False):
            some = [one.room for one in self.places if one.digests is digests and not one.is_tidy]
            times = _slots() if digests else ()
            await serve(self.database, some, digest_times=times, now=_now())
        tidy = [one.room for one in self.places if one.is_tidy]
        await serve(self.database, tidy, now=_now(), pin=True, cleanup_minutes=CLEANUP_MINUTES)
        self.blog.titles.append("처음부터 있던 글")
        self.start()
        found = await self.until(self._has_first, START_SECONDS * 10)
        assert found, self.log.read_text()[-3000:]

    def _has_first(self) -> bool:
        return bool(self.log.exists() and rows(self.database, _FIRST))


_FIRST = "SELECT 1 FROM sources WHERE address LIKE 'http%' AND first_fetched_at IS NOT NULL"


def _place(sim: Simulator, kind: str, number: int) -> Place:
    owner = sim.user(f"{kind} {number}")
    place = Place(kind, [room_of(sim, kind, owner)], owner, digests=number == 0, first=1)
    place.is_tidy = kind == "supergroup" and not place.digests
    return place


def _free_address() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}/telegram"


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _slots() -> tuple[int, ...]:
    """Minutes of the day from now on, after midnight in Seoul."""
    local = _now().astimezone(ZoneInfo("Asia/Seoul"))
    first = local.hour * 60 + local.minute + 1
    later = range(first, first + SLOTS * SLOT_MINUTES, SLOT_MINUTES)
    return tuple(sorted(minute % MINUTES for minute in later))


@asynccontextmanager
async def staged(folder: Path, *, webhook: bool = False) -> AsyncIterator[Stage]:
    """A stage in a folder; what runs is ended with it."""
    _FORKS.set_forkserver_preload(PRELOAD)
    async with AsyncExitStack() as stack:
        blog = await stack.enter_async_context(Blog())
        sim = await stack.enter_async_context(await Simulator.start(limits=True))
        boss = sim.user("운영자", language="ko")
        sim.private(boss)
        stage = Stage(sim, blog, folder, boss, _free_address() if webhook else "")
        stack.push_async_callback(stage.stop, signal.SIGKILL)
        yield stage
