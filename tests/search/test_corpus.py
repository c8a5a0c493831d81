"""How long a search goes on mending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.search.corpus import WAITS, Corpus

if TYPE_CHECKING:
    from storage.database import Database


@pytest.mark.parametrize(
    ("worked", "passed", "in_time"),
    [(0.0, 0.0, True), (0.9, 5.0, True), (1.1, 1.1, False), (0.1, WAITS + 0.1, False)],
)
async def test_waiting_for_a_core_gives_up_no_repair(
    database: Database, worked: float, passed: float, *, in_time: bool
) -> None:
    clocks = {"worked": 7.0, "passed": 40.0}
    async with database.reader() as reader:
        archive = await reader.run(
            lambda db: Corpus(
                db, seconds=1, worked=lambda: clocks["worked"], passed=lambda: clocks["passed"]
            )
        )
    clocks["worked"] += worked
    clocks["passed"] += passed
    assert archive.in_time is in_time
