from __future__ import annotations

import pytest

from bot.chat_settings.typed_choices import (
    parse_country,
    parse_monthly,
    parse_weekly,
)
from bot.errors import InputError
from storage.models import Edition


@pytest.mark.parametrize(
    ("typed", "edition"),
    [
        ("일 19:00", Edition(6, 1140)),
        ("매주 일요일 오후 7시", Edition(6, 1140)),
        ("Sunday 7pm", Edition(6, 1140)),
        ("every Friday at 6pm", Edition(4, 1080)),
        ("금요일 저녁 6시 반", Edition(4, 1110)),
        ("off", None),
    ],
)
def test_a_weekly_edition_is_a_day_and_a_time(typed: str, edition: Edition | None) -> None:
    assert parse_weekly(typed) == edition


@pytest.mark.parametrize("typed", ["", "일", "19:00", "평일 9시", "일 9시 10시", "언젠가 9시"])
def test_what_is_no_day_with_a_time_is_an_error(typed: str) -> None:
    with pytest.raises(InputError):
        parse_weekly(typed)


@pytest.mark.parametrize(
    ("typed", "minute"),
    [("09:00", 540), ("매월 1일 오전 9시", 540), ("on the 1st at 9am", 540), ("off", None)],
)
def test_a_monthly_edition_is_a_time(typed: str, minute: int | None) -> None:
    assert parse_monthly(typed) == minute


@pytest.mark.parametrize("typed", ["", "언젠가", "9시 10시"])
def test_what_is_no_single_time_is_an_error(typed: str) -> None:
    with pytest.raises(InputError):
        parse_monthly(typed)


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        *(("한국", "KR"), ("대한민국", "KR"), ("South Korea", "KR"), ("kr", "KR"), ("on", "KR")),
        *(("일본", "JP"), ("미국", "US"), ("United States", "US"), ("영국", "GB"), ("off", None)),
    ],
)
def test_a_country_is_found_by_its_names(typed: str, country: str | None) -> None:
    assert parse_country(typed, "Asia/Seoul") == country


@pytest.mark.parametrize(("typed", "zone"), [("on", "UTC"), ("아틀란티스", "Asia/Seoul")])
def test_what_is_no_country_is_an_error(typed: str, zone: str) -> None:
    with pytest.raises(InputError):
        parse_country(typed, zone)
