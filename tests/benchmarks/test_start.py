from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.archives import make_archive
from benchmarks.start import COMMANDS, measure_memory, measure_starts

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.slow


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    await make_archive(tmp_path / "filled.db", 10)
    return tmp_path / "filled.db"


async def test_sosik_run_starts_on_a_new_database_and_on_a_filled_one(
    tmp_path: Path, filled: Path
) -> None:
    for database in (None, filled):
        row = await measure_starts(1, tmp_path, database)
        assert {"median s", "fastest s", "slowest s", "CPU s"} < set(row)


async def test_sosik_run_answers_and_has_a_size(tmp_path: Path, filled: Path) -> None:
    memory = await measure_memory(len(COMMANDS), tmp_path, filled)
    assert all(isinstance(size, float) for name, size in memory.items() if name)
