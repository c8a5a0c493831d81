"""A database as text that git keeps: whole, with its version and the rows of its virtual tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST, THEN = {"table"}, {"index", "trigger", "view"}


def dump(path: Path) -> str:
    """All of a database as SQL, the same for the same rows; `restore` makes the file of it."""
    with closing(sqlite3.connect(path)) as db:
        return "\n".join([*_heads(db), *_schema(db, FIRST), *_rows(db), *_schema(db, THEN), ""])


def restore(sql: str, path: Path) -> None:
    """Make the file that `dump` read."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"BEGIN;\n{sql}\nCOMMIT;")


def _heads(db: sqlite3.Connection) -> Iterator[str]:
    for name in ("application_id", "user_version"):
        yield f"PRAGMA {name}={db.execute(f'PRAGMA {name}').fetchone()[0]};"


def _schema(db: sqlite3.Connection, kinds: set[str]) -> list[str]:
    """Statements in the order in which they were made; a virtual table makes its own shadows."""
    shadows = {name for name, kind in _tables(db) if kind == "shadow"}
    found = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return [
        f"{sql};"
        for kind, name, sql in found
        if kind in kinds and name not in shadows and not name.startswith("sqlite_")
    ]


def _rows(db: sqlite3.Connection) -> Iterator[str]:
    """Rows of ordinary tables, and of those that are not empty by themselves once they are made."""
    for name, kind in sorted(_tables(db)):
        if kind == "virtual" or (name.startswith("sqlite_") and name != "sqlite_sequence"):
            continue
        if kind == "shadow" or name == "sqlite_sequence":
            yield f"DELETE FROM {name};"  # noqa: S608  # a name of the schema
        columns = [one[1] for one in db.execute(f"PRAGMA table_info({name})")]
        values = " || ', ' || ".join(f'quote("{one}")' for one in columns)
        asked = f"SELECT {values} FROM {name} ORDER BY 1"  # noqa: S608  # likewise
        for (row,) in db.execute(asked):
            yield f"INSERT INTO {name} VALUES ({row});"  # noqa: S608  # likewise


def _tables(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Names, and `table`, `virtual` or `shadow`."""
    listed = db.execute("PRAGMA main.table_list").fetchall()
    return [(name, kind) for _, name, kind, *_ in listed if kind != "view"]
