"""Parsing kept off the event loop, one piece of it at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs one function in a thread at a time.

    Python runs one at a time anyway: side by side, lxml's call-backs would only hand the
    interpreter's lock to and fro (measured: three times the CPU).
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `work` in a thread, when those before it have finished."""
        async with self._turn:
            return await asyncio.to_thread(work, *args, **kwargs)
