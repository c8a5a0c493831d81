"""What is lost, doubled or out of order when time, the machine or a second bot go wrong.

    python -m benchmarks.faults [--faults NAME ...] [--patience 90] [--json]

The simulator, the people and a blog run in this process, `sosik run` in one of its own, paced, over
HTTP on loopback. The blog brings a post a second while the fault lasts, for three groups; somebody
asks `/latest 1` every three seconds. Then all is well again, and what came is counted: pushes by
group, answers by question, what the operator was told, and the lines of the log above info. The
clock of the process alone is set, by libfaketime (Debian's `faketime`); the full disk is a tmpfs,
which only root can mount.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.blog import Blog
from benchmarks.reporting import report
from bot.config import environment
from bot.simulator import Simulator

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Awaitable, Callable

    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

GROUPS, LASTS_SECONDS = 3, 12
LOOK_SECONDS = 0.1
LATER_SECONDS = 15
"""The duty that tells looks every ten seconds; and what comes twice may come late."""
YEAR, HOUR = 86400 * 365, 3600
DISK_BYTES = 8_000_000
TOLD = {
    "시계가": "the clock was set",
    "같은 토큰으로 도는": "another bot with the token",
    "이 토큰으로 도는 봇은 저뿐": "no other bot any more",
    "디스크가 가득": "the disk was full",
    "붙잡고": "the database was held",
    "데이터베이스에 적지": "the database could not be written",
    "보내졌는지": "pushes in doubt",
    "알리지 않고 담았어요": "posts that came in quietly",
    "답하지 않았어요": "an outage",
}


@dataclass
class Stage:
    """A bot, its rooms and its blog, for one fault."""

    sim: Simulator
    blog: Blog
    folder: Path
    boss: Person
    private: Room
    patience: float
    groups: list[Room] = field(default_factory=list)
    asked: int = 0
    ended: list[int] = field(default_factory=list)
    _process: Process | None = None
    _more: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The bot's."""
        return self.folder / "sosik.db"

    @property
    def log(self) -> Path:
        """What the bot logs, in all its runs."""
        return self.folder.parent / "log"

    @property
    def process(self) -> Process:
        """The bot that runs."""
        assert self._process is not None
        return self._process

    def environment(self, folder: Path) -> dict[str, str]:
        """The bot's settings, with its database in a folder."""
        given = environment(
            bot_token=self.sim.token,
            telegram_api_url=self.sim.url,
            database_path=folder / "sosik.db",
            sources=self.blog.address,
            allow_private_sources=True,
            poll_interval=1,
            serve="open",
            operator_ids=self.boss.user.id,
        )
        return given | self._more | {"PYTHONPATH": os.getcwd()}  # noqa: PTH109  # no wait

    async def run(self, folder: Path, log: Path) -> Process:
        """A `sosik run` that logs to a file."""
        with log.open("ab") as out:
            command = (sys.executable, "-m", "bot", "run")
            return await asyncio.create_subprocess_exec(
                *command,
                cwd=folder.parent,
                env=self.environment(folder),
                stderr=out,
                stdout=DEVNULL,
            )

    async def start(self, **more: str) -> None:
        """Start the bot, and wait until it receives."""
        self._more |= more
        polls = self.sim.calls.counts["getUpdates"]
        self._process = await self.run(self.folder, self.log)
        await self.until(lambda: self.sim.calls.counts["getUpdates"] > polls)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Stop the bot; how many seconds that took."""
        began = time.monotonic()
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(how)
        self.ended.append(await self.process.wait())
        return time.monotonic() - began

    async def until(self, holds: Callable[[], object]) -> bool:
        """Return when something holds, or patience is over; whether it held."""
        end = time.monotonic() + self.patience
        while not (held := holds()) and time.monotonic() < end:  # noqa: ASYNC110  # of many things
            await asyncio.sleep(LOOK_SECONDS)
        return bool(held)

    async def enter(self) -> None:
        """Let the bot into its groups, whose nights are not quiet."""
        await self.boss.starts()
        for number in range(GROUPS):
            room = self.sim.group(f"모임 {number}", owner=self.boss, bot=False)
            await self.boss.adds_bot(room, admin=True)
            await self.boss.says(room, "/quiet off")
            await room.receives("조용한 시간")
            self.groups.append(room)
        await self.fetched()

    async def fetched(self) -> None:
        """Let the blog be read twice: what the first time brings is quiet."""
        before = self.blog.served
        await self.until(lambda: self.blog.served >= before + 2)

    async def live(self, seconds: float = LASTS_SECONDS) -> None:
        """A post a second, and a question every three."""
        for second in range(int(seconds)):
            self.blog.titles.append(f"글{len(self.blog.titles):03}번")
            if second % 3 == 0:
                self.asked += 1
                await self.boss.says(self.private, "/latest 1")
            await asyncio.sleep(1)

    def came(self, room: Room) -> list[str]:
        """The posts that a group got, in order."""
        texts = [one.text for one in room.bot_messages]
        found = [[(text.find(t), t) for t in self.blog.titles if t in text] for text in texts]
        return [title for one in found for _, title in sorted(one)]

    @property
    def answered(self) -> int:
        """How many questions were."""
        return sum(
            "편 가운데" in one.text or "1–1" in one.text for one in self.private.bot_messages
        )

    def is_told(self, words: str) -> bool:
        """Whether the operator was."""
        return any(words in one.text for one in self.private.bot_messages)

    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        pushed = all(set(self.blog.titles[1:]) <= set(self.came(room)) for room in self.groups)
        return pushed and self.answered >= self.asked

    def row(self, name: str, seconds: float) -> dict[str, object]:
        """What became of it all."""
        wanted, came = self.blog.titles[1:], [self.came(room) for room in self.groups]
        firsts = [list(dict.fromkeys(one)) for one in came]
        said = [one.text for one in self.private.bot_messages]
        told = [words for part, words in TOLD.items() for text in said if part in text]
        lines = self.log.read_text(errors="replace").splitlines()
        return {
            "fault": name,
            "pushes": len(wanted) * len(came),
            "lost": sum(len(set(wanted) - set(one)) for one in came),
            "doubled": sum(len(one) - len(set(one)) for one in came),
            "out of order": sum(one != sorted(one) for one in firsts),
            "questions": self.asked,
            "unanswered": max(0, self.asked - self.answered),
            "well after s": seconds,
            "log lines": sum(" warning " in one or " error " in one for one in lines),
            "tracebacks": sum("Traceback" in one for one in lines),
            "told": "; ".join(told) or "-",
        }


def set_clock(stage: Stage, seconds: float) -> None:
    """Let the bot's clock be off by so much."""
    new = stage.folder.parent / "clock.new"
    new.write_text(f"{seconds:+.0f}s\n")
    new.replace(stage.folder.parent / "clock")


