from __future__ import annotations

from typing import TYPE_CHECKING

from storage import pins
from storage.models import ChatId, MessageId, Pin

if TYPE_CHECKING:
    from storage.database import Database

GROUP = ChatId(-1001)
FIRST, SECOND, THIRD = map(MessageId, (1, 2, 3))


async def test_the_newest_is_wanted_and_knows_the_one_before(database: Database) -> None:
    async with database.transaction() as tx:
        assert await pins.list_wanted(tx) == []
        await pins.set_wanted(tx, GROUP, FIRST)
        first = Pin(GROUP, FIRST, None)
        assert await pins.list_wanted(tx) == [first]
        await pins.set_wanted(tx, GROUP, SECOND)
        await pins.set_pinned(tx, first)
        assert await pins.list_wanted(tx) == [Pin(GROUP, SECOND, FIRST)]
        await pins.set_pinned(tx, Pin(GROUP, SECOND, FIRST))
        assert await pins.list_wanted(tx) == []


async def test_what_cannot_be_pinned_is_given_up_and_what_came_since_is_not(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await pins.set_wanted(tx, GROUP, SECOND)
        await pins.give_up(tx, Pin(GROUP, FIRST, None))
        assert await pins.list_wanted(tx) == [Pin(GROUP, SECOND, None)]
        await pins.give_up(tx, Pin(GROUP, SECOND, None))
        await pins.set_wanted(tx, GROUP, THIRD)
        assert await pins.list_wanted(tx) == [Pin(GROUP, THIRD, None)]


async def test_an_older_message_is_not_wanted_in_place_of_a_newer_one(database: Database) -> None:
    async with database.transaction() as tx:
        await pins.set_wanted(tx, GROUP, SECOND)
        await pins.set_wanted(tx, GROUP, FIRST)
        assert await pins.list_wanted(tx) == [Pin(GROUP, SECOND, None)]
        await pins.set_pinned(tx, Pin(GROUP, SECOND, None))
        await pins.set_wanted(tx, GROUP, FIRST)
        assert await pins.list_wanted(tx) == []


async def test_one_that_is_gone_gives_way_unless_a_newer_one_is_wanted(database: Database) -> None:
    async with database.transaction() as tx:
        await pins.set_gone(tx, GROUP, SECOND, instead=FIRST)
        assert await pins.list_wanted(tx) == []
        await pins.set_wanted(tx, GROUP, SECOND)
        await pins.set_gone(tx, GROUP, THIRD, instead=FIRST)
        assert await pins.list_wanted(tx) == [Pin(GROUP, SECOND, None)]
        await pins.set_pinned(tx, Pin(GROUP, SECOND, None))
        await pins.set_wanted(tx, GROUP, THIRD)
        await pins.set_gone(tx, GROUP, SECOND, instead=FIRST)
        assert await pins.list_wanted(tx) == [Pin(GROUP, THIRD, None)]
        await pins.set_gone(tx, GROUP, THIRD, instead=FIRST)
        assert await pins.list_wanted(tx) == [Pin(GROUP, FIRST, None)]
