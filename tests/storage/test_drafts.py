from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage import drafts
from storage.models import ChatId, Draft, MessageId, NewDraft, UpdateId

if TYPE_CHECKING:
    from storage.database import Database

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AUTHOR, OTHER, HOME = 77, 78, ChatId(77)
FIRST = NewDraft("https://a.example", "{}", AUTHOR, "해봄", HOME, "읽어 보세요", UpdateId(5))
SECOND = NewDraft("https://b.example", "[]", OTHER, "윤슬", None)


async def test_a_draft_waits_until_it_is_decided_on_or_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        first = await drafts.add_draft(tx, FIRST, NOW)
        second = await drafts.add_draft(tx, SECOND, NOW + 2 * DAY)
        kept = Draft(
            "https://a.example",
            "{}",
            AUTHOR,
            "해봄",
            HOME,
            "읽어 보세요",
            UpdateId(5),
            id=first,
            due_at=None,
            prompt_id=None,
        )
        assert await drafts.get_draft(tx, first) == kept
        assert await drafts.list_batch(tx, UpdateId(5)) == [kept]
        await drafts.delete_draft(tx, first)
        assert await drafts.get_draft(tx, first) is None
        await drafts.delete_drafts(tx, NOW + DAY)
        assert await drafts.get_draft(tx, second) is not None
        await drafts.delete_drafts(tx, NOW + 3 * DAY)
        assert await drafts.get_draft(tx, second) is None


async def test_no_number_is_given_again(database: Database) -> None:
    """The buttons of one that was decided on stay: a press is not to decide about another."""
    async with database.transaction() as tx:
        first, second = [await drafts.add_draft(tx, one, NOW) for one in (FIRST, SECOND)]
        assert first < second
        await drafts.delete_draft(tx, second)
        assert await drafts.add_draft(tx, SECOND, NOW + HOUR) > second
        assert await drafts.add_draft(tx, SECOND, NOW - DAY) > second


async def test_a_draft_with_a_time_stays_until_it_is_due(database: Database) -> None:
    async with database.transaction() as tx:
        first, second = [await drafts.add_draft(tx, one, NOW) for one in (FIRST, SECOND)]
        await drafts.set_due(tx, first, NOW + 2 * HOUR)
        await drafts.set_due(tx, second, NOW + HOUR)
        assert await drafts.list_batch(tx, UpdateId(5)) == []
        await drafts.delete_drafts(tx, NOW + DAY)
        assert [one.id for one in await drafts.list_scheduled(tx)] == [second, first]
        assert [one.id for one in await drafts.list_scheduled(tx, AUTHOR)] == [first]
        assert [one.id for one in await drafts.list_due(tx, NOW + HOUR)] == [second]
        await drafts.call_off(tx, second, NOW + 5 * DAY)
        assert await drafts.list_due(tx, NOW + HOUR) == []
        await drafts.delete_drafts(tx, NOW + 5 * DAY)
        assert await drafts.get_draft(tx, second) is not None, "it waits as one that is made now"


async def test_a_message_asks_when_until_another_does(database: Database) -> None:
    async with database.transaction() as tx:
        first = await drafts.add_draft(tx, FIRST, NOW)
        assert await drafts.get_prompted(tx, HOME, MessageId(9)) is None
        await drafts.set_prompt(tx, first, MessageId(9))
        found = await drafts.get_prompted(tx, HOME, MessageId(9))
        assert found is not None
        assert (found.id, found.prompt_id) == (first, 9)
        await drafts.set_due(tx, first, NOW + HOUR)
        await drafts.call_off(tx, first, NOW)
        assert await drafts.get_prompted(tx, HOME, MessageId(9)) == found
        await drafts.set_prompt(tx, first, MessageId(10))
        assert await drafts.get_prompted(tx, HOME, MessageId(9)) is None


async def test_who_is_forgotten_has_no_drafts(database: Database) -> None:
    async with database.transaction() as tx:
        first, second = [await drafts.add_draft(tx, one, NOW) for one in (FIRST, SECOND)]
        assert await drafts.count_of_person(tx, AUTHOR) == 1
        await drafts.delete_of_person(tx, AUTHOR)
        assert await drafts.count_of_person(tx, AUTHOR) == 0
        assert await drafts.get_draft(tx, first) is None
        assert await drafts.get_draft(tx, second) is not None


async def test_no_number_of_a_draft_is_given_twice(database: Database) -> None:
    """A button of the first would decide about the second."""
    async with database.transaction() as tx:
        first = await drafts.add_draft(tx, FIRST, NOW)
        await drafts.delete_draft(tx, first)
        assert await drafts.add_draft(tx, SECOND, NOW) > first
