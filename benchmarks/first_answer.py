"""The README's way, walked: from a bare folder and a token to the first answer in a group.

    python -m benchmarks.first_answer [--json]

`sosik setup` and `sosik run` are processes of their own, on a Telegram and a blog of the same
machine. Somebody opens the link at once, brings the bot into a channel, starts it, and asks in a
group; then the blog publishes. What people take to read and press is theirs; the goal for the rest
is 60 seconds, installation apart.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.reporting import report
from bot.config import environment
from bot.demo.blog import Blog
from bot.simulator import Simulator

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping

    from benchmarks.reporting import Row
    from bot.simulator import Person, Room

PATIENCE_SECONDS = 60.0
ROOT = Path(__file__).parents[1]
LINK = "https://t.me/sosik_bot?start="


def main() -> None:
    """Walk, and print what each step took."""
    parser = argparse.ArgumentParser(prog="benchmarks.first_answer")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(walk(Path(folder)))
    report("first answer", {"from a token to the first answer": rows}, as_json=given.json)


@dataclass(slots=True)
class _Watch:
    """Seconds from step to step."""

    began_at: float = field(default_factory=time.monotonic)
    last_at: float = 0.0
    rows: list[Row] = field(default_factory=list)

    def note(self, step: str) -> None:
        now = time.monotonic() - self.began_at
        self.rows.append({"step": step, "seconds": now - self.last_at, "in all": now})
        self.last_at = now


async def walk(folder: Path) -> list[Row]:
    """Each step with its seconds. AssertionError where a step does not come about."""
    blog = await Blog.start("서재", "윤슬", lambda: datetime.now(UTC))
    for number in range(1, 6):
        blog.publish(f"{number}번째 글", "본문이에요.")
    try:
        async with await Simulator.start() as sim:
            return await _walk(sim, blog, folder)
    finally:
        await blog.close()


async def _walk(sim: Simulator, blog: Blog, folder: Path) -> list[Row]:
    minji = sim.user("민지")
    channel = sim.channel("소식 채널", owner=minji, bot=False)
    group = sim.supergroup("독서모임", owner=minji, bot=False)
    around = environment(telegram_api_url=sim.url, allow_private_sources="true", language="ko")
    watch = _Watch()
    async with _process(folder, "setup", around) as setup:
        _type(setup, sim.token, "")
        code = (await _printed(setup, LINK)).partition(LINK)[2].strip()
        watch.note("the token is known to Telegram")
        await minji.starts(code)
        await minji.private.receives("운영자로", timeout=PATIENCE_SECONDS)
        watch.note("the operator is found")
        _type(setup, blog.feed_address.rpartition("/")[0], "링크")
        await _printed(setup, "찾아요")
        watch.note("the blog's titles are shown")
        await minji.adds_bot(channel, rights={"can_post_messages"})
        await _printed(setup, str(channel.id))
        watch.note("the channel is found")
        said, _ = await setup.communicate()
        assert setup.returncode == 0, said.decode()
    watch.note("all is written and checked")
    async with _process(folder, "run", around | {"POLL_INTERVAL": "1"}):
        await minji.adds_bot(group, admin=True)
        await group.receives("소식이에요", timeout=PATIENCE_SECONDS)
        watch.note("the bot runs, and greets a group")
        await _asks(minji, group, "5번째 글")
        watch.note("the group has its first answer")
        blog.publish("새 글", "본문이에요.")
        await channel.receives("새 글", timeout=PATIENCE_SECONDS)
        watch.note("a new post is in the channel, with the blog asked every second")
    return watch.rows


async def _asks(person: Person, group: Room, title: str) -> None:
    """Ask until the answer has this post: who asks at once may be before the blog's own answer."""
    while True:
        await person.says(group, "/latest")
        if title in (await group.receives(timeout=PATIENCE_SECONDS)).text:
            return


def _type(process: Process, *lines: str) -> None:
    assert process.stdin is not None
    process.stdin.write("".join(f"{line}\n" for line in lines).encode())


async def _printed(process: Process, piece: str) -> str:
    """The first line with a piece in it, once it is printed."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for line in process.stdout:
            if piece in line.decode():
                return line.decode()
    raise AssertionError(f"{piece!r} was never printed")


@asynccontextmanager
async def _process(folder: Path, command: str, around: Mapping[str, str]) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", command),
        cwd=folder,
        env={**around, "PYTHONPATH": str(ROOT)},
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


if __name__ == "__main__":
    main()
