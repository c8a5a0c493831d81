from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.formats.dates import parse_date


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year to second


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Mon, 23 Nov 2026 09:02:00 GMT", at(2026, 11, 23, 9, 2)),
        ("Mon, 23 Nov 2026 18:02:00 +0900", at(2026, 11, 23, 9, 2)),
        ("Mon, 23 Nov 2026 18:02:00 KST", at(2026, 11, 23, 9, 2)),
        ("Mon, 23 Nov 2026 09:02:00", at(2026, 11, 23, 9, 2)),
        ("23 Nov 26 09:02 GMT", at(2026, 11, 23, 9, 2)),
        ("2026-11-23T18:02:03.123+09:00", at(2026, 11, 23, 9, 2, 3)),
        ("2026-11-23T09:02:00Z", at(2026, 11, 23, 9, 2)),
        ("2026-11-23 18:02 KST", at(2026, 11, 23, 9, 2)),
        ("2026-11-23T04:02:00-0500", at(2026, 11, 23, 9, 2)),
        ("2026-11-23", at(2026, 11, 23)),
        ("2026. 11. 23.", at(2026, 11, 23)),
        ("2026.11.23 10:20", at(2026, 11, 23, 10, 20)),
        ("2016-12-31T23:59:60Z", at(2016, 12, 31, 23, 59, 59)),
        ("2026년 9월 1일 오후 3:00", at(2026, 9, 1, 6)),
        ("2026년 9월 1일 (화) 오전 12시 5분", at(2026, 8, 31, 15, 5)),
        ("2026년 9월 1일 15:30:10", at(2026, 9, 1, 6, 30, 10)),
        ("2026년 9월 1일", at(2026, 8, 31, 15)),
        ("0001-01-01T00:00:00Z", at(1, 1, 1)),
    ],
)
def test_a_date_is_what_is_written(text: str, when: datetime) -> None:
    assert parse_date(text) == when


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "어제",
        "2026-13-45",
        "2026-02-30",
        "2026-11-23T24:30:00Z",
        "9999-12-31T23:59:59-09:00",
        "Mon, 32 Nov 2026 09:02:00 GMT",
        "2026년 13월 1일",
        "1763888520",
    ],
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert parse_date(text) is None


@settings(max_examples=30)  # dateparser tries two hundred languages
@given(st.text(max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    parse_date(text)
    parse_date(f"2026-11-{text}")
