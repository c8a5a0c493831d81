from __future__ import annotations

from unicodedata import normalize

import pytest

from bot.locales import get_texts
from bot.pages.periods import PERIODS, parse_period, period_name


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("", "week"), ("MONTH", "month"), ("전체", "all"), ("30일", "month"), ("작년", None),
        ("오늘", "day"), ("today", "day"), ("day", "day"), ("하루 동안", "day"), ("１일", "day"),
        ("이번주", "week"), ("이번 주", "week"), ("지난주", "week"), ("This Week", "week"),
        ("last week", "week"), ("the past week", "week"), ("일주일간", "week"), ("주", "week"),
        ("ＷＥＥＫ", "week"), (normalize("NFD", "이번주"), "week"), ("이번 주에", "week"),
        ("이번 달", "month"), ("이번달", "month"), ("지난 달", "month"), ("한 달", "month"),
        ("this month", "month"), ("달", "month"), (normalize("NFD", "지난달의"), "month"),
        ("올해", "year"), ("this year", "year"), ("1년", "year"), ("1 year", "year"),
        ("전부", "all"), ("all time", "all"), ("지금까지", "all"), ("역대", "all"),
        ("century", None), ("내일", None), ("3일", None), ("의", None), ("x" * 5000, None),
    ],
)  # fmt: skip
def test_a_period_is_read_in_either_language(typed: str, period: str | None) -> None:
    assert parse_period(get_texts("ko"), typed) == period


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_a_button_says_can_be_typed(language: str) -> None:
    texts = get_texts(language)
    assert [parse_period(texts, period_name(texts, one)) for one in PERIODS] == list(PERIODS)
