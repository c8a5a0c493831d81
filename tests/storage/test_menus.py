from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage import chats, menus
from storage.backup import write_backup
from storage.database import Database
from storage.models import Asked, ChatId, ChatKind, Menu, MenuId, MessageId, NewMenu
from tests.storage.rows import NOW, add_chats, chat

if TYPE_CHECKING:
    from pathlib import Path

ROOM, PLACE, OPENER = ChatId(-1001), ChatId(7), 7
NEW = NewMenu(ROOM, PLACE, OPENER, NOW, MessageId(3))
ASKED = Asked("time", MessageId(4), MessageId(5), NOW + timedelta(minutes=1))


async def opened(database: Database, *wanted: NewMenu) -> list[MenuId]:
    async with database.transaction() as tx:
        return [await menus.add_menu(tx, one) for one in wanted]


async def kept(database: Database, *ids: MenuId) -> list[Menu | None]:
    async with database.reader() as db:
        return [await menus.get_menu(db, one) for one in ids]


async def test_a_menu_is_kept_as_it_was_opened(database: Database) -> None:
    ids = await opened(database, NEW, NewMenu(ROOM, ROOM, ROOM, NOW))
    assert await kept(database, *ids, MenuId(99)) == [
        Menu(ROOM, PLACE, OPENER, NOW, MessageId(3), id=ids[0], asked=None),
        Menu(ROOM, ROOM, ROOM, NOW, None, id=ids[1], asked=None),
        None,
    ]


async def test_what_it_asked_for_is_found_by_the_message_that_asked(database: Database) -> None:
    (menu_id,) = await opened(database, NEW)
    async with database.transaction() as tx:
        await menus.set_asking(tx, menu_id, ASKED)
        found = await menus.get_asking(tx, PLACE, MessageId(5))
        assert found is not None
        assert (found.id, found.asked) == (menu_id, ASKED)
        assert await menus.get_asking(tx, ROOM, MessageId(5)) is None
        await menus.set_answered(tx, menu_id)
        assert await menus.get_asking(tx, PLACE, MessageId(5)) is None
        known = await menus.get_menu(tx, menu_id)
        assert known is not None
        assert known.asked is None


async def test_menus_of_a_person_and_old_ones_are_forgotten_and_no_number_comes_again(
    database: Database,
) -> None:
    later = NOW + timedelta(seconds=1)
    ids = await opened(database, NEW, NewMenu(ROOM, PLACE, 8, NOW), NewMenu(ROOM, PLACE, 8, later))
    async with database.transaction() as tx:
        assert await menus.count_of_person(tx, OPENER) > 0
        await menus.delete_of_person(tx, OPENER)
        assert await menus.count_of_person(tx, OPENER) == 0
    assert [one is None for one in await kept(database, *ids)] == [True, False, False]
    async with database.transaction() as tx:
        await menus.delete_old(tx, later)
    assert [one is None for one in await kept(database, *ids)] == [True, True, False]
    async with database.transaction() as tx:
        await menus.delete_old(tx, later + timedelta(days=1))
    assert (await opened(database, NEW))[0] > max(ids)


async def test_a_menu_follows_its_room_and_goes_with_it(database: Database) -> None:
    old, new = ChatId(-5), ChatId(-1005)
    await add_chats(database, chat(old, kind=ChatKind.GROUP))
    ids = await opened(database, NewMenu(old, old, old, NOW), NewMenu(old, PLACE, OPENER, NOW), NEW)
    async with database.transaction() as tx:
        await chats.set_migrated(tx, old, new)
    shown = [
        (one.room_id, one.place_id, one.opener_id) for one in await kept(database, *ids) if one
    ]
    assert shown == [(new, old, new), (new, PLACE, OPENER), (ROOM, PLACE, OPENER)]
    async with database.transaction() as tx:
        await chats.delete_chat(tx, PLACE)
    assert [one is None for one in await kept(database, *ids)] == [False, True, True]
    async with database.transaction() as tx:
        await chats.delete_chat(tx, new)
    assert await kept(database, *ids) == [None, None, None]


async def test_a_copy_knows_no_menus(database: Database, tmp_path: Path) -> None:
    ids = await opened(database, NEW)
    async with database.reader() as db:
        await write_backup(db, tmp_path / "copy.db")
    async with Database.opened(tmp_path / "copy.db") as copy:
        assert await kept(copy, *ids) == [None]
