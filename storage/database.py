"""One writer, a few read-only readers, whole transactions.

Errors, each with what a person can do about it in its text:

- DatabaseError
  - NotADatabaseError: the file holds something else, or was cut off
  - NewerDatabaseError: a later Sosik wrote it
  - ReadOnlyError: the file or its folder cannot be written
  - DiskFullError: no room left; the transaction was undone
  - BusyError: another process held the write lock past the timeout
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar

import aiosqlite

from storage.migrations import NewerSchemaError, migrate

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterator,
        Callable,
        Coroutine,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )
    from pathlib import Path

T = TypeVar("T")
Parameters: TypeAlias = "Sequence[Any] | Mapping[str, Any]"
BUSY_TIMEOUT_SECONDS = 10.0


class DatabaseError(Exception):
    """The database cannot be used; the text says why and what to do."""


class NotADatabaseError(DatabaseError):
    """The file is no SQLite database, or a damaged one."""


class NewerDatabaseError(DatabaseError):
    """The schema is of a later version of the program."""


class ReadOnlyError(DatabaseError):
    """The file or its folder does not let us write."""


class DiskFullError(DatabaseError):
    """The disk is full."""


class BusyError(DatabaseError):
    """Another process held the lock for longer than the timeout."""


class Connection:
    """Reads on one SQLite connection; `run` is one hop to its thread, whatever it does."""

    def __init__(self, raw: aiosqlite.Connection) -> None:
        self._raw = raw

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` with the sqlite3 connection, in the connection's thread."""
        return await uninterrupted(self._raw._execute(work, self._raw._conn))  # type: ignore[no-untyped-call]  # noqa: SLF001  # aiosqlite has no public call for one hop

    async def fetch_all(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Every row of the answer."""
        return await self.run(lambda db: db.execute(sql, parameters).fetchall())

    async def fetch_one(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row of the answer, or None."""

        def first(db: sqlite3.Connection) -> sqlite3.Row | None:
            cursor = db.execute(sql, parameters)
            row: sqlite3.Row | None = cursor.fetchone()
            cursor.close()
            return row

        return await self.run(first)


class Transaction(Connection):
    """Reads and writes that happen together or not at all."""

    async def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement; the number of rows it changed."""
        return await self.run(lambda db: db.execute(sql, parameters).rowcount)

    async def insert(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one INSERT; the id of the row."""
        return await self.run(lambda db: db.execute(sql, parameters).lastrowid or 0)

    async def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters, in one hop."""
        await self.run(lambda db: db.executemany(sql, rows))


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Wait for `work` to its end even when the caller is cancelled; then let the cancellation on.

    A statement that was handed to the connection's thread runs anyway (aiosqlite): to leave before
    its end would hand an open transaction to the next caller.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:  # pragma: no cover  # cancelled twice: still to the end
                continue
        if not task.cancelled():
            task.exception()
        raise


class Database:
    """The project's one way to SQLite: `Database.open`, and `close` on every way out."""

    def __init__(self, path: Path, writer: Transaction, readers: list[Connection]) -> None:
        self.path = path
        self._writer = writer
        self._lock = asyncio.Lock()
        self._all_readers = readers
        self._free_readers: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for reader in readers:
            self._free_readers.put_nowait(reader)

    @classmethod
    async def open(cls, path: Path, *, readers: int = 2) -> Self:
        """Open or create the database at `path` and bring its schema up to date."""
        opened: list[aiosqlite.Connection] = []
        try:
            with translated(path):
                _make_folder(path)
                opened.append(await _connect(path, read_only=False))
                writer = Transaction(opened[0])
                await writer.run(_prepare_writer)
                await writer.run(migrate)
                for _ in range(readers):
                    opened.append(await _connect(path, read_only=True))  # noqa: PERF401  # what opened must be closed should the next fail
        except BaseException:
            for raw in opened:
                await raw.close()
            raise
        return cls(path, writer, [Connection(raw) for raw in opened[1:]])

    async def close(self) -> None:
        """Finish the transaction under way, then close every connection. May be called twice."""
        async with self._lock:
            for connection in (*self._all_readers, self._writer):
                await connection._raw.close()  # noqa: SLF001  # this class owns the connections

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One whole transaction of the writer: committed at the end, undone on any error."""
        async with self._lock:
            with translated(self.path):
                try:
                    await self._writer.run(lambda db: db.execute("BEGIN IMMEDIATE"))
                    yield self._writer
                    await self._writer.run(lambda db: db.execute("COMMIT"))
                except BaseException:
                    await self._writer.run(_roll_back)
                    raise

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Connection]:
        """A read-only connection with one view of the data for as long as it is held."""
        connection = await self._free_readers.get()
        try:
            with translated(self.path):
                try:
                    await connection.run(lambda db: db.execute("BEGIN"))
                    yield connection
                finally:
                    await connection.run(_roll_back)
        finally:
            self._free_readers.put_nowait(connection)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"The folder {path.parent} cannot be made: {error.strerror}."
        raise ReadOnlyError(text) from error


async def _connect(path: Path, *, read_only: bool) -> aiosqlite.Connection:
    raw = await aiosqlite.connect(
        _address(path, mode="ro" if read_only else "rwc"),
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_SECONDS,
    )
    raw.row_factory = sqlite3.Row
    return raw


def _address(path: Path, *, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


def _prepare_writer(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA foreign_keys=ON")


def _roll_back(db: sqlite3.Connection) -> None:
    if db.in_transaction:
        db.execute("ROLLBACK")


_BY_CODE: dict[int, tuple[type[DatabaseError], str]] = {
    sqlite3.SQLITE_NOTADB: (
        NotADatabaseError,
        "{path} is not a Sosik database. Name another file, or restore a backup.",
    ),
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
    sqlite3.SQLITE_FULL: (
        DiskFullError,
        "The disk that holds {path} is full. Free some room; what failed will be tried again.",
    ),
    sqlite3.SQLITE_BUSY: (
        BusyError,
        "{path} is in use by another process. Stop the other Sosik, or wait for it to finish.",
    ),
}
"""SQLite's primary result codes (https://sqlite.org/rescode.html) as our errors."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say about `path` into a DatabaseError."""
    try:
        yield
    except NewerSchemaError as error:
        text = f"{path} was written by a later Sosik ({error}). Update Sosik, or restore a backup."
        raise NewerDatabaseError(text) from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            raise
        kind, text = _BY_CODE.get(code & 0xFF, (DatabaseError, "{path}: SQLite says: {error}."))
        raise kind(text.format(path=path, error=error)) from error
