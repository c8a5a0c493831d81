"""When the demo's day begins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.demo.stage import opening_time


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24T03:00", "2026-11-24T03:00"),
        ("2026-11-24T13:00", "2026-11-25T00:30"),
        ("2026-11-23T20:00", "2026-11-24T00:30"),
    ],
    ids=["by day: at once", "late: the next morning", "early: the same morning"],
)
def test_the_demo_opens_when_the_community_is_awake(now: str, opens: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert opening_time(at) == datetime.fromisoformat(opens).replace(tzinfo=UTC)
