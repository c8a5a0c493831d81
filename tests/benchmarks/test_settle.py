from __future__ import annotations

import pytest

from benchmarks.figures import Better, Ratio
from benchmarks.settle import KINDS, measure, ratios_of, summary


@pytest.mark.slow
async def test_each_kind_of_chat_settles_what_landed() -> None:
    cells = await measure("probe", 1, faults=("cut", "kill -9"))
    assert [cell.kind for cell in cells] == [*KINDS, *KINDS]
    assert {cell.state for cell in cells} == {"sent"}
    row = summary("probe", cells)
    assert (row["settled"], row["there twice"], row["lost"]) == (len(cells), 0, 0)


def test_the_ratios_are_of_what_landed_and_of_what_was_sent() -> None:
    row = {"": "SETTLE=probe", "sends": 112, "of those that land %": 75.0, "there twice": 28}
    assert ratios_of([row]) == [
        Ratio("settled of what lands, SETTLE=probe", 0.75, Better.HIGHER),
        Ratio("there twice of what was sent, SETTLE=probe", 0.25, Better.LOWER),
    ]
