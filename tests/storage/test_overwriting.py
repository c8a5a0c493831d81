"""What was deleted is in no file any more."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import chats, inbox, lists, outbox, reactions
from storage.backup import write_backup
from storage.database import Database
from storage.lists import PostList
from storage.migrations import STEPS, migrate
from storage.models import (
    ActorId,
    ChatId,
    ChatKind,
    InboxRow,
    MessageId,
    NewOutboxRow,
    PostId,
    PostPush,
    ReactionSet,
    UpdateId,
)
from storage.overwriting import ATTEMPTS, WAIT_SECONDS, traces_of
from tests.storage.rows import NOW, add_chats, chat
from tests.traces import files_with
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

PERSON = 7_123_456_789


async def leave_traces(database: Database, *people: int, seed: int = 0) -> None:
    """Everything that the bot may keep of people, in an order that makes pages split."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    await add_chats(database, *(chat(one, kind=ChatKind.PRIVATE) for one in people))
    for start in range(0, 2000, 500):
        sets = [
            ReactionSet(
                ChatId(-1001),
                MessageId(chance.randrange(400)),
                ActorId(chance.choice(people)),
                frozenset({"👍"}),
                NOW,
                UpdateId(start + at),
            )
            for at in range(500)
        ]
        async with database.transaction() as tx:
            await reactions.set_reactions(tx, sets)
            await tx.execute_many(
                "INSERT OR IGNORE INTO votes VALUES (?, ?, ?, '👍', 0, NULL)",
                [(one.chat_id, one.message_id, one.actor_id) for one in sets],
            )
    async with database.transaction() as tx:
        for at, one in enumerate(people):
            body = f'{{"from": {{"id": {one}}}, "text": "{"x" * chance.randrange(3000)}"}}'
            row = InboxRow(UpdateId(at), ChatId(one), MessageId(1), NOW, body)
            await inbox.add_updates(tx, [row])
            push = NewOutboxRow(ChatId(one), str(at), PostPush(()), NOW)
            await outbox.add_rows(tx, [push], NOW)
            place = (ChatId(-1001), MessageId(at))
            shown = PostList((PostId(1),))
            await lists.set_list(tx, *place, shown, person_id=one, shown_at=NOW)


async def forget(database: Database, person: int) -> None:
    async with database.transaction() as tx:
        waiting = [row for row in await inbox.list_waiting(tx) if row.chat_id == person]
        await inbox.delete_updates(tx, [row.update_id for row in waiting])
        await reactions.delete_by_actor(tx, ActorId(person))
        await chats.delete_chat(tx, ChatId(person))
        await lists.delete_of_person(tx, person)


