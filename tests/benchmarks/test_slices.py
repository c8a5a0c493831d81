from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from benchmarks import slices

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


async def test_as_many_are_queued_as_are_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "ARCHIVE", 20)
    monkeypatch.setattr(slices, "IDLE_SECONDS", 0.3)
    given = argparse.Namespace(
        chats=130, editions=7, reactions=500, audience=450, moments=2, before=3
    )
    due, wide = (await slices.measure(given, tmp_path)).values()
    assert [row["queued"] for row in due] == [0, 3, 130, 7]
    assert [row["queued"] for row in wide] == [450, 450]
