from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from benchmarks import outbox, year
from bot.process.housekeeping import SLICE

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.slow


async def test_a_year_of_four_days_has_a_row_a_quarter(tmp_path: Path) -> None:
    given = Namespace(days=4, chats=2, posts=2, reactions=60, commands=110, starts=0)
    sizes, rows, questions = (await year.measure(given, tmp_path)).values()
    assert [row["day"] for row in sizes] == [row["day"] for row in questions] == [1, 2, 3, 4]
    messages = next(row for row in rows if row["table"] == "messages")
    first, *_, last = [messages[f"day {day}"] for day in range(1, 5)]
    assert 0 < int(str(first)) < int(str(last))


async def test_an_outbox_is_asked_in_every_shape_and_forgotten(tmp_path: Path) -> None:
    given = Namespace(finished=2 * SLICE, pending=5)
    shapes, (forgotten,) = (await outbox.measure(given, tmp_path)).values()
    assert [row["shape"] for row in shapes] == list(outbox.SHAPES)
    assert (forgotten["rows"], forgotten["slices"]) == (2 * SLICE, 3)
