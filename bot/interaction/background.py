"""Small things done a little later; what has not come by the end of the run is dropped."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.clock import end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Clock

log = logging.getLogger(__name__)


class Background:
    """Keeps hold of tasks that nobody waits for, and ends them with the run."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Call `work` after `seconds`; what Telegram says to it does not matter."""
        task = asyncio.create_task(self._run(seconds, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop what has not come yet."""
        await end(tuple(self._tasks))

    async def _run(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        await self._clock.sleep(seconds)
        try:
            await work()
        except TelegramError as error:
            log.info("background_refused", extra={"error": type(error).__name__})
        except Exception:
            log.exception("background_failed")
