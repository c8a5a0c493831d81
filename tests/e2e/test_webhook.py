"""The bot with a webhook: the same answers, the same promises, and the way there and back."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.clock import end
from bot.config import environment
from bot.errors import SettingError, SosikError
from bot.pages.actions import Vote, encode
from bot.process.deliveries import HEADER
from bot.updates import webhook as reception
from bot.updates.dispatch import Dispatcher
from tests.e2e.conftest import SAMPLE, Bot
from tests.ports import free_port
from tests.processes import running
from tests.storage.files import read
from tests.waiting import until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.simulator import Simulator

SECRET = "from-the-tests_1"


def at(port: int, **settings: object) -> dict[str, object]:
    """A webhook at a port."""
    url = f"http://127.0.0.1:{port}/telegram"
    return {"webhook_url": url, "webhook_listen": str(port), "webhook_secret": SECRET, **settings}


@asynccontextmanager
async def a_bot(sim: Simulator, path: Path, **settings: object) -> AsyncIterator[Bot]:
    """A bot whose webhook is set: at another port where somebody comes in between."""
    async with AsyncExitStack() as stack:
        for _ in range(20):
            bot = Bot(sim, path, at(free_port(), **settings))
            with suppress(SettingError):
                await bot.start()
                stack.push_async_callback(bot.stop)
                break
        await until(lambda: _is_ready(bot))
        yield bot


def url_of(bot: Bot) -> str:
    return str(bot.settings["webhook_url"])


async def deliver(bot: Bot, body: bytes) -> httpx.Response:
    given = {"content-type": "application/json", HEADER: SECRET}
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(url_of(bot), content=body, headers=given)


async def test_members_are_answered_and_probes_are_on_the_same_server(
    sim: Simulator, tmp_path: Path
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with a_bot(sim, tmp_path) as bot, httpx.AsyncClient(trust_env=False) as client:
        await minji.says(group, "/latest 1")
        await group.receives("첫째")
        await until(lambda: len(sim.server.deliverer.delivered) == 1)
        address = url_of(bot).removesuffix("/telegram")
        assert (await client.get(f"{address}/readyz")).text == "ready\n"
        assert "sosik_posts 40" in (await client.get(f"{address}/metrics")).text
        assert (await client.get(url_of(bot))).status_code == 405
        assert (await client.get(f"{address}/favicon.ico")).status_code == 404
        figures = (await client.get(f"{address}/metrics")).text
        assert 'sosik_deliveries_refused_total{reason="method"} 1.0' in figures
        assert 'sosik_deliveries_refused_total{reason="path"} 1.0' in figures
    assert sim.world.webhook.url
    assert sim.world.webhook.secret == SECRET
    assert sim.world.webhook.failure == ""
    kept = read(tmp_path / "sosik.db", "SELECT value FROM facts WHERE key = 'webhook_url'")
    assert kept == [url_of(bot)], "whose it is can be said later"


async def test_probes_may_have_a_place_of_their_own(sim: Simulator, tmp_path: Path) -> None:
    health = str(free_port())
    async with (
        a_bot(sim, tmp_path, health_listen=health) as bot,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        assert (await client.get(f"http://127.0.0.1:{health}/readyz")).text == "ready\n"
        assert (await client.get(url_of(bot).replace("telegram", "metrics"))).status_code == 404


async def test_without_a_secret_one_is_made_and_kept(sim: Simulator, tmp_path: Path) -> None:
    async with a_bot(sim, tmp_path, webhook_secret="") as bot:
        made = sim.world.webhook.secret
        assert len(made) >= 40
        await bot.stop()
        await bot.start()
        await until(lambda: sim.world.webhook.url)
        assert sim.world.webhook.secret == made


async def test_a_port_that_is_taken_is_named(sim: Simulator, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingError) as caught:
            await Bot(sim, tmp_path, at(taken.getsockname()[1])).start()
    assert caught.value.values["name"] == "WEBHOOK_LISTEN"


# -- nothing is lost, doubled or out of order ------------------------------------------------------


@pytest.fixture
def fed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids that were handed on, in all runs."""
    ids: list[int] = []
    feed = Dispatcher.feed

    def noted(self: Dispatcher, rows: list[Any]) -> None:
        ids.extend(row.update_id for row, _ in rows)
        feed(self, rows)

    monkeypatch.setattr(Dispatcher, "feed", noted)
    return ids


async def test_what_came_while_the_bot_was_down_comes_in_its_order(
    sim: Simulator, tmp_path: Path, fed: list[int]
) -> None:
    people = [sim.user(f"{number}", language="ko") for number in range(20)]
    async with a_bot(sim, tmp_path) as bot:
        await bot.stop()
        for text in ("/latest 1", "/latest 2"):
            for one in people:
                await one.says(one.private, text)
        await until(lambda: sim.world.webhook.failure)
        await bot.start()
        await until(lambda: not len(sim.updates))
    assert fed == sorted(fed)
    assert len(fed) == 40


