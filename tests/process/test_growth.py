"""docs/growth.md says of every table how long what is in it is kept."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.migrations import migrate
from tests.process.test_housekeeping import AGED

DOCUMENT = Path(__file__).parents[2] / "docs" / "growth.md"


def told_in(section: str) -> list[str]:
    """The tables that the first cells of a section's lines name."""
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2]
    cells = re.findall(r"^\| (`[^|]+) \|", text.partition("\n## ")[0], re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def tables() -> set[str]:
    """All but SQLite's own, and what an index for text is made of."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db)
        listed = db.execute("PRAGMA main.table_list").fetchall()
    kinds = {name: kind for _, name, kind, *_ in listed if not name.startswith("sqlite_")}
    return {name for name, kind in kinds.items() if kind in {"table", "virtual"}}


def test_what_is_deleted_with_time_is_what_housekeeping_deletes() -> None:
    told = told_in("Deleted with time")
    assert sorted(told) == sorted(table.partition(" ")[0] for table in AGED)


def test_every_table_has_its_line() -> None:
    sections = ("Deleted with time", "Gone once it is done", "Kept for ever")
    told = [told_in(section) for section in sections]
    assert all(len(set(one)) == len(one) for one in told)
    assert {name for one in told for name in one} == tables()
