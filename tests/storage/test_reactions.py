from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage import chats, reactions
from storage.models import (
    ActorId,
    ChatId,
    ChatKind,
    ChatState,
    Given,
    GivenBy,
    MessageId,
    PostId,
    ReactionSet,
    ReactionTotals,
    UpdateId,
)
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GROUP = -1001
FIRST, SECOND, THIRD = PostId(1), PostId(2), PostId(3)
POSTS = (FIRST, SECOND, THIRD)


@pytest.fixture(autouse=True)
async def shown(database: Database) -> None:
    """Post n is shown by message n, and by message 10 + n in the channel -1002, which is served."""
    await add_chats(database, chat(-1002, kind=ChatKind.CHANNEL))
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO sources (id, address, kind) VALUES (1, 'x', 'feed')")
        for n in POSTS:
            await tx.execute(
                """
                INSERT INTO posts (id, source_id, title, title_key, author, body, first_seen_at,
                    sort_at)
                VALUES (:n, 1, '', '', '', '', 0, :n)
                """,
                {"n": n},
            )
            for chat_id, message_id in ((GROUP, n), (-1002, 10 + n)):
                await tx.execute(
                    "INSERT INTO messages VALUES (?, ?, ?, 'card', 0, 'ko', 0, NULL, NULL)",
                    (chat_id, message_id, n),
                )


def given(
    actor: int,
    *emoji: str,
    message: int = 1,
    at: datetime = NOW,
    update: int = 1,
    chat: int = GROUP,
) -> ReactionSet:
    return ReactionSet(
        chat_id=ChatId(chat),
        message_id=MessageId(message),
        actor_id=ActorId(actor),
        emoji=frozenset(emoji),
        changed_at=at,
        update_id=UpdateId(update),
    )


def total(
    *counts: tuple[str, int], message: int = 11, at: datetime = NOW, update: int = 1
) -> ReactionTotals:
    return ReactionTotals(
        chat_id=ChatId(-1002),
        message_id=MessageId(message),
        counts=counts,
        changed_at=at,
        update_id=UpdateId(update),
    )


async def put(
    database: Database, sets: Iterable[ReactionSet] = (), totals: Iterable[ReactionTotals] = ()
) -> None:
    async with database.transaction() as tx:
        await reactions.set_reactions(tx, sets)
        await reactions.set_totals(tx, totals)


async def counts(database: Database, *post_ids: PostId) -> dict[PostId, Given]:
    async with database.reader() as db:
        return await reactions.get_given(db, post_ids or POSTS)


async def top(
    database: Database, since: datetime | None = None, limit: int = 10, offset: int = 0
) -> list[tuple[PostId, int]]:
    async with database.reader() as db:
        return await reactions.list_top(db, since=since, limit=limit, offset=offset)


async def test_one_chat_counts_what_was_given_in_it_and_in_the_group_that_it_was(
    database: Database,
) -> None:
    channel, supergroup = ChatId(-1002), ChatId(-1003)
    await put(
        database,
        [
            given(1, "👍"),
            given(2, "👍"),
            given(1, "👍", message=2),
            given(1, "👍", message=9, chat=-5),
        ],
    )
    async with database.transaction() as tx:
        totals = ReactionTotals(channel, MessageId(12), (("🔥", 7),), NOW, UpdateId(1))
        await reactions.set_totals(tx, [totals])
        await chats.set_migrated(tx, ChatId(GROUP), supergroup)
        found = [
            await reactions.list_top(tx, since=None, limit=9, chat_id=one)
            for one in (ChatId(GROUP), supergroup, channel, ChatId(-5))
        ]
    here = [(FIRST, 2), (SECOND, 1)]
    assert found == [here, here, [(SECOND, 7)], []]


async def test_an_emoji_counts_for_each_member_and_a_member_once(database: Database) -> None:
    await put(database, [given(1, "👍", "❤"), given(2, "👍"), given(3, "🔥", message=2)])
    assert await counts(database) == {
        FIRST: Given((("👍", 2), ("❤", 1)), 2),
        SECOND: Given((("🔥", 1),), 1),
    }
    assert await counts(database, SECOND) == {SECOND: Given((("🔥", 1),), 1)}
    assert await counts(database, THIRD) == {}


