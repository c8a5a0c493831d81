"""The hour of a group is played to its end, and what is left is counted."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from benchmarks.noise import OLDER, measure, rows_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
ACTIONS = 24


async def test_a_new_group_is_left_with_less(tmp_path: Path) -> None:
    given = argparse.Namespace(actions=ACTIONS, members=3, seed=7)
    older = await measure(tmp_path, given, **OLDER)
    new = await measure(tmp_path, given)
    assert older.commands == new.commands
    assert new.left() < older.left()
    *_, shares = rows_of({"older": older, "new": new}, ACTIONS)
    assert shares["commands"] == 100  # per cent
