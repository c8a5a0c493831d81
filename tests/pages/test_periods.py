from __future__ import annotations

import pytest

from bot.locales import get_texts
from bot.pages.periods import parse_period


@pytest.mark.parametrize(
    ("typed", "period"),
    [("", "week"), ("MONTH", "month"), ("전체", "all"), ("30일", "month"), ("작년", None)],
)
def test_a_period_is_read_in_either_language(typed: str, period: str | None) -> None:
    assert parse_period(get_texts("ko"), typed) == period
