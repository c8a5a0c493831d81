from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.process.tick import Duty, Tick
from storage.database import DatabaseError
from tests.waiting import settle, until

if TYPE_CHECKING:
    from datetime import tzinfo

    from tests.clock import FakeClock


class Work:
    """Counts how often it was asked; waits for `gate`, where there is one, and raises `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.runs = 0
        self.ended = 0
        self.was_cancelled = False
        self.error = error
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self) -> None:
        self.runs += 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        self.ended += 1
        if self.error is not None:
            raise self.error


class Stopwatch:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Machine(datetime):
    """The time of day as APScheduler reads it: `of` gives one that a test moves."""

    at: list[datetime]
    zone: tzinfo

    @classmethod
    def of(cls, at: list[datetime], zone: tzinfo, monkeypatch: pytest.MonkeyPatch) -> None:
        cls.at, cls.zone = at, zone
        for module in ("apscheduler.schedulers.base", "apscheduler.triggers.interval"):
            monkeypatch.setattr(f"{module}.datetime", cls)
            monkeypatch.setattr(f"{module}.get_localzone", lambda: zone)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return cls.at[0].astimezone(tz)


async def ticks(tick: Tick, clock: FakeClock, times: int) -> None:
    for _ in range(times):
        await tick.tick()
        await clock.advance(1)


async def test_each_duty_runs_at_once_and_then_every_so_many_seconds(clock: FakeClock) -> None:
    often, seldom = Work(), Work()
    tick = Tick((Duty("often", 1, often.run), Duty("seldom", 5, seldom.run)), clock)
    await ticks(tick, clock, 6)
    assert (often.runs, seldom.runs) == (6, 2)


async def test_a_duty_never_overlaps_itself_and_delays_no_other(clock: FakeClock) -> None:
    slow, quick = Work(), Work()
    slow.gate.clear()
    tick = Tick((Duty("slow", 1, slow.run), Duty("quick", 1, quick.run)), clock)
    await ticks(tick, clock, 3)
    assert (slow.runs, quick.runs) == (1, 3)
    slow.gate.set()
    await ticks(tick, clock, 2)
    assert slow.runs >= 2


async def test_a_duty_that_fails_or_finds_the_database_busy_stops_neither_itself_nor_others(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    wrong, busy, fine = Work(ValueError("wrong")), Work(DatabaseError("busy")), Work()
    duties = [("wrong", wrong), ("busy", busy), ("fine", fine)]
    tick = Tick(tuple(Duty(name, 1, work.run) for name, work in duties), clock)
    await ticks(tick, clock, 3)
    assert (wrong.runs, busy.runs, fine.runs) == (3, 3, 3)
    said = [one.message for one in caplog.records]
    assert (said.count("duty_failed"), said.count("duty_waits")) == (3, 1), "waiting is said once"
    assert len(said) == 4
    assert all((one.exc_info is None) == (one.message == "duty_waits") for one in caplog.records)


async def test_a_clock_that_jumps_back_makes_a_duty_due_and_never_silent(clock: FakeClock) -> None:
    work = Work()
    tick = Tick((Duty("work", 10, work.run),), clock, monotonic=Stopwatch())
    await tick.tick()
    await clock.advance(-3600)
    await tick.tick()
    await clock.advance(0)
    assert work.runs == 2


async def test_closing_waits_for_what_ends_in_time_and_cancels_the_rest(clock: FakeClock) -> None:
    soon, late = Work(), Work()
    soon.gate.clear()
    late.gate.clear()
    tick = Tick((Duty("soon", 1, soon.run), Duty("late", 1, late.run)), clock)
    await ticks(tick, clock, 1)
    asyncio.get_running_loop().call_soon(soon.gate.set)
    await tick.close(0.1)
    assert soon.ended == 1
    assert late.was_cancelled


async def test_started_it_ticks_by_itself_until_it_is_closed(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.process.tick.TICK_SECONDS", 0.01)
    work = Work()
    tick = Tick((Duty("work", 0, work.run),), clock)
    tick.start()
    await until(lambda: work.runs >= 2)
    await tick.close(1)
    runs = work.runs
    await asyncio.sleep(0.05)
    assert work.runs == runs


async def test_a_tick_that_was_on_its_way_when_it_closed_begins_nothing(clock: FakeClock) -> None:
    """The scheduler hands its ticks to the loop, which may come to one after the end."""
    work = Work()
    tick = Tick((Duty("work", 0, work.run),), clock)
    await tick.close(1)
    await tick.tick()
    await settle()
    assert work.runs == 0


async def test_a_tick_that_the_loop_has_not_come_to_is_no_error_at_the_end(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """APScheduler ends in the loop, too: what came before it is cancelled, and called an error."""
    tick = Tick((Duty("work", 0, Work().run),), clock)
    tick.start()
    (job,) = tick._scheduler.get_jobs()
    executor = tick._scheduler._lookup_executor("default")
    asyncio.get_running_loop().call_soon(executor.submit_job, job, [clock.now()])
    await tick.close(1)
    await settle()
    assert [one.getMessage() for one in caplog.records if one.levelno > logging.INFO] == []


async def test_started_in_the_last_second_before_clocks_go_back_it_ticks(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second after 01:59:59.5, by the wall clock of the machine's zone, came an hour later."""
    new_york = ZoneInfo("America/New_York")
    at = [datetime(2026, 11, 1, 6, 0, tzinfo=UTC) - timedelta(seconds=0.5)]

    Machine.of(at, new_york, monkeypatch)
    work = Work()
    tick = Tick((Duty("work", 0, work.run),), clock)
    tick.start()
    for _ in range(20):
        at[0] += timedelta(seconds=1)
        tick._scheduler.wakeup()
        await settle()
    await tick.close(1)
    assert work.runs == 20


