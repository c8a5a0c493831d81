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
    began = loop.time()
    while True:
        found = holds()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return
        waited = loop.time() - began
        assert waited < seconds, "it did not come about in time"
        await asyncio.sleep(min(0.002 + waited / 20, 0.02))  # who waits for long asks less often


async def settle(most: int = 50) -> None:
    """Let run whatever is ready, and what follows from it, as far as no thread is waited for.

    `most` turns of the loop: somebody may be ready without an end.
    """
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # nothing public tells
    quiet = 0
    for _ in range(most):
        await asyncio.sleep(0)
        quiet = 0 if ready else quiet + 1
        if quiet > 1:
            return


async def settle_with(database: Database) -> None:
    """Likewise, where the threads of the database are waited for: each has answered many times."""
    for _ in range(10):
        for worker in (database._writer, *database._readers):
            await settle()
            await worker.run(lambda _: None)
    await settle()