async def test_what_was_given_to_one_message_may_be_left_out(database: Database) -> None:
    await put(database, [given(1, "👍"), given(3, "🔥", message=2)])
    async with database.reader() as db:
        for message, left in ((1, {SECOND}), (9, POSTS)):
            place = (ChatId(GROUP), MessageId(message))
            found = await reactions.get_given(db, POSTS, apart_from=place)
            assert found.keys() == set(left) - {THIRD}


async def test_no_posts_were_given_nothing(database: Database) -> None:
    async with database.reader() as db:
        assert await reactions.get_given(db, []) == {}


async def test_a_set_replaces_the_one_before_and_an_empty_one_withdraws(
    database: Database,
) -> None:
    await put(database, [given(1, "👍", "❤")])
    await put(database, [given(1, "🔥", at=NOW + DAY, update=2)])
    assert await counts(database) == {FIRST: Given((("🔥", 1),), 1)}
    await put(database, [given(1, at=NOW + 2 * DAY, update=3)])
    assert await counts(database) == {}


@pytest.mark.parametrize("order", tuple(itertools.permutations(range(4))))
async def test_updates_in_any_order_and_twice_end_the_same(
    order: tuple[int, ...], database: Database
) -> None:
    """The latest counts; within a second the one with the higher id."""
    changes = [
        given(1, "👍", at=NOW, update=1),
        given(1, "❤", at=NOW + DAY, update=2),
        given(1, at=NOW + 2 * DAY, update=3),
        given(1, "🔥", at=NOW + 2 * DAY, update=4),
    ]
    totals = [total(("👍", n), at=NOW + DAY, update=n) for n in range(1, 5)]
    for n in (*order, *order):
        await put(database, [changes[n]], [totals[n]])
    assert await counts(database) == {FIRST: Given((("👍", 4), ("🔥", 1)), 5)}


async def test_what_came_before_its_message_counts_once_that_is_known(database: Database) -> None:
    await put(database, [given(1, "👍", message=99)])
    assert await counts(database) == {}
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO messages VALUES (?, 99, 3, 'card', 0, 'ko', 0, NULL, NULL)", (GROUP,)
        )
    assert await counts(database) == {THIRD: Given((("👍", 1),), 1)}


async def test_totals_without_names_are_added(database: Database) -> None:
    await put(database, [given(1, "👍")], [total(("👍", 5), ("❤", 2)), total(message=12)])
    assert await counts(database) == {FIRST: Given((("👍", 6), ("❤", 2)), 8)}


async def test_a_member_counts_once_a_post_though_on_several_messages(database: Database) -> None:
    await put(database, [given(1, "👍"), given(1, "👍", message=11, chat=-1002)])
    assert await counts(database) == {FIRST: Given((("👍", 2),), 1)}
    assert await top(database) == [(FIRST, 1)]


async def test_the_top_is_by_people_then_by_age(database: Database) -> None:
    await put(
        database,
        [given(1, "👍", "❤"), given(1, "👍", message=2), given(2, "👍", message=2)],
        [total(("👍", 1), message=13)],
    )
    assert await top(database) == [(SECOND, 2), (THIRD, 1), (FIRST, 1)]
    assert await top(database, limit=1, offset=1) == [(THIRD, 1)]


async def test_the_top_of_a_time_leaves_out_what_is_older_withdrawn_or_removed(
    database: Database,
) -> None:
    await put(
        database,
        [
            given(1, "👍", at=NOW - 8 * DAY),
            given(2, "👍"),
            given(3, message=2),
            given(4, "👍", message=3),
        ],
        [total(("👍", 9), message=12, at=NOW - 8 * DAY), total()],
    )
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (THIRD,))
    assert await top(database, NOW - 7 * DAY) == [(FIRST, 1)]
    assert await top(database) == [(SECOND, 9), (FIRST, 2)]


async def test_a_member_can_be_counted_and_forgotten(database: Database) -> None:
    await put(
        database, [given(1, "👍"), given(1, message=2), given(1, "🔥", message=3), given(2, "👍")]
    )
    async with database.transaction() as tx:
        assert await reactions.count_by_actor(tx, ActorId(1)) == GivenBy(2, 0)
        assert await reactions.delete_by_actor(tx, ActorId(1)) == 3
        assert await reactions.count_by_actor(tx, ActorId(1)) == GivenBy(0, 0)
    assert await counts(database) == {FIRST: Given((("👍", 1),), 1)}


