"""What SQLite and the disk say, as errors that a person can act on."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.migrations import BrokenMigrationError, ForeignSchemaError, NewerSchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEAST_FREE_BYTES = 1 << 20


class DatabaseError(Exception):
    """The database cannot be used; the text says why and what to do."""


class NotADatabaseError(DatabaseError):
    """The file is no SQLite database, another program's, or a damaged one."""


class NewerDatabaseError(DatabaseError):
    """The schema is of a later version of the program."""


class ReadOnlyError(DatabaseError):
    """The file or its folder does not let us write."""


class DiskFullError(DatabaseError):
    """The disk is full."""


class BusyError(DatabaseError):
    """Another process held the lock for longer than the timeout."""


class HeldError(DatabaseError):
    """Another process runs the bot on this database."""


class ClosedError(DatabaseError):
    """The database was closed, or the transaction has ended."""


class UnknownValueError(DatabaseError):
    """A row holds a value that this version does not know; `what` names it."""

    def __init__(self, what: str, value: str) -> None:
        super().__init__(
            f"The database holds a {what} that this Sosik does not know: {value!r}. "
            "A later Sosik wrote it: update Sosik."
        )


_NOT_OURS = "{path} is not a Sosik database. Name another file, or restore a backup."
_FULL = "The disk that holds {path} is full. Free some room; what failed will be tried again."
_BUSY = "{path} is in use by another process. Stop the other Sosik, or wait for it to finish."
_BY_CODE: dict[int, tuple[type[DatabaseError], str]] = {
    sqlite3.SQLITE_NOTADB: (NotADatabaseError, _NOT_OURS),
    sqlite3.SQLITE_CORRUPT: (
        NotADatabaseError,
        "{path} is damaged. Keep a copy of it, and restore a backup.",
    ),
    sqlite3.SQLITE_READONLY: (
        ReadOnlyError,
        "{path} cannot be written. Give this user write access to the file and its folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        ReadOnlyError,
        "{path} cannot be opened. Give this user write access to the file and its folder.",
    ),
    sqlite3.SQLITE_FULL: (DiskFullError, _FULL),
    sqlite3.SQLITE_BUSY: (BusyError, _BUSY),
    sqlite3.SQLITE_IOERR: (
        DatabaseError,
        "{path} cannot be read or written: {error}. Look at the disk and the system's log.",
    ),
}
"""SQLite's primary result codes (https://sqlite.org/rescode.html) that tell of the file, the disk
or another process. The rest tell of a statement that is wrong, and stay what they are."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say about `path` into a DatabaseError."""
    try:
        yield
    except NewerSchemaError as error:
        text = f"{path} was written by a later Sosik ({error}). Update Sosik, or restore a backup."
        raise NewerDatabaseError(text) from error
    except ForeignSchemaError as error:
        raise NotADatabaseError(_NOT_OURS.format(path=path)) from error
    except BrokenMigrationError as error:
        text = f"{path} cannot be brought up to date: {error}. It is as it was; restore a backup."
        raise DatabaseError(text) from error
    except sqlite3.Error as error:
        known = _known(error, path)
        if known is None:
            raise
        raise known from error


def _known(error: sqlite3.Error, path: Path) -> DatabaseError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in _BY_CODE:
        return None
    kind, text = _BY_CODE[code]
    if code == sqlite3.SQLITE_IOERR and _is_full(path):
        kind, text = DiskFullError, _FULL
    return kind(text.format(path=path, error=error))


def _is_full(path: Path) -> bool:
    """Whether an I/O error was a lack of room: the log's index says so, and a file size limit."""
    try:
        return shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES
    except OSError:
        return False
