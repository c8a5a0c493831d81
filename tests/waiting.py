"""Waiting for what other threads and processes do, which no frozen clock moves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


async def until(holds: Callable[[], object], *, seconds: float = 10.0) -> None:
    """Return as soon as `holds()` is true; AssertionError when it does not become so in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not holds():
        assert loop.time() < end, "it did not come about in time"
        await asyncio.sleep(0.002)
