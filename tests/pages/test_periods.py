from __future__ import annotations

from datetime import UTC, datetime
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest

from bot.locales import get_texts
from bot.pages.periods import PERIODS, beginning, parse_period, period_name

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("", "week"), ("MONTH", "month"), ("전체", "all"), ("30일", "month"), ("작년", None),
        ("오늘", "today"), ("today", "today"), ("day", "day"), ("하루 동안", "day"),
        ("１일", "day"),
        ("이번주", "thisweek"), ("이번 주", "thisweek"), ("지난주", "week"),
        ("This Week", "thisweek"),
        ("last week", "week"), ("the past week", "week"), ("일주일간", "week"), ("주", "week"),
        ("ＷＥＥＫ", "week"), (normalize("NFD", "이번주"), "thisweek"), ("이번 주에", "thisweek"),
        ("이번 달", "thismonth"), ("이번달", "thismonth"), ("지난 달", "month"), ("한 달", "month"),
        ("this month", "thismonth"), ("달", "month"), (normalize("NFD", "지난달의"), "month"),
        ("올해", "thisyear"), ("this year", "thisyear"), ("1년", "year"), ("1 year", "year"),
        ("전부", "all"), ("all time", "all"), ("지금까지", "all"), ("역대", "all"),
        ("century", None), ("내일", None), ("3일", None), ("의", None), ("x" * 5000, None),
    ],
)  # fmt: skip
def test_a_period_is_read_in_either_language(typed: str, period: str | None) -> None:
    assert parse_period(get_texts("ko"), typed) == period


@pytest.mark.parametrize(
    ("period", "began_at"),
    [
        ("today", "2026-11-25 00:00"),
        ("thisweek", "2026-11-23 00:00"),
        ("thismonth", "2026-11-01 00:00"),
        ("thisyear", "2026-01-01 00:00"),
        ("day", "2026-11-24 00:30"),
        ("week", "2026-11-18 00:30"),
        ("month", "2026-10-26 00:30"),
        ("year", "2025-11-25 00:30"),
        ("all", None),
    ],
)
def test_a_period_begins_as_its_name_says_where_it_is_asked_for(
    period: str, began_at: str | None
) -> None:
    """Half past midnight on Wednesday in Seoul is Tuesday in UTC."""
    now = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    began = beginning(period, now, SEOUL)
    assert began == (began_at and datetime.fromisoformat(began_at).replace(tzinfo=SEOUL))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_a_button_says_can_be_typed(language: str) -> None:
    texts = get_texts(language)
    assert [parse_period(texts, period_name(texts, one)) for one in PERIODS] == list(PERIODS)
