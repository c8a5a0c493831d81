from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.http.hints import parse_max_age, parse_retry_after, plan_next_poll

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = 24 * 3600


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", None),
        ("-5", None),
        ("315360000", DAY),
        ("9" * 15, DAY),
        ("Mon, 23 Nov 2026 09:02:00 GMT", 120),
        ("Mon, 23 Nov 2026 18:02:00 +0900", 120),
        ("Mon, 23 Nov 2026 09:02:00 -0000", 120),
        ("Mon, 23 Nov 2026 08:00:00 GMT", None),
        ("Mon, 23 Nov 2036 08:00:00 GMT", DAY),
        ("Mon, 99 Nov 2026", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_a_day(
    value: str | None, seconds: int | None
) -> None:
    assert parse_retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("max-age=900", 900),
        ("public, Max-Age=900, must-revalidate", 900),
        ('max-age="900"', 900),
        ("s-maxage=900", None),
        ("max-age=0", None),
        ("max-age=-1", None),
        ("max-age=99999999999", DAY),
        ("no-cache", None),
        (None, None),
    ],
)
def test_max_age_is_seconds_within_a_day(value: str | None, seconds: int | None) -> None:
    assert parse_max_age(value) == seconds


@given(st.text(max_size=40))
def test_any_header_is_read(value: str) -> None:
    parse_retry_after(value, NOW)
    parse_max_age(value)


@pytest.mark.parametrize(
    ("failures", "hint", "minutes"),
    [
        (0, None, 10),
        (1, None, 10),
        (2, None, 20),
        (4, None, 80),
        (50, None, 360),
        (0, 1800, 30),
        (0, 60, 10),
        (2, 7200, 120),
    ],
)
def test_trouble_is_waited_out_longer_and_longer(
    failures: int, hint: int | None, minutes: int
) -> None:
    next_at = plan_next_poll(NOW, interval_seconds=600, failures=failures, hint_seconds=hint)
    assert next_at == NOW + timedelta(minutes=minutes)


def test_jitter_adds_up_to_a_tenth() -> None:
    assert plan_next_poll(NOW, interval_seconds=600, jitter=1.0) == NOW + timedelta(minutes=11)


def test_an_interval_longer_than_the_longest_wait_stays() -> None:
    next_at = plan_next_poll(NOW, interval_seconds=DAY, failures=3)
    assert next_at == NOW + timedelta(days=1)