async def test_deliveries_that_overtake_one_another_are_put_in_order(
    sim: Simulator, tmp_path: Path, fed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "PATIENCE_SECONDS", 60.0)  # the first of them comes in any case
    async with a_bot(sim, tmp_path) as bot:
        await deliver(bot, _said(100))
        late = asyncio.create_task(deliver(bot, _said(102, chat=6)))
        later = asyncio.create_task(deliver(bot, _said(103, chat=7)))
        assert bot.running is not None
        await until(lambda: bot.running.receiver._sequence.wakes_at)  # type: ignore[union-attr]
        assert (await deliver(bot, _said(101, chat=8))).status_code == 200
        assert {(await one).status_code for one in (late, later)} == {200}
        assert fed == [100, 101, 102, 103]


async def test_an_id_that_never_comes_holds_up_nothing_for_long(
    sim: Simulator, tmp_path: Path, fed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "PATIENCE_SECONDS", 0.1)
    async with a_bot(sim, tmp_path) as bot:
        await deliver(bot, _said(100))
        assert (await deliver(bot, _said(105))).status_code == 200
        assert (await deliver(bot, _said(105))).status_code == 200
        assert (await deliver(bot, _said(103))).status_code == 200
    assert fed == [100, 105, 103]


async def test_while_the_disk_is_full_telegram_is_told_to_come_again(
    sim: Simulator, tmp_path: Path, fed: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    minji = sim.user("민지", language="ko")
    async with a_bot(sim, tmp_path) as bot:
        assert bot.running is not None
        writer = bot.running.services.database._writer
        await writer.run(lambda db: db.execute("PRAGMA max_page_count = 1").fetchall())
        for number in range(30):
            await minji.says(minji.private, f"/search {number} " + "가" * 1000)
        await until(lambda: "500" in sim.world.webhook.failure)
        assert len(sim.updates) > 0
        await writer.run(lambda db: db.execute("PRAGMA max_page_count = 99999").fetchall())
        await until(lambda: not len(sim.updates))
    assert fed == sorted(fed)
    assert len(fed) == 30
    events = [one.getMessage() for one in caplog.records]
    assert events.count("inbox_not_committed") == 1
    assert events.count("deliveries_refused") == 1


async def test_there_and_back_with_updates_coming_all_the_time(
    sim: Simulator, tmp_path: Path, fed: list[int]
) -> None:
    """Polling, webhook, polling, webhook: and each ends in the middle."""
    sim.server.deliverer.second = 0.05
    people = [sim.user(f"{number}", language="ko") for number in range(5)]
    ids: list[int] = []
    ends = asyncio.Event()

    async def talk() -> None:
        number = 0
        while not ends.is_set():
            for one in people:
                ids.append(sim.updates._next_id)
                await one.says(one.private, f"/search {number}")
            number += 1
            await asyncio.sleep(0.05)

    talking = asyncio.create_task(talk())
    port = free_port()
    for turn in range(4):
        bot = Bot(sim, tmp_path, at(port) if turn % 2 else {})
        await bot.start()
        seen = len(fed)
        await until(lambda seen=seen: len(fed) > seen + 10)  # type: ignore[misc]  # mypy knows no such lambda
        await bot.crash()
    ends.set()
    await talking
    async with a_bot(sim, tmp_path):
        await until(lambda: not len(sim.updates))
    kept = read(tmp_path / "sosik.db", "SELECT update_id FROM inbox_seen ORDER BY update_id")
    assert kept == ids
    first = list(dict.fromkeys(fed))
    assert first == ids


# -- what Telegram says of the webhook -------------------------------------------------------------


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(reception, "BREATH_SECONDS", 0.05)


async def missing(bot: Bot) -> str | None:
    assert bot.running is not None
    return await bot.running.what_is_missing()


@pytest.mark.usefixtures("often")
async def test_a_webhook_that_was_deleted_is_set_again(sim: Simulator, tmp_path: Path) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with a_bot(sim, tmp_path) as bot:
        sim.world.webhook.url = ""
        sim.world.on_webhook()
        await minji.says(group, "/latest 1")
        await group.receives("첫째")
        await until(lambda: sim.world.webhook.url == url_of(bot))


@pytest.mark.usefixtures("often")
async def test_a_webhook_that_leads_elsewhere_is_another_instance(
    sim: Simulator, tmp_path: Path
) -> None:
    """Nothing is sent, it is not set back, and an operator hears of it."""
    boss = sim.user("운영자", language="ko")
    sim.private(boss)
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        assert await missing(bot) is None
        sim.world.webhook.url = "https://other.example/telegram"
        sim.world.on_webhook()
        await boss.private.receives("같은 토큰으로 도는 봇")
        assert "leads elsewhere" in str(await missing(bot))
        assert sim.world.webhook.url == "https://other.example/telegram"


@pytest.mark.usefixtures("often")
async def test_where_telegram_does_not_reach_it_what_waits_is_fetched(
    sim: Simulator, tmp_path: Path
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with a_bot(sim, tmp_path) as bot:
        deliverer, sim.server.deliverer = sim.server.deliverer, _Nobody()  # type: ignore[assignment]
        await deliverer.stop()
        sim.world.webhook.failure, sim.world.webhook.failed_at = "Connection timed out", 1
        await minji.says(group, "/latest 1")
        await until(lambda: _is_unreached(bot))
        await group.receives("첫째")
        sim.server.deliverer = deliverer
        deliverer.change()
        await until(lambda: _is_ready(bot))


async def _is_unreached(bot: Bot) -> bool:
    return "Telegram does not reach the webhook" in str(await missing(bot))


async def _is_ready(bot: Bot) -> bool:
    return await missing(bot) is None


class _Nobody:
    """Delivers nothing."""

    delivered: tuple[int, ...] = ()

    def wake(self) -> None:
        return

    def change(self) -> None:
        return

    async def stop(self) -> None:
        return


@pytest.mark.usefixtures("often")
async def test_a_webhook_that_telegram_refuses_is_said_and_tried_again(
    sim: Simulator, tmp_path: Path
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    fault = sim.faults.refuses("Bad Request: bad webhook: no host", method="setWebhook", times=None)
    bot = Bot(sim, tmp_path, at(free_port()))
    await bot.start()
    try:
        await until(lambda: fault.hits)
        await until(lambda: _is_told(bot))
        await minji.says(group, "/latest 1")
        await group.receives("첫째")
        sim.faults.remove(fault)
        await until(lambda: sim.world.webhook.url)
        await until(lambda: _is_ready(bot))
    finally:
        await bot.stop()


async def _is_told(bot: Bot) -> bool:
    return "the webhook is not set: BadRequest" in str(await missing(bot))


@pytest.mark.usefixtures("often")
async def test_a_token_that_is_revoked_ends_it(sim: Simulator, tmp_path: Path) -> None:
    async with a_bot(sim, tmp_path) as bot:
        sim.revoke_token()
        assert bot._task is not None
        with pytest.raises(SosikError, match=r"error\.bad_token"):
            await bot._task
        bot._task = None


# -- kill -9 ---------------------------------------------------------------------------------------


def started(
    sim: Simulator, folder: Path, **settings: object
) -> AbstractAsyncContextManager[Process]:
    given = {
        "bot_token": sim.token,
        "telegram_api_url": sim.url,
        "database_path": folder / "sosik.db",
        "sources": SAMPLE,
        "serve": "open",
        **settings,
    }
    around = environment(**given) | {"PYTHONPATH": str(SAMPLE.parents[3])}
    return running(folder, sys.executable, "-m", "bot", "run", environment=around)


@pytest.mark.slow
async def test_killed_there_and_back_each_vote_counts_once(sim: Simulator, tmp_path: Path) -> None:
    """A second press takes a vote back: what is lost or comes twice is not counted."""
    sim.server.deliverer.second = 0.2
    boss = sim.user("관리자", language="ko")
    people = [sim.user(f"{number}", language="ko") for number in range(60)]
    group = sim.supergroup("독서모임", members=people, owner=boss, bot=False)
    ways = [{}, at(free_port()), {}, at(free_port())]
    presses: list[asyncio.Task[object]] = []
    async with started(sim, tmp_path, **ways[0]):
        await boss.adds_bot(group)
        await boss.says(group, "/post 1")
        card = await group.receives("아직 없어요")
    for number, one in enumerate(people):
        data = encode(Vote("👍"))
        presses.append(asyncio.create_task(one.presses_data(card, data)))
        if number % 15 == 14:
            async with started(sim, tmp_path, **ways[(number // 15 + 1) % 4]) as process:
                left = len(sim.updates)
                await until(lambda left=left: len(sim.updates) < left)  # type: ignore[misc]
                process.kill()
                await process.communicate()
    async with started(sim, tmp_path, **at(free_port())):
        await until(lambda: not len(sim.updates))
        await until(lambda: len(_votes(tmp_path)) == len(people))
        await until(lambda: not _waiting(tmp_path))
    await end(presses)  # the answer to a press may be lost
    assert len(_votes(tmp_path)) == len(people)


def _waiting(folder: Path) -> list[Any]:
    return read(folder / "sosik.db", "SELECT update_id FROM inbox")


def _votes(folder: Path) -> list[Any]:
    return read(folder / "sosik.db", "SELECT actor_id FROM votes")


def _said(update_id: int, chat: int = 5) -> bytes:
    who = {"id": chat, "first_name": "x", "is_bot": False}
    message = {
        "message_id": update_id,
        "date": 1,
        "chat": {"id": chat, "type": "private"},
        "from": who,
        "text": "/latest",
        "entities": [{"type": "bot_command", "offset": 0, "length": 7}],
    }
    return json.dumps({"update_id": update_id, "message": message}).encode()
