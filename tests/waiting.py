"""Waiting for what other threads and processes do, which no frozen clock moves.

What is waited for is named, never a time: a limit only says when to give up, and is generous,
because a machine may be busy with something else.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database import Database

PATIENCE_SECONDS = 60.0


async def until(holds: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as `holds()`, or what it is awaited for, is true; AssertionError if never."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        found = holds()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return
        assert loop.time() < end, "it did not come about in time"
        await asyncio.sleep(0.002)


async def settle() -> None:
    """Let run whatever is ready, and what follows from it, as far as no thread is waited for."""
    for _ in range(50):
        await asyncio.sleep(0)


async def settle_with(database: Database) -> None:
    """Likewise, where the threads of the database are waited for: each has answered many times."""
    for _ in range(10):
        for worker in (database._writer, *database._readers):
            await settle()
            await worker.run(lambda _: None)
    await settle()
