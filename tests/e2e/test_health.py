"""What whoever keeps the bot running may ask it."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import SettingError, SosikError
from bot.updates.receive import Receiver
from tests.e2e.conftest import Bot, a_bot
from tests.expressions import names_asked
from tests.ports import free_port
from tests.process.test_reporting import Sentry, needs_sentry, sentry
from tests.sources.web import Reply, serving
from tests.waiting import settle, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.process.tick import Tick
    from bot.simulator import Simulator


__all__ = ["sentry"]


@asynccontextmanager
async def a_probed_bot(sim: Simulator, path: Path) -> AsyncIterator[tuple[Bot, str]]:
    """A bot, and where it answers probes: at another port where somebody comes in between."""
    async with AsyncExitStack() as stack:
        for _ in range(20):
            port = str(free_port())
            with suppress(SettingError):
                bot = await stack.enter_async_context(a_bot(sim, path, health_listen=port))
                break
        yield bot, f"http://127.0.0.1:{port}"


async def test_probes_are_answered_while_the_bot_runs_and_not_after(
    sim: Simulator, tmp_path: Path
) -> None:
    async with httpx.AsyncClient() as client:
        async with a_probed_bot(sim, tmp_path) as (bot, address):
            client.base_url = httpx.URL(address)
            assert (await client.get("/healthz")).text == "ok\n"
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.text) == (200, "ready\n")
            metrics = await client.get("/metrics")
            assert metrics.status_code == 200
            assert "sosik_posts 40.0\n" in metrics.text
            assert names_asked() - names_in(metrics.text) == set()
            assert bot.running is not None
            bot.running.duties.ready.clear()
            starting = await client.get("/readyz")
            assert (starting.status_code, starting.text) == (503, "the archive is being taken in\n")
            bot.running.duties.ready.set()
            async with a_late_tick(bot.running.tick):
                late = await client.get("/readyz")
            assert (late.status_code, late.text) == (503, "the tick does not come\n")
            receiver = bot.running.receiver
            assert isinstance(receiver, Receiver)
            await until(lambda: sim.server.poller.is_held)  # nothing is answered meanwhile
            receiver.last_answer_at -= timedelta(minutes=5)
            silent = await client.get("/readyz")
            assert (silent.status_code, silent.text) == (503, "Telegram does not answer\n")
        with pytest.raises(httpx.ConnectError):
            await client.get("/healthz")


@asynccontextmanager
async def a_late_tick(tick: Tick) -> AsyncIterator[None]:
    """A tick that did not come for an hour, and none comes now: it would be in time again."""
    tick._scheduler.pause()
    await settle()  # what is on its way passes
    tick._ticked_at -= 3600
    yield
    tick._ticked_at += 3600
    tick._scheduler.resume()


def names_in(exposition: str) -> set[str]:
    """The names of all samples, and of what is there without one."""
    families = list(text_string_to_metric_families(exposition))
    samples = {sample.name for family in families for sample in family.samples}
    return samples | {family.name for family in families}


async def test_what_the_bot_does_is_seen_from_outside(sim: Simulator, tmp_path: Path) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with a_probed_bot(sim, tmp_path) as (bot, address), httpx.AsyncClient() as client:
        await minji.says(group, "/latest 1")
        await group.receives("첫째")
        await bot.rests()
        text = (await client.get(f"{address}/metrics")).text
    samples = [
        sample
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.value
    ]
    found = {(one.name, *one.labels.values()): one.value for one in samples}
    assert found["sosik_sends_total", "answer", "ok"] >= 1
    assert found["sosik_answer_seconds_count",] == 1
    assert found["sosik_ready",] == 1
    assert found["process_resident_memory_bytes",] > 0
    assert "독서모임" not in text
    assert str(group.id) not in text


async def test_a_monitor_hears_of_a_start_and_of_an_end_by_an_error(
    sim: Simulator, tmp_path: Path
) -> None:
    async with serving() as monitor:
        address = monitor.url("/s3cret")
        monitor.pages = {path: Reply() for path in ("/s3cret/start", "/s3cret/fail")}
        async with a_bot(sim, tmp_path, ping_url=address) as bot:
            await until(lambda: monitor.asked)
            assert bot.running is not None
        assert [one.path for one in monitor.asked] == ["/s3cret/start"]
        with pytest.raises(SosikError, match="bad_token"):
            await Bot(sim, tmp_path).start(ping_url=address, bot_token="123456:" + "x" * 35)
        assert [one.path for one in monitor.asked][-1] == "/s3cret/fail"


@needs_sentry
@pytest.mark.slow
async def test_an_error_of_a_duty_reaches_a_sentry(
    sim: Simulator, tmp_path: Path, sentry: Sentry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.process.duties.Duties._publish_scheduled", broken)
    async with a_bot(sim, tmp_path, sentry_dsn=sentry.dsn):
        await until(lambda: sentry.told)
    (event,) = sentry.events
    assert event["tags"] == {"event": "duty_failed"}
    assert event["exception"]["values"][-1]["type"] == "ZeroDivisionError"


async def test_a_port_that_is_taken_stops_the_start_with_a_clear_message(
    sim: Simulator, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        with pytest.raises(SettingError) as caught:
            await Bot(sim, tmp_path).start(health_listen=str(port))
    assert caught.value.values["name"] == "HEALTH_LISTEN"
