"""The webhook by itself: a Telegram that delivers, a server, and what is committed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from telegram.error import InvalidToken

from bot.clock import SystemClock, end
from bot.process.deliveries import Deliveries, Refusals
from bot.process.web import WebServer
from bot.redaction import MASK, redact
from bot.simulator import Simulator
from bot.updates import webhook as reception
from bot.updates.committing import Committer
from bot.updates.receive import Receiver
from bot.updates.telegram_time import TelegramTime
from bot.updates.webhook import CONTESTED_SECONDS, AwayError, Webhook, _State
from bot.updates.webhook_calls import WebhookInfo
from storage.database import DiskFullError
from tests.updates.samples import said
from tests.updates.telegram_server import running_request
from tests.waiting import settle, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.database import Database
    from storage.models import InboxRow


class Sink:
    """Takes what is handed on; `room` closed stops reception."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.room = asyncio.Event()
        self.room.set()

    def expect(self, raws: list[Any]) -> None:
        self.expected = raws

    def feed(self, rows: list[tuple[InboxRow, Any]]) -> None:
        self.ids += [row.update_id for row, _ in rows]

    async def has_room(self, most: int) -> None:
        assert most > 0
        await self.room.wait()


class Reception:
    """A webhook that runs, and all that it touches."""

    def __init__(self, sim: Simulator, database: Database) -> None:
        self.sim = sim
        self.database = database
        self.sink = Sink()
        self.held: list[float] = []
        self.refusals = Refusals()
        self.webhook: Webhook
        self.task: asyncio.Task[None]

    def begin(self, request: Any, url: str) -> None:  # noqa: ANN401  # python-telegram-bot's
        address = f"{self.sim.url}/bot{self.sim.token}"
        clock, database = SystemClock(), self.database
        time = TelegramTime(clock)
        committer = Committer(wanted=lambda _: True, database=database, sink=self.sink, clock=clock)
        poller = Receiver(
            request=request,
            address=address,
            committer=committer,
            database=database,
            clock=clock,
            hold_sends=self.held.append,
            telegram_time=time,
        )
        self.webhook = Webhook(
            request=request,
            address=address,
            url=url,
            secret="",
            poller=poller,
            committer=committer,
            database=database,
            clock=clock,
            telegram_time=time,
        )

    @property
    def is_set(self) -> bool:
        return self.webhook.missing() is None

    async def all_taken(self) -> None:
        await until(lambda: not len(self.sim.updates))


@asynccontextmanager
async def receiving(sim: Simulator, database: Database) -> AsyncIterator[Reception]:
    one = Reception(sim, database)

    async def page(request: Any) -> Any:  # noqa: ANN401  # aiohttp's
        return await deliveries.page(request)

    server = WebServer("127.0.0.1:0", {"/hook": page}, setting="WEBHOOK_LISTEN")
    await server.start()
    async with running_request() as request:
        one.begin(request, f"http://127.0.0.1:{server.port}/hook")
        secret = await one.webhook.secret()
        deliveries = Deliveries(one.webhook.deliver, secret, (), one.refusals)
        one.task = asyncio.create_task(one.webhook.run())
        try:
            yield one
        finally:
            await end([one.task])
            await server.close()


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(reception, "BREATH_SECONDS", 0.02)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with await Simulator.start() as simulator:
        simulator.server.deliverer.second = 0.02
        yield simulator


@pytest.fixture
async def running(sim: Simulator, database: Database) -> AsyncIterator[Reception]:
    async with receiving(sim, database) as one:
        await until(lambda: one.is_set)
        yield one


async def column(database: Database, sql: str) -> list[Any]:
    async with database.reader() as db:
        return [row[0] for row in await db.fetch_all(sql)]


