from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import administrators, chats
from storage.models import ChatId, ChatKind, ChatState, UserId
from tests.storage.rows import NOW, add_chats, chat

if TYPE_CHECKING:
    from storage.database import Database

ROOM, OTHER = ChatId(-1), ChatId(-2)
MINJI, JUNHO = UserId(7), UserId(8)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def rooms(database: Database) -> None:
    await add_chats(database, chat(ROOM), chat(OTHER))
    async with database.transaction() as tx:
        for one in (ROOM, OTHER):
            await administrators.put_off(tx, one, NOW + DAY)


async def pairs(database: Database) -> list[tuple[int, int]]:
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT chat_id, user_id FROM administrators ORDER BY 1 DESC, 2")
    return [(row["chat_id"], row["user_id"]) for row in rows]


async def test_what_telegram_says_now_replaces_what_it_said(database: Database) -> None:
    async with database.transaction() as tx:
        await administrators.set_administrators(tx, ROOM, [MINJI, JUNHO, MINJI], NOW)
        await administrators.set_administrators(tx, OTHER, [JUNHO], NOW)
        await administrators.set_administrators(tx, ROOM, [JUNHO], NOW)
    assert await pairs(database) == [(ROOM, JUNHO), (OTHER, JUNHO)]


async def test_one_is_added_and_taken_away(database: Database) -> None:
    async with database.transaction() as tx:
        for _ in range(2):
            await administrators.add_administrator(tx, ROOM, MINJI)
        assert await administrators.is_known(tx, ROOM, MINJI)
        assert not await administrators.is_known(tx, OTHER, MINJI)
        await administrators.add_administrator(tx, ROOM, JUNHO)
        await administrators.delete_administrator(tx, ROOM, MINJI)
        assert not await administrators.is_known(tx, ROOM, MINJI)
    assert await pairs(database) == [(ROOM, JUNHO)]


async def test_a_person_is_forgotten_in_every_chat(database: Database) -> None:
    async with database.transaction() as tx:
        await administrators.set_administrators(tx, ROOM, [MINJI, JUNHO], NOW)
        await administrators.set_administrators(tx, OTHER, [MINJI], NOW)
        assert await administrators.count_of_person(tx, MINJI) == 2
        await administrators.delete_of_person(tx, MINJI)
        assert await administrators.count_of_person(tx, MINJI) == 0
    assert await pairs(database) == [(ROOM, JUNHO)]


async def test_they_go_with_the_chat_and_are_asked_for_anew(database: Database) -> None:
    async with database.transaction() as tx:
        for one in (ROOM, OTHER):
            await administrators.set_administrators(tx, one, [MINJI], NOW)
        assert await administrators.list_unasked(tx, NOW, 9) == []
        await chats.set_state(tx, ROOM, ChatState.LEFT)
        await chats.delete_chat(tx, OTHER)
        await chats.set_state(tx, ROOM, ChatState.SERVED)
        assert await administrators.list_unasked(tx, NOW, 9) == [ROOM]
    assert await pairs(database) == []


async def test_they_go_with_a_group_that_becomes_a_supergroup(database: Database) -> None:
    async with database.transaction() as tx:
        await administrators.set_administrators(tx, ROOM, [MINJI, JUNHO], NOW)
        await administrators.set_administrators(tx, OTHER, [JUNHO], NOW)
        await chats.set_migrated(tx, ROOM, OTHER)
    assert await pairs(database) == [(OTHER, MINJI), (OTHER, JUNHO)]


async def test_only_those_who_opened_the_bot_and_stayed_can_be_reached(database: Database) -> None:
    private = {"kind": ChatKind.PRIVATE}
    await add_chats(
        database,
        chat(7, **private),
        chat(8, state=ChatState.LEFT, **private),
        chat(9, can_write=False, **private),
        chat(11, **private),
    )
    async with database.transaction() as tx:
        asked = [UserId(one) for one in (7, 8, 9, 10)]
        await administrators.set_administrators(tx, ROOM, asked, NOW)
        assert await administrators.list_reachable(tx, ROOM) == [MINJI]


async def test_each_served_chat_is_asked_about_once_a_day_new_ones_first(
    database: Database,
) -> None:
    await add_chats(
        database,
        chat(-3, joined_at=NOW),
        chat(-4, joined_at=NOW - DAY),
        chat(-5, state=ChatState.WAITING),
        chat(-6),
        chat(-7),
        chat(7, kind=ChatKind.PRIVATE),
    )
    async with database.transaction() as tx:
        for one, asked_at in ((-1, NOW - DAY), (-2, NOW - 2 * DAY), (-6, NOW + DAY), (-7, NOW)):
            await administrators.set_administrators(tx, ChatId(one), [], asked_at)
        assert await administrators.list_unasked(tx, NOW, 9) == [-3, -4, -2, -1, -6]
        assert await administrators.list_unasked(tx, NOW, 1) == [-3]


async def test_where_telegram_does_not_answer_the_others_come_first(database: Database) -> None:
    async with database.transaction() as tx:
        await administrators.set_administrators(tx, ROOM, [MINJI], NOW - 2 * DAY)
        await administrators.set_administrators(tx, OTHER, [MINJI], NOW - DAY)
        await administrators.put_off(tx, ROOM, NOW + DAY / 24)
        assert await administrators.list_unasked(tx, NOW, 9) == [OTHER]
        assert await administrators.list_unasked(tx, NOW + DAY / 24, 9) == [OTHER, ROOM]
    assert await pairs(database) == [(ROOM, MINJI), (OTHER, MINJI)]


@pytest.mark.parametrize("state", [one for one in ChatState if one is not ChatState.SERVED])
async def test_of_a_chat_that_is_not_served_nobody_is_kept(
    database: Database, state: ChatState
) -> None:
    async with database.transaction() as tx:
        await chats.set_state(tx, ROOM, state)
        await administrators.add_administrator(tx, ROOM, MINJI)
        await administrators.add_administrator(tx, ChatId(-9), MINJI)
        await administrators.set_administrators(tx, ROOM, [MINJI, JUNHO], NOW)
    assert await pairs(database) == []