async def with_clock(stage: Stage) -> None:
    """Start the bot anew with a clock that can be set."""
    await stage.end()
    asked = ["faketime", "-f", "+0", "printenv", "LD_PRELOAD"]
    library = subprocess.check_output(asked, text=True).strip()  # noqa: ASYNC221, S603  # before anything runs
    set_clock(stage, 0)
    await stage.start(
        LD_PRELOAD=library,
        FAKETIME_TIMESTAMP_FILE=str(stage.folder.parent / "clock"),
        FAKETIME_CACHE_DURATION="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        DONT_FAKE_MONOTONIC="1",
        NO_FAKE_STAT="1",
        FAKETIME_FORCE_MONOTONIC_FIX="0",
    )


async def no_fault(stage: Stage) -> None:
    """Nothing: what the figures are without a fault."""
    await stage.live()


async def clock_back(stage: Stage) -> None:
    """An hour back."""
    await with_clock(stage)
    await stage.live(3)
    set_clock(stage, -HOUR)
    await stage.live()


async def clock_ahead(stage: Stage) -> None:
    """An hour ahead, and it stays there."""
    await with_clock(stage)
    await stage.live(3)
    set_clock(stage, HOUR)
    await stage.live()


async def clock_year(stage: Stage) -> None:
    """A year ahead for twelve seconds, then right."""
    await with_clock(stage)
    set_clock(stage, YEAR)
    await stage.live()
    set_clock(stage, 0)
    await stage.live(3)


async def stopped(stage: Stage) -> None:
    """SIGTERM while Telegram is slow to answer what it has taken, and a start."""
    fault = stage.sim.faults.answers_slowly(3, method="sendMessage", times=None)
    await stage.live(4)
    await stage.until(lambda: fault.hits)
    seconds = await stage.end()
    assert seconds < 10
    stage.sim.faults.remove(fault)
    await stage.start()


async def killed(stage: Stage) -> None:
    """A kill -9 between two posts, and a start."""
    await stage.live()
    await stage.until(stage.is_whole)
    await stage.end(signal.SIGKILL)
    await stage.start()
    await stage.live(3)


async def killed_sending(stage: Stage) -> None:
    """A kill -9 while Telegram is slow to answer what it has taken, and a start."""
    fault = stage.sim.faults.answers_slowly(3, method="sendMessage", times=None)
    await stage.live(4)
    await stage.until(lambda: fault.hits)
    await stage.end(signal.SIGKILL)
    stage.sim.faults.remove(fault)
    await stage.start()


async def second_run(stage: Stage) -> None:
    """A second run on the same database."""
    living = asyncio.create_task(stage.live())
    second = await stage.run(stage.folder, stage.folder.parent / "second.log")
    stage.ended.append(await second.wait())
    await living
    assert stage.ended[-1] == 1


