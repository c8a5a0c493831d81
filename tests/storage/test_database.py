from __future__ import annotations

import asyncio
import errno
import os
import secrets
import signal
import sqlite3
import tempfile
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

import storage.database
import storage.errors
from storage import facts
from storage.backup import write_backup
from storage.database import (
    LOG_PAGES,
    BusyError,
    ClosedError,
    Database,
    DatabaseError,
    DiskFullError,
    NewerDatabaseError,
    NotADatabaseError,
    ReadOnlyError,
    Transaction,
    uninterrupted,
)
from storage.errors import translated
from storage.migrations import STEPS
from tests.storage.files import cancelled_at, largest_file, read, started, unprivileged
from tests.waiting import settle_with

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

T = TypeVar("T")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter (tmp_path is the user's own)."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def write_pair(database: Database, name: str) -> None:
    """Two rows that belong together."""
    async with database.transaction() as tx:
        await facts.set_fact(tx, f"{name}a", "1")
        await tx.insert("INSERT INTO facts VALUES (?, ?)", (f"{name}b", "1"))


async def count(database: Database) -> int:
    async with database.reader() as db:
        return int((await db.fetch_all("SELECT count(*) FROM facts"))[0][0])


# -- connections -----------------------------------------------------------------------------------


async def test_the_writer_is_durable_and_checks_references(database: Database) -> None:
    async with database.transaction() as tx:
        pragmas = {
            name: (await tx.fetch_all(f"PRAGMA {name}"))[0][0]
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "secure_delete",
                "busy_timeout",
                "wal_autocheckpoint",
            )
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
        "wal_autocheckpoint": storage.database.LOG_PAGES,
    }
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(
                "INSERT INTO messages VALUES (1, 1, 999, 'card', 0, 'ko', 0, NULL, NULL)"
            )


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(ReadOnlyError, match="cannot be written"):
        async with database.reader() as db:
            await db.fetch_all("DELETE FROM facts")


async def test_a_reader_keeps_the_view_of_its_first_read(database: Database) -> None:
    async with database.reader() as db:
        assert await facts.get_fact(db, "xb") is None
        await write_pair(database, "x")
        assert await facts.get_fact(db, "xa") is None
    async with database.reader() as db:
        assert await facts.get_fact(db, "xa") == "1"


async def test_readers_read_while_a_transaction_is_open(database: Database) -> None:
    async with database.transaction() as tx:
        await facts.set_fact(tx, "a", "1")
        assert await count(database) == 0


async def test_a_third_reader_waits_for_one_of_the_two(database: Database) -> None:
    async with database.reader(), database.reader():
        third = asyncio.ensure_future(count(database))
        await settle_with(database)
        assert not third.done()
    assert await third == 0


async def test_readers_are_lent_in_the_order_of_asking(database: Database) -> None:
    """Whoever has just given one back does not overtake those who wait."""
    asked: list[str] = []
    lent: list[str] = []

    async def read(name: str) -> None:
        for _ in range(5):
            asked.append(name)
            async with database.reader() as db:
                lent.append(name)
                await facts.get_fact(db, "a")

    await asyncio.gather(*map(read, "abcd"))
    assert lent == asked


async def test_a_reader_is_given_back_after_an_error(database: Database) -> None:
    for _ in range(5):
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            async with database.reader() as db:
                await db.fetch_all("SELECT * FROM absent")
    assert await count(database) == 0


async def test_rows_are_read_by_name(database: Database) -> None:
    await write_pair(database, "x")
    async with database.reader() as db:
        row = await db.fetch_one("SELECT key, value FROM facts WHERE key = :key", {"key": "xa"})
        assert row is not None
        assert (row["key"], row["value"]) == ("xa", "1")
        assert await db.fetch_one("SELECT 1 WHERE 0") is None


