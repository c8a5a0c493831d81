from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat_settings.edition_slots import (
    YEARS_BACK,
    began_at,
    edition_due_at,
    last_edition,
    next_edition,
    next_edition_at,
    same_days_before,
)
from bot.chat_settings.public_holidays import is_holiday
from bot.chat_settings.schedule import Slot, instant
from storage.models import ChatSettings, Edition, Period, PushMode
from tests.chat_settings.test_schedule import MOMENTS, ZONES
from tests.storage.rows import chat

SEOUL = ZoneInfo("Asia/Seoul")
EVENING, MORNING = 19 * 60, 9 * 60


def chosen(
    day: int = 6,
    minute: int = EVENING,
    *,
    monthly: int = MORNING,
    zone: str = "Asia/Seoul",
    holidays: str | None = None,
) -> ChatSettings:
    made = ChatSettings("ko", zone, PushMode.ON, None, (), frozenset(), None)
    return replace(made, weekly=Edition(day, minute), monthly=monthly, holidays=holidays)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(one: ChatSettings, period: Period, start: datetime, end: datetime) -> list[Slot]:
    found: list[Slot] = []
    now = start
    while (slot := next_edition(one, period, after=now)) is not None and slot.at < end:
        found.append(slot)
        now = slot.at
    return found


def test_a_weekly_edition_comes_on_its_day_and_a_monthly_one_on_the_first() -> None:
    now = utc("2026-11-23 00:00")
    week = Slot(utc("2026-11-29 10:00"), date(2026, 11, 29), EVENING)
    month = Slot(utc("2026-12-01 00:00"), date(2026, 12, 1), MORNING)
    assert next_edition(chosen(), Period.WEEK, after=now) == week
    assert next_edition(chosen(), Period.MONTH, after=now) == month
    assert last_edition(chosen(), Period.WEEK, until=week.at) == week
    assert last_edition(chosen(), Period.MONTH, until=month.at) == month


@pytest.mark.parametrize("period", Period)
def test_none_where_none_is_wanted(period: Period) -> None:
    now = utc("2026-11-23 00:00")
    for one in (
        replace(chosen(), weekly=None, monthly=None),
        replace(chosen(), push=PushMode.OFF),
    ):
        assert next_edition(one, period, after=now) is None
        assert last_edition(one, period, until=now) is None
        assert next_edition_at(one, period, now, now=now) is None
    assert next_edition(replace(chosen(), push=PushMode.DIGEST), period, after=now) is not None


@pytest.mark.parametrize("zone", ZONES)
def test_in_a_year_each_edition_comes_exactly_once(zone: str) -> None:
    """Clock jumps of the zone included, at the hours at which they are."""
    for minute in (0, 90, 150, EVENING):
        one = chosen(6, minute, monthly=minute, zone=zone)
        start, end = utc("2026-06-03 00:00"), utc("2027-06-03 00:00")
        weeks = [slot.local_date for slot in slots(one, Period.WEEK, start, end)]
        months = [slot.local_date for slot in slots(one, Period.MONTH, start, end)]
        assert weeks == [weeks[0] + timedelta(days=7 * number) for number in range(len(weeks))]
        assert len(weeks) in {52, 53}
        assert [day.month for day in months] == [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]
        assert {day.day for day in months} == {1}


@pytest.mark.parametrize("country", ["KR", "JP", "CN", "US", "DE", "IL"])
@pytest.mark.parametrize("period", Period)
def test_in_a_year_none_comes_on_a_holiday_and_each_comes_once(
    country: str, period: Period
) -> None:
    """It comes on the first day after; of eight days off in a row, the next edition takes it in."""
    start, end = utc("2026-01-03 00:00"), utc("2027-01-03 00:00")
    for day in range(7):
        free, usual = chosen(day, holidays=country), chosen(day)
        came = slots(free, period, start, end)
        assert not [slot for slot in came if is_holiday(country, slot.at.astimezone(SEOUL).date())]
        assert len({slot.at for slot in came}) == len(came)
        days = [slot.local_date for slot in came]
        assert days == sorted(set(days))
        missed = {slot.local_date for slot in slots(usual, period, start, end)} - set(days)
        for one in missed:
            week = [one + timedelta(days=number) for number in range(7)]
            at_the_end = end.date() - one <= timedelta(days=7)
            assert at_the_end or all(is_holiday(country, each) for each in week)


