from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from benchmarks.flood import GROUP, PRIVATE, SAME, measure

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["cards, private", "questions, group", "reactions, group"])
async def test_others_ask_while_one_floods(name: str, tmp_path: Path) -> None:
    """How soon they are answered is for the benchmark to say."""
    given = Namespace(seconds=1, rate=50, every=1, posts=40, floods=[name])
    others, costs = (await measure(given, tmp_path)).values()
    assert [row["where"] for row in others] == [SAME, GROUP, PRIVATE]
    assert all(row["questions"] for row in others)
    assert [row["flood"] for row in costs] == [name]
