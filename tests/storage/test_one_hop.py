"""`Database.write` and `read`: a whole transaction in one hop, several in one commit."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from typing import TYPE_CHECKING

import pytest

from storage import facts
from storage.database import ClosedError, Database, DiskFullError, ReadOnlyError
from tests.storage.files import cancelled_at
from tests.waiting import settle

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database import Connection, Transaction


async def set_pair(name: str, tx: Transaction) -> str:
    """Two rows that belong together."""
    await facts.set_fact(tx, f"{name}a", "1")
    await facts.set_fact(tx, f"{name}b", "1")
    return name


async def refuse(name: str, tx: Transaction) -> str:
    await set_pair(name, tx)
    raise ValueError(name)


async def count(db: Connection) -> int:
    return int((await db.fetch_all("SELECT count(*) FROM facts"))[0][0])


async def traced(database: Database) -> list[str]:
    """What the writer does from now on."""
    said: list[str] = []
    await database._writer.run(lambda db: db.set_trace_callback(said.append))
    return said


async def test_what_is_handed_in_meanwhile_is_one_commit(database: Database) -> None:
    async with database.transaction() as tx:
        await facts.set_fact(tx, "first", "1")
        waiting = [
            asyncio.create_task(database.write(partial(set_pair, str(number))))
            for number in range(9)
        ]
        await settle()
        said = await traced(database)
    assert await asyncio.gather(*waiting) == [str(number) for number in range(9)]
    assert said.count("COMMIT") == 2, "of the transaction, and of all that waited for its end"
    assert await database.read(count) == 19


async def test_what_is_to_be_told_is_told_once_and_of_what_is_written_alone(
    database: Database,
) -> None:
    told: list[str] = []

    async def work(name: str, tx: Transaction) -> None:
        tx.afterwards(partial(told.append, name))
        await (refuse if name == "bad" else set_pair)(name, tx)

    async with database.transaction() as tx:
        await facts.set_fact(tx, "first", "1")
        names = ("good", "bad", "better")
        waiting = [asyncio.create_task(database.write(partial(work, name))) for name in names]
        await settle()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert told == ["good", "better"]


async def test_what_fails_is_undone_and_nothing_else(database: Database) -> None:
    async with database.transaction():
        works = [partial(refuse if number in {0, 4, 8} else set_pair) for number in range(9)]
        waiting = [
            asyncio.create_task(database.write(partial(work, str(number))))
            for number, work in enumerate(works)
        ]
        await settle()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    failed = [number for number, one in enumerate(done) if isinstance(one, ValueError)]
    assert failed == [0, 4, 8]
    assert await database.read(count) == 12
    assert database.refusal is None


async def test_where_nothing_can_be_committed_all_are_told(database: Database) -> None:
    await database._writer.run(lambda db: db.execute("PRAGMA max_page_count = 1").fetchall())
    long = "x" * 1_000_000
    async with database.transaction():
        waiting = [
            asyncio.create_task(database.write(lambda tx: facts.set_fact(tx, "long", long)))
            for _ in range(3)
        ]
        await settle()
    for one in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(one, DiskFullError)
    assert isinstance(database.refusal, DiskFullError)
    assert await database.read(count) == 0


async def test_where_the_commit_itself_fails_all_are_told(database: Database) -> None:
    """A reference that is looked at in the end (SQLite: DEFERRABLE INITIALLY DEFERRED)."""

    async def make(tx: Transaction) -> None:
        await tx.execute("CREATE TABLE near (id INTEGER PRIMARY KEY)")
        await tx.execute("CREATE TABLE far (id REFERENCES near (id) DEFERRABLE INITIALLY DEFERRED)")

    await database.write(make)
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda tx: tx.execute("INSERT INTO far VALUES (1)"))
    assert await database.write(partial(set_pair, "x")) == "x"
    assert await database.read(count) == 2


async def test_whoever_waits_for_something_else_writes_nothing(database: Database) -> None:
    async def late(tx: Transaction) -> None:
        await set_pair("x", tx)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="nothing but its connection"):
        await database.write(late)

    async def late_reader(db: Connection) -> None:
        await count(db)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="nothing but its connection"):
        await database.read(late_reader)
    assert await database.read(count) == 0


async def test_a_write_inside_a_transaction_of_the_task_is_refused(database: Database) -> None:
    async with database.transaction():
        with pytest.raises(RuntimeError, match="wait for itself"):
            await database.write(partial(set_pair, "x"))


async def test_a_write_cancelled_at_any_step_is_whole_or_not_there(database: Database) -> None:
    steps = 0
    for step in range(12):
        task = asyncio.create_task(
            cancelled_at(step, database.write(partial(set_pair, "x")), again=step % 2 == 1)
        )
        await asyncio.wait([task], timeout=30)
        assert task.done()
        steps += task.cancelled()
        assert not await database._writer.run(lambda db: db.in_transaction)
        assert await database.read(count) % 2 == 0
        assert not database._jobs
        await database.write(lambda tx: tx.execute("DELETE FROM facts"))
    assert 1 <= steps < 12


async def test_a_write_cancelled_while_it_waits_its_turn_is_left_out(database: Database) -> None:
    async with database.transaction():
        first = asyncio.create_task(database.write(partial(set_pair, "x")))
        second = asyncio.create_task(database.write(partial(set_pair, "y")))
        await settle()
        first.cancel()
    assert await second == "y"
    assert await database.read(count) == 2


async def test_who_writes_for_others_may_be_cancelled(database: Database) -> None:
    async with database.transaction():
        tasks = [
            asyncio.create_task(database.write(partial(set_pair, name))) for name in ("x", "y", "z")
        ]
        await settle()
    await asyncio.sleep(0)  # the first has its turn, and does the others' work
    tasks[0].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert done[1:] == ["y", "z"]
    assert await database.read(count) == 6


async def test_reads_have_one_view_and_are_given_back(database: Database) -> None:
    async def twice(db: Connection) -> tuple[int, int]:
        return await count(db), await count(db)

    assert await database.read(twice) == (0, 0)

    async def write(db: Connection) -> None:
        await db.run(lambda raw: raw.execute("INSERT INTO facts VALUES ('x', '1')"))

    for _ in range(3):
        with pytest.raises(ReadOnlyError):
            await database.read(write)
    assert len(database._free_readers) == 2
    for reader in database._readers:
        assert not await reader.run(lambda db: db.in_transaction)


async def test_after_the_end_nothing_is_read_or_written(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "sosik.db")
    await database.close()
    with pytest.raises(ClosedError):
        await database.write(partial(set_pair, "x"))
    with pytest.raises(ClosedError):
        await database.read(count)
    assert database.refusal is None
