"""The bot as a process: it starts, is stopped, is killed, and never shows its token."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from bot.cli import WRONG_SETTINGS
from bot.config import environment
from bot.process.serving import CLOSE_SECONDS, DRAIN_SECONDS, STOP_SECONDS
from tests.e2e.conftest import SAMPLE
from tests.processes import running
from tests.waiting import until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.simulator import Simulator


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


async def test_sigterm_ends_it_cleanly(sim: Simulator, tmp_path: Path) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with started(sim, tmp_path) as process:
        await minji.says(group, "/latest 1")
        await group.receives("첫째")
        process.terminate()
        _, said = await process.communicate()
    assert process.returncode == 0
    assert sim.token.encode() not in said
    assert said.partition(b"Traceback")[2].decode() == ""


async def test_after_kill_9_it_goes_on_where_it_was(sim: Simulator, tmp_path: Path) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with started(sim, tmp_path) as process:
        await minji.says(group, "/latest 1")
        await group.receives("첫째")
        process.kill()
        await process.communicate()
    await minji.says(group, "/latest 2")
    async with started(sim, tmp_path):
        await group.receives("1–2")


def test_a_stop_is_meant_to_take_less_than_ten_seconds() -> None:
    """As long as Docker waits before it kills."""
    assert DRAIN_SECONDS + 3 * CLOSE_SECONDS <= STOP_SECONDS < 9


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ({"bot_token": "123456:" + "x" * 30}, 1, "@BotFather"),
        ({"bot_token": ""}, WRONG_SETTINGS, "BOT_TOKEN"),
        ({"poll_interval": "soon"}, WRONG_SETTINGS, "POLL_INTERVAL"),
        ({"database_path": "/proc/nowhere/sosik.db"}, 1, "/proc/nowhere"),
        ({"health_listen": "192.0.2.1:8080"}, 1, "HEALTH_LISTEN"),
    ],
)
async def test_what_keeps_it_from_starting_is_said_in_one_line(
    sim: Simulator, tmp_path: Path, settings: dict[str, str], code: int, said: str
) -> None:
    async with started(sim, tmp_path, **settings) as process:
        _, shown = await process.communicate()
    text = shown.decode()
    assert process.returncode == code
    assert said in text
    assert "Traceback" not in text
    assert "x" * 30 not in text


async def test_while_another_instance_runs_nothing_is_sent(sim: Simulator, tmp_path: Path) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    sim.faults.answers(409, method="getUpdates", times=1)
    async with started(sim, tmp_path) as process:
        await minji.says(group, "/latest 1")
        await until(lambda: sim.server.poller.is_held and not len(sim.updates))
        process.terminate()  # what is under way may end, and would be sent
        _, said = await process.communicate()
    assert b"another_instance_runs" in said
    assert group.bot_messages == []


async def test_a_second_one_on_the_same_database_says_so_and_ends(
    sim: Simulator, tmp_path: Path
) -> None:
    """Before it opens the database, or asks Telegram anything."""
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with started(sim, tmp_path) as process:
        await until(lambda: sim.server.poller.is_held)
        asked = sim.calls.counts["getMe"]
        async with started(sim, tmp_path) as second:
            _, shown = await second.communicate()
        assert second.returncode == 1
        assert "이미 소식이 돌고 있어요" in shown.decode().splitlines()[-1]
        assert "Traceback" not in shown.decode()
        assert sim.calls.counts["getMe"] == asked
        await minji.says(group, "/latest 1")
        await group.receives("첫째")
        process.terminate()
        _, said = await process.communicate()
    assert b"another_instance_runs" not in said


async def test_a_database_that_is_damaged_while_it_runs_ends_it_with_one_line(
    sim: Simulator, tmp_path: Path
) -> None:
    """A traceback came from each who asked for something, every second, for as long as it ran."""
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with started(sim, tmp_path) as process:
        await minji.says(group, "/latest 1")
        await group.receives("첫째")
        await asyncio.to_thread(overwrite, tmp_path)
        for number in range(2, 30):
            await minji.says(group, f"/latest {number}")
        _, said = await process.communicate()
    text = said.decode()
    assert process.returncode == 1
    assert "Traceback" not in text
    said_so = ("restore a backup", "백업을 되돌려")  # by the log, and at the end
    assert sum(any(one in line for one in said_so) for line in text.splitlines()) == 2
    assert text.splitlines()[-1].startswith("sosik: ")
    assert text.splitlines()[-1].endswith("백업을 되돌려 주세요.")


def overwrite(folder: Path) -> None:
    """Nonsense in place of the database and its log, as a broken disk may give."""
    for path in (folder / "sosik.db-wal", folder / "sosik.db"):
        with path.open("r+b") as file:
            size = file.seek(0, 2)
            file.seek(0)
            file.write(b"\xa5" * size)
