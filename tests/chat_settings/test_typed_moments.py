from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_settings.typed_moments import (
    FARTHEST,
    PAST,
    TOO_FAR,
    USAGE,
    parse_moment,
    this_evening,
    tomorrow_morning,
)
from bot.errors import InputError
from bot.locales import get_texts, languages

SEOUL, NEW_YORK, BERLIN = map(ZoneInfo, ("Asia/Seoul", "America/New_York", "Europe/Berlin"))
NOW = datetime(2026, 11, 30, 10, 20, tzinfo=SEOUL).astimezone(UTC)
"""A Monday."""

READ = {
    "내일 9시": "2026-12-01 09:00",
    "내일 오전 9시 반": "2026-12-01 09:30",
    "내일 9시에": "2026-12-01 09:00",
    "낼 오후 3시": "2026-12-01 15:00",
    "오전 9시 내일": "2026-12-01 09:00",
    "오늘 저녁": "2026-11-30 19:00",
    "오늘 저녁 8시에": "2026-11-30 20:00",
    "오늘 오후": "2026-11-30 15:00",
    "내일 아침": "2026-12-01 09:00",
    "내일 점심": "2026-12-01 12:00",
    "내일 밤": "2026-12-01 21:00",
    "내일": "2026-12-01 09:00",
    "모레": "2026-12-02 09:00",
    "내일모레 아홉 시": "2026-12-02 09:00",
    "글피": "2026-12-03 09:00",
    "그글피 10시": "2026-12-04 10:00",
    "사흘 뒤 오후 2시": "2026-12-03 14:00",
    "3일 뒤": "2026-12-03 10:20",
    "일주일 뒤 9시": "2026-12-07 09:00",
    "2주 후": "2026-12-14 10:20",
    "금요일 오후 6시": "2026-12-04 18:00",
    "월요일 11시": "2026-11-30 11:00",
    "월요일 9시": "2026-12-07 09:00",
    "금욜 저녁7시": "2026-12-04 19:00",
    "내일9시": "2026-12-01 09:00",
    "내일 정오에": "2026-12-01 12:00",
    "10분뒤에": "2026-11-30 10:30",
    "이번 주 금요일": "2026-12-04 09:00",
    "다음 주 월요일 9시": "2026-12-07 09:00",
    "다음주 화요일 저녁": "2026-12-08 19:00",
    "12월 3일 오후 3시": "2026-12-03 15:00",
    "12월 3일 목요일 오후 3시": "2026-12-03 15:00",
    "12월 3일(목) 15시": "2026-12-03 15:00",
    "12/3 15:00": "2026-12-03 15:00",
    "12.3. 15:00": "2026-12-03 15:00",
    "2026-12-03 09:00": "2026-12-03 09:00",
    "2026-12-03T09:00": "2026-12-03 09:00",
    "2026년 12월 3일 자정": "2026-12-03 00:00",
    "1월 5일": "2027-01-05 09:00",
    "5일 9시": "2026-12-05 09:00",
    "31일 정오": "2026-12-31 12:00",
    "30분 뒤": "2026-11-30 10:50",
    "2시간 후": "2026-11-30 12:20",
    "한 시간 뒤": "2026-11-30 11:20",
    "한 시간 반 뒤": "2026-11-30 11:50",
    "1시간 30분 있다가": "2026-11-30 11:50",
    "반 시간 뒤": "2026-11-30 10:50",
    "오늘 밤 12시": "2026-12-01 00:00",
    "오늘 자정": "2026-12-01 00:00",
    "밤 12시": "2026-12-01 00:00",
    "내일 밤 12시 반": "2026-12-02 00:30",
    "내일 밤 1시": "2026-12-02 01:00",
    "내일 새벽 1시": "2026-12-01 01:00",
    "금요일 밤 12시": "2026-12-05 00:00",
    "12월 31일 밤 12시": "2027-01-01 00:00",
    "내일 24시": "2026-12-02 00:00",
    "내일 0시": "2026-12-01 00:00",
    "내일 3시": "2026-12-01 15:00",
    "금요일 6시 반": "2026-12-04 18:30",
    "내일 03:00": "2026-12-01 03:00",
    "내일 오전 6시": "2026-12-01 06:00",
    "다음주 월": "2026-12-07 09:00",
    "12.3 목 9시": "2026-12-03 09:00",
    "일 저녁": "2026-12-06 19:00",
    "9시": "2026-12-01 09:00",
    "오후 3시": "2026-11-30 15:00",
    "15:00": "2026-11-30 15:00",
    "tomorrow 9am": "2026-12-01 09:00",
    "9pm tomorrow": "2026-12-01 21:00",
    "tomorrow at 9 in the evening": "2026-12-01 21:00",
    "tonight": "2026-11-30 19:00",
    "tonight at 8": "2026-11-30 20:00",
    "tonight at 12": "2026-12-01 00:00",
    "tonight at midnight": "2026-12-01 00:00",
    "midnight": "2026-12-01 00:00",
    "today at midnight": "2026-12-01 00:00",
    "tomorrow at 12 am": "2026-12-01 00:00",
    "on friday at 6": "2026-12-04 18:00",
    "on friday at 6 am": "2026-12-04 06:00",
    "monday next week": "2026-12-07 09:00",
    "9 am on Dec 3": "2026-12-03 09:00",
    "9am on the 3rd of December": "2026-12-03 09:00",
    "this afternoon": "2026-11-30 15:00",
    "tomorrow morning": "2026-12-01 09:00",
    "the day after tomorrow, 9am": "2026-12-02 09:00",
    "friday 6pm": "2026-12-04 18:00",
    "on Friday at 6pm": "2026-12-04 18:00",
    "this friday": "2026-12-04 09:00",
    "next monday 9:00": "2026-12-07 09:00",
    "next week friday 8pm": "2026-12-11 20:00",
    "Dec 3 3pm": "2026-12-03 15:00",
    "Thu, Dec 3rd, 3pm": "2026-12-03 15:00",
    "3 December 2026 15:00": "2026-12-03 15:00",
    "May 3": "2027-05-03 09:00",
    "in 30 minutes": "2026-11-30 10:50",
    "in 2 hours": "2026-11-30 12:20",
    "in an hour and 5 minutes": "2026-11-30 11:25",
    "half an hour from now": "2026-11-30 10:50",
    "in 3 days at 9am": "2026-12-03 09:00",
    "in a week": "2026-12-07 10:20",
}