async def test_a_transaction_tells_how_many_rows_changed_and_the_new_id(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute_many("INSERT INTO facts VALUES (?, ?)", [("a", "1"), ("b", "1")])
        assert await tx.execute("UPDATE facts SET value = '2'") == 2
        insert = "INSERT INTO inbox_set_aside VALUES (?, 0, '')"
        assert await tx.insert(insert, (77,)) == 77
        assert await tx.run(lambda db: db.in_transaction)


# -- whole transactions ----------------------------------------------------------------------------


async def test_of_nothing_to_write_the_database_hears_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute_many("no statement", iter(()))
        await tx.execute_many("INSERT INTO facts VALUES (?, ?)", iter([("a", "1"), ("b", "1")]))
    assert await count(database) == 2


async def test_a_transaction_begins_with_its_first_statement(database: Database) -> None:
    insert = "INSERT INTO facts VALUES (?, '1')"
    with closing(sqlite3.connect(database.path, timeout=0, isolation_level=None)) as other:
        async with database.transaction() as tx:
            other.execute(insert, ("other",))
            await tx.execute(insert, ("ours",))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute(insert, ("late",))
    async with database.transaction():
        pass
    assert await count(database) == 2


async def test_a_transaction_that_sqlite_undid_is_not_begun_again(database: Database) -> None:
    async def undone() -> None:
        async with database.transaction() as tx:
            await facts.set_fact(tx, "a", "1")
            await tx.run(lambda db: db.execute("ROLLBACK"))
            assert not await tx.run(lambda db: db.in_transaction)

    with pytest.raises(sqlite3.OperationalError, match="no transaction"):
        await undone()
    assert await count(database) == 0


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  # the block is what is undone
        async with database.transaction() as tx:
            await facts.set_fact(tx, "a", "1")
            raise ZeroDivisionError
    assert await count(database) == 0
    await write_pair(database, "x")
    assert await count(database) == 2


async def test_what_is_to_be_told_afterwards_is_told_of_what_was_committed(
    database: Database,
) -> None:
    told: list[str] = []
    async with database.transaction() as tx:
        tx.afterwards(lambda: told.append("first"))
        tx.afterwards(lambda: told.append("second"))
        await tx.execute("INSERT INTO facts VALUES ('a', 'b')")
        assert told == []
    assert told == ["first", "second"]

    async def fail() -> None:
        async with database.transaction() as tx:
            tx.afterwards(lambda: told.append("third"))
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await fail()
    assert told == ["first", "second"]


async def test_a_statement_that_is_wrong_stays_an_error_of_sqlite(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO absent VALUES (1)")
    await write_pair(database, "x")


async def test_transactions_take_turns(database: Database) -> None:
    async def add_one() -> None:
        async with database.transaction() as tx:
            value = int(await facts.get_fact(tx, "n") or 0)
            await asyncio.sleep(0)
            await facts.set_fact(tx, "n", str(value + 1))

    await asyncio.gather(*(add_one() for _ in range(30)))
    async with database.reader() as db:
        assert await facts.get_fact(db, "n") == "30"


async def test_a_transaction_inside_another_of_the_task_is_refused(database: Database) -> None:
    with pytest.raises(RuntimeError, match="wait for itself"):
        async with database.transaction(), database.transaction():
            pass
    await write_pair(database, "x")


async def test_a_transaction_cannot_be_used_after_its_end(database: Database) -> None:
    async with database.transaction() as tx:
        pass
    async with database.reader() as db:
        pass
    with pytest.raises(ClosedError, match="ended"):
        await facts.set_fact(tx, "a", "1")
    with pytest.raises(ClosedError, match="ended"):
        await facts.get_fact(db, "a")
    assert await count(database) == 0


@pytest.mark.parametrize("again", [False, True])
async def test_a_task_cancelled_at_any_step_leaves_nothing_open(
    database: Database, *, again: bool
) -> None:
    """Cancelled at its k-th wait, for every k, once or twice: all of it is there, or nothing."""
    steps = 0
    for step in range(20):
        task = asyncio.create_task(_cancelled(step, write_pair(database, "x"), again=again))
        await asyncio.wait([task], timeout=30)
        assert task.done()
        steps += task.cancelled()
        assert not await database._writer.run(lambda db: db.in_transaction)
        assert await count(database) % 2 == 0
        async with asyncio.timeout(30), database.transaction() as tx:
            await tx.execute("DELETE FROM facts")
    assert 3 <= steps < 20


async def test_a_reader_cancelled_at_any_step_is_given_back(database: Database) -> None:
    for step in range(6):
        task = asyncio.create_task(_cancelled(step, count(database)))
        await asyncio.wait([task], timeout=30)
        assert len(database._free_readers) == 2
        for reader in database._readers:
            assert not await reader.run(lambda db: db.in_transaction)


async def _cancelled(step: int, work: Coroutine[Any, Any, T], *, again: bool = False) -> T:
    result = await cancelled_at(step, work, again=again)
    return cast("T", result)


async def test_a_task_cancelled_while_it_waits_its_turn_leaves_the_turn_to_others(
    database: Database,
) -> None:
    async with database.transaction():
        waiting = asyncio.create_task(write_pair(database, "x"))
        await asyncio.sleep(0)
        waiting.cancel()
    await write_pair(database, "y")
    assert await count(database) == 2


async def test_what_was_cancelled_may_fail_without_a_word() -> None:
    going = asyncio.Event()

    async def fails() -> None:
        await going.wait()
        raise ZeroDivisionError

    task = asyncio.create_task(uninterrupted(fails()))
    for _ in range(3):  # more than once: it is still waited for
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    going.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_that_is_itself_cancelled_says_so() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await uninterrupted(cancelled())


# -- the end ---------------------------------------------------------------------------------------


async def test_a_database_is_closed_whatever_was_raised_while_it_was_open(tmp_path: Path) -> None:
    used: list[Database] = []

    async def fail() -> None:
        async with Database.opened(tmp_path / "sosik.db", readers=1) as database:
            used.append(database)
            await write_pair(database, "x")
            raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        await fail()
    with pytest.raises(ClosedError):
        await write_pair(used[0], "y")


async def test_closing_waits_for_the_transaction_under_way(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "sosik.db")
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as tx:
            await facts.set_fact(tx, "a", "1")
            entered.set()
            await go_on.wait()
            await facts.set_fact(tx, "b", "1")

    task = asyncio.create_task(slow())
    await entered.wait()
    closing_ = asyncio.create_task(database.close())
    late = asyncio.create_task(write_pair(database, "late"))
    await settle_with(database)
    assert not closing_.done()
    go_on.set()
    await asyncio.gather(task, closing_)
    with pytest.raises(ClosedError):
        await late
    assert read(database.path, "SELECT key FROM facts") == ["a", "b"]
    assert not database.path.with_name("sosik.db-wal").exists()


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
async def test_nobody_else_can_open_what_it_makes(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        async with Database.opened(tmp_path / "data" / "sosik.db") as database:
            async with database.transaction() as tx:
                await facts.set_fact(tx, "a", "1")
            async with database.reader() as db:
                await write_backup(db, database.path.with_name("sosik.backup"))
            made = {one.name: one.stat().st_mode & 0o777 for one in database.path.parent.iterdir()}
    finally:
        os.umask(before)
    names = ("sosik.db", "sosik.db-wal", "sosik.db-shm", "sosik.backup")
    assert made == dict.fromkeys(names, 0o600)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


async def test_the_mode_of_what_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    await (await Database.open(path)).close()
    path.chmod(0o640)
    async with Database.opened(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o640


async def test_whoever_reads_while_it_closes_is_told(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "sosik.db")
    with pytest.raises(ClosedError, match="database is closed"):  # noqa: PT012  # read after the close
        async with database.reader() as db:
            await database.close()
            await facts.get_fact(db, "a")
    with pytest.raises(ClosedError):
        await count(database)
    await database.close()


async def test_closing_that_is_cancelled_still_closes(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "sosik.db")
    task = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for worker in (database._writer, *database._readers):
        worker._raw._thread.join(30)
        assert not worker._raw._thread.is_alive()


OPENED = """
    import asyncio, os, signal, sys
    from pathlib import Path
    from storage.database import Database
    async def main():
        database = await Database.open(Path(sys.argv[1]))
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO facts VALUES ('kept', '1')")
        {then}
    asyncio.run(main())
"""
WAYS_OUT = {
    "an exception": ("raise ZeroDivisionError", None, 1),
    "forgotten": ("print('bye')", None, 0),
    "sys.exit": ("sys.exit(3)", None, 3),
    "an exception in a transaction": (
        "async with database.transaction() as tx: await tx.execute('DELETE FROM facts'); 1 / 0",
        None,
        1,
    ),
    "Ctrl-C": ("print('up', flush=True); await asyncio.sleep(60)", signal.SIGINT, None),
    "SIGTERM": ("print('up', flush=True); await asyncio.sleep(60)", signal.SIGTERM, -15),
    "SIGKILL in a transaction": (
        """async with database.transaction() as tx:
            await tx.execute('DELETE FROM facts')
            print('up', flush=True)
            await asyncio.sleep(60)""",
        signal.SIGKILL,
        -9,
    ),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_process_ends_on_every_way_out_and_keeps_what_was_committed(
    way: str, tmp_path: Path
) -> None:
    then, sent, expected = WAYS_OUT[way]
    with started(OPENED.format(then=then), tmp_path / "sosik.db") as process:
        if sent is not None:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            process.send_signal(sent)
        _, complaints = process.communicate()
    if expected is not None:
        assert process.returncode == expected
    assert "Exception in thread" not in complaints
    assert read(tmp_path / "sosik.db", "SELECT key FROM facts") == ["kept"]
    assert read(tmp_path / "sosik.db", "PRAGMA integrity_check") == ["ok"]


def test_a_file_that_cannot_be_opened_ends_the_process_too(tmp_path: Path) -> None:
    (tmp_path / "sosik.db").write_bytes(b"no database " * 1000)
    with started(OPENED.format(then="pass"), tmp_path / "sosik.db") as process:
        _, complaints = process.communicate()
    assert process.returncode == 1
    assert "NotADatabaseError" in complaints
    assert "Exception in thread" not in complaints


async def test_opening_that_is_cancelled_at_any_step_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    steps = 0
    for step in range(12):
        task = asyncio.create_task(_cancelled(step, Database.open(tmp_path / "sosik.db")))
        await asyncio.wait([task], timeout=30)
        steps += task.cancelled()
        if not task.cancelled():
            await task.result().close()
    assert 4 <= steps < 12
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()


# -- what cannot be opened, and what fills up ------------------------------------------------------


async def test_two_processes_that_make_a_new_database_both_succeed(tmp_path: Path) -> None:
    script = OPENED.replace("'kept'", "?").replace("'1')\")", "'1')\", (str(os.getpid()),))")
    path = tmp_path / "sosik.db"
    with ExitStack() as stack:
        processes = [
            stack.enter_context(started(script.format(then="await database.close()"), path))
            for _ in range(4)
        ]
        for process in processes:
            _, complaints = process.communicate()
            assert (process.returncode, complaints) == (0, "")
    assert len(read(path, "SELECT key FROM facts")) == 4


async def fails_to_open(path: Path, kind: type[DatabaseError], text: str) -> None:
    with pytest.raises(kind, match=text) as caught:
        await Database.open(path)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"\x00" * 5000, b"hello", "글 하나\n".encode() * 500])
async def test_a_file_that_is_no_database_is_named_and_left_alone(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    await fails_to_open(path, NotADatabaseError, "notes.txt is not a Sosik database")
    assert path.read_bytes() == content


@pytest.mark.parametrize("version", [0, 1, 99])
async def test_another_programs_database_is_named_and_left_alone(
    version: int, tmp_path: Path
) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE posts (id)")
        db.execute(f"PRAGMA user_version = {version}")
        db.commit()
    before = path.read_bytes()
    await fails_to_open(path, NotADatabaseError, "is not a Sosik database")
    assert path.read_bytes() == before


async def test_a_newer_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    await (await Database.open(path)).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    await fails_to_open(path, NewerDatabaseError, "later Sosik.*Update Sosik")
    assert read(path, "PRAGMA user_version") == [len(STEPS) + 1]


@pytest.mark.parametrize("log", [None, b"", b"x" * 5000])
async def test_an_empty_file_is_a_lost_database_and_no_new_bot(
    tmp_path: Path, log: bytes | None
) -> None:
    path = tmp_path / "sosik.db"
    path.touch()
    if log is not None:
        path.with_name("sosik.db-wal").write_bytes(log)
    await fails_to_open(path, NotADatabaseError, "is empty. Restore a backup; or delete it")
    assert path.stat().st_size == 0


async def test_a_new_database_is_never_an_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at the very first moment, it is begun once more."""
    path = tmp_path / "sosik.db"
    sizes = []

    async def killed(*_: object, **__: object) -> None:
        sizes.append(path.stat().st_size)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("storage.database._Worker.start", killed)
        with pytest.raises(KeyboardInterrupt):
            await Database.open(path)
    assert sizes > [0]
    assert os.listdir(tmp_path) == ["sosik.db"]  # noqa: PTH208  # no wait
    await (await Database.open(path)).close()
    assert read(path, "PRAGMA user_version") == [len(STEPS)]


@pytest.mark.parametrize("error", [errno.EPERM, errno.EEXIST])
async def test_on_a_disk_without_links_and_where_another_was_first_it_is_made_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def refused(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("os.link", refused)
    path = tmp_path / "sosik.db"
    await (await Database.open(path)).close()
    assert os.listdir(tmp_path) == ["sosik.db"]  # noqa: PTH208  # no wait


async def test_damage_ends_the_wait_of_whoever_looks_after_the_run(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    async with Database.opened(path) as made:
        await write_pair(made, "x" * 100_000)
    async with Database.opened(path) as database:
        lasting = asyncio.create_task(database.last())
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (path.stat().st_size - 4096))
        for _ in range(2):
            with pytest.raises(NotADatabaseError):
                async with database.reader() as db:
                    await db.fetch_all("SELECT * FROM facts")
        with pytest.raises(NotADatabaseError, match="is damaged"):
            await lasting


async def test_an_index_for_text_that_is_damaged_is_not_the_database(database: Database) -> None:
    lasting = asyncio.create_task(database.last())
    failure = sqlite3.DatabaseError("database disk image is malformed")
    failure.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_VTAB
    with pytest.raises(NotADatabaseError):
        async with database.reader():
            raise failure
    await asyncio.sleep(0)
    assert not lasting.done()
    lasting.cancel()


@pytest.mark.parametrize("copied", [True, False])
async def test_where_continuous_copies_run_no_checkpoint_is_made(
    tmp_path: Path, *, copied: bool
) -> None:
    """Whatever is done: they are Litestream's to make, which has the database open meanwhile."""
    path = tmp_path / "sosik.db"
    await (await Database.open(path)).close()
    before = path.read_bytes()
    with closing(sqlite3.connect(path)) as litestream:
        litestream.execute("SELECT * FROM facts").fetchall()
        for _ in range(2):
            async with Database.opened(path, copied=copied) as database:
                for number in range(LOG_PAGES // 250):
                    async with database.transaction() as tx:
                        await tx.execute(
                            "INSERT OR REPLACE INTO facts SELECT ?, hex(zeroblob(600000))",
                            (f"{number}",),
                        )
                await database.write(lambda tx: facts.set_fact(tx, "a", "b"))
                async with database.reader() as db:
                    await write_backup(db, tmp_path / f"{secrets.token_hex(4)}.db")
                assert await database.overwrite(123456789) is not copied
                await database.tidy()
        assert (path.read_bytes() == before) is copied
    assert (await keys_of_facts(path))[-1] == "a"


async def keys_of_facts(path: Path) -> list[str]:
    async with Database.opened(path) as database, database.reader() as db:
        rows = await db.fetch_all("SELECT key FROM facts ORDER BY key")
    return [row["key"] for row in rows]


async def test_a_name_with_marks_and_hangul_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "새 폴더" / "소식?mode=ro#100%.db"
    database = await Database.open(path)
    await write_pair(database, "x")
    await database.close()
    assert path.exists()


async def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    await fails_to_open(tmp_path, NotADatabaseError, "is a folder. Name a file in it")


async def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    await fails_to_open(tmp_path / "data" / "sosik.db", ReadOnlyError, "folder .*data cannot be")


async def test_a_folder_that_cannot_be_written_is_told(open_folder: Path) -> None:
    with unprivileged(open_folder):
        await fails_to_open(open_folder / "sosik.db", ReadOnlyError, "write access to the file")


@pytest.mark.parametrize("folder_too", [False, True])
async def test_a_file_that_cannot_be_written_is_told_at_once(
    open_folder: Path, *, folder_too: bool
) -> None:
    path = open_folder / "sosik.db"
    await (await Database.open(path)).close()
    with unprivileged(path, *([open_folder] if folder_too else [])):
        await fails_to_open(path, ReadOnlyError, "write access to the file and its folder")


@pytest.mark.parametrize("kept", [60, 1000, 4096, 4097, 20_000])
async def test_a_database_that_was_cut_off_is_told(kept: int, tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    await (await Database.open(path)).close()
    path.write_bytes(path.read_bytes()[:kept])
    await fails_to_open(path, NotADatabaseError, "restore a backup")


async def test_a_database_whose_schema_is_no_text_is_told(tmp_path: Path) -> None:
    """SQLite quotes it in its error, which Python cannot read then."""
    path = tmp_path / "sosik.db"
    await (await Database.open(path)).close()
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE facts", b"CREATE TABLX f\x80cts"))
    await fails_to_open(path, NotADatabaseError, "restore a backup")


async def test_a_log_that_was_cut_off_keeps_whole_transactions(tmp_path: Path) -> None:
    path, copy = tmp_path / "sosik.db", tmp_path / "copy.db"
    database = await Database.open(path)
    for number in range(5):
        await write_pair(database, str(number))
    copyfile(path, copy)
    log = path.with_name("sosik.db-wal").read_bytes()
    await database.close()
    found = set()
    for length in (*range(0, len(log), 1024), len(log)):
        base = copy.read_bytes()
        damaged = tmp_path / f"{length}.db"
        damaged.write_bytes(base)
        damaged.with_name(f"{length}.db-wal").write_bytes(log[:length])
        reopened = await Database.open(damaged)
        found.add(await count(reopened))
        await reopened.close()
    assert found >= {0, 2, 4, 10}
    assert all(rows % 2 == 0 for rows in found)


async def test_a_full_database_says_so_undoes_the_transaction_and_goes_on(
    database: Database,
) -> None:
    """SQLite's own limit of pages takes the way that a full disk takes (SQLITE_FULL)."""
    await database._writer.run(lambda db: db.execute("PRAGMA max_page_count = 1").fetchall())
    with pytest.raises(DiskFullError, match=r"disk that holds .* is full\. Free"):  # noqa: PT012  # the block is what is undone
        async with database.transaction() as tx:
            await facts.set_fact(tx, "small", "1")
            await facts.set_fact(tx, "large", "x" * 1_000_000)
    assert await count(database) == 0
    await database._writer.run(lambda db: db.execute("PRAGMA max_page_count = 9999").fetchall())
    await write_pair(database, "x")
    assert await count(database) == 2


async def write_until_refused(database: Database) -> DatabaseError:
    for number in range(100):
        try:
            async with database.transaction() as tx:
                await facts.set_fact(tx, f"{number}a", "x" * 100_000)
                await facts.set_fact(tx, f"{number}b", "x" * 100_000)
        except DatabaseError as error:
            return error
    raise AssertionError("it took everything")


async def test_a_write_that_the_system_refuses_is_told_and_undone(database: Database) -> None:
    """A limit on file sizes, which the disk's own free room does not explain."""
    with largest_file(1_000_000):
        error = await write_until_refused(database)
        second = await write_until_refused(database)
    assert {type(error), type(second)} <= {DatabaseError, DiskFullError}
    assert await count(database) % 2 == 0
    await write_pair(database, "x")


@pytest.mark.parametrize("free", [0, 1 << 40])
def test_an_io_error_on_a_full_disk_is_the_full_disk(
    free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.errors, "LEAST_FREE_BYTES", free)
    failure = sqlite3.OperationalError("disk I/O error")
    failure.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    with pytest.raises(DatabaseError) as caught, translated(tmp_path / "sosik.db"):
        raise failure
    assert type(caught.value) is (DiskFullError if free else DatabaseError)


def test_an_io_error_of_a_disk_that_is_gone_is_told(tmp_path: Path) -> None:
    failure = sqlite3.OperationalError("disk I/O error")
    failure.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
    with (
        pytest.raises(DatabaseError, match="Look at the disk"),
        translated(tmp_path / "gone" / "sosik.db"),
    ):
        raise failure


def test_an_error_without_a_code_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.ProgrammingError), translated(tmp_path):
        raise sqlite3.ProgrammingError("misuse")


async def test_another_process_that_writes_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "BUSY_TIMEOUT_SECONDS", 0.05)
    database = await Database.open(tmp_path / "sosik.db")
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="in use by another process"):
            await write_pair(database, "x")
        other.execute("ROLLBACK")
    await write_pair(database, "x")
    assert await count(database) == 2
    await database.close()


def test_a_place_that_keeps_no_log_is_refused() -> None:
    """In memory SQLite keeps no write-ahead log, nor on file systems without shared memory."""
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as db,
        pytest.raises(DatabaseError, match=r"no write-ahead log.*\(memory\)"),
    ):
        storage.database._prepare(db, copied=False)


async def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "sosik.db")
    async with database.transaction() as tx:
        await facts.set_fact(tx, "member", "a sentence of a member")
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM facts")
    await database.close()
    assert b"sentence of a member" not in database.path.read_bytes()


def test_a_transaction_is_a_connection_that_writes() -> None:
    assert issubclass(Transaction, storage.database.Connection)


@pytest.mark.parametrize("how", ["moved", "replaced", "deleted"])
async def test_a_file_that_is_not_the_one_that_was_opened_ends_the_run(
    tmp_path: Path, how: str
) -> None:
    path = tmp_path / "sosik.db"
    async with Database.opened(path) as database:
        lasting = asyncio.create_task(database.last())
        database.check_place()
        await asyncio.sleep(0)
        assert not lasting.done()
        if how == "replaced":
            (tmp_path / "copy.db").write_bytes(path.read_bytes())
            (tmp_path / "copy.db").replace(path)
        elif how == "moved":
            path.rename(tmp_path / "old.db")
        else:
            path.unlink()
        for _ in range(2):
            database.check_place()
        with pytest.raises(NotADatabaseError, match="while the bot ran"):
            await lasting


async def test_a_database_whose_schema_is_no_text_is_told_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    async with Database.opened(path):
        pass
    spoilt = path.read_bytes().replace(b"tablepostsposts", b"table\xff\xff\xff\xffsposts")
    path.write_bytes(spoilt.replace(b"CREATE TABLE posts", b"CREATE TABEL posts"))
    with pytest.raises(NotADatabaseError):
        await Database.open(path)
