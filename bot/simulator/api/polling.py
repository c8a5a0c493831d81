"""getUpdates: long polling with one poller at a time.

`process_get_updates_query`, `do_get_updates` and `fail_query_conflict` in
telegram-bot-api/Client.cpp (Bot API, getUpdates).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.simulator.api.errors import ApiError, conflict

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments
    from bot.simulator.updates import Waiting
    from bot.simulator.world import World

MOST_UPDATES = 100
LONGEST_POLL_SECONDS = 50
"""`LONG_POLL_MAX_TIMEOUT` in telegram-bot-api/Client.h; more is cut to it."""
BATCHING_SECONDS = 0.001
"""How long a poll that was woken waits for more (`LONG_POLL_WAIT_AFTER`)."""
_REPEAT_SECONDS = 3.0
_HASTE_SECONDS = 0.5


class Poller:
    """Answers getUpdates; the second of two long polls ends the first with a 409.

    Conflicts within `conflict_seconds` of one another are answered that much later. With
    `slow_repeats` a poll that repeats the last offset within three seconds is slowed down as on
    the real server; off by default, because tests do that on purpose.
    """

    def __init__(self, world: World) -> None:
        self.conflict_seconds = 3.0
        self.slow_repeats = False
        self._world = world
        self._waiter: asyncio.Future[ApiError | None] | None = None
        self._next_conflict_at = 0.0
        self._last: tuple[int, float] = (0, 0.0)

    async def get_updates(self, arguments: Arguments) -> bytes:
        """The JSON answer; raises ApiError 409 when a webhook or another poller is there."""
        if self._world.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete "
                "the webhook first"
            )
        offset = arguments.number("offset")
        limit = min(max(1, arguments.number("limit", MOST_UPDATES)), MOST_UPDATES)
        seconds = min(max(0, arguments.number("timeout")), LONGEST_POLL_SECONDS)
        self._allow(arguments)
        if self.slow_repeats:
            limit, seconds = self._slowed(offset, limit, seconds)
        queue = self._world.updates
        queue.confirm(offset)
        taken = queue.take(limit)
        if not taken and seconds:
            await self._wait(seconds)
            taken = queue.take(limit)
        return _body(taken)

    @property
    def is_held(self) -> bool:
        """Whether a long poll waits for something to happen."""
        return self._waiter is not None and not self._waiter.done()

    def abort(self, reason: str) -> None:
        """End a waiting poll with a 409."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(conflict(reason))

    def release(self) -> None:
        """End a waiting poll with an empty answer, for shutting down."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self, seconds: float) -> None:
        self.abort(
            "terminated by other getUpdates request; make sure that only one bot instance is "
            "running"
        )
        waiter: asyncio.Future[ApiError | None] = asyncio.get_running_loop().create_future()
        self._waiter = waiter
        try:
            failure = await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            return
        finally:
            if self._waiter is waiter:
                self._waiter = None
        if failure is not None:
            await self._delay_conflict()
            raise failure
        await asyncio.sleep(BATCHING_SECONDS)

    async def _delay_conflict(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next_conflict_at:
            await asyncio.sleep(self.conflict_seconds)
        else:
            self._next_conflict_at = now + self.conflict_seconds

    def wake(self) -> None:
        """There are updates."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _allow(self, arguments: Arguments) -> None:
        try:
            kinds = arguments.decoded("allowed_updates", "")
        except ApiError:
            return  # get_allowed_update_types: what cannot be read changes nothing
        self._world.updates.allow(kinds)

    def _slowed(self, offset: int, limit: int, seconds: int) -> tuple[int, int]:
        now = asyncio.get_running_loop().time()
        last_offset, last_at = self._last
        self._last = (offset, now)
        if offset != last_offset:
            return limit, seconds
        is_hasty = now < last_at + _HASTE_SECONDS
        is_repeat = now < last_at + _REPEAT_SECONDS
        slowed = max(seconds, int(_REPEAT_SECONDS)) if is_repeat else seconds
        return 1 if is_hasty else limit, slowed


def _body(taken: list[Waiting]) -> bytes:
    return b'{"ok":true,"result":[%s]}' % b",".join([update.json() for update in taken])
