"""The faults happen, and all that came is counted; how long it takes, the benchmark says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import faults

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["none", "SIGTERM, slow answers", "two runs, one database"])
async def test_nothing_is_lost_doubled_or_out_of_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(faults, "LATER_SECONDS", 0)
    row = await faults.measure(name, tmp_path, 60)
    assert row["pushes"]
    assert (row["lost"], row["doubled"], row["out of order"]) == (0, 0, 0)
    assert (row["unanswered"], row["tracebacks"]) == (0, 0)
