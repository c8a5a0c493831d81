"""A database under an earlier version's bot is not brought up to date by whoever looks at it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from storage.errors import HeldError, spoken
from storage.lock import is_held
from storage.migrations import STEPS, ForeignSchemaError, NewerSchemaError, version_of

if TYPE_CHECKING:
    from pathlib import Path


def refuse_outgrown(path: Path) -> None:
    """Look, before a command opens it, whether a bot of an earlier version runs on the database.

    To open it brings it up to date, and the bot that runs would go on with what it does not know.
    Raises HeldError then. What else may be wrong with the file is told by whoever opens it.
    """
    if path.is_file() and _is_behind(path) and is_held(path):
        raise spoken(HeldError, "database.outgrown", path=path)


def _is_behind(path: Path) -> bool:
    """Whether it lacks steps; one that has none yet is being made."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return 0 < version_of(db) < len(STEPS)
    except (sqlite3.Error, ForeignSchemaError, NewerSchemaError):
        return False
