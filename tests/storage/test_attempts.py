from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import attempts, chats, inbox, known_ids, outbox, reactions
from storage.models import (
    ActorId,
    ChatId,
    InboxRow,
    MessageId,
    NewAttempt,
    NewOutboxRow,
    OutboxId,
    OutboxState,
    PostId,
    PostPush,
    ReactionSet,
    ReactionTotals,
    UpdateId,
)
from tests.storage.rows import NOW

if TYPE_CHECKING:
    from storage.database import Database, Transaction

CHANNEL, GROUP, PERSON = ChatId(-1_002_000_000_001), ChatId(-4_000_000_001), ChatId(5_000_000_001)
LATER = NOW + timedelta(minutes=1)


def attempt(token: str, chat_id: ChatId = CHANNEL, outbox_id: int | None = 1) -> NewAttempt:
    known = None if outbox_id is None else OutboxId(outbox_id)
    return NewAttempt(token, chat_id, "{}", "d1", known, PostId(7), "ko")


async def seen(tx: Transaction, chat_id: ChatId, *ids: int) -> None:
    """Others wrote these."""
    rows = [
        InboxRow(UpdateId(chat_id * 1000 + one), chat_id, MessageId(one), NOW, "") for one in ids
    ]
    await inbox.add_updates(tx, rows)


async def known(tx: Transaction, chat_id: ChatId, *ids: int) -> None:
    for one in ids:
        await known_ids.add_known_id(tx, chat_id, MessageId(one), NOW)


async def test_an_attempt_is_kept_with_the_last_id_that_was_known(database: Database) -> None:
    async with database.transaction() as tx:
        await attempts.add_attempt(tx, attempt("a"), NOW)
        await known(tx, CHANNEL, 5)
        await seen(tx, CHANNEL, 9)
        await attempts.add_attempt(tx, attempt("b"), LATER)
        first, second = await attempts.list_attempts(tx, OutboxId(1))
        assert await attempts.get_attempt(tx, "a") == first
        assert await attempts.get_attempt(tx, "c") is None
    assert (first.token, first.last_id, first.begun_at) == ("a", None, NOW)
    assert (second.token, second.last_id, second.post_id, second.language) == ("b", 9, 7, "ko")
    assert (second.message_id, second.is_touched, second.calls) == (None, False, 0)


async def test_where_nothing_of_ours_is_known_there_is_no_last_id(database: Database) -> None:
    async with database.transaction() as tx:
        await seen(tx, CHANNEL, 9)
        assert await known_ids.get_last_id(tx, CHANNEL) is None
        await known(tx, CHANNEL, 5)
        assert await known_ids.get_last_id(tx, CHANNEL) == 9
        await known(tx, CHANNEL, 12)
        assert await known_ids.get_last_id(tx, CHANNEL) == 12