async def test_what_waits_is_fetched_and_what_comes_is_delivered(
    sim: Simulator, database: Database
) -> None:
    minji = sim.user("민지")
    for number in range(150):
        await minji.says(minji.private, f"{number}")
    async with receiving(sim, database) as one:
        await until(lambda: one.is_set)
        assert sim.server.deliverer.delivered == []
        await minji.says(minji.private, "그리고")
        await one.all_taken()
    assert len(sim.server.deliverer.delivered) == 1
    assert one.sink.ids == await column(database, "SELECT update_id FROM inbox ORDER BY 1")
    assert len(one.sink.ids) == 151
    assert await column(database, "SELECT value FROM facts WHERE key = 'offset'") == ["0"]


async def test_the_secret_is_kept_and_shown(running: Reception, database: Database) -> None:
    kept = await column(database, "SELECT value FROM facts WHERE key = 'webhook_secret'")
    assert kept == [running.sim.world.webhook.secret]
    assert len(kept[0]) >= 40


async def test_before_it_runs_and_after_nothing_is_taken(
    sim: Simulator, database: Database
) -> None:
    async with receiving(sim, database) as one:
        with pytest.raises(AwayError):
            await one.webhook.deliver(said(10, "/latest"))
        await until(lambda: one.is_set)
        with pytest.raises(AwayError):
            await one.webhook.deliver({"message": {}})
    with pytest.raises(AwayError):
        await one.webhook.deliver(said(10, "/latest"))
    assert await column(database, "SELECT update_id FROM inbox") == []


