from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from benchmarks.start import COMMANDS, measure

if TYPE_CHECKING:
    from pathlib import Path


async def test_sosik_run_starts_answers_and_has_a_size(tmp_path: Path) -> None:
    given = Namespace(posts=10, starts=1, commands=len(COMMANDS))
    starts, (memory,) = (await measure(given, tmp_path)).values()
    assert [row["database"] for row in starts] == ["new", "10 posts"]
    assert all(isinstance(size, float) for name, size in memory.items() if name)
