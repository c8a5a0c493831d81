from __future__ import annotations

import pytest

from benchmarks.settle import KINDS, measure, summary

pytestmark = pytest.mark.slow


async def test_each_kind_of_chat_settles_what_landed() -> None:
    cells = await measure("probe", 1, faults=("cut", "kill -9"))
    assert [cell.kind for cell in cells] == [*KINDS, *KINDS]
    assert {cell.state for cell in cells} == {"sent"}
    row = summary("probe", cells)
    assert (row["settled"], row["there twice"], row["lost"]) == (len(cells), 0, 0)