@pytest.mark.parametrize(("typed", "wall"), READ.items())
def test_a_moment_is_read(typed: str, wall: str) -> None:
    at = parse_moment(typed, SEOUL, NOW)
    assert at.tzinfo is UTC
    assert f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}" == wall


NOTHING = (
    *("", "헛소리", "내일 내일", "내일 금요일", "12월 3일 금요일 3시", "다음 주 12월 3일 목요일"),
    *("monkey", "off", "끄기", "9시 10시", "내일 9시 10시", "13/45", "2월 29일", "32일", "0일"),
    *("5분", "5 minutes", "뒤", "in", "25시", "다음 달 3일", "내일 9시 " * 30, "99월 3일", "주말"),
)


@pytest.mark.parametrize("typed", NOTHING)
def test_what_is_no_moment_is_an_error(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_moment(typed, SEOUL, NOW)
    assert (caught.value.key, caught.value.values) == (USAGE, {"typed": typed})


@pytest.mark.parametrize(
    ("typed", "wall"),
    [
        ("오늘 9시", "2026-11-30 09:00"),
        ("11월 29일", "2026-11-29 09:00"),
        ("2020-01-01 09:00", "2020-01-01 09:00"),
        ("0분 뒤", "2026-11-30 10:20"),
        ("this monday 9am", "2026-11-30 09:00"),
    ],
)
def test_what_is_past_is_refused_and_says_when_that_was(typed: str, wall: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_moment(typed, SEOUL, NOW)
    at = caught.value.values["at"]
    assert caught.value.key == PAST
    assert isinstance(at, datetime)
    assert f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}" == wall


@pytest.mark.parametrize("typed", ["2028-01-01", "9999시간 뒤", "in 999 weeks", "2099-12-31 9시"])
def test_what_is_more_than_a_year_ahead_is_refused(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_moment(typed, SEOUL, NOW)
    assert caught.value.key == TOO_FAR


def test_a_leap_day_is_that_of_the_year_that_has_it() -> None:
    before = datetime(2027, 11, 1, tzinfo=UTC)
    assert parse_moment("2월 29일 9시", SEOUL, before) == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "typed", "at"),
    [
        # The clocks skip 02:00 to 03:00: the first minute after, as for digests.
        (NEW_YORK, "2026-03-07 12:00", "내일 02:30", "2026-03-08 07:00"),
        (BERLIN, "2026-03-28 12:00", "tomorrow 2:30am", "2026-03-29 01:00"),
        # They go through 01:00 to 02:00 (02:00 to 03:00) twice: the first time.
        (NEW_YORK, "2026-10-31 12:00", "내일 01:30", "2026-11-01 05:30"),
        (BERLIN, "2026-10-24 12:00", "tomorrow 2:30am", "2026-10-25 00:30"),
        # In so many hours is not by the wall clock.
        (NEW_YORK, "2026-11-01 00:30", "2시간 뒤", "2026-11-01 06:30"),
        (NEW_YORK, "2026-10-31 12:00", "내일 9시", "2026-11-01 14:00"),
    ],
)
def test_clocks_that_change(zone: ZoneInfo, now: str, typed: str, at: str) -> None:
    before = datetime.fromisoformat(now).replace(tzinfo=zone).astimezone(UTC)
    assert f"{parse_moment(typed, zone, before):%Y-%m-%d %H:%M}" == at


def test_this_evening_is_offered_while_it_is_ahead_and_tomorrow_always() -> None:
    evening = datetime(2026, 11, 30, 19, tzinfo=SEOUL)
    assert this_evening(SEOUL, NOW) == evening
    assert this_evening(SEOUL, evening) is None
    assert tomorrow_morning(SEOUL, evening) == datetime(2026, 12, 1, 9, tzinfo=SEOUL)


@given(
    st.integers(0, 4 * 525_600),
    st.integers(1, int(FARTHEST.total_seconds() // 60) - 1440),
    st.sampled_from([SEOUL, NEW_YORK, BERLIN]),
    st.sampled_from(languages()),
)
def test_what_is_said_back_means_the_same_when_it_is_typed(
    passed: int, minutes: int, zone: ZoneInfo, lang: str
) -> None:
    now = NOW + timedelta(minutes=passed)
    at = now + timedelta(minutes=minutes)
    said = get_texts(lang).moment(at, zone, now)
    wall = at.astimezone(zone)
    assert parse_moment(said, zone, now).astimezone(zone).replace(fold=0) == wall.replace(fold=0)
