from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.failures import TOPIC_CLOSED
from storage import outbox
from storage.depths import Depth, count_finished, read_depths
from storage.models import ChatState, OutboxState
from tests.storage.rows import NOW, add_chats, add_post, chat

if TYPE_CHECKING:
    from storage.database import Database
    from storage.depths import Depths

AT = int(NOW.timestamp())
SECOND = timedelta(seconds=1)


async def depths(database: Database) -> Depths:
    async with database.reader() as db:
        return await read_depths(db, NOW)


async def add(database: Database, table: str, **values: Any) -> None:  # noqa: ANN401  # any column
    names, places = ", ".join(values), ", ".join("?" * len(values))
    async with database.transaction() as tx:
        await tx.execute(
            f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608  # a table of ours
            tuple(values.values()),
        )


async def push(database: Database, item: int, **changes: Any) -> None:  # noqa: ANN401  # likewise
    """A push that was queued a minute ago, to go at once."""
    row = {"chat_id": -1, "kind": "post", "item": str(item), "payload": "{}"}
    at = {"not_before": AT - 60, "created_at": AT - 60, "changed_at": AT - 60}
    await add(database, "outbox", **{**row, **at, **changes})


async def test_of_an_empty_database_all_is_none(database: Database) -> None:
    found = await depths(database)
    assert (found.posts, found.set_aside, found.skipped, found.due, found.sources) == (0,) * 5
    assert found.chats == dict.fromkeys(ChatState, 0)
    assert found.inbox == found.failing == Depth(0, None)
    assert found.outbox == dict.fromkeys(
        (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN), 0
    )
    assert (found.oldest_due_at, found.unknown_since, found.polled_at) == (None, None, None)
    assert found.late == dict.fromkeys(("digest", "weekly", "monthly"), Depth(0, None))
    assert found.troubles == {}


async def test_what_is_there_is_counted(database: Database) -> None:
    await add_post(database, "글")
    await add_chats(database, chat(-1), chat(-2, state=ChatState.LEFT))
    await add(database, "inbox", update_id=1, received_at=AT - 9, body="{}")
    await add(database, "inbox", update_id=2, received_at=AT - 3, body="{}")
    await add(database, "inbox_set_aside", update_id=3, set_aside_at=AT, reason="failed")
    await add(database, "troubles", kind="chat", subject="-1", began_at=AT, told=1)
    await add(database, "troubles", kind="chat", subject="-2", began_at=AT, told=1)
    found = await depths(database)
    assert (found.posts, found.set_aside) == (1, 1)
    assert (found.chats[ChatState.SERVED], found.chats[ChatState.LEFT]) == (1, 1)
    assert found.inbox == Depth(2, NOW - 9 * SECOND)
    assert found.troubles == {"chat": 2}


async def test_pushes_are_counted_as_the_whole_outbox_is(database: Database) -> None:
    await add_chats(database, chat(-1))
    for item, state in enumerate([*OutboxState, OutboxState.SENT]):
        await push(database, item, state=state)
    async with database.reader() as db:
        finished, whole = await count_finished(db), await outbox.count_by_state(db)
    assert {**(await depths(database)).outbox, **finished} == whole


async def test_a_push_in_doubt_is_in_doubt_since_then(database: Database) -> None:
    await push(database, 1, state="unknown", changed_at=AT - 30)
    await push(database, 2, state="unknown", changed_at=AT - 90)
    assert (await depths(database)).unknown_since == NOW - 90 * SECOND


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ({}, 60),
        ({"not_before": AT + 600}, None),  # for the end of a night
        ({"not_before": AT - 5}, 5),  # whose night is over
        ({"not_before": AT + 600, "error": outbox.AT_NIGHT}, None),
        ({"not_before": AT - 5, "error": outbox.AT_NIGHT}, 5),
        ({"not_before": AT + 600, "error": "flooded"}, 60),  # tried in vain
        ({"not_before": AT - 5, "error": "ConnectError"}, 60),
        ({"not_before": AT + 600, "error": outbox.muted("no right")}, None),
        ({"not_before": AT - 5, "error": outbox.muted("no right")}, None),
        ({"not_before": AT + 600, "error": TOPIC_CLOSED}, None),
        ({"chat_id": -2}, None),  # to which nothing can be written
        ({"state": "sent"}, None),
    ],
)
async def test_a_push_waits_since_it_could_have_gone(
    database: Database, changes: dict[str, Any], since: int | None
) -> None:
    await add_chats(database, chat(-1), chat(-2, can_write=False))
    await push(database, 1, **changes)
    expected = None if since is None else NOW - since * SECOND
    assert (await depths(database)).oldest_due_at == expected


async def test_the_oldest_push_is_found_among_many_chats(database: Database) -> None:
    for number in range(1, 20):
        await push(database, 1, chat_id=-number, not_before=AT - number)
    found = await depths(database)
    assert (found.oldest_due_at, found.due) == (NOW - 19 * SECOND, 19)


async def test_sources_are_old_by_their_last_success(database: Database) -> None:
    await add(
        database, "sources", address="a", kind="feed", last_fetched_at=AT - 60, next_poll_at=AT
    )
    await add(database, "sources", address="b", kind="feed", last_fetched_at=AT - 9_000)  # ended
    await add(
        database,
        "sources",
        address="c",
        kind="feed",
        failures=3,
        last_fetched_at=AT - 600,
        next_poll_at=AT,
    )
    found = await depths(database)
    assert (found.sources, found.polled_at) == (3, NOW - 600 * SECOND)
    assert found.failing == Depth(1, NOW - 600 * SECOND)


async def test_a_source_that_never_worked_fails_since_the_operators_heard_of_it(
    database: Database,
) -> None:
    await add(
        database,
        "sources",
        address="a",
        kind="feed",
        failures=1,
        error_told_at=AT - 7,
        next_poll_at=AT,
    )
    found = await depths(database)
    assert (found.failing, found.polled_at) == (Depth(1, NOW - 7 * SECOND), None)


async def test_a_source_that_ended_is_not_waited_for(database: Database) -> None:
    row = {"address": "a", "kind": "feed", "failures": 3, "last_fetched_at": AT - 9_000}
    await add(database, "sources", **row, ended_at=AT)
    assert (await depths(database)).failing == Depth(1, None)


async def test_digests_and_editions_are_late_where_the_chat_takes_them(database: Database) -> None:
    due = NOW - 90 * SECOND
    await add_chats(
        database,
        chat(-1, digest_due_at=due),
        chat(-2, digest_due_at=NOW + SECOND),
        chat(-3, digest_due_at=due, state=ChatState.LEFT),
        chat(-4, digest_due_at=due, can_write=False),
    )
    async with database.transaction() as tx:
        await tx.execute("UPDATE chats SET weekly_due_at = ? WHERE id < -1", (AT - 5,))
    late = (await depths(database)).late
    assert late["digest"] == Depth(1, due)
    assert late["weekly"] == Depth(1, NOW - 5 * SECOND)
    assert late["monthly"] == Depth(0, None)
