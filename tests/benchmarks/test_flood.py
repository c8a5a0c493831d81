from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from benchmarks.figures import Better, Ratio
from benchmarks.flood import GROUP, PRIVATE, SAME, measure, ratios_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cards, private", "questions, group", "reactions, group"])
async def test_others_ask_while_one_floods(name: str, tmp_path: Path) -> None:
    """How soon they are answered is for the benchmark to say."""
    given = Namespace(seconds=3, rate=20, every=1, posts=40, floods=[name])
    others, costs = (await measure(given, tmp_path)).values()
    assert [row["where"] for row in others] == [SAME, GROUP, PRIVATE]
    assert all(row["questions"] for row in others)
    assert [row["flood"] for row in costs] == [name]


def test_the_ratio_is_of_all_questions_of_a_flood() -> None:
    rows: list[dict[str, object]] = [
        {"questions": 12, "answered": 12},
        {"questions": 48, "answered": 36},
    ]
    tables: dict[str, list[dict[str, object]]] = {"pages": rows, "costs": [{"requests": 9}]}
    assert ratios_of(tables) == [Ratio("answered of asked, pages", 0.8, Better.HIGHER)]
