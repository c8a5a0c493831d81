"""What whoever keeps the bot running may ask it."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.errors import SettingError
from tests.e2e.conftest import Bot, a_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Simulator


@asynccontextmanager
async def a_probed_bot(sim: Simulator, path: Path) -> AsyncIterator[tuple[Bot, str]]:
    """A bot, and where it answers probes: at another port where somebody comes in between."""
    async with AsyncExitStack() as stack:
        for _ in range(20):
            with socket.socket() as one:
                one.bind(("127.0.0.1", 0))
                port = str(one.getsockname()[1])
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
            assert any(line.endswith(" 40") for line in metrics.text.splitlines())
            assert bot.running is not None
            bot.running.duties.ready.clear()
            starting = await client.get("/readyz")
            assert (starting.status_code, starting.text) == (503, "the archive is being taken in\n")
            bot.running.duties.ready.set()
            tick = bot.running.tick
            tick._ticked_at -= 3600
            late = await client.get("/readyz")
            assert (late.status_code, late.text) == (503, "the tick does not come\n")
            tick._ticked_at += 3600
            receiver = bot.running.receiver
            receiver.last_answer_at -= timedelta(minutes=5)
            silent = await client.get("/readyz")
            assert (silent.status_code, silent.text) == (503, "Telegram does not answer\n")
        with pytest.raises(httpx.ConnectError):
            await client.get("/healthz")


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
