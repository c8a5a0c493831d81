from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.errors import HeldError
from storage.lock import held
from storage.migrations import STEPS, migrate
from storage.outgrown import refuse_outgrown

if TYPE_CHECKING:
    from pathlib import Path


def made(path: Path, taken: int) -> Path:
    """A database that has taken so many steps."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, STEPS[:taken])
    return path


def test_under_an_earlier_versions_bot_a_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = made(tmp_path / "소식 #1?.db", len(STEPS) - 1)
    refuse_outgrown(path)
    with (
        held(path),
        pytest.raises(HeldError, match="An earlier version's sosik runs on") as caught,
    ):
        refuse_outgrown(path)
    assert caught.value.key == "database.outgrown"
    refuse_outgrown(path)


def test_under_a_bot_of_this_version_whoever_looks_may_look(tmp_path: Path) -> None:
    path = made(tmp_path / "sosik.db", len(STEPS))
    with held(path):
        refuse_outgrown(path)


@pytest.mark.parametrize("holds", [b"", b"no database at all" * 100, None])
def test_what_is_no_database_is_told_by_whoever_opens_it(
    tmp_path: Path, holds: bytes | None
) -> None:
    path = tmp_path / "sosik.db"
    if holds is not None:
        path.write_bytes(holds)
    with held(path):
        refuse_outgrown(path)
        refuse_outgrown(tmp_path)


def test_a_later_versions_database_is_told_by_whoever_opens_it(tmp_path: Path) -> None:
    path = made(tmp_path / "sosik.db", len(STEPS))
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 9999")
    with held(path):
        refuse_outgrown(path)