def test_of_a_week_without_any_other_day_the_next_edition_takes_it_in() -> None:
    """The first of October 2021 was a Friday, and in China there were seven days off."""
    friday = chosen(4, holidays="CN")
    slot = next_edition(friday, Period.WEEK, after=utc("2021-09-30 00:00"))
    assert slot == Slot(utc("2021-10-08 10:00"), date(2021, 10, 8), EVENING)


def test_new_years_day_is_none_for_a_monthly_edition() -> None:
    slot = next_edition(chosen(holidays="KR"), Period.MONTH, after=utc("2026-12-15 00:00"))
    assert slot == Slot(utc("2027-01-02 00:00"), date(2027, 1, 1), MORNING)


@settings(deadline=None)
@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.sampled_from(Period),
)
def test_nothing_lies_between_the_last_edition_and_the_next(
    now: datetime, zone: str, day: int, minute: int, period: Period
) -> None:
    one = chosen(day, minute, monthly=minute, zone=zone)
    last, following = last_edition(one, period, until=now), next_edition(one, period, after=now)
    assert last is not None
    assert following is not None
    assert last.at <= now < following.at
    assert next_edition(one, period, after=last.at) == following
    assert began_at(following, period, ZoneInfo(zone)) == last.at


def test_what_is_overdue_stays_so_unless_it_is_not_wanted_any_more() -> None:
    due, following = utc("2026-11-22 10:00"), utc("2026-11-29 10:00")
    now = due + timedelta(minutes=1)
    assert next_edition_at(chosen(), Period.WEEK, due, now=now) == due
    assert next_edition_at(chosen(), Period.WEEK, due, now=due) == due
    later = chosen(minute=EVENING + 30)
    assert next_edition_at(later, Period.WEEK, due, now=now) == due + timedelta(minutes=30)
    assert next_edition_at(chosen(), Period.WEEK, None, now=now) == following
    assert next_edition_at(chosen(), Period.WEEK, utc("2027-11-28 10:00"), now=now) == following
    known = chat(-1, weekly_due_at=due, monthly_due_at=following)
    assert [edition_due_at(known, period) for period in Period] == [due, following]


def test_an_edition_looks_back_on_a_week_or_a_month() -> None:
    week = Slot(utc("2026-11-22 10:00"), date(2026, 11, 22), EVENING)
    month = Slot(utc("2027-01-02 00:00"), date(2027, 1, 1), MORNING)
    assert began_at(week, Period.WEEK, SEOUL) == utc("2026-11-15 10:00")
    assert began_at(week, Period.WEEK, SEOUL, ago=2) == utc("2026-11-08 10:00")
    assert began_at(month, Period.MONTH, SEOUL) == utc("2026-12-01 00:00")
    assert began_at(month, Period.MONTH, SEOUL, ago=2) == utc("2026-11-01 00:00")


def test_the_same_days_of_earlier_years_are_whole_days_of_the_zone() -> None:
    week = Slot(utc("2026-11-22 10:00"), date(2026, 11, 22), EVENING)
    month = Slot(utc("2026-03-01 00:00"), date(2026, 3, 1), MORNING)
    assert same_days_before(week, Period.WEEK, SEOUL)[2] == (
        utc("2023-11-15 15:00"),
        utc("2023-11-22 15:00"),
    )
    assert same_days_before(month, Period.MONTH, SEOUL)[1] == (
        utc("2024-01-31 15:00"),
        utc("2024-02-29 15:00"),
    )


def test_a_leap_day_belongs_to_what_begins_on_the_day_after_where_there_was_none() -> None:
    before, after = (
        Slot(instant(day, EVENING, SEOUL), day, EVENING)
        for day in (date(2028, 2, 28), date(2028, 3, 6))
    )
    march = utc("2027-02-28 15:00")
    spans = same_days_before(before, Period.WEEK, SEOUL)
    assert spans[0] == (utc("2027-02-21 15:00"), march)
    assert same_days_before(after, Period.WEEK, SEOUL)[0][0] == march
    assert len(spans) == YEARS_BACK == 40


def test_each_day_of_an_earlier_year_belongs_to_one_week_leap_days_included() -> None:
    for year, ago in ((2027, 2), (2028, 1), (2029, 0)):
        ends = [date(year, 1, 3) + timedelta(days=7 * number) for number in range(53)]
        weeks = [Slot(instant(day, EVENING, SEOUL), day, EVENING) for day in ends]
        spans = [same_days_before(one, Period.WEEK, SEOUL)[ago] for one in weeks]
        assert all(one[1] == other[0] for one, other in pairwise(spans))
