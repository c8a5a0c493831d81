from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.errors import SosikError
from bot.locales import get_texts
from bot.process import pinging
from bot.process.pinging import EVERY_SECONDS, MOST_MISSED, Pinger, look_at
from storage import facts
from storage.database import BusyError, DiskFullError, NotADatabaseError
from storage.errors import spoken
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.database import Database
    from tests.clock import FakeClock

PLACE = "/6c1f-secret"
ENGLISH = get_texts("en")


@dataclass
class Monitor:
    """A monitor on loopback: what it heard, and what it says to it."""

    heard: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path with its query, body."""
    status: int = 200
    port: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, request: web.Request) -> web.Response:
        await self.gate.wait()
        self.heard.append((request.method, request.path_qs, await request.text()))
        return web.Response(status=self.status, text="OK")

    @property
    def paths(self) -> list[str]:
        return [path.removeprefix(PLACE) for _, path, _ in self.heard]

    def url(self, query: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{PLACE}{query}"


@pytest.fixture
async def monitor() -> AsyncIterator[Monitor]:
    made = Monitor()
    made.gate.set()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    yield made
    made.gate.set()
    await runner.cleanup()


class Bot:
    """What is missing of a bot."""

    missing: str | None = None

    async def look(self) -> str | None:
        return self.missing


@asynccontextmanager
async def pinging_to(url: str, clock: FakeClock, bot: Bot) -> AsyncIterator[Pinger]:
    async with Pinger(url, clock, ENGLISH) as pinger:
        pinger.look = bot.look
        yield pinger


async def looks(clock: FakeClock, times: int = 1) -> None:
    """The pinger looks so often; the loop runs until nothing is under way any more."""
    for _ in range(times):
        await until(lambda: clock._sleepers)
        await clock.advance(EVERY_SECONDS)
    await until(lambda: clock._sleepers)


async def test_a_start_and_each_look_at_which_all_is_well_are_told(
    monitor: Monitor, clock: FakeClock
) -> None:
    async with pinging_to(monitor.url(), clock, Bot()):
        await looks(clock, 2)
    assert monitor.heard == [
        ("GET", f"{PLACE}/start", ""),
        ("GET", PLACE, ""),
        ("GET", PLACE, ""),
    ]


async def test_what_stands_behind_the_path_stays_there(monitor: Monitor, clock: FakeClock) -> None:
    async with pinging_to(monitor.url("/?create=1&rid=a%2Fb"), clock, Bot()):
        await looks(clock)
    assert monitor.paths == ["/start?create=1&rid=a/b", "/?create=1&rid=a%2Fb"]


async def test_what_is_missing_for_long_is_told_once_and_its_end_too(
    monitor: Monitor, clock: FakeClock
) -> None:
    bot = Bot()
    async with pinging_to(monitor.url(), clock, bot):
        bot.missing = "Telegram does not answer"
        await looks(clock, MOST_MISSED - 1)
        assert monitor.paths == ["/start"]
        await looks(clock, 3)
        assert monitor.heard[1:] == [("POST", f"{PLACE}/fail", bot.missing)]
        bot.missing = None
        await looks(clock)
    assert monitor.paths == ["/start", "/fail", ""]


async def test_what_was_missing_for_a_moment_is_told_to_nobody(
    monitor: Monitor, clock: FakeClock
) -> None:
    bot = Bot()
    async with pinging_to(monitor.url(), clock, bot):
        for missing in ("the tick does not come", None) * 4:
            bot.missing = missing
            await looks(clock)
    assert "/fail" not in monitor.paths


async def test_a_failure_that_was_not_heard_is_told_again(
    monitor: Monitor, clock: FakeClock
) -> None:
    bot = Bot()
    async with pinging_to(monitor.url(), clock, bot):
        bot.missing, monitor.status = "Telegram does not answer", 503
        await looks(clock, MOST_MISSED)
        monitor.status = 200
        await looks(clock, 2)
    assert monitor.paths == ["/start", "/fail", "/fail"]


async def test_before_a_bot_runs_it_is_not_well(monitor: Monitor, clock: FakeClock) -> None:
    async with Pinger(monitor.url(), clock, ENGLISH):
        await looks(clock, MOST_MISSED)
    assert monitor.heard[1:] == [("POST", f"{PLACE}/fail", ENGLISH("service.starting"))]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SosikError("error.bad_token"), ENGLISH("error.bad_token")),
        (spoken(NotADatabaseError, "database.empty", path="x.db"), "x.db"),
        (DiskFullError("the disk is full"), "The bot ended: the disk is full"),
        (ValueError("what 민지 wrote"), "The bot ended: ValueError"),
        (DiskFullError("at /bot123456:" + "A" * 35), "The bot ended: at /bot<token>"),
        (DiskFullError("x" * 5000), f"The bot ended: {'x' * 5000}"[:200]),
    ],
)
async def test_an_error_that_ends_it_is_told(
    monitor: Monitor, clock: FakeClock, error: Exception, words: str
) -> None:
    with pytest.raises(type(error)):
        async with pinging_to(monitor.url(), clock, Bot()):
            raise error
    method, path, said = monitor.heard[-1]
    assert (method, path) == ("POST", f"{PLACE}/fail")
    assert said.startswith("The bot ended: ")
    assert words in said
    assert "민지" not in said


@pytest.mark.parametrize("error", [None, asyncio.CancelledError()])
async def test_a_stop_that_was_meant_is_no_failure(
    monitor: Monitor, clock: FakeClock, error: BaseException | None
) -> None:
    async def run() -> None:
        async with pinging_to(monitor.url(), clock, Bot()):
            await looks(clock)
            if error is not None:
                raise error

    await asyncio.gather(asyncio.create_task(run()), return_exceptions=True)
    assert monitor.paths == ["/start", ""]


async def test_a_monitor_that_does_not_answer_holds_nothing_up_and_is_named_once(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with pinging_to(f"http://127.0.0.1:9{PLACE}", clock, Bot()):
        await looks(clock, 3)
    assert [one.getMessage() for one in caplog.records] == ["ping_not_heard"]
    assert not any("6c1f" in str(vars(one)) for one in caplog.records)


async def test_it_is_said_when_a_monitor_is_there_again(
    monitor: Monitor, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.process.pinging")
    monitor.status = 404
    async with pinging_to(monitor.url(), clock, Bot()):
        await looks(clock)
        monitor.status = 200
        await looks(clock, 2)
    assert [one.getMessage() for one in caplog.records] == ["ping_not_heard", "ping_heard_again"]


async def test_a_monitor_that_is_slow_is_left(
    monitor: Monitor, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pinging, "PATIENCE_SECONDS", 0.05)
    monitor.gate.clear()
    async with pinging_to(monitor.url(), clock, Bot()) as pinger:
        await until(lambda: pinger._is_silent)


async def test_an_address_that_nothing_can_be_asked_at_ends_nothing(clock: FakeClock) -> None:
    async with pinging_to("http://[::1", clock, Bot()) as pinger:
        await looks(clock)
        assert pinger._is_silent


async def test_a_look_that_breaks_ends_no_pings(
    monitor: Monitor, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> str | None:
        raise ZeroDivisionError

    bot = Bot()
    async with pinging_to(monitor.url(), clock, bot) as pinger:
        pinger.look = broken
        await looks(clock)
        pinger.look = bot.look
        await looks(clock)
    assert monitor.paths == ["/start", ""]
    assert caplog.messages == ["ping_failed"]


async def test_all_is_well_where_the_database_takes_what_is_written(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Running(database, clock)
    look = look_at(running)  # type: ignore[arg-type]  # as much of a bot as it looks at
    assert await look() is None
    async with database.reader() as db:
        assert await facts.get_fact(db, pinging.WRITTEN) == "2026-11-23T00:00:00+00:00"
    running.missing = "the tick does not come"
    assert await look() == ENGLISH("health.tick")
    running.missing = "the webhook is not set: BadRequest: no host"
    assert await look() == ENGLISH("health.webhook.unset", why=" (BadRequest: no host)")
    running.missing = None

    async def busy(_: object) -> None:
        raise BusyError("the database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", busy)
        assert await look() == "the database is locked"
    monkeypatch.setattr(pinging, "WRITE_SECONDS", 0.0)
    async with database._lock:
        assert await look() == ENGLISH("database.busy", path=database.path)


class Running:
    """A bot that runs, as far as it is looked at."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.missing: str | None = None
        self.services = self.settings = self
        self.language, self.catalogues = "en", {"en": ENGLISH}
        self.database = database
        self.clock = clock

    async def what_is_missing(self) -> str | None:
        return self.missing
