from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from benchmarks.answers import measure

if TYPE_CHECKING:
    from pathlib import Path


async def test_every_bot_answers_and_every_reaction_is_taken_in(tmp_path: Path) -> None:
    given = Namespace(posts=10, chats=2, questions=2, reactions=20, rounds=1)
    answers, reactions = (await measure(given, tmp_path)).values()
    assert [row["bot"] for row in answers] == ["sosik", "bare", "bare, concurrent_updates"]
    assert [row["bot"] for row in reactions] == ["sosik, committed", "bare, empty handler"]
