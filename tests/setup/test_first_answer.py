from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.first_answer import walk
from benchmarks.reporting import table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
async def test_the_readmes_way_leads_from_a_token_to_an_answer_and_a_post(folder: Path) -> None:
    """How long it takes is printed, and no test's business."""
    rows = await walk(folder)
    sys.stdout.write(f"\n{table(rows)}\n")
    assert len(rows) == 8
