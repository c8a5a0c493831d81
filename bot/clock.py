"""The time, handed in, so that tests can hold it still; and waits that come to an end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection


class Clock(Protocol):
    """Where the current time comes from."""

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed."""
        await asyncio.sleep(seconds)


async def wait_for(event: asyncio.Event, clock: Clock, seconds: float) -> bool:
    """Return once `event` is set, or `seconds` have passed on `clock`; whether the event was set.

    Both waits have ended by then, also when the caller is cancelled meanwhile.
    """
    happened = asyncio.ensure_future(event.wait())
    over = asyncio.ensure_future(clock.sleep(seconds))
    try:
        done, _ = await asyncio.wait([happened, over], return_when=asyncio.FIRST_COMPLETED)
    finally:
        happened.cancel()
        over.cancel()
        await asyncio.gather(happened, over, return_exceptions=True)
    for one in done:
        one.result()  # a clock that broke is no time that passed
    return happened in done


async def end(tasks: Collection[asyncio.Task[Any]], seconds: float = 0) -> bool:
    """Give tasks at most `seconds` to end, then cancel them; whether all ended by themselves.

    What they failed with is for whoever watches them. The seconds are the machine's: how long a
    stop may take is no matter of the time of day. When the caller is cancelled, so are the tasks.
    """
    late: list[asyncio.Task[Any]] = []
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
    finally:
        late = [one for one in tasks if not one.done()]
        for one in late:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return not late
