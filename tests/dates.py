"""The parts of the suite that have a clock, at moments at which clocks surprise.

    python -m tests.dates [--list] [--only NAME ...] [--today] [--whole]

Each moment is a run of pytest of its own under libfaketime, which shifts the clock of all its
processes, in the zone where the moment is one. A browser keeps the real clock (tests/demo).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.runs import passes, say

if TYPE_CHECKING:
    from collections.abc import Sequence

SEOUL, NEW_YORK, BERLIN = map(ZoneInfo, ("Asia/Seoul", "America/New_York", "Europe/Berlin"))
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
"""The zone that is farthest ahead: for most of the day its date is no other's."""
PARTS = (
    "tests/demo/test_backstage.py::test_hours_go_by_for_everybody",
    "tests/demo/test_backstage.py::test_the_clock_goes_to_the_next_digest_which_then_comes",
    "tests/demo/test_stage.py::test_a_post_written_as_soon_as_the_stage_is_open_is_news_to_the_bot",
    "tests/demo/test_stage.py::test_the_launcher_follows_its_input_and_ends_with_it",
    "tests/demo/test_stage.py::test_who_sleeps_on_a_shifted_clock_wakes_when_it_is_moved_past",
    "tests/e2e/test_authors.py::test_words_are_in_lists_and_found_by_a_search",
    "tests/e2e/test_chat_filter.py::test_a_digest_holds_what_the_filter_lets_through",
    "tests/e2e/test_checking.py",
    "tests/e2e/test_digests.py",
    "tests/e2e/test_editions.py",
    "tests/e2e/test_kakao.py::test_a_groups_list_is_bundled_for_whoever_presses",
    "tests/e2e/test_pushing.py::test_a_digest_that_is_due_comes_with_what_is_new",
    "tests/e2e/test_pushing.py::test_posts_come_in_order_and_once",
    "tests/simulator/api/test_polling.py",
    "tests/simulator/test_sending.py",
    "tests/sources/formats/test_dates.py",
    "tests/test_cli.py",
    "tests/test_dates.py",
    "tests/test_logs.py",
)
"""What meets the machine's clock, or the zone that it is set to; most tests freeze their own."""
HOW = ("-n", "4", "--dist", "worksteal")
"""Three wait side by side; what shares a stage and a browser stays together."""
ALWAYS = "400-days"
JUST_BEFORE = timedelta(seconds=10)
"""So that the clocks change while the tests run."""
_MOST_SHIFT_ERROR_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """When the tests run, in the zone whose clocks show it."""

    name: str
    at: datetime

    @property
    def zone(self) -> ZoneInfo:
        """Where it is."""
        assert isinstance(self.at.tzinfo, ZoneInfo)
        return self.at.tzinfo


def moments(now: datetime) -> list[Moment]:
    """All of them, each the next one after `now`. Pure."""
    local = now.astimezone(SEOUL)
    first = local.replace(month=1, day=1, hour=0, minute=2, second=0, microsecond=0)
    new_year = first if first > local else first.replace(year=local.year + 1)
    return [
        Moment("year-ends", new_year - timedelta(minutes=4)),
        Moment("year-begins", new_year),
        Moment("leap-day", next_leap_day(local)),
        Moment("new-york-to-summer", next_change(NEW_YORK, now, to_summer=True)),
        Moment("new-york-to-winter", next_change(NEW_YORK, now, to_summer=False)),
        Moment("berlin-to-summer", next_change(BERLIN, now, to_summer=True)),
        Moment("berlin-to-winter", next_change(BERLIN, now, to_summer=False)),
        Moment("night", next_hour(local, 3)),
        Moment("before-the-digest", next_hour(local, 8) + timedelta(minutes=40)),
        Moment("noon", next_hour(local, 12)),
        Moment(ALWAYS, (now + timedelta(days=400)).astimezone(KIRITIMATI)),
    ]


def next_leap_day(local: datetime) -> datetime:
    """The next noon of a 29 February."""
    for year in count(local.year):
        if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
            noon = datetime(year, 2, 29, 12, tzinfo=local.tzinfo)
            if noon > local:
                return noon
    raise AssertionError


