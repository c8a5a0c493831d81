"""`sosik setup` in a folder of its own, on a Telegram and a blog of its own."""

from __future__ import annotations

import asyncio
import fcntl
import io
import logging
import os
import sys
import termios
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import pytest

from bot.config import Settings
from bot.demo.blog import Blog
from bot.errors import SosikError
from bot.locales import get_texts
from bot.setup.setup import set_up
from bot.setup.talk import Talk
from bot.simulator import Simulator
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.simulator import Person


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Nothing is set from outside; logging is put back."""
    monkeypatch.chdir(tmp_path)
    for name in (*map(str.upper, Settings.model_fields), "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALLOW_PRIVATE_SOURCES", "true")
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:], root.level = before, level


@pytest.fixture
async def sim(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Simulator]:
    monkeypatch.setattr("bot.setup.telegram.PAUSE_SECONDS", 0.01)
    async with await Simulator.start() as simulator:
        monkeypatch.setenv("TELEGRAM_API_URL", simulator.url)
        yield simulator


@pytest.fixture
async def blog() -> AsyncIterator[Blog]:
    blog = await Blog.start("서재", "윤슬", lambda: datetime.now(UTC))
    for title in ("첫 글", "둘째 글", "셋째 글", "넷째 글"):
        blog.publish(title, "본문이에요.")
    yield blog
    await blog.close()


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지", username="minji")


@dataclass
class Sitting:
    """Setup in a thread of its own, as it runs at a shell; `said` is all that it printed."""

    talk: Talk
    typing: TextIO
    out: io.StringIO
    _task: asyncio.Task[int] | None = field(default=None)

    @property
    def said(self) -> str:
        return self.out.getvalue()

    def begin(self) -> None:
        self._task = asyncio.create_task(asyncio.to_thread(self._run))

    def _run(self) -> int:
        with asyncio.Runner() as runner:
            return set_up(self.talk, runner)

    def types(self, *lines: object) -> None:
        for line in lines:
            self.typing.write(f"{line}\n")
        self.typing.flush()

    async def shows(self, piece: str) -> str:
        """Wait until it was printed; what stands behind it."""
        task = self._task
        assert task is not None
        await until(lambda: piece in self.said or task.done())
        assert piece in self.said, f"{self.said}\n{task.exception()}"
        return self.said.rpartition(piece)[2]

    def has_read(self) -> bool:
        """Whether nothing that was typed waits to be read (Linux, ioctl_tty(2))."""
        waiting = fcntl.ioctl(self.talk._in, termios.FIONREAD, bytes(4))
        return int.from_bytes(waiting, sys.byteorder) == 0

    def close(self) -> None:
        self.typing.close()
        self.talk._in.close()

    async def ends(self) -> int:
        assert self._task is not None
        return await self._task


def a_sitting(lang: str = "ko", *, terminal: bool = False) -> Sitting:
    out = io.StringIO()
    ends = os.openpty() if terminal else os.pipe()[::-1]
    typing, reading = os.fdopen(ends[0], "w"), os.fdopen(ends[1])
    return Sitting(Talk(get_texts(lang), reading, out), typing, out)


@pytest.fixture
async def sitting() -> AsyncIterator[Sitting]:
    """Answers come from a pipe."""
    one = a_sitting()
    yield one
    one.close()


@pytest.fixture
async def terminal(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sitting]:
    """Answers are typed; the hidden one too, which getpass would ask of the test's own terminal."""
    one = a_sitting(terminal=True)
    monkeypatch.setattr("getpass.getpass", lambda *_: one.talk._in.readline())
    yield one
    one.close()


async def answered(*lines: object, lang: str = "ko") -> tuple[int | SosikError, str]:
    """Setup with these lines from a pipe: its exit code, or what it raised, and what it said."""
    one = a_sitting(lang)
    one.types(*lines)
    one.typing.close()
    one.begin()
    try:
        return await one.ends(), one.said
    except SosikError as error:
        return error, one.said
    finally:
        one.close()


def names_in(folder: Path) -> list[str]:
    """The files there."""
    return sorted(one.name for one in folder.iterdir())
