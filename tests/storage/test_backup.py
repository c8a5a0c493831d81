# ruff: noqa: ASYNC240  # a test waits for its own small files
from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from storage import attempts, facts, known_ids, outbox
from storage.backup import BackupError, StoppedError, copy_database, give_name, verify, write_backup
from storage.database import Database
from storage.models import (
    ChatId,
    MessageId,
    NewAttempt,
    NewOutboxRow,
    OutboxId,
    OutboxState,
    PostPush,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def test_a_copy_opens_with_what_was_pending_in_doubt(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "copy.db"
    async with database.transaction() as tx:
        await outbox.add_rows(tx, [NewOutboxRow(ChatId(1), "7", PostPush(()), NOW)], NOW)
        await facts.set_fact(tx, "offset", "9")
        await facts.set_fact(tx, "kept", "yes")
    async with database.reader() as db:
        size = await write_backup(db, path)
    assert size == path.stat().st_size
    async with Database.opened(path) as copy, copy.reader() as db:
        assert await outbox.count_by_state(db) == {OutboxState.UNKNOWN: 1}
        assert await facts.get_fact(db, "offset") is None
        assert await facts.get_fact(db, "kept") == "yes"


async def test_a_copy_knows_of_no_ids_that_a_search_could_begin_at(
    database: Database, tmp_path: Path
) -> None:
    """By its return there are later messages of ours, which it would mistake for lost ones."""
    async with database.transaction() as tx:
        await known_ids.add_known_id(tx, ChatId(1), MessageId(7), NOW)
        new = NewAttempt("a", ChatId(1), "{}", "d", OutboxId(1))
        await attempts.add_attempt(tx, new, NOW)
        await attempts.add_comparison(tx, ChatId(1), MessageId(7), NOW)
    async with database.reader() as db:
        await write_backup(db, tmp_path / "copy.db")
    async with Database.opened(tmp_path / "copy.db") as copy, copy.reader() as db:
        assert await known_ids.get_last_id(db, ChatId(1)) is None
        assert await attempts.list_attempts(db, OutboxId(1)) == []
        assert not await attempts.is_compared(db, ChatId(1), MessageId(7))


async def test_an_existing_file_is_never_touched(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("mine")
    async with database.reader() as db:
        with pytest.raises(BackupError, match="exists"):
            await write_backup(db, path)
    assert path.read_text() == "mine"


def refused(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def of_sqlite(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(name)
    error.sqlite_errorcode = getattr(sqlite3, name)
    return error


@pytest.mark.parametrize(
    ("where", "error", "key"),
    [
        ("prepare", sqlite3.OperationalError("nonsense"), "backup.broken"),
        ("prepare", of_sqlite("SQLITE_FULL"), "backup.full"),
        ("prepare", of_sqlite("SQLITE_IOERR"), "backup.broken"),
        ("verify", sqlite3.DatabaseError("a page is never used"), "backup.broken"),
        ("sync", refused(errno.ENOSPC), "backup.full"),
        ("sync", refused(errno.EDQUOT), "backup.full"),
        ("sync", refused(errno.EIO), "backup.unwritten"),
        ("give_name", refused(errno.EEXIST), "backup.exists"),
    ],
)
async def test_a_copy_that_fails_leaves_nothing_and_says_why(
    database: Database,
    tmp_path: Path,
    where: str,
    error: Exception,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(f"storage.backup.{where}", fail)
    before = sorted(tmp_path.iterdir())
    async with database.reader() as db:
        with pytest.raises(BackupError) as caught:
            await write_backup(db, tmp_path / "copy.db")
    assert caught.value.key == key
    assert sorted(tmp_path.iterdir()) == before


async def test_a_place_that_cannot_be_written_is_told(database: Database, tmp_path: Path) -> None:
    async with database.reader() as db:
        with pytest.raises(BackupError) as caught:
            await write_backup(db, tmp_path / "nowhere" / "copy.db")
    assert caught.value.key == "backup.unwritten"


async def test_a_disk_without_links_takes_a_copy_too_and_overwrites_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick, say. Nor does it sync folders."""

    def refuse(*_: object) -> None:
        raise refused(errno.EPERM)

    monkeypatch.setattr(os, "link", refuse)
    assert copy_database(database.path, tmp_path / "copy.db", lambda: False) > 0
    before = (tmp_path / "copy.db").read_bytes()
    with pytest.raises(BackupError, match="there already"):
        copy_database(database.path, tmp_path / "copy.db", lambda: False)
    assert (tmp_path / "copy.db").read_bytes() == before


async def test_a_copy_is_of_one_moment_however_much_is_written_meanwhile(
    database: Database, tmp_path: Path
) -> None:
    """And nothing that is written waits for it: all of this is in one thread."""
    with closing(sqlite3.connect(database.path, isolation_level=None, timeout=0)) as writer:
        writer.execute("INSERT INTO facts SELECT 'before', hex(zeroblob(6000000))")
        seen = 0

        def meanwhile() -> bool:
            nonlocal seen
            seen += 1
            writer.execute("INSERT INTO facts VALUES (?, 'x')", (f"n{seen}",))
            return False

        copy_database(database.path, tmp_path / "copy.db", meanwhile)
    assert seen > 2
    async with Database.opened(tmp_path / "copy.db") as copy, copy.reader() as db:
        assert await facts.get_fact(db, "before") is not None
        assert await facts.get_fact(db, "n1") is None


@pytest.mark.parametrize("after", [0, 1, 2, 4, 7])
async def test_a_copy_that_nobody_wants_any_more_ends_soon_and_leaves_nothing(
    database: Database, tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it copies, and while it verifies."""
    monkeypatch.setattr("storage.backup.STEPS_AT_ONCE", 1)
    monkeypatch.setattr("storage.backup.PAGES_AT_ONCE", 60)
    asked = iter([False] * after)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StoppedError):
        copy_database(database.path, tmp_path / "copy.db", lambda: next(asked, True))
    assert sorted(tmp_path.iterdir()) == before


async def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    for name in ("text", "nowhere"):
        with pytest.raises(BackupError) as caught:
            copy_database(tmp_path / name, tmp_path / "copy.db", lambda: False)
        assert caught.value.key == "backup.broken"


@pytest.fixture
def memory() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db:
        yield db


def test_whoever_takes_the_name_meanwhile_keeps_it(tmp_path: Path) -> None:
    part, path = tmp_path / "a", tmp_path / "b"
    part.write_text("new")
    path.write_text("old")
    with pytest.raises(FileExistsError):
        give_name(part, path)
    assert path.read_text() == "old"


def test_rows_that_point_nowhere_are_found(memory: sqlite3.Connection) -> None:
    memory.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, other INTEGER REFERENCES a)")
    verify(memory)
    memory.execute("INSERT INTO a VALUES (1, 7)")
    with pytest.raises(sqlite3.DatabaseError, match="points nowhere"):
        verify(memory)


def test_an_index_that_lacks_a_row_is_found(memory: sqlite3.Connection) -> None:
    memory.execute("CREATE TABLE a (n INTEGER)")
    memory.execute("INSERT INTO a VALUES (1)")
    memory.execute("CREATE INDEX i ON a (n)")
    memory.execute("PRAGMA writable_schema=ON")
    memory.execute("UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON a (-n)' WHERE name = 'i'")
    memory.execute("PRAGMA writable_schema=RESET")
    with pytest.raises(sqlite3.DatabaseError, match="missing from index"):
        verify(memory)
