"""A day of a community is told in few lines, and the table counts them."""

from __future__ import annotations

import argparse
import logging
from typing import TYPE_CHECKING

import pytest

import bot.app
from benchmarks.evenings import MOST_A_DAY, measure, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging, and the clocks of the app, are afterwards as they were."""
    root, factory, clocks = logging.getLogger(), logging.getLogRecordFactory(), dict(vars(bot.app))
    handlers, level = list(root.handlers), root.level
    yield
    logging.setLogRecordFactory(factory)
    logging.captureWarnings(capture=False)
    vars(bot.app).update(Tick=clocks["Tick"], Pace=clocks["Pace"])
    root.handlers[:], root.level = handlers, level


async def test_a_day_is_told_in_few_lines(tmp_path: Path) -> None:
    given = argparse.Namespace(days=1, groups=4, seed=7)
    rows = rows_of(await measure(given, tmp_path), days=1)
    counts = {str(row["event"]): int(str(row["day 1"])) for row in rows}
    assert counts["post_found"] == counts["post_queued"] == 3
    assert counts["all"] == sum(counts.values()) - counts["all"]
    assert counts["all"] < MOST_A_DAY / 4
