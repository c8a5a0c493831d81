from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage import inbox
from storage.models import ChatId, InboxRow, MessageId, UpdateId

if TYPE_CHECKING:
    from storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def row(
    update_id: int, body: str = "{}", *, at: datetime = NOW, chat: int | None = -1001
) -> InboxRow:
    return InboxRow(
        update_id=UpdateId(update_id),
        chat_id=None if chat is None else ChatId(chat),
        message_id=MessageId(update_id * 10),
        received_at=at,
        body=body,
    )


async def add(database: Database, *rows: InboxRow) -> list[int]:
    async with database.transaction() as tx:
        return [one.update_id for one in await inbox.add_updates(tx, rows)]


async def waiting(database: Database) -> list[InboxRow]:
    async with database.reader() as db:
        return await inbox.list_waiting(db)


async def test_updates_wait_in_their_order(database: Database) -> None:
    assert await add(database, row(3), row(1), row(2, chat=None)) == [3, 1, 2]
    rows = await waiting(database)
    assert [(one.update_id, one.chat_id) for one in rows] == [(1, -1001), (2, None), (3, -1001)]
    assert (rows[0].received_at, rows[0].body, rows[0].message_id) == (NOW, "{}", None)


async def test_an_update_that_comes_again_is_known(database: Database) -> None:
    assert await add(database, row(1)) == [1]
    assert await add(database, row(1), row(2), row(2)) == [2]
    async with database.transaction() as tx:
        await inbox.delete_updates(tx, [UpdateId(1), UpdateId(2)])
    assert await add(database, row(1), row(2)) == []
    assert await waiting(database) == []


async def test_of_an_update_without_a_body_only_its_ids_are_kept(database: Database) -> None:
    assert await add(database, row(1, body="")) == []
    assert await waiting(database) == []
    async with database.reader() as db:
        (seen,) = await db.fetch_all("SELECT * FROM inbox_seen")
    assert tuple(seen) == (1, int(NOW.timestamp()), -1001, 10)


async def test_what_is_set_aside_no_longer_waits_and_is_counted(database: Database) -> None:
    await add(database, row(1), row(2))
    for _ in range(2):
        async with database.transaction() as tx:
            await inbox.set_aside(tx, UpdateId(1), "unparsable: KeyError", NOW)
    async with database.reader() as db:
        assert await inbox.count_waiting(db) == 1
        assert await inbox.count_set_aside(db) == 1


async def test_what_was_skipped_adds_up(database: Database) -> None:
    async with database.reader() as db:
        assert await inbox.count_skipped(db) == 0
    for updates in (3, 4):
        async with database.transaction() as tx:
            await inbox.add_skipped(tx, updates)
    async with database.reader() as db:
        assert await inbox.count_skipped(db) == 7


async def test_ids_are_forgotten_with_time_but_not_of_what_still_waits(
    database: Database,
) -> None:
    old = NOW - timedelta(days=3)
    await add(database, row(1, at=old), row(2, at=old, body=""), row(3, body=""))
    async with database.transaction() as tx:
        await inbox.delete_seen(tx, NOW - timedelta(days=2))
    async with database.reader() as db:
        seen = await db.fetch_all("SELECT update_id FROM inbox_seen ORDER BY 1")
    assert [one[0] for one in seen] == [1, 3]
    assert await add(database, row(1)) == []


async def test_what_was_set_aside_long_ago_is_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        for update_id, days in ((1, 0), (2, 8), (3, 9)):
            await inbox.set_aside(tx, UpdateId(update_id), "odd", NOW - timedelta(days=days))
        await inbox.delete_set_aside(tx, NOW - timedelta(days=8))
        kept = await tx.fetch_all("SELECT update_id FROM inbox_set_aside ORDER BY 1")
    assert [one["update_id"] for one in kept] == [1, 2]


async def test_an_id_of_the_very_second_is_still_known(database: Database) -> None:
    await add(database, row(1, body=""), row(2, body="", at=NOW - timedelta(seconds=1)))
    async with database.transaction() as tx:
        await inbox.delete_seen(tx, NOW)
    async with database.reader() as db:
        kept = await db.fetch_all("SELECT update_id FROM inbox_seen")
    assert [one["update_id"] for one in kept] == [1]
