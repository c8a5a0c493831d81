"""One writer, a few read-only readers, whole transactions.

Errors, each with what a person can do about it in its text:

- DatabaseError
  - NotADatabaseError: the file holds something else, was cut off, or is damaged
  - NewerDatabaseError: a later Sosik wrote it
  - ReadOnlyError: the file or its folder cannot be written
  - DiskFullError: no room left; the transaction was undone
  - BusyError: another process held the write lock past the timeout
  - HeldError: another process runs the bot on it (storage.lock)
  - ClosedError: the database, or the transaction, has come to its end
  - UnknownValueError: a later Sosik wrote a value that this one does not know

What a statement itself gets wrong (a constraint, a missing column) stays an sqlite3.Error.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeAlias, TypeVar

import aiosqlite

from storage.errors import (
    BusyError,
    ClosedError,
    DatabaseError,
    DiskFullError,
    NewerDatabaseError,
    NotADatabaseError,
    ReadOnlyError,
    UnknownValueError,
    spoken,
    translated,
)
from storage.migrations import APPLICATION_ID, migrate
from storage.overwriting import Overwriting

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterator,
        Awaitable,
        Callable,
        Coroutine,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )
    from pathlib import Path

__all__ = [
    "BusyError",
    "ClosedError",
    "Connection",
    "Database",
    "DatabaseError",
    "DiskFullError",
    "NewerDatabaseError",
    "NotADatabaseError",
    "ReadOnlyError",
    "Transaction",
    "UnknownValueError",
]

T = TypeVar("T")
Parameters: TypeAlias = "Sequence[Any] | Mapping[str, Any]"
BUSY_TIMEOUT_SECONDS = 10.0
LOG_PAGES = 4000
"""Of the write-ahead log, 16 MB, before it is copied into the file: what changes over and over is
copied once (SQLite's own default is a quarter of it)."""
COPIED_LOG_PAGES = 1 << 17
"""Where continuous copies run, 512 MB: Litestream has shortened it long before (truncate-page-n,
121,359). Where it does not run, the log does not grow for ever."""


class _Worker:
    """An SQLite connection and the thread that it lives in."""

    def __init__(self, raw: aiosqlite.Connection) -> None:
        self._raw = raw
        self._open = True

    @classmethod
    async def start(cls, path: Path, *, mode: str) -> Self:
        """Open the file; `mode` is that of SQLite's URIs (ro, rwc)."""
        raw = aiosqlite.connect(
            _address(path, mode),
            uri=True,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_SECONDS,
        )
        raw._thread.daemon = True  # noqa: SLF001  # a database nobody closed must not hold up the exit
        try:
            await uninterrupted(raw)
        except BaseException:
            await uninterrupted(raw.close())  # cancelled, it has opened all the same
            with suppress(RuntimeError):  # never started, where the loop itself is ending
                raw._thread.join()  # noqa: SLF001  # it was told to stop, and ends before its loop does
            raise
        raw.row_factory = sqlite3.Row
        return cls(raw)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One hop to the thread, to the end of `work` even when the caller is cancelled."""
        if not self._open:
            raise ClosedError("The database is closed.")
        return await uninterrupted(self._hand_in(work))

    def _hand_in(self, work: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """Queue `work` for the thread, as aiosqlite does, which has no public call for one hop."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._raw._tx.put_nowait((future, partial(work, self._raw._conn)))  # noqa: SLF001  # see above
        return future

    def roll_back_soon(self) -> None:
        """End a transaction before whatever is handed in next; nobody need wait for it."""
        if self._open:
            self._hand_in(_roll_back).add_done_callback(_look_at)

    async def roll_back(self) -> None:
        """End a transaction, if one is open; closing ended it too."""
        if self._open:
            await self.run(_roll_back)

    async def close(self) -> None:
        """Finish what was handed in, and end the thread. May be called twice."""
        self._open = False
        await uninterrupted(self._raw.close())


class Connection:
    """Reads on one SQLite connection; `run` is one hop to its thread, whatever it does.

    It is lent: after the `async with` that gave it, it raises ClosedError.
    """

    def __init__(self, worker: _Worker) -> None:
        self._worker = worker
        self._lent = True

    def end(self) -> None:
        """Take it back: later calls would run outside of any transaction."""
        self._lent = False

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` with the sqlite3 connection, in the connection's thread."""
        if not self._lent:
            raise ClosedError("This transaction has ended.")
        return await self._worker.run(work)

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


class Reading(Connection):
    """Reads that all see the same data. The first begins the transaction: no hop of its own."""

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` with the sqlite3 connection, in the connection's thread."""

        def in_view(db: sqlite3.Connection) -> T:
            if not db.in_transaction:
                db.execute("BEGIN")
            return work(db)

        return await super().run(in_view)


class Transaction(Connection):
    """Reads and writes that happen together or not at all.

    The first begins the transaction, once: no hop of its own.
    """

    _has_begun = False

    def __init__(self, worker: _Worker) -> None:
        super().__init__(worker)
        self._afterwards: list[Callable[[], object]] = []

    def afterwards(self, call: Callable[[], object]) -> None:
        """Have `call` called once this is committed, and not at all where it is undone."""
        self._afterwards.append(call)

    def tell(self) -> None:
        """It is committed: call what is to be called then, in its order."""
        for call in self._afterwards:
            call()

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` with the sqlite3 connection, in the connection's thread."""

        def begun(db: sqlite3.Connection) -> T:
            if not self._has_begun:
                db.execute("BEGIN IMMEDIATE")
                self._has_begun = True
            return work(db)

        return await super().run(begun)

    async def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement; the number of rows it changed."""
        return await self.run(lambda db: db.execute(sql, parameters).rowcount)

    async def insert(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one INSERT; the id of the row."""
        return await self.run(lambda db: db.execute(sql, parameters).lastrowid or 0)

    async def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row of parameters, in one hop; without rows in none."""
        if listed := list(rows):
            await self.run(lambda db: db.executemany(sql, listed))


class _Whole(Transaction):
    """Reads, or reads and writes, all in one hop: what runs them is in the thread already."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._afterwards = []

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` with the sqlite3 connection, here and now."""
        return work(self._db)


class _Job(Generic[T]):
    """Something to write, and what came of it."""

    def __init__(self, work: Callable[[Transaction], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._result: T
        self._last: Transaction
        self.error: Exception | None = None
        self.is_done = False

    def run(self, db: sqlite3.Connection) -> bool:
        """Do it, in the thread and in a transaction; False, and `error`, where that fails."""
        self._last = _Whole(db)
        try:
            self._result = _driven(self._work(self._last))
        except Exception as error:  # noqa: BLE001  # whoever handed it in gets it
            self.error = error
        return self.error is None

    def outcome(self) -> T:
        """What came of it, once it is done; raises what it raised."""
        if self.error is not None:
            raise self.error
        self._last.tell()
        return self._result


def _driven(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end, at once: it awaits nothing but its connection."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise RuntimeError("what is done in one hop may wait for nothing but its connection")


def _read_whole(work: Callable[[Connection], Coroutine[Any, Any, T]], db: sqlite3.Connection) -> T:
    """Do all of `work` on one view of the data."""
    db.execute("BEGIN")
    try:
        return _driven(work(_Whole(db)))
    finally:
        _roll_back(db)


def _write_together(jobs: Sequence[_Job[Any]], db: sqlite3.Connection) -> None:
    """All jobs in one commit, less those that fail by themselves."""
    waiting = list(jobs)
    try:
        while waiting and (failed := _commit(waiting, db)) is not None:
            waiting.remove(failed)
    except Exception as error:  # noqa: BLE001  # nothing is written: all are told
        for job in waiting:
            job.error = error
    for job in jobs:
        job.is_done = True


def _commit(jobs: Sequence[_Job[Any]], db: sqlite3.Connection) -> _Job[Any] | None:
    """Commit all jobs; or none, and the one that fails."""
    db.execute("BEGIN IMMEDIATE")
    try:
        if (failed := next((job for job in jobs if not job.run(db)), None)) is None:
            db.execute("COMMIT")
    finally:
        _roll_back(db)
    return failed


def _look_at(future: asyncio.Future[Any]) -> None:
    """Take note of a failure, so that asyncio does not report it as lost."""
    if not future.cancelled():
        future.exception()


async def uninterrupted(work: Awaitable[T]) -> T:
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
            except asyncio.CancelledError:  # cancelled once more: still to the end
                continue
        _look_at(task)
        raise


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file has that name now; None: none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Database:
    """The project's one way to SQLite: `opened`, or `open` and a `close` on every way out."""

    def __init__(
        self, path: Path, writer: _Worker, readers: Sequence[_Worker], *, copied: bool
    ) -> None:
        self.path = path
        self._writer = writer
        self._lock = asyncio.Lock()
        self._owner: asyncio.Task[Any] | None = None
        self._jobs: dict[_Job[Any], None] = {}
        """What `write` was given, in order, until whoever gave it takes what came of it."""
        self._readers = tuple(readers)
        self._free_readers = list(readers)
        self._turns = asyncio.Semaphore(len(self._readers))  # first come, first served
        self._overwriting = Overwriting(self._alone, path, copied=copied)
        self._place = _file_at(path)
        self._damage: asyncio.Future[NotADatabaseError] = asyncio.Future()
        self.refusal: DatabaseError | None = None
        """Why a transaction could not be written, the last time; None: `forget_refusal`."""

    @classmethod
    async def open(cls, path: Path, *, readers: int = 2, copied: bool = False) -> Self:
        """Open or create the database at `path` and bring its schema up to date.

        `copied`: another program copies the write-ahead log, and makes the checkpoints.
        """
        workers: list[_Worker] = []
        try:
            with translated(path):
                _make_place(path)
                workers.append(await _Worker.start(path, mode="rwc"))
                await workers[0].run(partial(_prepare, copied=copied))
                for _ in range(readers):
                    workers.append(await _Worker.start(path, mode="ro"))  # noqa: PERF401  # what opened must be closed should the next fail
        except BaseException as error:
            await uninterrupted(_close(workers))
            if isinstance(error, UnicodeDecodeError):  # what the schema says is no text
                raise spoken(NotADatabaseError, "database.damaged", path=path) from error
            raise
        return cls(path, workers[0], workers[1:], copied=copied)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, path: Path, *, readers: int = 2, copied: bool = False
    ) -> AsyncIterator[Self]:
        """What `open` gives, closed at the end."""
        database = await cls.open(path, readers=readers, copied=copied)
        try:
            yield database
        finally:
            await database.close()

    async def close(self) -> None:
        """Finish the transaction under way, then close every connection. May be called twice."""
        async with self._lock:
            await uninterrupted(_close([self._writer, *self._readers]))
            self._overwriting.close()

    async def overwrite(self, *numbers: int) -> bool:
        """Have what was deleted overwritten in the files too, the ids `numbers` above all.

        After the commit that deleted it. False: later, by `tidy` or by whoever makes the
        checkpoints, for continuous copies run, or somebody reads without an end.
        """
        return await self._overwriting.run(numbers)

    async def tidy(self) -> None:
        """Have what was deleted since, or could not be overwritten at once, overwritten."""
        await self._overwriting.tidy()

    def forget_refusal(self) -> None:
        """It is over, and whoever had to know does."""
        self.refusal = None

    async def last(self) -> NoReturn:
        """Wait for as long as the database is sound. Raises NotADatabaseError once it is not."""
        raise await asyncio.shield(self._damage)

    def check_place(self) -> None:
        """See that the file at `path` is the one that was opened; note for `last` where it is not.

        What is written into a file without a name is lost with the process.
        """
        if self._place != _file_at(self.path) and not self._damage.done():
            self._damage.set_result(spoken(NotADatabaseError, "database.replaced", path=self.path))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """As `translated`; that the file is damaged is noted for `last`, whoever comes upon it.

        An index for text that is damaged is not the file: only searching fails.
        """
        try:
            with translated(self.path):
                yield
        except NotADatabaseError as error:
            code = getattr(error.__cause__, "sqlite_errorcode", 0)
            if code != sqlite3.SQLITE_CORRUPT_VTAB and not self._damage.done():
                self._damage.set_result(error)
            raise

    async def _alone(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` on the writer's connection, between two transactions."""
        async with self._lock:
            with self._translated():
                return await self._writer.run(work)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One whole transaction of the writer: committed at the end, undone on any error."""
        if self._owner is not None and self._owner is asyncio.current_task():
            raise RuntimeError("this task is in a transaction already: it would wait for itself")
        async with self._lock:
            self._owner = asyncio.current_task()
            lent = Transaction(self._writer)
            try:
                with self._translated():
                    yield lent
                    await lent.run(lambda db: db.execute("COMMIT"))
            except BaseException as error:
                if isinstance(error, DatabaseError) and not isinstance(error, ClosedError):
                    self.refusal = error
                await self._writer.roll_back()
                raise
            finally:
                lent.end()
                self._owner = None
        lent.tell()

    async def write(self, work: Callable[[Transaction], Coroutine[Any, Any, T]]) -> T:
        """One whole transaction of the writer, in one hop to its thread.

        What others hand in meanwhile is committed with it; where something of that fails, each for
        itself. `work` awaits its connection and nothing else, and may be called once more.
        """
        if self._owner is not None and self._owner is asyncio.current_task():
            raise RuntimeError("this task is in a transaction already: it would wait for itself")
        job = _Job(work)
        self._jobs[job] = None
        try:
            async with self._lock:
                if not job.is_done:
                    waiting = [one for one in self._jobs if not one.is_done]
                    await self._writer.run(partial(_write_together, waiting))
        finally:
            del self._jobs[job]
        try:
            with self._translated():
                return job.outcome()
        except DatabaseError as error:
            self.refusal = error
            raise

    async def read(self, work: Callable[[Connection], Coroutine[Any, Any, T]]) -> T:
        """Reads that all see the same data, in one hop: `work` awaits its connection only."""
        async with self._turns:
            worker = self._free_readers.pop()
            try:
                with self._translated():
                    return await worker.run(partial(_read_whole, work))
            finally:
                self._free_readers.append(worker)

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Connection]:
        """A read-only connection with one view of the data, from the first read on."""
        async with self._turns:
            worker = self._free_readers.pop()
            lent = Reading(worker)
            try:
                with self._translated():
                    yield lent
            finally:
                lent.end()
                worker.roll_back_soon()
                self._free_readers.append(worker)


async def _close(workers: Iterable[_Worker]) -> None:
    """Close them all, whatever one of them says, and the first last: the writer ends the log."""
    async with AsyncExitStack() as stack:
        for one in workers:
            stack.push_async_callback(one.close)


def _address(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


def _make_place(path: Path) -> None:
    """The folder and the file, for nobody else; SQLite gives its log the mode of the file."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        key, detail = "database.no_folder", error.strerror
        raise spoken(ReadOnlyError, key, path=path.parent, detail=detail) from error
    if path.is_dir():
        example = path / "sosik.db"
        raise spoken(NotADatabaseError, "database.folder", path=path, example=example)
    with suppress(OSError):  # SQLite will say why not
        if not path.exists():
            _make_file(path)
        elif not path.stat().st_size:
            raise spoken(NotADatabaseError, "database.empty", path=path)


def _make_file(path: Path) -> None:
    """A new database of ours, under its name at once: an empty file there is a lost database."""
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL, mode=0o600))
        with suppress(sqlite3.Error), closing(sqlite3.connect(new, isolation_level=None)) as db:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        os.link(new, path)  # unlike a renaming, it replaces nothing
    except FileExistsError:  # another process was first
        pass
    except OSError:  # a disk that knows no links
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, mode=0o600))
    finally:
        new.unlink(missing_ok=True)


def _prepare(db: sqlite3.Connection, *, copied: bool) -> None:
    """Make the writer ready. Whose file it is, and of which version, comes before any change."""
    db.execute("PRAGMA synchronous=FULL")
    db.execute(f"PRAGMA wal_autocheckpoint={COPIED_LOG_PAGES if copied else LOG_PAGES}")
    db.execute("PRAGMA secure_delete=ON")  # what a member asked to forget is overwritten
    has_changed = migrate(db)
    mode = db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise spoken(DatabaseError, "database.no_log", detail=mode)
    if has_changed and not copied:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the pages as they were before


def _roll_back(db: sqlite3.Connection) -> None:
    if db.in_transaction:
        db.execute("ROLLBACK")