def next_change(zone: ZoneInfo, now: datetime, *, to_summer: bool) -> datetime:
    """Just before a zone's clocks are next put forward, or back."""
    at = (now + JUST_BEFORE).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = at + timedelta(days=2 * 366)
    for step in (timedelta(days=1), timedelta(hours=1)):
        while not _is_change(_offset(at + step, zone) - _offset(at, zone), to_summer=to_summer):
            at += step
            if at > end:
                raise ValueError(f"the clocks of {zone.key} do not change any more")
    return (at + timedelta(hours=1) - JUST_BEFORE).astimezone(zone)


def _is_change(change: timedelta, *, to_summer: bool) -> bool:
    return change > timedelta(0) if to_summer else change < timedelta(0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def next_hour(local: datetime, hour: int) -> datetime:
    """The next time that the clock shows this full hour."""
    at = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)


def of_the_day(all_of_them: list[Moment], now: datetime) -> list[Moment]:
    """Two: one that is always among them, and each day another one. Pure."""
    others = [one for one in all_of_them if one.name != ALWAYS]
    always = [one for one in all_of_them if one.name == ALWAYS]
    return [others[now.toordinal() % len(others)], *always]


def faked(moment: Moment, library: str) -> dict[str, str]:
    """The environment of a process that believes it is that moment.

    The shift is the same for all its processes; durations (the monotonic clock) and the times of
    files stay the machine's own.
    """
    seconds = moment.at.timestamp() - time.time()
    return {
        **os.environ,
        "LD_PRELOAD": library,
        "FAKETIME": f"{seconds:+.0f}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        # With the fix, what waits on the monotonic clock does not wait at all: two threads of
        # Python then fight over its lock, for half of the speed and all of a second core.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "TZ": moment.zone.key,
    }


def find_library() -> str:
    """What libfaketime's own command preloads; SystemExit where there is none that works."""
    command = shutil.which("faketime")
    if command is None:
        sys.exit("tests.dates needs libfaketime's command: on Debian, apt-get install faketime")
    asked = [command, "-f", "+0", "printenv", "LD_PRELOAD"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603  # found
    library = found.stdout.strip()
    if not library:
        sys.exit(f"tests.dates: faketime names no library: {found.stderr.strip()}")
    return library


def check_shift(moment: Moment, environment: dict[str, str]) -> None:
    """SystemExit where a process would see another time: its tests would prove nothing."""
    asked = [sys.executable, "-c", "import time; print(time.time())"]
    answer = subprocess.run(  # noqa: S603  # this Python
        asked, env=environment, capture_output=True, text=True, check=True
    )
    if abs(float(answer.stdout) - moment.at.timestamp()) > _MOST_SHIFT_ERROR_SECONDS:
        sys.exit(f"tests.dates: libfaketime does not work here: {answer.stderr.strip()}")


def holds_at(moment: Moment, library: str, tests: Sequence[str]) -> bool:
    """Whether the tests pass at a moment."""
    environment = faked(moment, library)
    check_shift(moment, environment)
    return passes(described(moment), [*HOW, *tests], environment)


def described(moment: Moment) -> str:
    """Its name, and what the clock shows there."""
    return f"{moment.name:<18}  {moment.at:%Y-%m-%d %H:%M:%S}  {moment.zone.key:<16}"


def main() -> int:
    """Run what is asked for; 1 if anything failed."""
    now = datetime.now(UTC)
    chosen = moments(now)
    parser = argparse.ArgumentParser(prog="tests.dates")
    parser.add_argument("--list", action="store_true", help="only say which moments there are")
    names = [one.name for one in chosen]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help="these moments")
    parser.add_argument("--today", action="store_true", help="400 days from now, and the day's own")
    parser.add_argument("--whole", action="store_true", help="the whole suite")
    given = parser.parse_args()
    if given.today:
        chosen = of_the_day(chosen, now)
    if given.only:
        chosen = [one for one in moments(now) if one.name in given.only]
    if given.list:
        say("\n".join(map(described, chosen)))
        return 0
    library = find_library()
    tests = ("tests",) if given.whole else PARTS
    failed = [one.name for one in chosen if not holds_at(one, library, tests)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
