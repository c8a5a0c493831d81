"""A copy of the database that can be put in its place.

The copy is made online and prepared for its return: by then, what was pending may have been sent,
so it becomes unknown; sources fill in quietly what they published meanwhile; and updates that were
waiting are dropped, for Telegram's offset has moved on.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from storage.errors import SpokenError, spoken

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database import Connection

PREPARE = (
    "PRAGMA secure_delete=ON",  # what was waiting names people
    "UPDATE outbox SET state = 'unknown' WHERE state IN ('pending', 'sending')",
    """
    UPDATE sources SET first_fetched_at = NULL, etag = NULL, last_modified = NULL,
        filled_at = NULL, oldest_at = NULL, newest_end = NULL, shown = NULL
    """,
    "DELETE FROM inbox",
    "DELETE FROM inbox_seen",
    "DELETE FROM deeds",
    "DELETE FROM menus",
    "DELETE FROM attempts",  # by then there are messages of ours that it knows nothing of
    "DELETE FROM compared",
    "DELETE FROM known_ids",
    "DELETE FROM lists",  # of an hour ago, and of who asked
    "DELETE FROM facts WHERE key = 'offset'",
)


class BackupError(SpokenError):
    """The copy could not be made, or is not sound; the text says why."""


async def write_backup(db: Connection, path: Path) -> int:
    """Copy the database to `path`, prepare and verify the copy; its size in bytes.

    An existing file is never touched. Raises BackupError.
    """
    return await db.run(lambda source: _copy(source, path))


def _copy(source: sqlite3.Connection, path: Path) -> int:
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        key = "backup.exists" if isinstance(error, FileExistsError) else "backup.unwritten"
        raise spoken(BackupError, key, path=path, detail=error.strerror) from error
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            for statement in PREPARE:
                copy.execute(statement)
            _verify(copy)
        return path.stat().st_size
    except (sqlite3.Error, BackupError) as error:
        path.unlink(missing_ok=True)
        raise spoken(BackupError, "backup.broken", path=path, detail=error) from error


def _verify(copy: sqlite3.Connection) -> None:
    found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":  # pragma: no cover  # a disk that returns other bytes than were written
        raise BackupError(str(found))