async def test_whoever_is_forgotten_is_in_no_file(database: Database) -> None:
    folder = database.path.parent
    await leave_traces(database, PERSON)
    assert files_with(folder, PERSON)
    await forget(database, PERSON)
    assert files_with(folder, PERSON)
    assert await database.overwrite(PERSON)
    assert files_with(folder, PERSON) == []


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("seed", range(3))
async def test_pages_that_were_split_keep_nobody_either(database: Database, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    people = [chance.randrange(1 << 33, 1 << 40) for _ in range(150)]
    await leave_traces(database, *people, seed=seed)
    gone = people[:100]
    for one in gone:
        await forget(database, one)
    assert await database.overwrite(*gone)
    assert [one for one in gone if files_with(database.path.parent, one)] == []


async def test_what_a_page_keeps_by_itself_is_found_and_overwritten(database: Database) -> None:
    """A row's copy where nothing points, as a split page leaves it, put there by hand."""
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE last_page (data TEXT) STRICT")
    await database.overwrite()
    await database.close()
    data = database.path.read_bytes()
    free = data.rindex(bytes(900))  # the room that no row takes
    database.path.write_bytes(data[:free] + traces_of(PERSON)[0] + data[free + 6 :])
    async with Database.opened(database.path) as again:
        assert files_with(database.path.parent, PERSON)
        assert await again.overwrite(PERSON)
        assert files_with(database.path.parent, PERSON) == []


async def test_several_who_ask_share_a_round(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    overwriting = database._overwriting
    before = overwriting._overwrite

    async def counted(numbers: object) -> bool:
        rounds.append(1)
        return await before(numbers)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(overwriting, "_overwrite", counted)
    assert all(await asyncio.gather(*(database.overwrite(one) for one in range(50))))
    assert len(rounds) == 1
    under_way = asyncio.create_task(database.overwrite(1))
    await until(lambda: len(rounds) == 2)  # it has begun: who deletes now needs another
    assert all(await asyncio.gather(*(database.overwrite(one) for one in range(50)), under_way))
    assert len(rounds) == 3


async def test_one_who_gives_up_leaves_the_round_to_the_others(database: Database) -> None:
    first = asyncio.create_task(database.overwrite(1))
    second = asyncio.create_task(database.overwrite(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_while_somebody_reads_it_waits_and_a_later_round_makes_good(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.overwriting.ATTEMPTS", 2)
    monkeypatch.setattr("storage.overwriting.WAIT_SECONDS", 0)
    await leave_traces(database, PERSON)
    async with database.reader() as db:
        await db.fetch_all("SELECT 1 FROM chats")
        await forget(database, PERSON)
        assert not await database.overwrite(PERSON)
        assert files_with(database.path.parent, PERSON)

    async def is_gone() -> bool:
        await database.tidy()
        return files_with(database.path.parent, PERSON) == []

    await until(is_gone)


async def test_no_room_to_write_anew_is_for_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: sqlite3.Connection) -> bool:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    await leave_traces(database, PERSON)  # it stays, and so it is found
    with monkeypatch.context() as patch:
        patch.setattr("storage.overwriting._vacuum", full)
        assert not await database.overwrite(PERSON)
    assert await database.overwrite()


async def test_beside_continuous_copies_there_is_no_checkpoint(tmp_path: Path) -> None:
    async with Database.opened(tmp_path / "sosik.db", copied=True) as database:
        await leave_traces(database, PERSON)
        await forget(database, PERSON)
        log = tmp_path / "sosik.db-wal"
        size = log.stat().st_size
        assert not await database.overwrite(PERSON)
        assert log.stat().st_size == size > 0
        await database.tidy()
        await database.tidy()
        assert log.stat().st_size > size
    assert files_with(tmp_path, PERSON) == []


@pytest.mark.parametrize(
    "number", [0, 1, 240, 70_000, 2**31, PERSON, 2**60, -1, -1_001_234_567_890]
)
def test_a_number_is_found_wherever_it_stands(number: int, tmp_path: Path) -> None:
    for at, sql in enumerate(("(id) VALUES (?)", "(a) VALUES (?)", "(b) VALUES (cast(? AS TEXT))")):
        path = tmp_path / f"{at}.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT)")
            db.execute(f"INSERT INTO t {sql}", (number,))  # one of three
        assert any(trace in path.read_bytes() for trace in traces_of(number))
    assert len(files_with(tmp_path, number)) == 3


BORDERS = [
    *(1 << bits for bits in range(63)),
    *((1 << bits) - 1 for bits in range(1, 64)),
    *(-(1 << bits) for bits in range(64)),
    *(-(1 << bits) - 1 for bits in range(63)),
]


@pytest.mark.parametrize(
    ("place", "column"), [(0, "a INTEGER"), (1, "a INTEGER PRIMARY KEY"), (2, "a TEXT")]
)
def test_each_way_of_writing_a_number_is_known_at_every_size(place: int, column: str) -> None:
    for number in BORDERS:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            db.execute(f"CREATE TABLE t ({column})")
            db.execute("INSERT INTO t VALUES (?)", (number,))
            if abs(number) > 1:  # in a row, 0 and 1 take no byte
                assert traces_of(number)[place] in db.serialize()


def test_who_asks_to_be_forgotten_is_not_held_up_for_long_by_who_reads() -> None:
    assert ATTEMPTS * WAIT_SECONDS <= 5


@pytest.mark.parametrize("chunk", [7, 64, 1 << 20])
async def test_a_number_across_two_chunks_is_found(
    database: Database, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.overwriting.CHUNK_BYTES", chunk)
    await add_chats(database, chat(PERSON, kind=ChatKind.PRIVATE))
    await database.overwrite()
    overwriting = database._overwriting
    assert overwriting._holds_any(traces_of(PERSON))
    assert not overwriting._holds_any(traces_of(PERSON + 4))
    assert overwriting._holds_any([b"S"])


async def test_what_an_earlier_version_left_in_free_pages_goes_with_the_upgrade(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sosik.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migrate(old, STEPS[: STEPS.index("VACUUM")])
        old.execute("PRAGMA secure_delete=OFF")
        old.execute("PRAGMA journal_mode=WAL")
        rows = [(at, f'{{"id": {PERSON}}}' + "x" * 5000) for at in range(50)]
        old.executemany("INSERT INTO inbox VALUES (?, 1, 1, ?)", rows)
        old.execute("DELETE FROM inbox")
    assert files_with(tmp_path, PERSON)
    async with Database.opened(path):
        assert files_with(tmp_path, PERSON) == []


async def test_a_backup_holds_nothing_of_what_was_waiting(
    database: Database, tmp_path: Path
) -> None:
    person = InboxRow(UpdateId(1), ChatId(PERSON), None, NOW - timedelta(1), f"[{PERSON}]")
    async with database.transaction() as tx:
        await inbox.add_updates(tx, [person])
    folder = tmp_path / "copies"
    folder.mkdir()
    async with database.reader() as db:
        await write_backup(db, folder / "copy.db")
    assert files_with(folder, PERSON) == []
