from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.announce import Announcer, push_again
from bot.delivery.digest import Digests
from bot.delivery.plan import plan_deliveries
from bot.delivery.spreading import Spreader, count_takers
from bot.delivery.withdrawal import withdraw
from bot.search.sieve import Sieve
from bot.sources.changes import ChangeKind, Recorded
from storage import chats, outbox, posts, spreads
from storage.models import ChatId, ChatState, MessageId, Night, PushMode, QuietHours, SourceId
from tests.clock import FakeClock
from tests.storage.rows import NOW, add_chats, add_post, chat, waits_for_the_writer

if TYPE_CHECKING:
    from bot.search.whole_words import PostText
    from storage.database import Database, Transaction
    from storage.models import Post, PostId

GROUP = range(-6, 0)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than two chats are many, and a slice is of two."""
    monkeypatch.setattr("bot.delivery.spreading.AT_ONCE", 2)
    monkeypatch.setattr("bot.delivery.spreading.CHATS_AT_ONCE", 2)


async def get(tx: Transaction, post_id: PostId) -> Post:
    post = await posts.get_post(tx, post_id)
    assert post is not None
    return post


async def announce(database: Database, clock: FakeClock, *post_ids: PostId) -> None:
    async with database.transaction() as tx:
        new = [Recorded(ChangeKind.NEW, await get(tx, one), None, quiet=False) for one in post_ids]
        await Announcer(clock)(tx, new)


async def queued(database: Database) -> list[tuple[int, str]]:
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT chat_id, item FROM outbox ORDER BY id")
    return [(row["chat_id"], row["item"]) for row in rows]


async def slice_of(database: Database, clock: FakeClock) -> None:
    """One slice, as a run that ends right after it would leave it."""
    async with database.transaction() as tx:
        await Spreader(database, clock)._queue_slice(tx)


async def test_what_few_chats_take_is_queued_at_once_and_for_many_in_slices(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1), chat(-2), chat(-3, push=PushMode.DIGEST))
    first, second = await add_post(database, "하나"), await add_post(database, "둘")
    await announce(database, clock, first)
    assert await queued(database) == [(-2, str(first)), (-1, str(first))]
    await add_chats(database, chat(-4), chat(5))
    await announce(database, clock, second)
    assert len(await queued(database)) == 2
    assert await Spreader(database, clock).run() == 4
    assert (await queued(database))[2:] == [(one, str(second)) for one in (-4, -2, -1, 5)]
    assert await Spreader(database, clock).run() == 0


async def test_very_many_posts_are_spread_however_few_chats_take_them(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.spreading.ANSWERS_AT_ONCE", 6)
    await add_chats(database, chat(-1), chat(-2))
    many = [await add_post(database, f"글 {number}") for number in range(7)]
    await announce(database, clock, *many[:3])
    assert len(await queued(database)) == 6
    await announce(database, clock, *many[3:])
    assert len(await queued(database)) == 6
    assert await Spreader(database, clock).run() == 8


@pytest.mark.parametrize("slices", range(4))
async def test_a_run_that_ends_between_slices_loses_and_doubles_nothing(
    database: Database, clock: FakeClock, slices: int
) -> None:
    await add_chats(database, *map(chat, GROUP))
    post_id = await add_post(database, "글")
    await announce(database, clock, post_id)
    for _ in range(slices):
        await slice_of(database, clock)
    await Spreader(database, clock).run()
    assert await queued(database) == [(one, str(post_id)) for one in GROUP]


@pytest.mark.parametrize("slices", range(4))
async def test_in_each_chat_posts_keep_their_order(
    database: Database, clock: FakeClock, slices: int
) -> None:
    """Also where fewer take pushes by then than are queued for at once."""
    await add_chats(database, *map(chat, GROUP))
    first, second = await add_post(database, "하나"), await add_post(database, "둘")
    await announce(database, clock, first)
    for _ in range(slices):
        await slice_of(database, clock)
    async with database.transaction() as tx:
        for one in GROUP[:-1]:
            settings = chat(one, push=PushMode.OFF).settings
            await chats.set_settings(tx, ChatId(one), settings, None)
    await announce(database, clock, second)
    await Spreader(database, clock).run()
    last = [item for chat_id, item in await queued(database) if chat_id == -1]
    assert last == [str(first), str(second)]


async def test_many_posts_at_once_go_as_one_message_and_a_few_one_by_one(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, *map(chat, GROUP))
    many = [await add_post(database, f"글 {number}") for number in range(9)]
    await announce(database, clock, *many[:6])
    await announce(database, clock, *many[6:])
    await Spreader(database, clock).run()
    items = [item for chat_id, item in await queued(database) if chat_id == -1]
    assert items == [f"{many[0]}-{many[5]}", *map(str, many[6:])]


async def test_who_joins_meanwhile_gets_nothing_older(database: Database, clock: FakeClock) -> None:
    await add_chats(database, *map(chat, GROUP))
    post_id = await add_post(database, "글")
    await announce(database, clock, post_id)
    async with database.transaction() as tx:
        await push_again(tx, await get(tx, post_id), clock.now())
    await slice_of(database, clock)
    await clock.advance(5)
    await add_chats(database, chat(7, joined_at=clock.now()), chat(-3_000, joined_at=clock.now()))
    async with database.transaction() as tx:
        await chats.set_state(tx, ChatId(-1), ChatState.SERVED, joined_at=clock.now())
    await clock.advance(5)
    await Spreader(database, clock).run()
    pushed = {chat_id for chat_id, _ in await queued(database)}
    assert pushed == set(GROUP) - {-1}


async def test_a_night_and_a_filter_hold_as_where_few_are_queued_for(
    database: Database, clock: FakeClock
) -> None:
    night = {"quiet": QuietHours(8 * 60, 10 * 60), "night": Night.WAIT}
    await add_chats(
        database,
        chat(-1, **night),
        chat(-2, words=("환율",)),
        chat(-3, without=("환율",)),
        chat(-4, left_out=frozenset({SourceId(1)})),
    )
    post_id = await add_post(database, "환율", at=NOW)
    await announce(database, FakeClock(NOW), post_id)
    await Spreader(database, FakeClock(NOW)).run()
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT chat_id, not_before - created_at FROM outbox")
    assert sorted(tuple(row) for row in rows) == [(-2, 0), (-1, 3600)]


async def test_no_filter_is_asked_while_the_writer_waits_however_many_posts_there_are(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.spreading.ANSWERS_AT_ONCE", 4)
    asked: list[str] = []

    def ask(_: PostText, word: str) -> bool:
        asked.append(word)
        return False

    await add_chats(database, *(chat(one, without=(f"낱말{one}",)) for one in GROUP))
    await announce(database, clock, *[await add_post(database, f"글 {number}") for number in "123"])
    spreader = Spreader(database, clock, Sieve(ask, most=5))
    queued_for = 0
    while True:
        async with database.reader() as db:
            spread = await spreads.get_first(db)
            if spread is None:
                break
            await spreader._ask_filters(db, spread)
        before = len(asked)
        async with database.transaction() as tx:
            queued_for += await spreader._queue_slice(tx)
        assert len(asked) == before
    assert (queued_for, len(asked)) == (3 * len(GROUP), 3 * len(GROUP))


@pytest.mark.parametrize("slices", range(3))
async def test_what_is_taken_down_ends_its_spread_and_says_how_many_it_spares(
    database: Database, clock: FakeClock, slices: int
) -> None:
    await add_chats(database, *map(chat, GROUP), chat(3, words=("환율",)))
    gone, stays = await add_post(database, "하나"), await add_post(database, "둘")
    await announce(database, clock, gone, stays)
    for _ in range(slices):
        await slice_of(database, clock)
    async with database.transaction() as tx:
        done = await withdraw(tx, gone, clock.now())
    assert done.dropped == len(GROUP)
    await Spreader(database, clock).run()
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT item, count(*) FROM outbox WHERE state = 'pending'")
        assert await spreads.get_first(db) is None
    assert [tuple(row) for row in rows] == [(str(stays), len(GROUP))]


@pytest.mark.parametrize("slices", range(4))
async def test_a_chat_that_is_spared_twice_counts_once(
    database: Database, clock: FakeClock, slices: int
) -> None:
    """It was pushed again meanwhile; and a group has another place in the order since."""
    await add_chats(database, *map(chat, GROUP))
    post_id = await add_post(database, "글")
    await announce(database, clock, post_id)
    for _ in range(slices):
        await slice_of(database, clock)
    async with database.transaction() as tx:
        await chats.set_migrated(tx, ChatId(-1), ChatId(-1_001))
    if slices % 2:
        async with database.transaction() as tx:
            await push_again(tx, await get(tx, post_id), clock.now())
    async with database.transaction() as tx:
        assert (await withdraw(tx, post_id, clock.now())).dropped == len(GROUP)


async def test_of_a_post_alone_nothing_is_left_to_spread(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, *map(chat, GROUP))
    post_id = await add_post(database, "글")
    await announce(database, clock, post_id)
    async with database.transaction() as tx:
        assert (await withdraw(tx, post_id, clock.now())).dropped == len(GROUP)
        assert await spreads.withdraw_post(tx, post_id) == []
    assert await Spreader(database, clock).run() == 0


async def test_it_may_be_taken_down_between_the_look_and_the_slice(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, *map(chat, GROUP))
    post_id = await add_post(database, "글")
    await announce(database, clock, post_id)
    async with database.transaction() as tx:
        running = asyncio.create_task(Spreader(database, clock).run())
        await waits_for_the_writer(database)
        await withdraw(tx, post_id, clock.now())
    assert await running == 0


async def test_a_group_that_becomes_a_supergroup_between_slices_gets_it_once(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, *map(chat, GROUP))
    post_id = await add_post(database, "글")
    await announce(database, clock, post_id)
    await slice_of(database, clock)
    async with database.transaction() as tx:
        await chats.set_migrated(tx, ChatId(-2), ChatId(-1_002))  # its turn has not come
        await chats.set_migrated(tx, ChatId(-6), ChatId(-1_006))  # its turn is over
    await Spreader(database, clock).run()
    pushed = [chat_id for chat_id, _ in await queued(database)]
    assert sorted(pushed) == [-1_006, -1_002, -5, -4, -3, -1]


async def test_what_its_channel_has_itself_is_not_pushed_to_it(
    database: Database, clock: FakeClock
) -> None:
    """A channel's own message became the post: its push is done before its turn comes."""
    await add_chats(database, *map(chat, GROUP))
    post_id = await add_post(database, "글")
    await announce(database, clock, post_id)
    async with database.transaction() as tx:
        (row,) = plan_deliveries([await get(tx, post_id)], [chat(-3)], clock.now())
        await outbox.add_sent(tx, row, MessageId(5), clock.now())
    assert await Spreader(database, clock).run() == len(GROUP)
    async with database.reader() as db:
        states = await db.fetch_all("SELECT state FROM outbox WHERE chat_id = -3")
    assert [row["state"] for row in states] == ["sent"]


