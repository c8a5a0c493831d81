"""Databases to begin a test with, made once a process and copied: migrations take long."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@cache
def made_by(fill: Callable[[Path], Awaitable[None]]) -> bytes:
    """The file that `fill` makes at the path that it is given; to be asked for in a thread."""

    async def run(path: Path) -> None:
        await fill(path)

    with TemporaryDirectory() as folder:
        path = Path(folder) / "sosik.db"
        asyncio.run(run(path))
        return path.read_bytes()


async def lay_out(path: Path, fill: Callable[[Path], Awaitable[None]] | None = None) -> None:
    """Put a database at `path`: an empty one of this version, or what `fill` makes."""
    await asyncio.to_thread(lambda: path.write_bytes(made_by(fill or _empty)))


async def _empty(path: Path) -> None:
    await (await Database.open(path)).close()
