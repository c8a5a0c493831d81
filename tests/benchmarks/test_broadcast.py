from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from benchmarks.broadcast import CONTESTANTS, LIMIT, Scene, measure, ratios_of
from benchmarks.figures import Better, Ratio

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
async def test_every_chat_gets_the_post_once_whether_or_not_somebody_asks(tmp_path: Path) -> None:
    """How fast, and how soon members are answered, is for the benchmark to say."""
    given = Namespace(chats=12, members=[4, 0], every=1.0, posts=20, contestants=None)
    asked, quiet = (await measure(given, tmp_path)).values()
    for rows in (asked, quiet):
        assert [row["bot"] for row in rows] == list(CONTESTANTS)
        assert {row["chats"] for row in rows} == {12}
        assert {row["doubled"] for row in rows} == {0}
    assert all(isinstance(row["p95 ms"], float) for row in asked)
    assert {row["answers"] for row in quiet} == {0}
    assert {row["p95 ms"] for row in quiet} == {"-"}


def test_the_ratios_are_of_telegrams_limit_in_each_scene() -> None:
    busy, quiet = Scene(30).name, Scene(30, members=0).name
    assert busy == "one post to 30 groups, 100 members ask"
    assert quiet == "one post to 30 groups, nobody asks"
    tables: dict[str, list[dict[str, object]]] = {
        busy: [{"bot": "sosik", "pushes/s": 27.0}, {"bot": "bare loop", "pushes/s": 28.0}],
        quiet: [{"bot": "sosik", "pushes/s": LIMIT}],
    }
    assert ratios_of(tables) == [
        Ratio(f"pushes/s, of 30: {busy}", 0.9, Better.HIGHER),
        Ratio(f"pushes/s, of 30: {quiet}", 1.0, Better.HIGHER),
    ]
