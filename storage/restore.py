"""A backup, put in the place of the database: verified, brought up to date, and prepared.

The backup itself is only read. All is done to a copy of it beside the database; the database keeps
its place until that copy is whole and on the disk, and another name afterwards.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from storage.backup import (
    FULL,
    PART,
    PREPARE_LAST,
    BackupError,
    delete_part,
    prepare,
    sync,
    verify,
)
from storage.errors import NotADatabaseError, is_full, spoken
from storage.migrations import (
    BrokenMigrationError,
    ForeignSchemaError,
    NewerSchemaError,
    migrate,
    version_of,
)
from storage.restored import KEY
from storage.times import from_seconds_or_none, to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_MAGIC = b"SQLite format 3\0"
"""How a database begins (https://sqlite.org/fileformat2.html, 1.3)."""
_OTHERS = {
    b"\x37\x7f\x06\x82": "restore.log",  # a write-ahead log (likewise, 4.1)
    b"\x37\x7f\x06\x83": "restore.log",
    b"\xd9\xd5\x05\xf9": "restore.log",  # a rollback journal (likewise, 3)
    b"\x1f\x8b": "restore.packed",  # gzip (RFC 1952, 2.3.1)
    b"\x28\xb5\x2f\xfd": "restore.packed",  # Zstandard (RFC 8878, 3.1.1)
    b"\xfd7zXZ\0": "restore.packed",  # xz
    b"PK\x03\x04": "restore.packed",  # zip
}
_BESIDE = ("-wal", "-journal")
"""What SQLite keeps beside a database and needs with it."""
CHUNK_BYTES = 1 << 20
_BUSY_SECONDS = 2.0
_LITESTREAM = "-litestream"
"""The end of the folder that Litestream keeps beside a database, whose name begins with a dot."""


class RestoreError(BackupError):
    """The backup cannot be put in place; the text says why. What was there stays."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored database holds, and what became of the one before."""

    posts: int
    chats: int
    """Those that are served."""
    doubts: int
    """Pushes that may have been sent since."""
    spreads: int
    """Posts that were being queued for many chats, whose pushes may have been sent since."""
    last_at: datetime | None
    """The last moment of which it knows anything."""
    aside: Path | None
    """Where the database is that was there before; None: there was none."""


def restore(backup: Path, database: Path, now: datetime) -> Restored:
    """Put `backup` in the place of `database`, which nobody may use meanwhile (storage.lock).

    `now` names what is set aside, as its own zone has it. Raises RestoreError, and
    NotADatabaseError where the place is a folder or a device.
    """
    database = database.resolve()
    _check_backup(backup, database)
    _check_place(database, apart_from=backup.resolve())
    part = database.with_name(f"{database.name}.{secrets.token_hex(4)}{PART}")
    try:
        with _told(backup, database):
            _copy(backup, part)
            found = _make_ready(part, now)
            _own_alike(part, database)
            sync(part)
            aside = _put(part, database, f"{now:%Y%m%d-%H%M%S}")
    finally:
        delete_part(part)
    return Restored(*found, aside)


def _check_backup(backup: Path, database: Path) -> None:
    """See what the file is, by its kind and how it begins."""
    try:
        found = backup.stat()
        if stat.S_ISDIR(found.st_mode):
            raise spoken(RestoreError, "restore.folder", path=backup)
        if not stat.S_ISREG(found.st_mode):
            raise spoken(RestoreError, "restore.not_ours", path=backup)
        if database.exists() and database.samefile(backup):
            raise spoken(RestoreError, "restore.itself", path=backup)
        with backup.open("rb") as file:
            head = file.read(len(_MAGIC))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise spoken(RestoreError, "restore.missing", path=backup) from error
    except OSError as error:
        detail = error.strerror
        raise spoken(RestoreError, "restore.unreadable", path=backup, detail=detail) from error
    if head != _MAGIC:
        key = next((said for magic, said in _OTHERS.items() if head.startswith(magic)), None)
        key = key or ("restore.not_ours" if head else "restore.empty")
        raise spoken(RestoreError, key, path=backup)


def _check_place(database: Path, *, apart_from: Path) -> None:
    """Have a folder for the database, and nothing in it that an earlier try left."""
    if database.is_dir():
        example = database / "sosik.db"
        raise spoken(NotADatabaseError, "database.folder", path=database, example=example)
    if database.exists() and not database.is_file():
        raise spoken(NotADatabaseError, "database.not_ours", path=database)
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        old = [one for one in database.parent.iterdir() if _is_part(one.name, database.name)]
    except OSError as error:
        raise _unwritten(database, error) from error
    for one in old:
        if one != apart_from:
            delete_part(one)


def _is_part(name: str, database: str) -> bool:
    return name.startswith(f"{database}.") and name.endswith(PART)


@contextmanager
def _told(backup: Path, database: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into a RestoreError."""
    try:
        yield
    except NewerSchemaError as error:
        raise spoken(RestoreError, "restore.newer", path=backup, detail=error) from error
    except ForeignSchemaError as error:
        raise spoken(RestoreError, "restore.not_ours", path=backup, detail=error) from error
    except (BrokenMigrationError, ValueError) as error:  # texts that are none
        raise spoken(RestoreError, "restore.damaged", path=backup, detail=error) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        is_lack = code == sqlite3.SQLITE_IOERR and is_full(database)
        has_no_room = code == sqlite3.SQLITE_FULL or is_lack
        key, path = ("restore.full", database) if has_no_room else ("restore.damaged", backup)
        raise spoken(RestoreError, key, path=path, detail=error) from error
    except OSError as error:
        raise _unwritten(database, error) from error


def _unwritten(database: Path, error: OSError) -> RestoreError:
    key = "restore.full" if error.errno in FULL else "restore.unwritten"
    return spoken(RestoreError, key, path=database, detail=error.strerror)


def _copy(backup: Path, part: Path) -> None:
    """Copy the backup, and a log that lies beside it, where it was copied by hand."""
    for ending in ("", *_BESIDE):
        source = backup.with_name(backup.name + ending)
        if not ending or source.is_file():
            with _new(part.with_name(part.name + ending)).open("wb") as copy:
                copy.writelines(_read(source))


def _read(source: Path) -> Iterator[bytes]:
    """A file, a piece after the other; what fails here is not the place's fault."""
    try:
        with source.open("rb") as file:
            while piece := file.read(CHUNK_BYTES):
                yield piece
    except OSError as error:
        detail = error.strerror
        raise spoken(RestoreError, "restore.unreadable", path=source, detail=detail) from error


def _new(path: Path) -> Path:
    """A file of no bytes, for this user alone."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode=0o600))
    return path


def _make_ready(part: Path, now: datetime) -> tuple[int, int, int, int, datetime | None]:
    """Verify a copy, whose log is taken in, bring it up to date and prepare it; what it holds."""
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous=OFF")  # the whole file is synced, once
        if not version_of(copy):
            raise ForeignSchemaError("nothing is in it")
        verify(copy)
        migrate(copy)
        prepare(copy, PREPARE_LAST)
        copy.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (KEY, f"{to_seconds(now)}"))
        verify(copy)
        return _count(copy)


def _count(copy: sqlite3.Connection) -> tuple[int, int, int, int, datetime | None]:
    row = copy.execute(
        """
        SELECT (SELECT shown FROM post_total),
            (SELECT count(*) FROM chats WHERE state = 'served'),
            (SELECT count(*) FROM outbox WHERE state = 'unknown'),
            (SELECT count(*) FROM spreads),
            max(
                coalesce((SELECT max(changed_at) FROM outbox), 0),
                coalesce((SELECT max(first_seen_at) FROM posts), 0),
                coalesce((SELECT max(last_fetched_at) FROM sources), 0)
            )
        """
    ).fetchone()
    return (*row[:4], from_seconds_or_none(row[4] or None))


def _own_alike(part: Path, database: Path) -> None:
    """What root restores belongs to whoever has the database, or its folder."""
    if os.name == "posix" and os.geteuid() == 0:
        alike = (database if database.exists() else database.parent).stat()
        for one in (part, database.with_name(f"{database.name}.lock")):
            with suppress(FileNotFoundError):
                os.chown(one, alike.st_uid, alike.st_gid)


def _put(part: Path, database: Path, stamp: str) -> Path | None:
    """Set aside what is there, and give a copy its place; all of it or nothing."""
    aside = _free_name(database, stamp)
    has_one = os.path.lexists(database)
    with ExitStack() as undo:
        if has_one:
            _take_log_in(undo, database, aside)
        for ending in (*_BESIDE, "-shm"):
            _move(undo, database, aside, ending)
        if has_one:
            _name_also(undo, database, aside)
        part.replace(database)
        undo.pop_all()
    _forget_copies(database, aside)
    with suppress(OSError):  # a disk that syncs no folders
        sync(database.parent)
    return aside if has_one else None


def _free_name(database: Path, stamp: str) -> Path:
    """The name for what is set aside: nothing has it, nor what SQLite keeps beside it."""
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        aside = database.with_name(f"{database.stem}.{stamp}{again}.before")
        beside = [aside.with_name(aside.name + one) for one in ("", *_BESIDE, "-shm")]
        if not any(map(os.path.lexists, beside)):
            return aside
    raise AssertionError  # pragma: no cover  # there is always one more number


def _take_log_in(undo: ExitStack, database: Path, aside: Path) -> None:
    """Have the old database in one file, where it is sound: its bot may have been killed.

    Of a damaged one SQLite deletes the log, too: a second name keeps that.
    """
    with database.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return
    log, kept = (one.with_name(f"{one.name}-wal") for one in (database, aside))
    with suppress(OSError):  # there is none, or the disk knows no links
        os.link(log, kept)
        undo.callback(_name_back, kept, log)
    if _is_folded(database) or log.exists():
        kept.unlink(missing_ok=True)


def _name_back(kept: Path, log: Path) -> None:
    """The log of a database that stays where it is has its own name."""
    if kept.exists():
        kept.rename(log)
        kept.unlink(missing_ok=True)  # where both were names of it


def _is_folded(database: Path) -> bool:
    """Take the log in; False where the database is damaged.

    Raises RestoreError where another program has it open, which would go on writing into it.
    """
    address = f"{database.as_uri()}?mode=rw"
    try:
        with closing(
            sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
        ) as old:
            old.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise spoken(RestoreError, "restore.busy", path=database, detail=error) from error
        return False
    return True


def _move(undo: ExitStack, database: Path, aside: Path, ending: str) -> None:
    """What lies beside the old one goes with it: to the new one it would be another's log."""
    old, new = (one.with_name(one.name + ending) for one in (database, aside))
    if os.path.lexists(old):
        old.rename(new)
        undo.callback(new.rename, old)


def _name_also(undo: ExitStack, database: Path, aside: Path) -> None:
    """A second name, so that there is never none: a bot that starts then would begin anew."""
    try:
        os.link(database, aside)
        undo.callback(aside.unlink)
    except OSError:  # a disk that knows no links
        database.rename(aside)
        undo.callback(aside.rename, database)


def _forget_copies(database: Path, aside: Path) -> None:
    """What Litestream knows of the old database is set aside, too: it copies the new one anew."""
    known, new = (one.with_name(f".{one.name}{_LITESTREAM}") for one in (database, aside))
    with suppress(OSError):
        known.rename(new)