async def test_digests_wait_for_what_is_about_to_come(database: Database) -> None:
    """Else a post would be in the digest, and come as a card right after it."""
    clock = FakeClock(NOW)
    due = {"digest_due_at": NOW, "last_digest_at": NOW - timedelta(days=1)}
    await add_chats(database, *(chat(one, **due) for one in GROUP))
    await announce(database, clock, await add_post(database, "글", at=NOW))
    assert await Digests(database, clock).run() == 0
    await Spreader(database, clock).run()
    assert await Digests(database, clock).run() == len(GROUP)


WAYS: dict[str, list[Any]] = {
    "state": list(ChatState),
    "push": list(PushMode),
    "words": [(), ("환율",), ("주식",)],
    "without": [(), ("환율",)],
    "left_out": [frozenset(), frozenset({SourceId(1)})],
    "joined_at": [NOW + timedelta(seconds=seconds) for seconds in (-9, 0, 1, 60)],
    "can_write": [True, False],
}


async def test_so_many_are_told_as_are_queued_for(database: Database) -> None:
    """Of every kind of chat one."""
    ways = enumerate(product(*WAYS.values()), 1)
    group = [chat(-number, **dict(zip(WAYS, chosen, strict=True))) for number, chosen in ways]
    await add_chats(database, *group)
    now, post_id = NOW + timedelta(seconds=30), await add_post(database, "환율", at=NOW)
    for after in (None, group[len(group) // 2].id):
        behind = [one for one in group if after is None or one.id > after]
        async with database.reader() as db:
            (post,) = await posts.get_posts(db, [post_id])
            count = await count_takers(db, post, now, after)
        assert count == len(plan_deliveries([post], behind, now)) > 0


async def test_what_a_restored_copy_was_spreading_is_queued_in_doubt(
    database: Database, clock: FakeClock
) -> None:
    """The bot that it is a copy of may have queued it, and sent it, for any chat that is left."""
    await add_chats(database, *map(chat, GROUP))
    await announce(database, clock, await add_post(database, "하나"))
    await slice_of(database, clock)
    async with database.transaction() as tx:
        await tx.execute("UPDATE spreads SET in_doubt = 1")
    await announce(database, clock, await add_post(database, "둘"))
    assert await Spreader(database, clock).run() == 2 * len(GROUP) - 2
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT item, state, count(*) FROM outbox GROUP BY 1, 2")
    counted = {(row[0], row[1]): row[2] for row in rows}
    assert counted == {("1", "pending"): 2, ("1", "unknown"): 4, ("2", "pending"): 6}
