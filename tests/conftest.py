"""What every test may ask for: a database in a file, and a clock that stands still."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from storage.database import Database
from tests.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


WHOLE = {"e2e", "demo"}
"""Folders whose tests start the whole bot."""


def pytest_configure() -> None:
    """Durations of python-telegram-bot are timedeltas (its announced default); no test hurries.

    A shell lets what runs in its background ignore Ctrl-C, and so would every process that a test
    starts; with a handler here, theirs is the default again.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["PTB_TIMEDELTA"] = "1"
    settings.register_profile("patient", deadline=None)  # a busy machine is no failure
    settings.load_profile("patient")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Trace what says something of coverage, for tracing doubles the time that a test takes.

    What chance reaches is not covered: the next run would reach something else. And of a table that
    the whole bot goes through, one row runs the lines that the others run.
    """
    for item in items:
        is_by_chance = item.get_closest_marker("hypothesis") is not None
        if is_by_chance or (item.path.parent.name in WHOLE and _is_another_row(item)):
            item.add_marker("no_cover")


def _is_another_row(item: pytest.Item) -> bool:
    row = getattr(item, "callspec", None)
    return row is not None and any(row.indices.values())


@pytest.fixture(scope="session", autouse=True)
def search_has_time() -> Iterator[None]:
    """A search makes all its attempts, and a batch is full, however long a busy machine takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.search.service.SECONDS", 3600.0)
        patch.setattr("bot.search.index.SECONDS", 3600.0)
        yield


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A new database in a file, closed at the end."""
    async with Database.opened(tmp_path / "sosik.db") as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when the test moves it."""
    return FakeClock()
