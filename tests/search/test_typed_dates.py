from __future__ import annotations

from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.locales import get_texts
from bot.pages.periods import PERIODS, parse_period
from bot.search.typed_dates import Span, TypedDate, parse_date

TODAY = date(2026, 11, 30)
"""A Monday."""


@pytest.mark.parametrize(
    ("typed", "written", "last"),
    [
        ("2025", "2025", "2025-12-31"), ("2025년", "2025", "2025-12-31"),
        ("２０２５년", "2025", "2025-12-31"), (normalize("NFD", "2025년"), "2025", "2025-12-31"),
        ("2025-03", "2025-03", "2025-03-31"), ("2025-3", "2025-03", "2025-03-31"),
        ("2025.02.", "2025-02", "2025-02-28"), ("2024/2", "2024-02", "2024-02-29"),
        ("2025년 3월", "2025-03", "2025-03-31"), ("202503", "2025-03", "2025-03-31"),
        ("2025-03-01", "2025-03-01", "2025-03-01"), ("20250301", "2025-03-01", "2025-03-01"),
        ("2025. 3. 1.", "2025-03-01", "2025-03-01"), ("2025년3월1일", "2025-03-01", "2025-03-01"),
        ("24년", "2024", "2024-12-31"), ("'24년 3월", "2024-03", "2024-03-31"),
        ("11월", "2026-11", "2026-11-30"), ("12월", "2025-12", "2025-12-31"),
        ("11월 30일", "2026-11-30", "2026-11-30"), ("12월 1일", "2025-12-01", "2025-12-01"),
        ("March 2025", "2025-03", "2025-03-31"), ("mar. 2025", "2025-03", "2025-03-31"),
        ("Sept 2025", "2025-09", "2025-09-30"),
        ("오늘", "2026-11-30", "2026-11-30"), ("yesterday", "2026-11-29", "2026-11-29"),
        ("그저께", "2026-11-28", "2026-11-28"),
        ("이번 주", "2026-11-30", "2026-12-06"), ("지난주", "2026-11-23", "2026-11-29"),
        ("last week", "2026-11-23", "2026-11-29"), ("the past week", "2026-11-23", "2026-11-29"),
        ("이번 달", "2026-11", "2026-11-30"), ("지난달", "2026-10", "2026-10-31"),
        ("Last Month", "2026-10", "2026-10-31"), ("지지난달", "2026-09", "2026-09-30"),
        ("올해", "2026", "2026-12-31"), ("작년", "2025", "2025-12-31"),
        ("재작년", "2024", "2024-12-31"), ("작년 3월", "2025-03", "2025-03-31"),
        ("지난 해 12월 1일", "2025-12-01", "2025-12-01"), ("2025년도", "2025", "2025-12-31"),
        ("last year", "2025", "2025-12-31"),
        ("3일 전", "2026-11-27", "2026-11-27"), ("7일", "2026-11-23", "2026-11-23"),
        ("최근 7일", "2026-11-23", "2026-11-23"), ("일주일", "2026-11-23", "2026-11-23"),
        ("한 달", "2026-10-31", "2026-10-31"), ("2 weeks ago", "2026-11-16", "2026-11-16"),
        ("1년", "2025-11-30", "2025-11-30"), ("a year", "2025-11-30", "2025-11-30"),
    ],
)  # fmt: skip
def test_a_date_is_read_as_people_type_it(typed: str, written: str, last: str) -> None:
    read = parse_date(typed, TODAY)
    assert read is not None
    assert (read.written(), read.last.isoformat()) == (written, last)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "어제쯤",
            "언젠가",
            "2025-13",
            "2025-00",
            "2025-02-30",
            "12345",
            "0",
            "1",
            "25",
            "내일",
        ),
        *(
            "이천이십오년",
            "2025-03-01-01",
            "smarch 2025",
            "march",
            "일",
            "m",
            "2025부터",
            "9" * 300,
        ),
    ],
)
def test_what_is_no_date_is_none(typed: str) -> None:
    assert parse_date(typed, TODAY) is None


def test_the_first_month_follows_the_last_of_the_year_before() -> None:
    assert parse_date("지난달", date(2026, 1, 15)) == TypedDate(date(2025, 12, 1), Span.MONTH)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    "typed",
    [
        *(
            "오늘",
            "하루",
            "이번주",
            "금주",
            "지난주",
            "저번주",
            "일주일",
            "1주일",
            "7일",
            "이번달",
            "이달",
        ),
        *(
            "금월",
            "지난달",
            "저번달",
            "한달",
            "30일",
            "올해",
            "금년",
            "이번해",
            "1년",
            "365일",
            "today",
        ),
        *("this week", "last week", "past week", "7 days", "1 week", "this month", "last month"),
        *("past month", "30 days", "a month", "this year", "past year", "365 days", "a year"),
    ],
)
def test_what_the_most_liked_are_asked_by_is_known_here_too(typed: str, language: str) -> None:
    period = parse_period(get_texts(language), typed)
    assert period in PERIODS
    assert period != "all"
    assert parse_date(typed, TODAY) is not None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from([*Span]), st.booleans())
def test_what_is_written_is_read_again(day: date, span: Span, to_its_end: bool) -> None:  # noqa: FBT001  # hypothesis's
    read = parse_date(TypedDate(day, span).written(to_its_end=to_its_end), TODAY)
    assert read is not None
    assert read.last >= read.first
    assert read.written() == TypedDate(day, span).written(to_its_end=to_its_end)


@given(st.text(max_size=40) | st.text("0123456789년월일주달전-./ ", max_size=14), st.dates())
def test_any_text_is_a_date_or_none(typed: str, today: date) -> None:
    read = parse_date(typed, max(today, date(1900, 1, 1)))
    assert read is None or read.first <= read.last


@pytest.mark.parametrize(("typed", "year"), [("'98년", 1998), ("25년", 2025), ("'30년", 2030)])
def test_a_year_of_two_digits_is_none_that_is_far(typed: str, year: int) -> None:
    read = parse_date(typed, date(2026, 11, 30))
    assert read is not None
    assert read.first.year == year
