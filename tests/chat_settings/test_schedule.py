from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat_settings.public_holidays import is_holiday
from bot.chat_settings.schedule import (
    Slot,
    held_until,
    instant,
    is_hushed,
    is_too_late,
    last_slot,
    next_digest_at,
    next_slot,
    quiet_until,
)
from storage.models import ChatSettings, Night, PushMode, QuietHours

ZONES = (
    "Asia/Seoul",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Jerusalem",
    "Asia/Gaza",
    "Asia/Beirut",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Athens",
    "Europe/Moscow",
    "Europe/Istanbul",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Atlantic/Azores",
    "Atlantic/Reykjavik",
    "America/St_Johns",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Havana",
    "America/Asuncion",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Scoresbysund",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Auckland",
    "UTC",
)

ODD = {"Africa/Casablanca", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia"}
"""Of these a whole year is walked through before each commit."""


def chat(
    *times: str,
    zone: str = "Asia/Seoul",
    days: frozenset[int] = frozenset(range(7)),
    push: PushMode = PushMode.ON,
    quiet: QuietHours | None = None,
    night: Night = Night.WAIT,
    holidays: str | None = None,
) -> ChatSettings:
    minutes = tuple(int(time[:2]) * 60 + int(time[3:]) for time in times)
    return ChatSettings(
        "ko", zone, push, quiet, minutes, days, None, night=night, holidays=holidays
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_next_digest_is_at_the_local_time() -> None:
    settings = chat("09:00", "18:30")
    assert next_digest_at(settings, after=utc("2026-11-23 00:00")) == utc("2026-11-23 09:30")
    assert next_digest_at(settings, after=utc("2026-11-22 23:59")) == utc("2026-11-23 00:00")
    assert next_digest_at(settings, after=utc("2026-11-23 09:30")) == utc("2026-11-24 00:00")


def test_only_on_the_chosen_days() -> None:
    weekdays = chat("09:00", days=frozenset(range(5)))
    assert next_digest_at(weekdays, after=utc("2026-11-27 00:00")) == utc("2026-11-30 00:00")
    sunday = chat("09:00", days=frozenset({6}))
    assert next_digest_at(sunday, after=utc("2026-11-22 00:00")) == utc("2026-11-29 00:00")


def test_none_where_none_is_wanted() -> None:
    now = utc("2026-11-23 00:00")
    assert next_digest_at(chat(), after=now) is None
    assert next_digest_at(chat("09:00", push=PushMode.OFF), after=now) is None
    assert next_digest_at(chat("09:00", push=PushMode.DIGEST), after=now) is not None
    assert next_digest_at(chat("09:00", days=frozenset()), after=now) is None
    assert last_slot(chat(), until=now) is None


def test_in_the_gap_it_is_the_first_minute_after() -> None:
    new_york = chat("02:30", zone="America/New_York")
    slot = next_slot(new_york, after=utc("2027-03-14 00:00"))
    assert slot == Slot(utc("2027-03-14 07:00"), date(2027, 3, 14), 150)


def test_in_the_fold_it_is_the_first_of_the_two() -> None:
    new_york = chat("01:30", zone="America/New_York")
    first = next_slot(new_york, after=utc("2026-11-01 00:00"))
    assert first is not None
    assert first.at == utc("2026-11-01 05:30")
    assert next_digest_at(new_york, after=first.at) == utc("2026-11-02 06:30")


def test_a_gap_of_half_an_hour_and_one_at_midnight() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert instant(date(2026, 10, 4), 2 * 60 + 10, lord_howe) == utc("2026-10-03 15:30")
    cairo = ZoneInfo("Africa/Cairo")
    assert instant(date(2027, 4, 30), 15, cairo) == utc("2027-04-29 22:00")


def test_a_day_that_a_zone_left_out_comes_at_its_end() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert instant(date(2011, 12, 30), 540, apia) == utc("2011-12-30 10:00")


@pytest.mark.parametrize(
    "zone",
    [pytest.param(one, marks=[pytest.mark.slow] * (one not in ODD)) for one in ZONES],
)
def test_in_a_year_each_slot_comes_exactly_once(zone: str) -> None:
    """Clock jumps of the zone included: one slot for each time of each local day, in order."""
    settings = chat("00:00", "00:30", "01:30", "02:30", "03:00", "09:00", zone=zone)
    now, end = utc("2026-06-01 00:00"), utc("2027-06-01 00:00")
    slots: list[Slot] = []
    while (slot := next_slot(settings, after=now)) is not None and slot.at < end:
        slots.append(slot)
        now = slot.at
    seen = {(slot.local_date, slot.minute) for slot in slots}
    assert len(seen) == len(slots)
    per_day = Counter(slot.local_date for slot in slots)
    first, final = slots[0].local_date + timedelta(days=1), slots[-1].local_date
    for number in range((final - first).days):
        day = first + timedelta(days=number)
        moments = {instant(day, minute, ZoneInfo(zone)) for minute in settings.digest_times}
        assert per_day[day] == len(moments)


HOLIDAYS = ("KR", "JP", "CN", "US", "DE", "IL")


@pytest.mark.parametrize("country", HOLIDAYS)
def test_in_a_year_each_day_has_its_slot_but_for_holidays(country: str) -> None:
    """The day is the one that the chat's zone has, wherever that is."""
    for zone in ("Asia/Seoul", "America/New_York", "Pacific/Kiritimati"):
        settings = chat("00:00", "23:30", zone=zone, holidays=country)
        now, end = utc("2026-06-01 00:00"), utc("2027-06-01 00:00")
        days: Counter[date] = Counter()
        while (slot := next_slot(settings, after=now)) is not None and slot.at < end:
            days[slot.local_date] += 1
            now = slot.at
        every = [date(2026, 6, 3) + timedelta(days=number) for number in range(360)]
        assert [day for day in every if days[day] != 2] == [
            day for day in every if is_holiday(country, day)
        ]


def test_after_a_holiday_the_next_slot_takes_in_what_is_new() -> None:
    settings = chat("09:00", holidays="KR")
    chuseok = utc("2026-09-24 00:00")
    assert next_digest_at(settings, after=chuseok - timedelta(hours=1)) == utc("2026-09-27 00:00")
    last = last_slot(settings, until=chuseok)
    assert last is not None
    assert last.local_date == date(2026, 9, 23)


def test_where_the_one_day_of_the_week_is_a_holiday_again_and_again_it_is_found() -> None:
    for first in range(366):
        after = utc("2026-01-01 00:00") + timedelta(days=first)
        for country in HOLIDAYS:
            monday = chat("09:00", days=frozenset({0}), holidays=country)
            assert next_digest_at(monday, after=after) is not None


MOMENTS = st.integers(946_684_800, 2_114_380_800).map(lambda at: datetime.fromtimestamp(at, UTC))


@settings(deadline=None)
@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.sets(st.integers(0, 1439), min_size=1, max_size=4),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_nothing_lies_between_the_last_slot_and_the_next(
    now: datetime, zone: str, minutes: set[int], days: set[int]
) -> None:
    chosen = ChatSettings(
        "ko", zone, PushMode.ON, None, tuple(sorted(minutes)), frozenset(days), None
    )
    last, following = last_slot(chosen, until=now), next_slot(chosen, after=now)
    assert last is not None
    assert following is not None
    assert last.at <= now < following.at
    assert next_digest_at(chosen, after=last.at) == following.at
    assert last.local_date.weekday() in days


def test_late_by_up_to_six_hours_is_not_too_late() -> None:
    slot = Slot(utc("2026-11-23 00:00"), date(2026, 11, 23), 540)
    assert not is_too_late(slot, utc("2026-11-23 06:00"))
    assert is_too_late(slot, utc("2026-11-23 06:01"))


NIGHT = QuietHours(22 * 60, 8 * 60)


def test_at_night_it_is_quiet_until_the_morning() -> None:
    settings = chat(quiet=NIGHT)
    assert quiet_until(settings, utc("2026-11-23 12:59")) is None
    assert quiet_until(settings, utc("2026-11-23 13:00")) == utc("2026-11-23 23:00")
    assert quiet_until(settings, utc("2026-11-23 22:59")) == utc("2026-11-23 23:00")
    assert quiet_until(settings, utc("2026-11-23 23:00")) is None
    assert quiet_until(chat(quiet=None), utc("2026-11-23 15:00")) is None


@pytest.mark.parametrize(
    ("night", "held", "hushed"),
    [(Night.WAIT, utc("2026-11-23 23:00"), False), (Night.SILENT, None, True)],
)
def test_a_night_holds_a_push_or_takes_its_sound_and_a_day_does_neither(
    night: Night, held: datetime | None, *, hushed: bool
) -> None:
    settings = chat(quiet=NIGHT, night=night)
    for asleep in ("2026-11-23 13:00", "2026-11-23 22:59"):
        assert held_until(settings, utc(asleep)) == held
        assert is_hushed(settings, utc(asleep)) is hushed
    for awake in (settings, chat(quiet=None, night=night)):
        assert held_until(awake, utc("2026-11-23 23:00")) is None
        assert not is_hushed(awake, utc("2026-11-23 23:00"))


def test_quiet_hours_may_lie_within_a_day() -> None:
    settings = chat(quiet=QuietHours(13 * 60, 14 * 60))
    assert quiet_until(settings, utc("2026-11-23 04:30")) == utc("2026-11-23 05:00")
    assert quiet_until(settings, utc("2026-11-23 15:00")) is None


@settings(deadline=None)
@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
def test_quiet_hours_end_within_a_day_and_then_it_is_loud(
    now: datetime, zone: str, start: int, end: int
) -> None:
    settings = chat(zone=zone, quiet=QuietHours(start, end))
    until = quiet_until(settings, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=27)
