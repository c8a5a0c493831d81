from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from benchmarks.answers import measure_answers, measure_reactions
from benchmarks.archives import make_archive
from bot.simulator import Simulator

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

GIVEN = Namespace(posts=10, chats=2, questions=2, reactions=20, rounds=1)


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    await make_archive(tmp_path / "sosik.db", GIVEN.posts)
    return tmp_path / "sosik.db"


async def test_every_bot_answers(archive: Path) -> None:
    async with await Simulator.start() as sim:
        answers = await measure_answers(sim, GIVEN, archive)
    assert [row["bot"] for row in answers] == ["sosik", "bare", "bare, concurrent_updates"]


async def test_every_reaction_is_taken_in(archive: Path) -> None:
    async with await Simulator.start() as sim:
        reactions = await measure_reactions(sim, GIVEN, archive)
    assert [row["bot"] for row in reactions] == ["sosik, committed", "bare, empty handler"]
