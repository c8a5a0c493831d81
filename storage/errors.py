"""What SQLite and the disk say, as errors that a person can act on."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from storage.migrations import BrokenMigrationError, ForeignSchemaError, NewerSchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEAST_FREE_BYTES = 1 << 20


class SpokenError(Exception):
    """What a person is told in their language: `key` names the message, `values` fill it in.

    `str()` is for logs. Without a key there is nothing that a person could do about it.
    """

    def __init__(self, text: str = "", *, key: str = "", **values: object) -> None:
        super().__init__(text)
        self.key = key
        self.values = values


class DatabaseError(SpokenError):
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
        key = "database.unknown_value"
        text = f"{SAID[key].format(value=value)} ({what})"
        super().__init__(text, key=key, value=value)


SAID = {
    "database.not_ours": "{path} is not a Sosik database. Name another file, or restore a backup.",
    "database.damaged": "{path} is damaged. Keep a copy of it, and restore a backup.",
    "database.read_only": "{path} cannot be written. Give this user write access to the file and "
    "its folder.",
    "database.unopened": "{path} cannot be opened. Give this user write access to the file and "
    "its folder.",
    "database.full": "The disk that holds {path} is full. Free some room; what failed will be "
    "tried again.",
    "database.busy": "{path} is in use by another process. Stop the other Sosik, or wait for it to "
    "finish.",
    "database.io": "{path} cannot be read or written. Look at the disk and the system's log.",
    "database.newer": "{path} was written by a later Sosik. Update Sosik, or restore a backup.",
    "database.unfinished": "{path} cannot be brought up to date. It is as it was; restore a "
    "backup.",
    "database.unknown_value": "The database holds a value that this Sosik does not know: {value}. "
    "A later Sosik wrote it: update Sosik.",
    "database.replaced": "{path} was moved away or replaced while the bot ran. Start it again; and "
    "stop it before you put another file in the database's place.",
    "database.empty": "{path} is empty. Restore a backup; or delete it, for a bot that begins "
    "anew.",
    "database.no_folder": "The folder {path} cannot be made. Look at its place and its rights.",
    "database.folder": "{path} is a folder. Name a file in it, like {example}.",
    "database.no_log": "The disk keeps no write-ahead log. Use a local one.",
    "database.held": "Another sosik runs on {path}. Stop it first, or give this one a "
    "DATABASE_PATH of its own.",
    "database.outgrown": "An earlier version's sosik runs on {path}. Stop it first: this version "
    "would bring the database up to date under it.",
    "backup.exists": "The file {path} is there already. Name another one.",
    "backup.unwritten": "The file {path} cannot be written. Look at its folder and the disk.",
    "backup.full": "There is no room for the copy {path}. Free some room on its disk.",
    "backup.broken": "The copy {path} is not sound. Look at the disk and the system's log.",
    "restore.missing": "There is no file {path}. Name a backup.",
    "restore.folder": "{path} is a folder. Name a backup in it.",
    "restore.unreadable": "{path} cannot be read. Let this user read it, and look at its disk.",
    "restore.empty": "{path} is empty. Name another backup.",
    "restore.itself": "{path} is the database that is in use. Name a backup.",
    "restore.log": "{path} is a database's log. Name the database that it lies beside.",
    "restore.packed": "{path} is compressed. Unpack it first, and name what comes out.",
    "restore.not_ours": "{path} is not a backup of Sosik. Name another file.",
    "restore.damaged": "{path} is damaged or cut off. Copy it once more, or name an older backup.",
    "restore.newer": "{path} was made by a later Sosik. Update Sosik, and restore it then.",
    "restore.full": "There is no room beside {path}. Free some room on its disk; what was there "
    "stays.",
    "restore.unwritten": "{path} cannot be put in place. Give this user write access to its "
    "folder; what was there stays.",
    "restore.busy": "Another program has {path} open. Stop it first, Litestream too; what was "
    "there stays.",
}
"""What logs say of each; people are told the message of the same key in their language."""
_Spoken = TypeVar("_Spoken", bound=SpokenError)
_BY_CODE: dict[int, tuple[type[DatabaseError], str]] = {
    sqlite3.SQLITE_NOTADB: (NotADatabaseError, "database.not_ours"),
    sqlite3.SQLITE_CORRUPT: (NotADatabaseError, "database.damaged"),
    sqlite3.SQLITE_READONLY: (ReadOnlyError, "database.read_only"),
    sqlite3.SQLITE_CANTOPEN: (ReadOnlyError, "database.unopened"),
    sqlite3.SQLITE_FULL: (DiskFullError, "database.full"),
    sqlite3.SQLITE_BUSY: (BusyError, "database.busy"),
    sqlite3.SQLITE_IOERR: (DatabaseError, "database.io"),
}
"""SQLite's primary result codes (https://sqlite.org/rescode.html) that tell of the file, the disk
or another process. The rest tell of a statement that is wrong, and stay what they are."""


def spoken(kind: type[_Spoken], key: str, *, detail: object = "", **values: object) -> _Spoken:
    """An error of a kind with a message of `SAID`; `detail` is for logs alone."""
    values = {name: str(value) for name, value in values.items()}
    text = SAID[key].format(**values)
    return kind(f"{text} ({detail})" if detail else text, key=key, **values)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say about `path` into a DatabaseError."""
    try:
        yield
    except NewerSchemaError as error:
        raise spoken(NewerDatabaseError, "database.newer", path=path, detail=error) from error
    except ForeignSchemaError as error:
        raise spoken(NotADatabaseError, "database.not_ours", path=path) from error
    except BrokenMigrationError as error:
        raise spoken(DatabaseError, "database.unfinished", path=path, detail=error) from error
    except sqlite3.Error as error:
        known = _known(error, path)
        if known is None:
            raise
        raise known from error


def _known(error: sqlite3.Error, path: Path) -> DatabaseError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in _BY_CODE:
        return None
    kind, key = _BY_CODE[code]
    detail = ""
    if code == sqlite3.SQLITE_IOERR:
        kind, key = (DiskFullError, "database.full") if is_full(path) else (kind, key)
        detail = str(error)
    return spoken(kind, key, path=path, detail=detail)


def is_full(path: Path) -> bool:
    """Whether an I/O error was a lack of room: the log's index says so, and a file size limit."""
    try:
        return shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES
    except OSError:
        return False
