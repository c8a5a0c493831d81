from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SystemClock, end, wait_for
from tests.clock import FakeClock
from tests.waiting import settle


class BrokenClock(FakeClock):
    """It cannot be slept on."""

    async def sleep(self, seconds: float) -> None:
        raise OSError(f"no {seconds} seconds")


def others() -> set[asyncio.Task[object]]:
    """What runs besides the test."""
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_the_machines_clock_is_in_utc_and_sleeps() -> None:
    clock, before = SystemClock(), datetime.now(UTC)
    await clock.sleep(0.002)
    assert clock.now() - before >= timedelta(seconds=0.001)
    assert clock.now().tzinfo is UTC


async def test_an_event_ends_the_wait() -> None:
    clock, event = FakeClock(), asyncio.Event()
    waiting = asyncio.create_task(wait_for(event, clock, 60))
    await settle()
    assert not waiting.done()
    event.set()
    assert await waiting is True
    assert others() == set()


async def test_an_event_that_is_set_already_is_not_waited_for() -> None:
    event = asyncio.Event()
    event.set()
    assert await wait_for(event, FakeClock(), 60) is True


async def test_an_event_that_is_cleared_at_once_has_happened_all_the_same() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(wait_for(event, FakeClock(), 60))
    await settle()
    event.set()
    event.clear()
    assert await waiting is True


async def test_the_clock_ends_the_wait() -> None:
    clock, event = FakeClock(), asyncio.Event()
    waiting = asyncio.create_task(wait_for(event, clock, 60))
    await clock.advance(59)
    assert not waiting.done()
    await clock.advance(1)
    assert await waiting is False
    assert others() == set()


async def test_a_cancelled_wait_leaves_nothing_behind() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(wait_for(event, FakeClock(), 60))
    await settle()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert others() == set()


async def test_a_cancellation_counts_although_the_event_is_set() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(wait_for(event, FakeClock(), 60))
    await settle()
    event.set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert others() == set()


async def test_a_clock_that_breaks_is_no_time_that_passed() -> None:
    with pytest.raises(OSError, match="no 60 seconds"):
        await wait_for(asyncio.Event(), BrokenClock(), 60)
    assert others() == set()


async def test_what_ends_in_time_is_not_cancelled() -> None:
    tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(2)]
    assert await end(tasks, 60) is True
    assert not any(one.cancelled() for one in tasks)


async def test_what_does_not_end_in_time_is_cancelled() -> None:
    quick = asyncio.create_task(asyncio.sleep(0))
    slow = asyncio.create_task(asyncio.sleep(3600))
    assert await end([quick, slow], 0.001) is False
    assert (quick.cancelled(), slow.cancelled()) == (False, True)
    assert others() == set()


async def test_where_nothing_runs_all_has_ended() -> None:
    assert await end([], 60) is True


async def test_whoever_stops_waiting_cancels_what_it_waited_for() -> None:
    slow = asyncio.create_task(asyncio.sleep(3600))
    ending = asyncio.create_task(end([slow], 3600))
    await settle()
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert slow.cancelled()
    assert others() == set()
