from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.locales import MissingTextWarning, Texts, get_texts
from bot.text.rich import Kind

SEOUL = ZoneInfo("Asia/Seoul")
MOMENT = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)


@pytest.fixture
def korean() -> Texts:
    return get_texts("ko")


@pytest.fixture
def english() -> Texts:
    return get_texts("en")


def fallback() -> tuple[Texts, Texts]:
    """A language that lacks a message, and the one that has it."""
    korean = Texts("ko", {"hello": ("안녕, {name}",)}, lambda _: 0)
    return Texts("en", {}, lambda n: int(n != 1), korean), korean


def test_messages_are_in_their_language(korean: Texts, english: Texts) -> None:
    assert korean("latest.empty") == "아직 글이 없어요."
    assert english("latest.empty") == "There are no posts yet."
    assert (korean.lang, english.lang) == ("ko", "en")


def test_the_number_chooses_the_form(korean: Texts, english: Texts) -> None:
    assert [english.count("top.people", n) for n in (0, 1, 2)] == [
        "0 people",
        "1 person",
        "2 people",
    ]
    assert korean.count("top.people", 1) == "1명"


def test_counts_may_be_rich(korean: Texts) -> None:
    assert korean.rich_count("top.people", 1234).text == "1,234명"


def test_a_message_without_styles_has_the_same_text(korean: Texts) -> None:
    rich = korean.rich("privacy.text")
    assert korean("privacy.text") == rich.text
    assert {entity.kind for entity in rich.entities} == {Kind.BOLD}


def test_numbers_are_grouped(korean: Texts) -> None:
    assert [korean.number(n) for n in (7, 1234, -5, 1.5)] == ["7", "1,234", "-5", "1.5"]


def test_a_year_and_a_month_are_written_as_dates_are(korean: Texts, english: Texts) -> None:
    written = ("2025", "2025-03", "2025-03-01")
    assert [*map(korean.part_of_date, written)] == ["2025년", "2025년 3월", "2025년 3월 1일"]
    assert [*map(english.part_of_date, written)] == ["2025", "March 2025", "March 1, 2025"]


def test_dates_are_written_in_the_language_and_the_zone(korean: Texts, english: Texts) -> None:
    assert korean.date(MOMENT, SEOUL) == "2026년 11월 23일"
    assert english.date(MOMENT, ZoneInfo("America/New_York")) == "November 22, 2026"
    assert korean.datetime(MOMENT, SEOUL) == "11월 23일 (월) 오전 9:05"
    assert english.datetime(MOMENT, SEOUL) == "Mon, Nov 23, 9:05 AM"
    assert korean.time(MOMENT, SEOUL) == "오전 9:05"


@pytest.mark.parametrize("second", [0, 59])
def test_midnight_is_said_as_such(korean: Texts, english: Texts, second: int) -> None:
    midnight = datetime(2026, 11, 23, 0, 0, second, tzinfo=SEOUL)
    assert (korean.time(midnight, SEOUL), english.time(midnight, SEOUL)) == ("자정", "midnight")
    assert korean.datetime(midnight, SEOUL) == "11월 23일 (월) 자정"
    assert english.datetime(midnight, SEOUL) == "Mon, Nov 23, midnight"
    assert korean.moment(midnight, SEOUL, midnight) == "11월 23일 월요일 오전 0:00"
    assert english.moment(midnight, SEOUL, midnight) == "Monday, November 23, 12:00 AM"
    assert korean.time(midnight + timedelta(hours=12), SEOUL) == "오후 12:00"


def test_days_have_names(korean: Texts, english: Texts) -> None:
    assert (korean.weekday(0), english.weekday(6)) == ("월요일", "Sunday")


def test_cities_countries_and_parts_of_the_world_have_names(korean: Texts, english: Texts) -> None:
    assert [korean.city(zone) for zone in ("Asia/Seoul", "Asia/Kolkata")] == ["서울", "콜카타"]
    assert english.city("America/New_York") == "New York"
    assert english.city("America/Argentina/Buenos_Aires") == "Buenos Aires"
    assert (korean.territory("KR"), english.territory("142")) == ("대한민국", "Asia")
    assert korean.territory("??") == "??"
    assert korean.countries()["JP"] == "일본"
    assert "142" not in korean.countries()
    assert (korean.short_weekday(0), english.short_weekday(6)) == ("월", "Sun")


def test_a_missing_message_is_an_error_here() -> None:
    english, _ = fallback()
    with pytest.raises(MissingTextWarning, match="no en message hello"):
        english("hello", name="민지")


@pytest.mark.filterwarnings("ignore::bot.locales.MissingTextWarning")
def test_in_production_a_missing_message_is_said_in_korean() -> None:
    english, _ = fallback()
    assert english("hello", name="민지") == "안녕, 민지"


@pytest.mark.filterwarnings("ignore::bot.locales.MissingTextWarning")
def test_in_production_the_key_stands_for_what_no_language_has() -> None:
    english, _ = fallback()
    assert english("no.such.key") == "no.such.key"
    assert english.count("no.such.key", 2) == "no.such.key"


@pytest.mark.filterwarnings("ignore::bot.locales.MissingTextWarning")
def test_in_production_a_missing_value_is_named() -> None:
    _, korean = fallback()
    assert korean("hello") == "안녕, {name}"
