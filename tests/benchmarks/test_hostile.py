from __future__ import annotations

import pytest

from benchmarks.hostile import read_all
from benchmarks.hostile_documents import make_document
from bot.sources.worker import WorkLimits

PATIENT = WorkLimits(seconds=120)


def test_a_seed_gives_the_same_document() -> None:
    assert make_document(7) == make_document(7) != make_document(8)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1, 201, 40))
async def test_a_hundredth_of_the_documents_stops_and_swells_nothing(start: int) -> None:
    """How long they take and how much memory, the benchmark says."""
    found = await read_all(range(start, start + 40), PATIENT)
    assert (found.given_up, found.faults, found.swollen) == ([], [], [])
    assert len({one.said for one in found.outcomes}) > 2
