from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import available_timezones

import pytest

from bot.chat_settings.public_holidays import countries, country_of, is_holiday


@pytest.mark.parametrize(
    ("day", "what"),
    [
        (date(2026, 1, 1), "신정"),
        (date(2026, 2, 16), "설날 전날"),
        (date(2026, 2, 18), "설날 다음 날"),
        (date(2026, 3, 2), "삼일절의 대체공휴일"),
        (date(2026, 5, 24), "부처님 오신 날"),
        (date(2026, 6, 3), "지방 선거"),
        (date(2026, 9, 25), "추석"),
        (date(2026, 10, 5), "개천절의 대체공휴일"),
        (date(2027, 2, 9), "설날의 대체공휴일"),
    ],
)
def test_korea_has_lunar_and_substitute_days_and_elections(day: date, what: str) -> None:
    assert is_holiday("KR", day), what


@pytest.mark.parametrize("day", [date(2026, 2, 19), date(2026, 11, 22), date(2026, 11, 23)])
def test_a_sunday_is_none_and_neither_is_any_other_day(day: date) -> None:
    assert not is_holiday("KR", day)


def test_without_a_country_or_with_one_that_is_not_known_there_are_none() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert not any(is_holiday(None, day) or is_holiday("XX", day) for day in days)


def test_each_country_that_is_known_has_days_off_but_few() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    for country in ("KR", "JP", "CN", "US", "DE", "SE", "NO", "IN"):
        assert 0 < sum(is_holiday(country, day) for day in days) < 40


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Asia/Seoul", "KR"),
        ("Europe/Berlin", "DE"),
        ("America/New_York", "US"),
        ("US/Eastern", "US"),
        ("Asia/Kolkata", "IN"),
        ("Europe/Kyiv", "UA"),
        ("UTC", None),
        ("Etc/GMT-9", None),
    ],
)
def test_a_zone_has_a_country(zone: str, country: str | None) -> None:
    assert country_of(zone) == country


def test_most_zones_lie_in_a_country_whose_holidays_are_known() -> None:
    places = [one for one in available_timezones() if one.partition("/")[0] in {"Asia", "Europe"}]
    assert sum(country_of(one) is not None for one in places) > 0.9 * len(places)
    assert {country_of(one) for one in places} - {None} <= countries()
