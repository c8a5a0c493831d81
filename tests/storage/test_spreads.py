from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import chats, due, spreads
from storage.backup import write_backup
from storage.database import Database
from storage.models import ChatId, ChatState, PostId, PushMode, SourceId
from storage.spreads import Spread
from tests.storage.rows import NOW, add_chats, chat

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = PostId(1), PostId(2)


async def first(database: Database) -> Spread | None:
    async with database.reader() as db:
        return await spreads.get_first(db)


async def test_spreads_take_turns_and_remember_how_far_they_came(database: Database) -> None:
    assert await first(database) is None
    async with database.transaction() as tx:
        await spreads.add_spread(tx, [ONE, TWO], None, NOW)
        await spreads.add_spread(tx, [ONE], 2, NOW)
    assert await first(database) == Spread(1, (ONE, TWO), None, NOW, None, ())
    async with database.transaction() as tx:
        await spreads.set_done(tx, 1, ChatId(-7))
    assert await first(database) == Spread(1, (ONE, TWO), None, NOW, ChatId(-7), ())
    async with database.transaction() as tx:
        await spreads.delete_spread(tx, 1)
    assert await first(database) == Spread(2, (ONE,), 2, NOW, None, ())


async def test_what_is_taken_down_is_spread_no_further(database: Database) -> None:
    async with database.transaction() as tx:
        for posts, number in (([ONE, TWO], None), ([ONE], 2), ([TWO], None)):
            await spreads.add_spread(tx, posts, number, NOW)
        found = await spreads.withdraw_post(tx, ONE)
        assert [(one.id, one.posts) for one in found] == [(1, (ONE, TWO)), (2, (ONE,))]
        rows = await tx.fetch_all("SELECT id, posts FROM spreads ORDER BY id")
    assert [tuple(row) for row in rows] == [(1, "[2]"), (3, "[2]")]


@pytest.mark.parametrize(
    ("after", "misses"),
    [(None, False), (-2_000_000, False), (-1_000_001, True), (-500, True), (-8, True), (-7, False)],
)
async def test_a_group_that_becomes_a_supergroup_meanwhile_is_not_missed(
    database: Database, after: int | None, *, misses: bool
) -> None:
    """Supergroups have their turn before groups: its turn would be over before it came."""
    old, new = ChatId(-7), ChatId(-1_000_001)
    await add_chats(database, chat(old))
    async with database.transaction() as tx:
        await spreads.add_spread(tx, [ONE], None, NOW)
        if after is not None:
            await spreads.set_done(tx, 1, ChatId(after))
        await chats.set_migrated(tx, old, new)
        await chats.set_migrated(tx, old, new)  # both tell of it
        spread = await spreads.get_first(tx)
        assert spread is not None
        assert spread.besides == ((new,) if misses else ())
        await spreads.set_done(tx, 1, ChatId(-6))
        spread = await spreads.get_first(tx)
    assert spread is not None
    assert spread.besides == ()


async def test_a_clock_that_was_ahead_announced_it_now(database: Database) -> None:
    async with database.transaction() as tx:
        await spreads.add_spread(tx, [ONE], 2, NOW + timedelta(days=400))
        await due.set_back(tx, NOW)
    spread = await first(database)
    assert spread is not None
    assert spread.announced_at == NOW


async def test_a_copy_spreads_nothing(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as tx:
        await spreads.add_spread(tx, [ONE], None, NOW)
    async with database.reader() as db:
        await write_backup(db, tmp_path / "copy.db")
    async with Database.opened(tmp_path / "copy.db") as copy:
        assert await first(copy) is None


async def ids_taking(database: Database, **asked: object) -> list[int]:
    async with database.reader() as db:
        return [one.id for one in await chats.list_taking(db, **asked)]  # type: ignore[arg-type]


async def test_those_that_are_pushed_to_are_listed_by_their_ids(database: Database) -> None:
    await add_chats(
        database,
        chat(5, words=("환율",)),
        chat(-5),
        chat(-3, state=ChatState.HELD, left_out=frozenset({SourceId(1)})),
        chat(-4, state=ChatState.LEFT),
        chat(-2, push=PushMode.DIGEST),
        chat(7, can_write=False),
    )
    assert await ids_taking(database) == [-5, -3, 5, 7]
    assert await ids_taking(database, after=ChatId(-5), limit=2) == [-3, 5]
    assert await ids_taking(database, limit=2, are_filtering=True) == [-3]
    assert await ids_taking(database, are_filtering=True) == [-3, 5]
    assert await ids_taking(database, only=[ChatId(7), ChatId(-4), ChatId(-9)]) == [7]
    async with database.reader() as db:
        assert await chats.count_taking(db) == 4
        assert await chats.count_taking(db, limit=3) == 3


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [-3, -1]),
        ({"state": ChatState.HELD}, [-3, -1]),
        ({"push": PushMode.OFF}, [-3, -2]),
        ({"can_write": False}, [-3, -2, -1]),
        ({"state": ChatState.LEFT}, [-3, -2]),
    ],
)
async def test_a_discussion_gets_a_post_from_its_channel_and_not_again(
    database: Database, changes: dict[str, object], expected: list[int]
) -> None:
    await add_chats(database, chat(-1, **changes), chat(-2), chat(-3))
    async with database.transaction() as tx:
        await chats.set_discussion(tx, ChatId(-1), ChatId(-2))
        await chats.set_discussion(tx, ChatId(-9), ChatId(-3))
    assert await ids_taking(database) == expected
