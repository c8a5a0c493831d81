"""A copy of the database that can be put in its place (storage.restore).

The copy is made online and prepared for its return: by then, what was pending may have been sent,
so it becomes unknown, and what was being spread is spread no further; sources fill in quietly what
they published meanwhile; and updates that were waiting are dropped, for Telegram's offset has moved
on. It has its name once it is whole, verified and on the disk.
"""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from storage.errors import SpokenError, is_full, spoken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.database import Connection

PART = ".part"
"""The end of the name of a copy that is not whole."""
STEPS_AT_ONCE = 100_000
"""Of SQLite's virtual machine, between two looks whether the copy is still wanted."""
PAGES_AT_ONCE = 1_000
"""Pages that are copied between two such looks, 4 MB."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""There is no room for more, for this user or in one file."""

_RETURN = (
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
PREPARE = (*_RETURN, "DELETE FROM spreads")  # it was queued since, and sent
"""What is done to a copy that is made while the bot runs, and goes on."""
PREPARE_LAST = (*_RETURN, "UPDATE spreads SET in_doubt = 1")
"""What is done to one that is put back: the bot may have ended with it, and queued no further."""


class BackupError(SpokenError):
    """The copy could not be made, or is not sound; the text says why."""


class StoppedError(Exception):
    """The copy is not wanted any more."""


def never() -> bool:
    """A copy is wanted, however long it takes."""
    return False


async def write_backup(db: Connection, path: Path) -> int:
    """Copy the database to `path`, prepare and verify the copy; its size in bytes.

    An existing file is never touched. Raises BackupError.
    """
    return await db.run(lambda source: make_copy(source, path))


def copy_database(database: Path, path: Path, stops: Callable[[], bool]) -> int:
    """As `write_backup`, on a connection of its own, in the thread of whoever calls.

    Nobody waits for it: a reader of SQLite's log holds up no write. Raises StoppedError soon after
    `stops` says so, and leaves nothing then.
    """
    try:
        address = f"{database.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as source:
            return make_copy(source, path, stops)
    except sqlite3.Error as error:
        raise spoken(BackupError, "backup.broken", path=path, detail=error) from error


def make_copy(source: sqlite3.Connection, path: Path, stops: Callable[[], bool] = never) -> int:
    """Copy what `source` sees to `path`, prepare and verify it; its size in bytes."""
    if os.path.lexists(path):
        raise _unwritten(path, FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)))
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode=0o600))
        _fill(source, part, stops)
        sync(part)
        size = part.stat().st_size
        give_name(part, path)
    except OSError as error:
        raise _unwritten(path, error) from error
    except sqlite3.Error as error:
        raise _broken(path, error) from error
    finally:
        delete_part(part)
    return size


def _fill(source: sqlite3.Connection, part: Path, stops: Callable[[], bool]) -> None:
    def look(*_: int) -> int:
        if stops():
            raise StoppedError
        return 0

    if not source.in_transaction:
        source.execute("BEGIN")
    source.execute("SELECT 1 FROM sqlite_schema").fetchone()  # begun anew at each write otherwise
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous=OFF")  # the whole file is synced, once
        source.backup(copy, pages=PAGES_AT_ONCE, progress=look)
        copy.set_progress_handler(lambda: int(stops()), STEPS_AT_ONCE)
        try:
            prepare(copy, PREPARE)
            verify(copy)
        except sqlite3.OperationalError:
            look()
            raise


def prepare(copy: sqlite3.Connection, statements: tuple[str, ...]) -> None:
    """Make a copy ready for its return, in one file."""
    copy.execute("PRAGMA journal_mode=DELETE")
    for statement in statements:
        copy.execute(statement)


def verify(copy: sqlite3.Connection) -> None:
    """See that every page and index of a database is as it should be.

    Raises sqlite3.DatabaseError where it is not.
    """
    found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(str(found))
    if broken := copy.execute("PRAGMA foreign_key_check").fetchone():
        raise sqlite3.DatabaseError(f"a row of {broken[0]} points nowhere")


def sync(path: Path) -> None:
    """Have a file or a folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def give_name(part: Path, path: Path) -> None:
    """A whole file gets its name, for good. Raises FileExistsError where another has it."""
    try:
        os.link(part, path)  # unlike a renaming, it replaces nothing
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no links
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, mode=0o600))
        part.replace(path)
    with suppress(OSError):  # a disk that syncs no folders
        sync(path.parent)


def delete_part(part: Path) -> None:
    """Leave nothing of what is not whole."""
    for ending in ("", "-journal", "-wal", "-shm"):
        with suppress(OSError):
            part.with_name(part.name + ending).unlink()


def _unwritten(path: Path, error: OSError) -> BackupError:
    if isinstance(error, FileExistsError):
        return spoken(BackupError, "backup.exists", path=path, detail=error.strerror)
    key = "backup.full" if error.errno in FULL else "backup.unwritten"
    return spoken(BackupError, key, path=path, detail=error.strerror)


def _broken(path: Path, error: sqlite3.Error) -> BackupError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    has_no_room = code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and is_full(path))
    key = "backup.full" if has_no_room else "backup.broken"
    return spoken(BackupError, key, path=path, detail=error)
