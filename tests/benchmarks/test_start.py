from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.archives import make_archive
from benchmarks.figures import Better, Ratio
from benchmarks.start import COMMANDS, measure_bare, measure_memory, measure_starts, ratios_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    await make_archive(tmp_path / "filled.db", 10)
    return tmp_path / "filled.db"


@pytest.mark.slow
async def test_sosik_run_starts_on_a_new_database_and_on_a_filled_one(
    tmp_path: Path, filled: Path
) -> None:
    for database in (None, filled):
        row = await measure_starts(1, tmp_path, database)
        assert {"median s", "fastest s", "slowest s", "CPU s"} < set(row)


@pytest.mark.slow
async def test_sosik_run_answers_and_has_a_size(tmp_path: Path, filled: Path) -> None:
    memory = await measure_memory(len(COMMANDS), tmp_path, filled)
    assert all(isinstance(size, float) for size in memory.values())


@pytest.mark.slow
async def test_the_bare_bot_starts_too() -> None:
    start, memory = await measure_bare(1)
    assert (start["bot"], memory["bot"]) == ("bare", "bare")
    assert isinstance(memory["at start MB"], float)


def test_the_ratios_are_of_the_bare_bot() -> None:
    new, bare = {"database": "new"}, {"database": "-"}
    starts = [{**new, "median s": 0.9}, {**bare, "median s": 0.3}]
    memory = [{**new, "at start MB": 75.0}, {**bare, "at start MB": 50.0}]
    times = Ratio("cold start, new, of the bare bot's", 0.9 / 0.3, Better.LOWER)
    size = Ratio("memory at the start, new, of the bare bot's", 1.5, Better.LOWER)
    assert ratios_of(starts, memory) == [times, size]