async def test_closing_what_was_never_started_is_nothing(clock: FakeClock) -> None:
    await Tick((), clock).close(1)


async def test_that_a_duty_waits_is_said_once_and_once_when_it_is_over(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    work = Work(DatabaseError("busy"))
    tick = Tick((Duty("work", 1, work.run),), clock)
    for _ in range(2):
        work.error = DatabaseError("busy")
        await ticks(tick, clock, 3)
        work.error = None
        await ticks(tick, clock, 3)
    said = [one.message for one in caplog.records if one.name == "bot.process.tick"]
    assert said == ["duty_waits", "duty_resumed"] * 2


@pytest.mark.parametrize("back", [timedelta(seconds=20), timedelta(hours=1), timedelta(days=400)])
async def test_a_clock_that_steps_back_stops_the_tick_for_seconds_only(
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    back: timedelta,
) -> None:
    """APScheduler sleeps until a time of day, which is then that much further away."""
    at, stopwatch, work = [clock.now()], Stopwatch(), Work()
    Machine.of(at, UTC, monkeypatch)
    tick = Tick((Duty("work", 0, work.run),), clock, monotonic=stopwatch)
    tick.start()

    async def pass_time(seconds: int) -> int:
        runs = work.runs
        for _ in range(seconds):
            at[0] += timedelta(seconds=1)
            stopwatch.seconds += 1
            await clock.advance(1)
            tick.look()
            tick._scheduler.wakeup()
            await settle()
        return work.runs - runs

    assert await pass_time(5) == 5
    at[0] -= back
    assert await pass_time(5) == 0
    assert not tick.is_late
    stopwatch.seconds += 0.5
    assert tick.is_late
    assert await pass_time(10) >= 8
    assert not tick.is_late
    await tick.close(1)
    assert [one.message for one in caplog.records].count("tick_late") == 1


@pytest.mark.parametrize("seconds", [-86400 * 400, -3600, -30, 30, 3600, 86400 * 400])
async def test_a_clock_that_was_set_is_told_until_it_went_well(
    clock: FakeClock, seconds: int
) -> None:
    stopwatch, told, refused = Stopwatch(), list[timedelta](), [DatabaseError("busy")]

    async def jumped(by: timedelta) -> None:
        if refused:
            raise refused.pop()
        told.append(by)

    tick = Tick((), clock, jumped=jumped, monotonic=stopwatch)
    for step in (0, seconds, 0, 0, 0):
        stopwatch.seconds += 1
        await clock.advance(1 + step)
        tick.look()
        await settle()
    assert told == [timedelta(seconds=seconds)]


async def test_a_clock_that_is_corrected_little_by_little_did_not_jump(clock: FakeClock) -> None:
    stopwatch, told = Stopwatch(), list[timedelta]()

    async def jumped(by: timedelta) -> None:
        told.append(by)

    tick = Tick((), clock, jumped=jumped, monotonic=stopwatch)
    for _ in range(600):
        stopwatch.seconds += 1
        await clock.advance(0.5)
        tick.look()
    assert told == []


async def test_it_watches_by_itself_once_it_is_started(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.process.tick.WATCH_SECONDS", 0.01)
    stopwatch = Stopwatch()
    tick = Tick((), clock, monotonic=stopwatch)
    assert not tick.is_late
    tick.start()
    stopwatch.seconds += 6
    assert tick.is_late

    def has_seen_it() -> bool:
        stopwatch.seconds += 6  # each tick that comes is soon late again
        return "tick_late" in caplog.messages

    await until(has_seen_it)
    await until(lambda: not tick.is_late)
    await tick.close(1)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=400), timedelta(days=20000)])
async def test_a_clock_that_jumps_ahead_is_one_tick_not_each_that_was_missed(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    """From 1970 to today, as a machine without a battery starts, took memory and an hour."""
    at, work = [clock.now() - timedelta(days=20000)], Work()
    Machine.of(at, UTC, monkeypatch)
    tick = Tick((Duty("work", 0, work.run),), clock)
    tick.start()
    at[0] += ahead
    for runs in (1, 2, 3):
        tick._scheduler.wakeup()
        await settle()
        assert work.runs == runs
        at[0] += timedelta(seconds=1)
    await tick.close(1)
