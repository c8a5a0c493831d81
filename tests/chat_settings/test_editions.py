from __future__ import annotations

import pytest
from babel import Locale

from bot.chat_settings.editions import parse_country, parse_monthly, parse_weekly
from bot.chat_settings.public_holidays import countries
from bot.errors import InputError
from storage.models import Edition
from tests.steps import assert_linear

SUNDAY_EVENING = Edition(6, 19 * 60)
SEOUL = "Asia/Seoul"


@pytest.mark.parametrize(
    "typed",
    [
        "일 19:00",
        "일19:00",
        "일요일 19시",
        "일요일, 19:00",
        "매주 일요일 오후 7시",
        "매주 일요일마다 저녁 7시에",
        "일요일오후7시",
        "오후 7시 일요일",
        "Sunday 7pm",
        "sun 19:00",
        "every Sunday at 7pm",
        "7 pm on Sundays",
        "weekly, Sun 7 p.m.",
    ],
)
def test_a_day_and_a_time_in_either_order(typed: str) -> None:
    assert parse_weekly(typed) == SUNDAY_EVENING


@pytest.mark.parametrize(
    ("typed", "edition"),
    [
        ("금 18시 반", Edition(4, 18 * 60 + 30)),
        ("토요일 정오", Edition(5, 12 * 60)),
        ("월 자정", Edition(0, 0)),
        ("수요일 밤 9시", Edition(2, 21 * 60)),
        ("Friday 9", Edition(4, 9 * 60)),
    ],
)
def test_other_days_and_times(typed: str, edition: Edition) -> None:
    assert parse_weekly(typed) == edition


@pytest.mark.parametrize(
    "typed", ["", "일", "19:00", "월 수 9시", "평일 9시", "일요일 9시 18시", "일요일 25시", "on"]
)
def test_what_is_not_one_day_and_one_time_is_an_error(typed: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_weekly(typed)
    assert (raised.value.key, raised.value.values) == ("settings.usage.weekly", {"typed": typed})


@pytest.mark.parametrize(
    "typed",
    [
        "9시",
        "09:00",
        "오전 9시",
        "1일 9시",
        "매월 1일 오전 9시에",
        "매달 첫날 9시",
        "첫째 날 아침 9시",
        "9am",
        "the 1st at 9am",
        "first 9 am",
        "every month 9am",
        "9am on the first day of every month",
    ],
)
def test_a_time_on_the_first_of_the_month(typed: str) -> None:
    assert parse_monthly(typed) == 9 * 60


@pytest.mark.parametrize("typed", ["", "1일", "15일 9시", "11일 9시", "9시 18시", "31시", "켜기"])
def test_what_is_no_time_or_another_day_is_an_error(typed: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_monthly(typed)
    assert (raised.value.key, raised.value.values) == ("settings.usage.monthly", {"typed": typed})


@pytest.mark.parametrize("typed", ["off", "끄기", "안 받기", "없음", "no", "-"])
def test_off_is_off(typed: str) -> None:
    assert parse_weekly(typed) is None
    assert parse_monthly(typed) is None
    assert parse_country(typed, SEOUL) is None


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("한국", "KR"),
        ("대한민국", "KR"),
        ("우리 나라", "KR"),
        ("KR", "KR"),
        ("kor", "KR"),
        ("Korea", "KR"),
        ("South Korea", "KR"),
        ("미국", "US"),
        ("U.S.", "US"),
        ("usa", "US"),
        ("the United Kingdom", "GB"),
        ("United Kingdom", "GB"),
        ("uk", "GB"),
        ("일본", "JP"),
        ("Japan", "JP"),
        ("독일", "DE"),
        ("호주", "AU"),
        ("홍콩", "HK"),
        ("Türkiye", "TR"),
        ("nowhere", None),
        ("Europe", None),
        ("150", None),
        ("한국어", None),
        ("", None),
    ],
)
def test_a_country_by_its_names(typed: str, country: str | None) -> None:
    if country is not None:
        assert parse_country(typed, "UTC") == country
        return
    with pytest.raises(InputError) as raised:
        parse_country(typed, SEOUL)
    assert (raised.value.key, raised.value.values) == ("settings.usage.holidays", {"typed": typed})


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_country_whose_holidays_are_known_is_found_by_its_name(lang: str) -> None:
    names = Locale.parse(lang).territories
    missed = [one for one in countries() if parse_country(names[one], "UTC") != one]
    assert missed == []


def test_on_is_the_country_of_the_zone() -> None:
    assert parse_country("켜기", SEOUL) == "KR"
    assert parse_country("on", "Europe/Berlin") == "DE"
    with pytest.raises(InputError):
        parse_country("on", "UTC")


@pytest.mark.parametrize("word", ["9", "일", "매주", "am"])
def test_what_is_long_is_no_edition_and_takes_no_more_than_reading_it(word: str) -> None:
    def read(size: int) -> None:
        with pytest.raises(InputError):
            parse_weekly(f"{word} " * size)

    assert_linear(read, 400)