async def test_private_chats_and_basic_groups_count_together_others_for_themselves(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await known(tx, PERSON, 100)
        await known(tx, CHANNEL, 7)
        await known(tx, GROUP, 104)
        await seen(tx, GROUP, 102)
        await seen(tx, PERSON, 103, 105)
        await seen(tx, CHANNEL, 900)
        for chat_id in (GROUP, PERSON):
            assert await known_ids.get_last_id(tx, chat_id) == 105
            above = await known_ids.list_known_ids(tx, chat_id, MessageId(102))
            assert above == {103, 104, 105}
        assert await known_ids.list_known_ids(tx, CHANNEL, MessageId(0)) == {7, 900}
        told = [await known_ids.is_known_id(tx, GROUP, MessageId(one)) for one in (100, 101, 105)]
        assert told == [True, False, True]


async def test_messages_that_somebody_reacted_to_are_named(database: Database) -> None:
    one = ReactionSet(CHANNEL, MessageId(8), ActorId(1), frozenset("👍"), NOW, UpdateId(1))
    other = ReactionSet(GROUP, MessageId(9), ActorId(1), frozenset("👍"), NOW, UpdateId(2))
    total = ReactionTotals(CHANNEL, MessageId(6), (("👍", 2),), NOW, UpdateId(3))
    async with database.transaction() as tx:
        await reactions.set_reactions(tx, [one, other])
        await reactions.set_totals(tx, [total])
        assert await known_ids.list_reacted_ids(tx, CHANNEL, MessageId(5)) == [6, 8]
        assert await known_ids.list_reacted_ids(tx, CHANNEL, MessageId(6)) == [8]


async def test_ids_are_forgotten_but_for_the_highest(database: Database) -> None:
    async with database.transaction() as tx:
        await known(tx, CHANNEL, 5, 6)
        await known(tx, PERSON, 100)
        await known_ids.add_known_id(tx, GROUP, MessageId(101), LATER)
        await known_ids.delete_known_ids(tx, await known_ids.list_old(tx, LATER))
        assert await known_ids.list_known_ids(tx, CHANNEL, MessageId(0)) == {6}
        assert await known_ids.list_known_ids(tx, PERSON, MessageId(0)) == {101}


async def test_what_was_found_is_noted_and_searched_no_more(database: Database) -> None:
    async with database.transaction() as tx:
        for token in "abc":
            await attempts.add_attempt(tx, attempt(token), NOW)
            await attempts.set_search(tx, token, LATER)
        await attempts.add_attempt(tx, attempt("d", GROUP), NOW)
        await attempts.set_search(tx, "c", None)
        await attempts.set_arrived(tx, "a", MessageId(12))
        await attempts.set_touched(tx, "a")
        await attempts.add_calls(tx, "a", 2)
        await attempts.add_calls(tx, "a", 3)
        found = await attempts.get_attempt(tx, "a")
        assert found is not None
        assert (found.message_id, found.is_touched, found.calls) == (12, True, 5)
        assert [one.token for one in await attempts.list_lost(tx, CHANNEL)] == ["b", "c"]
        assert await attempts.list_due(tx, NOW, 9) == []
        assert [one.token for one in await attempts.list_due(tx, LATER, 9)] == ["b"]
        await attempts.delete_attempt(tx, "b")
        assert [one.token for one in await attempts.list_lost(tx, CHANNEL)] == ["c"]


async def test_the_place_among_those_that_are_lost_is_told(database: Database) -> None:
    async with database.transaction() as tx:
        await attempts.add_attempt(tx, attempt("nothing known", PERSON), NOW)
        await known(tx, PERSON, 100)
        for token, chat_id in (("a", PERSON), ("b", GROUP), ("c", CHANNEL), ("d", PERSON)):
            await attempts.add_attempt(tx, attempt(token, chat_id), NOW)
        await known(tx, PERSON, 101)
        await attempts.add_attempt(tx, attempt("e", GROUP), NOW)
        places = {}
        for token in "ade":
            found = await attempts.get_attempt(tx, token)
            assert found is not None
            places[token] = await attempts.get_queue(tx, found)
        assert places == {"a": (None, 0), "d": (None, 2), "e": (None, 0)}
        await attempts.set_arrived(tx, "a", MessageId(102))
        last = await attempts.get_attempt(tx, "d")
        assert last is not None
        assert await attempts.get_queue(tx, last) == (102, 1)


@pytest.mark.parametrize("state", [*OutboxState])
async def test_attempts_of_what_is_still_open_are_not_forgotten(
    database: Database, state: OutboxState
) -> None:
    is_open = state in {OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN}
    async with database.transaction() as tx:
        push = NewOutboxRow(CHANNEL, "1", PostPush((PostId(7),)), NOW)
        await outbox.add_rows(tx, [push], NOW)
        await tx.execute("UPDATE outbox SET state = ?", (state,))
        await attempts.add_attempt(tx, attempt("a"), NOW)
        await attempts.add_attempt(tx, attempt("b", outbox_id=None), NOW)
        await attempts.add_attempt(tx, attempt("c"), LATER)
        await attempts.delete_attempts(tx, LATER)
        kept = [one.token for one in await attempts.list_lost(tx, CHANNEL)]
    assert kept == (["a", "c"] if is_open else ["c"])


async def test_a_comparison_lasts_until_it_is_ended_or_old(database: Database) -> None:
    async with database.transaction() as tx:
        assert await attempts.add_comparison(tx, CHANNEL, MessageId(6), NOW)
        assert not await attempts.add_comparison(tx, CHANNEL, MessageId(6), LATER)
        assert await attempts.add_comparison(tx, GROUP, MessageId(6), LATER)
        await attempts.delete_comparison(tx, GROUP, MessageId(6))
        await attempts.delete_comparisons(tx, NOW)
        told = [await attempts.is_compared(tx, one, MessageId(6)) for one in (CHANNEL, GROUP)]
        assert told == [True, False]
        await attempts.delete_comparisons(tx, LATER)
        assert not await attempts.is_compared(tx, CHANNEL, MessageId(6))


async def test_twice_is_more_than_one_that_was_seen(database: Database) -> None:
    async with database.transaction() as tx:
        push = NewOutboxRow(CHANNEL, "1", PostPush((PostId(7),)), NOW)
        await outbox.add_rows(tx, [push], NOW)
        await outbox.set_proven(tx, OutboxId(1), MessageId(6), NOW, is_alone=False)
        await attempts.add_attempt(tx, attempt("a"), NOW)
        await attempts.add_attempt(tx, attempt("b"), NOW)
        await attempts.set_arrived(tx, "a", MessageId(6))
        assert await attempts.list_twice(tx) == []
        await attempts.set_arrived(tx, "b", MessageId(7))
        assert await attempts.list_twice(tx) == [1]
        await outbox.set_doubled(tx, OutboxId(1), NOW)
        assert await attempts.list_twice(tx) == []
        assert await outbox.count_by_state(tx) == {OutboxState.DOUBLED: 1}
        await outbox.set_proven(tx, OutboxId(1), MessageId(6), NOW, is_alone=True)
        assert await outbox.count_by_state(tx) == {OutboxState.SENT: 1}


async def test_who_asks_to_be_forgotten_takes_the_ids_along(database: Database) -> None:
    async with database.transaction() as tx:
        await known(tx, PERSON, 100)
        await known(tx, GROUP, 99)
        await attempts.add_attempt(tx, attempt("a", PERSON), NOW)
        await chats.delete_chat(tx, PERSON)
        assert await known_ids.list_known_ids(tx, PERSON, MessageId(0)) == {99}
        assert await attempts.get_attempt(tx, "a") is None


async def test_an_answer_that_was_seen_is_known_by_its_update(database: Database) -> None:
    async with database.transaction() as tx:
        for number, token in enumerate(("a", "b"), 1):
            answer = replace(attempt(token, outbox_id=None), update_id=UpdateId(number))
            await attempts.add_attempt(tx, answer, NOW)
        await attempts.add_attempt(tx, attempt("push"), NOW)
        assert await attempts.list_answered(tx) == frozenset()
        for token in ("b", "push"):
            await attempts.set_arrived(tx, token, MessageId(7))
        assert await attempts.list_answered(tx) == {2}