async def same_token(stage: Stage) -> None:
    """Another machine with the token, and a database of its own, for as long as it lasts."""
    elsewhere = stage.folder.parent / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    second = await stage.run(elsewhere, stage.folder.parent / "second.log")
    try:
        await stage.live()
        assert await stage.until(lambda: stage.is_told("같은 토큰으로 도는"))
    finally:
        second.terminate()
        stage.ended.append(await second.wait())
    await stage.until(lambda: stage.is_told("저뿐"))


async def locked(stage: Stage) -> None:
    """Another program holds the database for longer than SQLite waits."""
    with closing(sqlite3.connect(stage.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await stage.live(LASTS_SECONDS + 3)
        other.execute("ROLLBACK")


async def no_room(stage: Stage) -> None:
    """The disk is full."""
    ballast = stage.folder / "ballast"
    ballast.write_bytes(b"")
    size = 1 << 20
    with ballast.open("ab", buffering=0) as file:
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    await stage.live()
    ballast.unlink()


async def limited(stage: Stage) -> None:
    """No file may grow (prlimit)."""
    await _limit(stage, "1000")
    await stage.live()
    await _limit(stage, "unlimited")


async def _limit(stage: Stage, size: str) -> None:
    pid = str(stage.process.pid)
    command = ("prlimit", "--pid", pid, f"--fsize={size}:unlimited")
    await (await asyncio.create_subprocess_exec(*command)).wait()


async def damaged(stage: Stage) -> None:
    """The database is overwritten while the bot runs; then a backup is restored."""
    await _order(stage, "backup")
    for path in (stage.folder / "sosik.db-wal", stage.database):
        size = path.stat().st_size
        path.write_bytes(b"\xa5" * size)
    await stage.boss.says(stage.private, "/latest 1")
    stage.ended.append(await stage.process.wait())
    await _order(stage, "restore")
    await stage.start()
    await stage.fetched()
    await stage.live(3)
    stage.asked += 1


async def _order(stage: Stage, name: str) -> None:
    """Run a command of ours on a backup beside the database."""
    command = (sys.executable, "-m", "bot", name, str(stage.folder / "backup.db"))
    env = stage.environment(stage.folder)
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=DEVNULL)
    assert not await process.wait()


async def emptied(stage: Stage) -> None:
    """The database is a file of no bytes at the start."""
    await stage.end()
    kept = stage.database.read_bytes()
    stage.database.write_bytes(b"")
    second = await stage.run(stage.folder, stage.log)
    stage.ended.append(await second.wait())
    assert stage.ended[-1] == 1
    stage.database.write_bytes(kept)
    await stage.start()
    await stage.live(3)


FAULTS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "none": no_fault,
    "clock an hour back": clock_back,
    "clock an hour ahead": clock_ahead,
    "clock a year ahead, and right": clock_year,
    "SIGTERM, slow answers": stopped,
    "kill -9, and a start": killed,
    "kill -9, slow answers": killed_sending,
    "two runs, one database": second_run,
    "two machines, one token": same_token,
    "database held for 15 s": locked,
    "disk full": no_room,
    "no file may grow": limited,
    "database damaged, restored": damaged,
    "database of no bytes": emptied,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.faults")
    parser.add_argument("--faults", nargs="+", choices=list(FAULTS), default=list(FAULTS))
    parser.add_argument("--patience", type=float, default=180.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = []
    for name in given.faults:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(asyncio.run(measure(name, Path(folder), given.patience)))
        print(f"{name}: done", file=sys.stderr, flush=True)
    report("faults", {f"{LASTS_SECONDS} s each": rows}, as_json=given.json)


async def measure(name: str, folder: Path, patience: float) -> dict[str, object]:
    """One fault: what was lost, doubled or out of order, and who was told."""
    async with AsyncExitStack() as stack:
        data = folder / "data"
        data.mkdir(mode=0o700)
        if name == "disk full":
            _mount(data, stack)
        blog = await stack.enter_async_context(Blog())
        sim = await stack.enter_async_context(await Simulator.start())
        blog.titles.append("처음부터 있던 글")
        boss = sim.user("운영자", language="ko")
        stage = Stage(sim, blog, data, boss, sim.private(boss), patience)
        await stage.start()
        stack.push_async_callback(stage.end)
        await stage.enter()
        await FAULTS[name](stage)
        began = time.monotonic()
        await stage.until(stage.is_whole)
        seconds = time.monotonic() - began
        await asyncio.sleep(LATER_SECONDS)
        return stage.row(name, seconds)


def _mount(folder: Path, stack: AsyncExitStack) -> None:
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    subprocess.run(command, check=True)  # noqa: S603  # ours; SystemExit says the rest
    stack.callback(lambda: subprocess.run(["umount", "-l", str(folder)], check=True))  # noqa: S603, S607  # ours


if __name__ == "__main__":
    main()