async def test_while_there_is_no_room_deliveries_wait_and_then_come_again(
    running: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.sink.room.clear()
    with monkeypatch.context() as patch:
        patch.setattr(reception, "ANSWER_SECONDS", 0.05)
        with pytest.raises(AwayError):
            await running.webhook.deliver(said(10, "/latest"))
    running.sink.room.set()
    await settle()
    await running.webhook.deliver(said(10, "/latest"))
    assert running.sink.ids == [10]


async def test_what_is_stopped_while_it_waits_comes_again(running: Reception) -> None:
    running.sink.room.clear()
    waiting = asyncio.create_task(running.webhook.deliver(said(10, "/latest")))
    await settle()
    await end([running.task])
    with pytest.raises(AwayError):
        await waiting


async def test_what_could_not_be_committed_is_refused_together_and_comes_in_order(
    running: Reception,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await running.webhook.deliver(said(9, "/latest"))
    monkeypatch.setattr(Committer, "commit", _fails)
    later = asyncio.create_task(running.webhook.deliver(said(11, "/latest")))
    await settle()
    for one in (running.webhook.deliver(said(10, "/latest")), later):
        with pytest.raises(DiskFullError):
            await one
    with pytest.raises(DiskFullError):
        await running.webhook.deliver(said(10, "/latest"))
    monkeypatch.undo()
    again = asyncio.create_task(running.webhook.deliver(said(11, "/latest")))
    await settle()
    await running.webhook.deliver(said(10, "/latest"))
    await again
    assert running.sink.ids == [9, 10, 11]
    assert [one.getMessage() for one in caplog.records].count("inbox_not_committed") == 1


async def _fails(*_: object) -> None:
    raise DiskFullError("full")


async def test_the_same_twice_at_once_is_taken_once(running: Reception) -> None:
    one = said(10, "/latest")
    await asyncio.gather(running.webhook.deliver(one), running.webhook.deliver(one))
    await running.webhook.deliver(one)
    assert running.sink.ids == [10]


async def test_what_telegram_says_is_logged_once_and_what_waits_is_fetched(
    running: Reception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    sim = running.sim
    await sim.server.deliverer.stop()
    sim.world.on_webhook = lambda: None
    sim.world.webhook.failure, sim.world.webhook.failed_at = "Connection timed out", 10**10
    minji = sim.user("민지")
    await minji.says(minji.private, "하나")
    said_so = "Telegram does not reach the webhook: Connection timed out"
    await until(lambda: running.webhook.missing() == said_so)
    await running.all_taken()
    assert len(running.sink.ids) == 1
    events = [one.getMessage() for one in caplog.records]
    assert events.count("webhook_failed") == 1


def test_what_comes_and_cannot_be_kept_is_no_webhook_that_is_not_reached() -> None:
    """Fetching it would not help, and the log says why already."""
    state, info = (
        _State(),
        WebhookInfo("https://x.example/t", waiting=3, failed_at=5, failure="500"),
    )
    state.begin()
    for _ in range(5):
        state.note_arrival()
        state.look(info, info.url, 0.0)
        assert state.missing is None
    for missing in (None, "Telegram does not reach the webhook: 500"):
        state.look(info, info.url, 0.0)
        assert state.missing == missing
    assert not state.is_set
    state.note_arrival()
    assert state.missing == "the webhook is not set: 500"


async def test_one_that_leads_elsewhere_holds_the_sends_and_is_not_set_back(
    running: Reception,
) -> None:
    running.sim.world.webhook.url = "https://other.example/hook"
    await until(lambda: len(running.held) > 2)
    assert "leads elsewhere" in str(running.webhook.missing())
    assert running.sim.world.webhook.url == "https://other.example/hook"


async def test_one_that_was_deleted_is_set_again(running: Reception) -> None:
    url, running.sim.world.webhook.url = running.sim.world.webhook.url, ""
    await until(lambda: running.sim.world.webhook.url == url)
    assert running.held == []


async def test_one_that_is_deleted_whenever_it_is_set_is_another_instance(
    running: Reception,
) -> None:
    """A bot that polls with this token deletes it, and takes what comes meanwhile."""
    world = running.sim.world
    url = world.webhook.url
    for _ in range(2):
        assert running.held == []
        world.webhook.url = ""
        await until(lambda: world.webhook.url == url)
    assert running.held


def test_one_that_is_deleted_by_hand_now_and_then_is_not() -> None:
    state, deleted = _State(), WebhookInfo("")
    seen = []
    for at in (0.0, CONTESTED_SECONDS, CONTESTED_SECONDS + 1.0, 3 * CONTESTED_SECONDS):
        state.begin()
        state.look(deleted, "https://x", at)
        seen.append(state.is_contested)
        assert ("again and again" in str(state.missing)) == state.is_contested
        state.look(WebhookInfo("https://x"), "https://x", at)
        assert not state.is_contested
    assert seen == [False, False, True, False]


async def test_one_that_is_refused_is_tried_again_while_updates_are_fetched(
    sim: Simulator, database: Database
) -> None:
    fault = sim.faults.refuses("Bad Request: bad webhook: no host", method="setWebhook", times=None)
    minji = sim.user("민지")
    async with receiving(sim, database) as one:
        await until(lambda: "BadRequest" in str(one.webhook.missing()))
        await minji.says(minji.private, "하나")
        await one.all_taken()
        sim.faults.remove(fault)
        await until(lambda: one.is_set)


async def test_a_token_that_telegram_does_not_know_ends_it(running: Reception) -> None:
    running.sim.revoke_token()
    with pytest.raises(InvalidToken):
        await running.task


async def test_what_is_missing_has_no_half_of_a_token(sim: Simulator, database: Database) -> None:
    """It goes to probes, to systemd and to a monitor elsewhere."""
    quoted = "x" * 160 + sim.token
    sim.faults.refuses(quoted, method="setWebhook", times=None)
    async with receiving(sim, database) as one:
        await until(lambda: "BadRequest" in str(one.webhook.missing()))
        assert sim.token[:15] not in str(one.webhook.missing())
        sim.faults.clear()
    state = _State()
    state.look(WebhookInfo("https://x", failed_at=1, failure=quoted), "https://x", 0.0)
    assert sim.token[:15] not in state.failure


async def test_a_secret_of_its_own_is_taken_out_of_every_text(running: Reception) -> None:
    secret = await running.webhook.secret()
    assert redact(f"secret_token={secret}") == f"secret_token={MASK}"
