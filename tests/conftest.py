"""What every test may ask for: a database in a file, and a clock that stands still."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from bot import redaction
from storage.database import Database
from tests.answers import forget_answers
from tests.clock import FakeClock
from tests.databases import lay_out

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from pathlib import Path


WHOLE = {"e2e", "demo"}
"""Folders whose tests start the whole bot."""
TRACED = {
    "test_backstage_words",
    "test_checking",
    "test_forgetting",
    "test_membership",
    "test_operators",
    "test_posts",
    "test_publishing",
    "test_sources",
    "test_terminal",
    "test_typed_line",
    "test_views",
    "test_ways_in",
}
"""Of these, the modules that show which lines the whole bot runs."""
OF_THE_CODE = {
    "test_linear",
    "test_logged",
    "test_patterns",
    "test_pure",
    "test_quoted",
    "test_site",
}
"""Modules that go through the program's text, or all of its modules: they show nothing of lines."""
SHORT = 10
"""Of a table, one row in so many is run before each commit; the rest is run with `make slow`."""
AGAIN = 6
"""Of other tests that go through the whole bot untraced, likewise one in so many of a module."""


def pytest_configure() -> None:
    """Durations of python-telegram-bot are timedeltas (its announced default); no test hurries.

    A shell lets what runs in its background ignore Ctrl-C, and so would every process that a test
    starts; with a handler here, theirs is the default again.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["PTB_TIMEDELTA"] = "1"
    settings.register_profile(
        "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )  # a busy machine is no failure
    settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make slow` most of what the whole bot goes through again, and trace less.

    Of tables most rows, of other tests five of six, and in the browser all but a newcomer's way
    through the demo.
    Tracing doubles the time that a test takes, so what is traced says something of coverage. What
    chance reaches is not covered: the next run would reach something else. And of a table that the
    whole bot goes through, one row runs the lines that the others run.
    """
    starting = [item for item in items if item.path.parent.name in WHOLE]
    _leave_to_slow(sorted(starting, key=_place))
    for item in items:
        is_elsewhere = item in starting and item.path.stem not in TRACED
        is_elsewhere |= item.path.stem in OF_THE_CODE or item.path.parent.name == "upgrades"
        if is_elsewhere or item.get_closest_marker("hypothesis") is not None:
            item.add_marker("no_cover")


def _place(item: pytest.Item) -> tuple[str, int, str]:
    """Where it stands: shuffled, two runs would each leave out what they take for the other's."""
    path, line, _ = item.location
    return path, line or 0, item.nodeid


def _leave_to_slow(starting: list[pytest.Item]) -> None:
    for rows in _tables(starting):
        for number, row in enumerate(rows):
            if number % SHORT:
                row.add_marker("slow")
            if number:
                row.add_marker("no_cover")
    for again in _again(starting):
        for number, item in enumerate(again):
            if number % AGAIN:
                item.add_marker("slow")
    for item in starting:
        is_in_browser = "visit" in getattr(item, "fixturenames", ())
        if is_in_browser and item.path.stem != "test_newcomer":
            item.add_marker("slow")


_untraced: set[str] = set()
"""What ran untraced since the last test that was traced."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a traced test run the lines whose answers an untraced one had the program keep."""
    if item.get_closest_marker("no_cover") is not None:
        _untraced.add(item.nodeid)
    elif _untraced:
        _untraced.clear()
        forget_answers()


def _tables(items: list[pytest.Item]) -> Iterable[list[pytest.Item]]:
    """The rows of each table."""
    found: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if hasattr(item, "callspec"):
            found[item.nodeid.partition("[")[0]].append(item)
    return found.values()


def _again(items: list[pytest.Item]) -> Iterable[list[pytest.Item]]:
    """Of each module that is not traced, the tests that are neither slow nor of a table."""
    found: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        is_left = hasattr(item, "callspec") or item.get_closest_marker("slow") is not None
        if item.path.stem not in TRACED and not is_left:
            found[item.path.stem].append(item)
    return found.values()


@pytest.fixture(scope="session", autouse=True)
def search_has_time() -> Iterator[None]:
    """A search makes all its attempts, and a batch is full, however long a busy machine takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.search.service.SECONDS", 3600.0)
        patch.setattr("bot.search.index.SECONDS", 3600.0)
        yield


@pytest.fixture(autouse=True)
def nothing_else_is_hidden() -> Iterator[None]:
    """What a test has taken out of every text is whole again for the next one."""
    before = dict(redaction._secrets), list(redaction._hidden)
    yield
    redaction._secrets.clear()
    redaction._secrets.update(before[0])
    redaction._hidden[:] = before[1]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A new database in a file, closed at the end."""
    path = tmp_path / "sosik.db"
    await lay_out(path)
    async with Database.opened(path) as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when the test moves it."""
    return FakeClock()