async def test_what_a_chat_gave_is_counted_by_reactions_and_members(database: Database) -> None:
    stray = given(4, "👍", message=99)
    await put(database, [given(1, "👍", "🔥"), given(2, "👍"), given(3), stray])
    async with database.reader() as db:
        assert await reactions.count_in_chat(db, ChatId(GROUP)) == (3, 2)
        assert await reactions.count_in_chat(db, ChatId(-5)) == (0, 0)


async def test_a_channel_counts_apart_and_lifts_nothing(database: Database) -> None:
    crowd = [given(-1_000_000_000_000 - n, "👍", "🔥", message=2) for n in range(30)]
    await put(database, [*crowd, given(1, "👍"), given(-7, "👍"), given(-7, message=3)])
    assert await counts(database) == {
        FIRST: Given((("👍", 1),), 1, channels=1),
        SECOND: Given(channels=30),
    }
    assert await top(database) == [(FIRST, 1)]
    async with database.reader() as db:
        assert await reactions.count_in_chat(db, ChatId(GROUP)) == (1, 1)


async def test_a_groups_anonymous_administrators_are_one_member_of_it(database: Database) -> None:
    old = NOW - 100 * DAY
    await put(database, [given(GROUP, "👍", at=old), given(GROUP, "👍", message=11, chat=-1002)])
    assert await counts(database) == {FIRST: Given((("👍", 1),), 1, channels=1)}
    assert await top(database) == [(FIRST, 1)]
    async with database.transaction() as tx:
        assert await reactions.delete_of_channels(tx, NOW - 90 * DAY) == 0


async def test_a_total_counts_where_its_chat_is_served(database: Database) -> None:
    for state in ChatState:
        async with database.transaction() as tx:
            await chats.set_state(tx, ChatId(-1002), state)
        await put(database, [], [total(("👍", 9999))])
        served = state is ChatState.SERVED
        assert await counts(database) == ({FIRST: Given((("👍", 9999),), 9999)} if served else {})
        assert await top(database) == ([(FIRST, 9999)] if served else [])
    async with database.transaction() as tx:
        await chats.delete_chat(tx, ChatId(-1002))
    assert await top(database) == []


async def test_what_channels_gave_is_forgotten_with_time(database: Database) -> None:
    old = NOW - 100 * DAY
    await put(database, [given(-7, "👍", at=old), given(-8, "👍"), given(1, "👍", at=old)])
    async with database.transaction() as tx:
        assert await reactions.delete_of_channels(tx, NOW - 90 * DAY) == 1
    assert await counts(database) == {FIRST: Given((("👍", 1),), 1, channels=1)}


async def test_strays_are_forgotten_with_time(database: Database) -> None:
    old = NOW - 8 * DAY
    await put(
        database,
        [given(1, "👍", at=old), given(1, "👍", message=99, at=old), given(1, "👍", message=98)],
        [total(("👍", 1), message=97, at=old), total(("👍", 1), at=old)],
    )
    async with database.transaction() as tx:
        assert await reactions.delete_strays(tx, NOW - 7 * DAY) == 2
        assert await reactions.delete_strays(tx, NOW - 7 * DAY) == 0
        assert await reactions.count_by_actor(tx, ActorId(1)) == GivenBy(1, 1)


async def test_strays_of_some_messages_are_forgotten_some_at_a_time(database: Database) -> None:
    old = NOW - 8 * DAY
    await put(
        database,
        [given(actor, "👍", message=99, at=old) for actor in (1, 2, 3)],
        [total(("👍", 1), message=97, at=old)],
    )
    async with database.transaction() as tx:
        found = await reactions.list_strays(tx, NOW - 7 * DAY)
        assert [message_id for _, message_id in found] == [99, 99, 99, 97]
        assert len(await reactions.list_strays(tx, NOW - 7 * DAY, 2)) == 3
        for gone in (2, 1, 0):
            assert await reactions.delete_strays(tx, NOW - 7 * DAY, found[:2], 2) == gone
        assert await reactions.list_strays(tx, NOW - 7 * DAY) == found[3:]


async def test_a_withdrawal_is_forgotten_once_no_update_can_be_older(database: Database) -> None:
    old = NOW - 2 * DAY
    await put(
        database,
        [given(1, at=old), given(2), given(3, "👍", at=old)],
        [total(at=old)],
    )
    async with database.transaction() as tx:
        assert await reactions.delete_withdrawn(tx, NOW - DAY) == 2
        assert not await reactions.has_given(tx, ActorId(1))
        assert await reactions.has_given(tx, ActorId(2))
        assert await reactions.has_given(tx, ActorId(3))
