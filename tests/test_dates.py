"""The moments of `make test-dates`; and that no test knows today's date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.dates import ALWAYS, JUST_BEFORE, moments, next_leap_day, of_the_day
from tests.runs import ROOT

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("now", [NOW, *(NOW + timedelta(days=97 * n) for n in range(1, 20))])
def test_every_moment_is_to_come_and_shows_what_its_name_says(now: datetime) -> None:
    shown = {one.name: one.at for one in moments(now)}
    assert len(shown) == 11
    assert all(now < at for at in shown.values())
    assert f"{shown['year-ends']:%m-%d %H:%M}" == "12-31 23:58"
    assert f"{shown['year-begins']:%m-%d %H:%M}" == "01-01 00:02"
    assert f"{shown['leap-day']:%m-%d}" == "02-29"
    assert (shown["night"].hour, shown["noon"].hour) == (3, 12)
    assert f"{shown['before-the-digest']:%H:%M}" == "08:40"
    assert shown[ALWAYS] - now == timedelta(days=400)
    for zone in ("new-york", "berlin"):
        for season, hours in (("summer", 1), ("winter", -1)):
            before = shown[f"{zone}-to-{season}"]
            after = (before.astimezone(UTC) + JUST_BEFORE).astimezone(before.tzinfo)
            change = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
            assert change == timedelta(hours=hours)


def test_a_century_has_no_leap_day() -> None:
    assert next_leap_day(datetime(2096, 3, 1, tzinfo=UTC)).year == 2104


def test_each_day_has_its_own_moment_besides_the_one_of_every_day() -> None:
    week = [of_the_day(moments(NOW), NOW + timedelta(days=day)) for day in range(10)]
    assert {pair[1].name for pair in week} == {ALWAYS}
    assert len({pair[0].name for pair in week}) == 10


FIXED = re.compile(r"\(20\d\d, ?\d|[\"']20\d\d-\d\d-\d\d|\b1_\d{3}_\d{3}_\d{3}\b")
"""A date, a date as text, or unix seconds."""
CLOCK = re.compile(
    r"\bSystemClock\b|\b(?:datetime|date)\.(?:now|today|utcnow)\(|\btime\.(?:time|localtime)\(|"
    r"\b(?:open_stage|Simulator\.start|a_bot)\(|"
    r"\b(?:sim: Simulator|stage: Stage|visit: Visiting)\b"
)
"""The machine's clock, or what begins at the time that it shows."""
HAVE_BOTH = {
    "tests/e2e/test_filters.py": "posts are dated years apart, and searched by these years",
    "tests/e2e/test_scheduling.py": "the clocks of the bot and of Telegram are moved to its dates",
    "tests/image.py": "its dates are for calendars and catalogues, and meet no clock",
    "tests/storage/test_restore.py": "names are made of its date; the clock is a killed process's",
    "tests/upgrades/evening.py": "a clock that is moved to its date goes on from there",
    "tests/test_dates.py": "it hands the dates in, and the patterns name what they look for",
}
"""Modules in which a date never meets the machine's clock, and why."""


def modules_with_both() -> set[str]:
    found = set()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if FIXED.search(text) and CLOCK.search(text):
            found.add(path.relative_to(ROOT).as_posix())
    return found


def test_no_test_that_reads_the_clock_knows_a_date() -> None:
    """Where one is needed, compute it from now, or freeze the clock (tests/clock.py)."""
    assert modules_with_both() == set(HAVE_BOTH)
