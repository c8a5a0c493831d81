"""Files that a database is not, and ways to run what may go wrong with one."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing, contextmanager
from pathlib import Path
from types import coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator, Iterator

ROOT = Path(__file__).parents[2]
NOBODY = 65534


@coroutine
def cancelled_at(
    step: int, work: Coroutine[Any, Any, object], *, again: bool = False
) -> Generator[Any, Any, object]:
    """Run `work`, and cancel the task it runs in at its `step`-th wait; once more at the next."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    error: BaseException | None = None
    for count in range(1000):
        try:
            waited = work.throw(error) if error else work.send(None)
        except StopIteration as end:
            return end.value
        if count == step or (again and count == step + 1):
            loop.call_soon(task.cancel)
        error = None
        try:
            yield waited
        except BaseException as raised:  # noqa: BLE001  # whatever it is goes to `work`
            error = raised
    raise AssertionError("it never ends")


@contextmanager
def unprivileged(*places: Path) -> Iterator[None]:
    """Take the right to write to `places` away, from root too."""
    modes = [place.stat().st_mode for place in places]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for place, mode in zip(places, modes, strict=True):
            place.chmod(mode)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes: writes there fail with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def started(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A Python of its own that runs `script`, with the project in reach; killed if it is left."""
    with subprocess.Popen(  # noqa: S603  # our own interpreter, our own text
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read(path: Path, sql: str) -> list[Any]:
    """What a connection of its own reads: the first column."""
    with closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute(sql)]
