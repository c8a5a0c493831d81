from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage import lists
from storage.lists import KEPT, OWN, PostList
from storage.models import ChatId, MessageId, PostId

if TYPE_CHECKING:
    from storage.database import Database, Transaction

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GROUP, OTHER = ChatId(-1001), ChatId(-1002)
MINJI, JUNHO = 7, 8
FIRST = PostList((PostId(31), PostId(12)))
SECOND = PostList((PostId(4), PostId(9)), first=3)


async def show(
    tx: Transaction,
    message_id: int,
    shown: PostList,
    person_id: int | None = MINJI,
    at: datetime = NOW,
    chat_id: ChatId = GROUP,
) -> None:
    await lists.set_list(
        tx, chat_id, MessageId(message_id), shown, person_id=person_id, shown_at=at
    )


@pytest.mark.parametrize(
    ("number", "post_id"), [(1, None), (2, None), (3, 4), (4, 9), (5, None), (0, None)]
)
def test_a_number_is_that_of_the_list_and_nothing_beyond_it(
    number: int, post_id: int | None
) -> None:
    assert SECOND.at(number) == post_id


async def test_a_message_lists_what_it_showed_last(database: Database) -> None:
    async with database.transaction() as tx:
        await show(tx, 1, FIRST)
        assert await lists.get_list(tx, GROUP, MessageId(1)) == FIRST
        await show(tx, 1, SECOND)
        assert await lists.get_list(tx, GROUP, MessageId(1)) == SECOND
        assert await lists.get_list(tx, OTHER, MessageId(1)) is None


async def test_what_has_no_number_is_kept_besides_and_no_number_finds_it(
    database: Database,
) -> None:
    shown = PostList(FIRST.post_ids, besides=(PostId(12), PostId(7)))
    async with database.transaction() as tx:
        await show(tx, 1, shown)
        kept = await lists.get_list(tx, GROUP, MessageId(1))
        assert kept == shown
        assert kept.every == (31, 12, 7)
        assert kept.at(3) is None
        await show(tx, 1, SECOND)
        assert await lists.get_list(tx, GROUP, MessageId(1)) == SECOND


async def test_the_own_last_list_is_that_of_the_person_in_the_chat(database: Database) -> None:
    async with database.transaction() as tx:
        await show(tx, 1, FIRST)
        await show(tx, 2, SECOND)
        await show(tx, 3, FIRST, JUNHO)
        await show(tx, 4, FIRST, None)
        await show(tx, 5, FIRST, chat_id=OTHER)
        assert await lists.get_own_list(tx, GROUP, MINJI, NOW) == SECOND
        assert await lists.get_own_list(tx, GROUP, JUNHO, NOW) == FIRST
        assert await lists.get_own_list(tx, OTHER, JUNHO, NOW) is None


async def test_whoever_turns_a_page_of_their_own_saw_it_last(database: Database) -> None:
    async with database.transaction() as tx:
        await show(tx, 1, FIRST)
        await show(tx, 2, FIRST, at=NOW + timedelta(minutes=1))
        await show(tx, 1, SECOND, at=NOW + timedelta(minutes=2))
        assert await lists.get_own_list(tx, GROUP, MINJI, NOW) == SECOND


async def test_anothers_turn_of_a_page_makes_no_list_their_own(database: Database) -> None:
    async with database.transaction() as tx:
        await show(tx, 1, FIRST)
        await show(tx, 2, FIRST, at=NOW + timedelta(minutes=1))
        await show(tx, 1, SECOND, JUNHO, NOW + timedelta(minutes=2))
        assert await lists.get_own_list(tx, GROUP, MINJI, NOW) == FIRST
        assert await lists.get_own_list(tx, GROUP, JUNHO, NOW) is None
        assert await lists.get_list(tx, GROUP, MessageId(1)) == SECOND


async def test_who_asked_is_forgotten_after_an_hour_and_the_list_after_two_days(
    database: Database,
) -> None:
    later = NOW + OWN + timedelta(seconds=1)
    async with database.transaction() as tx:
        await show(tx, 1, FIRST)
        await lists.delete_lists(tx, NOW + OWN)
        assert await lists.get_own_list(tx, GROUP, MINJI, NOW + OWN) == FIRST
        assert await lists.get_own_list(tx, GROUP, MINJI, later) is None
        await lists.delete_lists(tx, later)
        assert await tx.fetch_all("SELECT 1 FROM lists WHERE person_id IS NOT NULL") == []
        assert await lists.get_list(tx, GROUP, MessageId(1)) == FIRST
        await lists.delete_lists(tx, NOW + KEPT + timedelta(seconds=1))
        assert await lists.get_list(tx, GROUP, MessageId(1)) is None


async def test_a_person_who_is_forgotten_asked_for_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        await show(tx, 1, FIRST)
        await show(tx, 2, FIRST, JUNHO)
        assert await lists.count_of_person(tx, MINJI) > 0
        await lists.delete_of_person(tx, MINJI)
        assert await lists.count_of_person(tx, MINJI) == 0
        assert await lists.get_own_list(tx, GROUP, MINJI, NOW) is None
        assert await lists.get_own_list(tx, GROUP, JUNHO, NOW) == FIRST
