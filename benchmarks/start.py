"""How soon `sosik run` asks for updates, and how much memory it takes.

    python -m benchmarks.start [--posts 10000] [--chats 0] [--starts 5] [--commands 60] [--json]

The cold start is from the process's start to the first getUpdates that the simulator sees: Python,
imports, the database, getMe. Memory is what the system counts for the process (VmRSS, and VmHWM,
the most it ever was; proc(5)) after members asked for posts, searches and cards. The bare bot is
python-telegram-bot with one CommandHandler, which nobody asks.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.archives import make_archive
from benchmarks.contestants import NOBODY_WANTS, cpu_seconds
from benchmarks.figures import Better, Ratio
from benchmarks.reporting import figure, report
from bot.chats import EVERY_DAY
from bot.clock import SystemClock
from bot.config import environment
from bot.simulator import Simulator
from storage import chats
from storage.database import Database
from storage.models import Chat, ChatId, ChatKind, ChatSettings, ChatState, PushMode

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Sequence

    from benchmarks.reporting import Row

COMMANDS = ("/latest", "/latest 20", "/search 그리고", "/search 사람들이 생각", "/post 1", "/top")
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.002
MEGABYTE = 1_000_000
EACH = 1_000
"""Chats a transaction."""
ROOT = Path(__file__).parents[1]
BARE = "import sys; from benchmarks.contestants import run_bare; run_bare(*sys.argv[1:4], 1)"
SAID = '{"text": "글", "reply_markup": {"inline_keyboard": []}, "link_preview_options": {}}'
"""What the bare bot would answer; nobody asks it."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.start")
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=0, help="served groups in that database")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--commands", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measure(given, Path(folder)))
    report("start", tables, as_json=given.json, ratios=ratios_of(*tables.values()))


def ratios_of(starts: Sequence[Row], memory: Sequence[Row]) -> list[Ratio]:
    """How Sosik starts beside the bare bot, which comes last."""
    ratios = []
    for rows, cell, what in (
        (starts, "median s", "cold start, {}, of the bare bot's"),
        (memory, "at start MB", "memory at the start, {}, of the bare bot's"),
    ):
        *ours, bare = rows
        for row in ours:
            value = figure(row, cell) / figure(bare, cell)
            ratios.append(Ratio(what.format(row["database"]), value, Better.LOWER))
    return ratios


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, list[Row]]:
    """Both tables."""
    filled = folder / "filled.db"
    await make_archive(filled, given.posts)
    await add_groups(filled, given.chats)
    posts = {"bot": "sosik", "database": f"{given.posts:,} posts"}
    bare, floor = await measure_bare(given.starts)
    starts = [
        {"bot": "sosik", **await measure_starts(given.starts, folder, None)},
        {**posts, **await measure_starts(given.starts, folder, filled), **posts},
        bare,
    ]
    memory = [{**posts, **await measure_memory(given.commands, folder, filled)}, floor]
    return {
        f"cold start, {given.starts} times": starts,
        f"memory, {given.posts:,} posts": memory,
    }


async def add_groups(path: Path, count: int) -> None:
    """So many groups that are served, each with a digest that is due tomorrow."""
    now = SystemClock().now()
    start = ChatSettings("ko", "Asia/Seoul", PushMode.ON, None, (540,), EVERY_DAY, None)
    due = now + timedelta(days=1)
    group = Chat(
        *(ChatId(-1), ChatKind.GROUP, "독서모임", ChatState.SERVED),
        can_write=True,
        is_forum=False,
        settings=start,
        joined_at=now,
        digest_due_at=due,
        last_digest_at=None,
    )
    async with Database.opened(path) as database:
        for first in range(0, count, EACH):
            async with database.transaction() as tx:
                for number in range(first, min(first + EACH, count)):
                    await chats.add_chat(tx, replace(group, id=ChatId(-1 - number)))


async def measure_starts(count: int, folder: Path, filled: Path | None) -> Row:
    """The cold starts, on a new database or on copies of `filled`."""
    seconds, used = [], []
    for number in range(count):
        path = folder / f"start-{filled is None}-{number}.db"
        if filled is not None:
            shutil.copy(filled, path)
        async with await Simulator.start() as sim, _running(sim, path) as (process, waited):
            seconds.append(waited)
            used.append(cpu_seconds(process.pid))
    return {"database": "new", **_cells(seconds, used)}


async def measure_bare(count: int) -> tuple[Row, Row]:
    """The cold starts of a bare bot, and the most that it took at one."""
    seconds, used, taken = [], [], []
    for _ in range(count):
        async with await Simulator.start() as sim:
            command = ("-c", BARE, sim.url, sim.token, SAID)
            async with _started(sim, command, dict(os.environ), ROOT) as (process, waited):
                seconds.append(waited)
                used.append(cpu_seconds(process.pid))
                taken.append(_status(process.pid, "VmRSS"))
    name = {"bot": "bare", "database": "-"}
    return {**name, **_cells(seconds, used)}, {**name, "at start MB": max(taken) / MEGABYTE}


def _cells(seconds: list[float], used: list[float]) -> dict[str, object]:
    return {
        "median s": median(seconds),
        "fastest s": min(seconds),
        "slowest s": max(seconds),
        "CPU s": median(used),
    }


@asynccontextmanager
async def _running(sim: Simulator, path: Path) -> AsyncIterator[tuple[Process, float]]:
    """`sosik run`, and how many seconds it took to ask for updates."""
    settings = environment(
        bot_token=sim.token, telegram_api_url=sim.url, database_path=path, serve="open"
    )
    async with _started(sim, ("-m", "bot", "run"), settings, path.parent) as running:
        yield running


@asynccontextmanager
async def _started(
    sim: Simulator, arguments: tuple[str, ...], settings: dict[str, str], folder: Path
) -> AsyncIterator[tuple[Process, float]]:
    """A bot that Python runs with these arguments, and how many seconds it took."""
    sim.updates.push("message", NOBODY_WANTS)  # the first getUpdates is answered, and so counted
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=folder,
        env=settings | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not sim.calls.counts["getUpdates"]:
                if process.returncode is not None:
                    raise RuntimeError(f"{arguments} ended with {process.returncode}")
                await asyncio.sleep(LOOK_SECONDS)
        yield process, time.perf_counter() - start
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def measure_memory(commands: int, folder: Path, filled: Path) -> Row:
    """What the process takes after so many commands."""
    path = folder / "memory.db"
    shutil.copy(filled, path)
    async with await Simulator.start() as sim, _running(sim, path) as (process, _):
        before = _status(process.pid, "VmRSS")
        for number in range(commands):
            person = sim.user(f"회원{number}")  # the pace in one chat is one answer a second
            room = sim.private(person)
            await person.says(room, COMMANDS[number % len(COMMANDS)])
            await room.receives(timeout=PATIENCE_SECONDS)
        return {
            "at start MB": before / MEGABYTE,
            f"after {commands} commands MB": _status(process.pid, "VmRSS") / MEGABYTE,
            "most MB": _status(process.pid, "VmHWM") / MEGABYTE,
        }


def _status(pid: int, name: str) -> int:
    """A field of /proc/PID/status, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
