"""Whether somebody still waits for an answer does not hang on the machine's clock alone."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.updates.asks import PATIENCE
from bot.updates.telegram_time import TelegramTime, seconds_since_boot

if TYPE_CHECKING:
    from datetime import datetime

    from tests.clock import FakeClock

OFF = [timedelta(days=-400), timedelta(hours=-1), timedelta(minutes=-6), timedelta()]
OFF += [-one for one in OFF[:3]]
MINUTE = 60.0


class Telegram:
    """A Telegram with the right time, and a bot whose clock is `off`."""

    def __init__(self, clock: FakeClock, off: timedelta) -> None:
        self.clock = clock
        self.off = off
        self.seconds = 0.0
        self.time = TelegramTime(clock, monotonic=lambda: self.seconds)

    def now(self) -> datetime:
        """The right time."""
        return self.clock.now() - self.off

    async def pass_time(self, seconds: float) -> None:
        self.seconds += seconds
        await self.clock.advance(seconds)

    async def answers(self, *ages: float, held: float = 0.0, is_all: bool = True) -> None:
        """An answer with messages that are so many seconds old, to a request that was held."""
        self.time.ask()
        await self.pass_time(held)
        self.time.hear([self.message(age) for age in ages], is_all=is_all)

    def message(self, age: float) -> dict[str, Any]:
        return {"message": {"date": int(self.now().timestamp() - age)}}

    def is_old(self, age: float) -> bool:
        return self.time.now() - (self.now() - timedelta(seconds=age)) > PATIENCE


@pytest.mark.parametrize("off", OFF)
async def test_a_question_that_comes_while_the_bot_listens_is_fresh(
    clock: FakeClock, off: timedelta
) -> None:
    telegram = Telegram(clock, off)
    await telegram.answers(0, held=25)
    assert not telegram.is_old(0)
    await telegram.answers(held=30)
    await telegram.answers(1)
    assert not telegram.is_old(1)
    assert abs(telegram.time.now() - telegram.now()) <= timedelta(seconds=31)


@pytest.mark.parametrize("off", [one for one in OFF if one >= timedelta()])
async def test_what_came_while_telegram_could_not_be_reached_is_old(
    clock: FakeClock, off: timedelta
) -> None:
    telegram = Telegram(clock, off)
    await telegram.answers(held=30)
    await telegram.pass_time(30 * MINUTE)
    await telegram.answers(29 * MINUTE)
    assert telegram.is_old(29 * MINUTE)


@pytest.mark.parametrize("off", OFF)
async def test_in_a_backlog_age_is_measured_against_its_newest(
    clock: FakeClock, off: timedelta
) -> None:
    telegram = Telegram(clock, off)
    await telegram.answers(held=30)
    await telegram.pass_time(30 * MINUTE)
    await telegram.answers(29 * MINUTE, 6 * MINUTE, 1, is_all=False)
    assert [telegram.is_old(age) for age in (29 * MINUTE, 6 * MINUTE)] == [True, True]


async def test_a_backlog_of_several_answers_is_no_proof_that_it_is_fresh(clock: FakeClock) -> None:
    telegram = Telegram(clock, timedelta())
    await telegram.answers(40 * MINUTE, is_all=False)
    await telegram.answers(39 * MINUTE, is_all=False)
    assert telegram.is_old(39 * MINUTE)


async def test_what_has_no_date_of_its_own_tells_nothing(clock: FakeClock) -> None:
    telegram = Telegram(clock, timedelta(hours=1))
    before = telegram.time.now()
    strange: list[dict[str, Any]] = [
        {"callback_query": {"message": {"date": 1}}},
        {"message": {"date": "soon"}},
        {"message": {"date": -5}},
        {"message": {"date": 1 << 40}},
        {"edited_message": {"date": 5}},
        {"message": None},
    ]
    telegram.time.hear(strange, is_all=True)
    assert telegram.time.now() == before


@pytest.mark.parametrize("off", OFF)
async def test_a_dated_answer_tells_the_time_also_at_a_start(
    clock: FakeClock, off: timedelta
) -> None:
    telegram = Telegram(clock, off)
    telegram.time.note_date(format_datetime(telegram.now(), usegmt=True))
    await telegram.answers(MINUTE, 20 * MINUTE)
    assert [telegram.is_old(age) for age in (MINUTE, 20 * MINUTE)] == [False, True]
    assert telegram.time.now() == telegram.now()


@pytest.mark.parametrize("date", [None, "", "soon", "Mon, 99 Foo 2026 99:99:99 GMT"])
async def test_what_is_no_date_says_nothing(clock: FakeClock, date: str | None) -> None:
    telegram = Telegram(clock, timedelta())
    telegram.time.note_date(date)
    assert telegram.time.now() == clock.now()


async def test_a_server_that_is_wrong_itself_is_corrected_by_what_comes(clock: FakeClock) -> None:
    telegram = Telegram(clock, timedelta(hours=1))
    telegram.time.note_date(format_datetime(clock.now(), usegmt=True))
    await telegram.answers(held=30)
    await telegram.answers(1)
    assert not telegram.is_old(1)


@pytest.mark.parametrize("off", OFF)
async def test_what_updates_told_is_not_undone_by_an_answer_that_comes_meanwhile(
    clock: FakeClock, off: timedelta
) -> None:
    """They are still being committed when a message was sent, and its answer is dated wrongly."""
    telegram = Telegram(clock, off)
    await telegram.answers(held=30)
    await telegram.answers(1)
    telegram.time.note_date(format_datetime(clock.now(), usegmt=True))
    assert not telegram.is_old(1)
    assert abs(telegram.time.now() - telegram.now()) <= timedelta(seconds=31)


@pytest.mark.parametrize("zone", [" GMT", " +0000", " -0000", ""])
async def test_a_date_is_read_whatever_its_zone_is_called(clock: FakeClock, zone: str) -> None:
    telegram = Telegram(clock, timedelta(hours=1))
    date = format_datetime(telegram.now(), usegmt=True).removesuffix(" GMT")
    telegram.time.note_date(date + zone)
    assert abs(telegram.time.now() - telegram.now()) <= timedelta(seconds=1)


def test_the_seconds_of_a_sleep_count_where_the_machine_can_tell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 1.0)
    monkeypatch.setattr("time.clock_gettime", {7: 3601.0}.get, raising=False)
    monkeypatch.setattr("time.CLOCK_BOOTTIME", 7, raising=False)
    assert seconds_since_boot() == 3601.0
    monkeypatch.delattr("time.CLOCK_BOOTTIME")  # macOS, Windows
    assert seconds_since_boot() == 1.0


async def test_a_clock_that_is_right_again_is_believed_again(clock: FakeClock) -> None:
    telegram = Telegram(clock, timedelta(hours=1))
    await telegram.answers(held=30)
    await telegram.answers(1)
    await telegram.pass_time(30 * MINUTE)
    telegram.time.note_date(format_datetime(telegram.now(), usegmt=True))
    assert abs(telegram.time.now() - telegram.now()) <= timedelta(seconds=31)
