"""How soon `sosik run` asks for updates, and how much memory it takes.

    python -m benchmarks.start [--posts 10000] [--starts 5] [--commands 60] [--json]

The cold start is from the process's start to the first getUpdates that the simulator sees: Python,
imports, the database, getMe. Memory is what the system counts for the process (VmRSS, and VmHWM,
the most it ever was; proc(5)) after members asked for posts, searches and cards.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.archives import make_archive
from benchmarks.contestants import NOBODY_WANTS, cpu_seconds
from benchmarks.reporting import report
from bot.config import environment
from bot.simulator import Simulator

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

COMMANDS = ("/latest", "/latest 20", "/search 그리고", "/search 사람들이 생각", "/post 1", "/top")
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.002
MEGABYTE = 1_000_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.start")
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--commands", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measure(given, Path(folder)))
    report("start", tables, as_json=given.json)


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, list[dict[str, object]]]:
    """Both tables."""
    filled = folder / "filled.db"
    await make_archive(filled, given.posts)
    starts = [
        await measure_starts(given.starts, folder, None),
        await measure_starts(given.starts, folder, filled) | {"database": f"{given.posts:,} posts"},
    ]
    return {
        f"cold start, {given.starts} times": starts,
        f"memory, {given.posts:,} posts": [await measure_memory(given.commands, folder, filled)],
    }


async def measure_starts(count: int, folder: Path, filled: Path | None) -> dict[str, object]:
    """The cold starts, on a new database or on copies of `filled`."""
    seconds, used = [], []
    for number in range(count):
        path = folder / f"start-{filled is None}-{number}.db"
        if filled is not None:
            shutil.copy(filled, path)
        async with await Simulator.start() as sim, _running(sim, path) as (process, waited):
            seconds.append(waited)
            used.append(cpu_seconds(process.pid))
    return {
        "database": "new",
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
    sim.updates.push("message", NOBODY_WANTS)  # the first getUpdates is answered, and so counted
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        cwd=path.parent,
        env=settings | {"PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not sim.calls.counts["getUpdates"]:
                if process.returncode is not None:
                    raise RuntimeError(f"sosik run ended with {process.returncode}")
                await asyncio.sleep(LOOK_SECONDS)
        yield process, time.perf_counter() - start
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def measure_memory(commands: int, folder: Path, filled: Path) -> dict[str, object]:
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
            "": "sosik run",
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
