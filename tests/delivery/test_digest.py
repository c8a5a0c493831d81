from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from bot.chat_settings.schedule import next_digest_at
from bot.delivery.digest import Digests, plan_digest, read_contents
from bot.delivery.once import is_worth_sending
from bot.process.housekeeping import LEDGER_DAYS
from storage import chats, messages, outbox, reactions
from storage.models import (
    ActorId,
    ChatId,
    ChatState,
    DigestPush,
    MessageId,
    NewOutboxRow,
    PostPush,
    PushMode,
    ReactionSet,
    Repeats,
    SourceId,
    UpdateId,
    View,
)
from tests.clock import FakeClock
from tests.storage.rows import NOW, add_chats, add_post, chat, waits_for_the_writer

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import Chat, OutboxRow, PostId

BEFORE = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
"""NOW is nine in the morning in Seoul: the digest's time; this is the day before."""


async def get(database: Database, chat_id: int = -1) -> Chat:
    async with database.reader() as db:
        found = await chats.get_chat(db, ChatId(chat_id))
    assert found is not None
    return found


async def queued(database: Database) -> list[OutboxRow]:
    async with database.reader() as db:
        ids = await db.fetch_all("SELECT id FROM outbox ORDER BY id")
        rows = [await outbox.get_row(db, one["id"]) for one in ids]
    return [row for row in rows if row is not None]


async def react(database: Database, post_id: PostId, actors: int) -> None:
    async with database.transaction() as tx:
        await messages.set_message(
            tx,
            ChatId(-9),
            MessageId(post_id),
            post_id,
            view=View.CARD,
            page=0,
            language="ko",
            sent_at=BEFORE,
        )
        await reactions.set_reactions(
            tx,
            [
                ReactionSet(
                    ChatId(-9),
                    MessageId(post_id),
                    ActorId(actor),
                    frozenset("👍"),
                    NOW - timedelta(hours=1),
                    UpdateId(actor),
                )
                for actor in range(actors)
            ],
        )


async def test_at_its_time_it_holds_what_is_new_and_what_was_liked(database: Database) -> None:
    await add_chats(database, chat(-1, digest_due_at=NOW, last_digest_at=BEFORE))
    old = await add_post(database, "옛 글", at=BEFORE - timedelta(hours=1))
    new = await add_post(database, "새 글", at=BEFORE + timedelta(hours=2))
    await add_post(database, "조용한 글", at=BEFORE + timedelta(hours=2), quiet=True)
    await react(database, old, 3)
    await react(database, new, 1)
    assert await Digests(database, FakeClock(NOW)).run() == 1
    (row,) = await queued(database)
    assert (row.item, row.not_before) == ("2026-11-23 540", NOW)
    assert row.push == DigestPush((new,), (old, new))
    after = await get(database)
    assert (after.digest_due_at, after.last_digest_at) == (NOW + timedelta(days=1), NOW)


async def test_nothing_new_nothing_sent(database: Database) -> None:
    await add_chats(database, chat(-1, digest_due_at=NOW, last_digest_at=BEFORE))
    old = await add_post(database, "옛 글", at=BEFORE - timedelta(hours=1))
    await react(database, old, 3)
    assert await Digests(database, FakeClock(NOW)).run() == 0
    assert await queued(database) == []
    after = await get(database)
    assert (after.digest_due_at, after.last_digest_at) == (NOW + timedelta(days=1), BEFORE)


async def test_before_its_time_nothing_happens(database: Database) -> None:
    await add_chats(database, chat(-1, digest_due_at=NOW), chat(-2))
    await add_post(database, "글", at=BEFORE)
    assert await Digests(database, FakeClock(NOW - timedelta(seconds=1))).run() == 0


async def test_a_slot_is_taken_once_whatever_the_clock_does(database: Database) -> None:
    await add_chats(database, chat(-1, digest_due_at=NOW, last_digest_at=BEFORE))
    await add_post(database, "글 1", at=NOW - timedelta(hours=1))
    digests = Digests(database, FakeClock(NOW + timedelta(minutes=10)))
    assert await digests.run() == 1
    async with database.transaction() as tx:
        await chats.set_digest_due(tx, ChatId(-1), NOW, last_digest_at=BEFORE)
    assert await digests.run() == 0
    assert len(await queued(database)) == 1
    assert (await get(database)).digest_due_at == NOW + timedelta(days=1)


async def test_late_is_better_than_never_up_to_six_hours(database: Database) -> None:
    await add_chats(database, chat(-1, digest_due_at=NOW, last_digest_at=BEFORE))
    await add_post(database, "글 1", at=NOW - timedelta(hours=1))
    assert await Digests(database, FakeClock(NOW + timedelta(hours=6))).run() == 1


async def test_what_is_later_still_is_taken_in_by_the_next(database: Database) -> None:
    await add_chats(database, chat(-1, digest_due_at=NOW, last_digest_at=BEFORE))
    missed = await add_post(database, "글 1", at=NOW - timedelta(hours=1))
    assert await Digests(database, FakeClock(NOW + timedelta(hours=7))).run() == 0
    tomorrow = NOW + timedelta(days=1)
    assert (await get(database)).digest_due_at == tomorrow
    assert await Digests(database, FakeClock(tomorrow)).run() == 1
    (row,) = await queued(database)
    assert row.push == DigestPush((missed,), ())


async def test_after_days_away_only_the_last_slot_counts(database: Database) -> None:
    settings = chat(-1, digest_times=(540, 1110), digest_due_at=NOW, last_digest_at=BEFORE)
    await add_chats(database, settings)
    await add_post(database, "글 1", at=NOW)
    back = NOW + timedelta(days=3, hours=10)
    assert await Digests(database, FakeClock(back)).run() == 1
    (row,) = await queued(database)
    assert row.item == "2026-11-26 1110"


async def test_the_first_digest_begins_when_the_bot_came(database: Database) -> None:
    one = chat(-1, digest_due_at=NOW, joined_at=NOW - timedelta(hours=1))
    await add_chats(database, one)
    await add_post(database, "앞선 글", at=NOW - timedelta(hours=2))
    mine = await add_post(database, "글", at=NOW - timedelta(minutes=1))
    async with database.reader() as db:
        contents = await read_contents(db, one, NOW)
    assert contents.new == (mine,)
    assert contents.liked == ()


async def test_a_post_of_the_very_second_is_in_one_digest_and_only_one(
    database: Database,
) -> None:
    """It may be seen before, and committed after, the digest of that second."""
    await add_chats(database, chat(-1, digest_due_at=NOW, last_digest_at=BEFORE))
    early = await add_post(database, "글 1", at=NOW - timedelta(seconds=1))
    assert await Digests(database, FakeClock(NOW)).run() == 1
    late = await add_post(database, "글 2", at=NOW - timedelta(seconds=1))
    later = await add_post(database, "글 3", at=NOW + timedelta(hours=1))
    assert await Digests(database, FakeClock(NOW + timedelta(days=1))).run() == 1
    pushes = [row.push for row in await queued(database)]
    contents = [list(push.new) for push in pushes if isinstance(push, DigestPush)]
    assert contents == [[early], [late, later]]


async def test_a_late_digest_and_the_next_on_its_heels_are_both_told(database: Database) -> None:
    """A post of the minute before the second was not in it, but in the first: it came again."""
    slots = (540, 541, 542)
    known = chat(-1, digest_due_at=NOW, last_digest_at=BEFORE, digest_times=slots)
    await add_chats(database, known)
    told = []
    for seconds_of_post, seconds_of_digest in ((30, 50), (55, 61), (100, 120)):
        told.append(
            await add_post(
                database, f"글 {seconds_of_post}", at=NOW + timedelta(seconds=seconds_of_post)
            )
        )
        now = NOW + timedelta(seconds=seconds_of_digest)
        assert await Digests(database, FakeClock(now)).run() == 1
    pushes = [row.push for row in await queued(database)]
    assert [push.new for push in pushes if isinstance(push, DigestPush)] == [(one,) for one in told]


@pytest.mark.parametrize(
    "changes",
    [{"state": ChatState.LEFT}, {"state": ChatState.WAITING}, {"can_write": False}],
)
async def test_a_chat_that_is_not_served_gets_none(
    changes: dict[str, object], database: Database
) -> None:
    await add_chats(database, chat(-1, digest_due_at=NOW, last_digest_at=BEFORE, **changes))
    await add_post(database, "글", at=NOW - timedelta(hours=1))
    assert await Digests(database, FakeClock(NOW)).run() == 0
    assert await queued(database) == []


async def test_a_chat_that_changed_its_mind_meanwhile_gets_none(database: Database) -> None:
    """Between the moment when what it gets was read and the one when that is written."""
    due = {"digest_due_at": NOW, "last_digest_at": BEFORE}
    await add_chats(database, *(chat(-one, **due) for one in range(1, 5)))
    post = await add_post(database, "환율", at=NOW - timedelta(hours=1))
    async with database.transaction() as tx:
        running = asyncio.create_task(Digests(database, FakeClock(NOW)).run())
        await waits_for_the_writer(database)
        await chats.set_digest_due(tx, ChatId(-1), None)
        await chats.set_state(tx, ChatId(-2), ChatState.LEFT)
        filtered = chat(-3, words=("주식",)).settings
        await chats.set_settings(tx, ChatId(-3), filtered, NOW)
    assert await running == 1
    (row,) = await queued(database)
    assert (row.chat_id, row.push) == (-4, DigestPush((post,), ()))
    known = [await get(database, -one) for one in range(1, 5)]
    tomorrow = NOW + timedelta(days=1)
    assert [one.digest_due_at for one in known] == [None, NOW, tomorrow, tomorrow]


async def test_many_at_once_get_what_each_would_get_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In slices of two: filters, zones, what came as a card, what was told, when they came."""
    monkeypatch.setattr("bot.delivery.digest.CHATS_AT_ONCE", 2)
    moments = (BEFORE, BEFORE - timedelta(days=3), None, NOW - timedelta(minutes=1))
    filters: tuple[dict[str, Any], ...] = (
        {},
        {"words": ("환율",)},
        {"without": ("환율",)},
        {"left_out": frozenset({1})},
    )
    group = [
        chat(-number, digest_due_at=NOW, last_digest_at=last, repeats=repeats, **chosen)
        for number, (last, chosen, repeats) in enumerate(product(moments, filters, Repeats), 1)
    ]
    await add_chats(database, *group)
    for hours in range(9):
        title = f"{'환율' if hours % 2 else '고등어'} {hours}"
        post_id = await add_post(database, title, at=NOW - timedelta(hours=11 * hours))
        await react(database, post_id, hours % 4)
        for one in group[hours::7]:
            at = NOW - timedelta(hours=hours)
            await push(database, post_id, at=at, chat_id=one.id, message_id=hours + 1)
    async with database.reader() as db:
        alone = {one.id: await read_contents(db, one, NOW) for one in group}
    before = len(await queued(database))
    await Digests(database, FakeClock(NOW)).run()
    rows = (await queued(database))[before:]
    worth = {one.id for one in group if is_worth_sending(alone[one.id], one.settings.repeats)}
    assert {row.chat_id: row.push for row in rows} == {one: alone[one] for one in worth}
    assert 8 < len(worth) < len(group)


async def test_one_that_changes_all_the_time_waits_for_the_next_second(database: Database) -> None:
    await add_chats(database, chat(-1, digest_due_at=NOW, last_digest_at=BEFORE))
    await add_post(database, "글", at=NOW - timedelta(hours=1))
    async with database.transaction() as tx:
        running = asyncio.create_task(Digests(database, FakeClock(NOW)).run())
        await waits_for_the_writer(database)
        await chats.set_names(tx, ChatId(-1), title="다른 이름", username=None)
    assert await running == 0
    assert await Digests(database, FakeClock(NOW)).run() == 1


def test_where_no_digest_is_wanted_none_is_due() -> None:
    due = plan_digest(chat(-1, digest_times=(), digest_due_at=NOW), NOW)
    assert (due.slot, due.next_at) == (None, None)
    off = plan_digest(chat(-1, push=PushMode.OFF, digest_due_at=NOW), NOW)
    assert (off.slot, off.next_at) == (None, None)


async def test_a_start_puts_due_times_right_and_leaves_what_is_overdue(
    database: Database,
) -> None:
    overdue = NOW - timedelta(hours=2)
    await add_chats(
        database,
        chat(-1, digest_due_at=NOW + timedelta(days=365)),
        chat(-2, digest_due_at=overdue),
        chat(-3),
        chat(-4, state=ChatState.LEFT),
    )
    await Digests(database, FakeClock(NOW)).prepare()
    assert [(await get(database, -one)).digest_due_at for one in range(1, 5)] == [
        NOW + timedelta(days=1),
        overdue,
        NOW + timedelta(days=1),
        None,
    ]


ZONES = (
    "Asia/Seoul",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "UTC",
)


@pytest.mark.no_cover  # others run the same lines
async def test_through_clock_changes_each_slot_is_queued_exactly_once(database: Database) -> None:
    """Days around each zone's clock changes, on a clock that ticks every half hour."""
    times = (0, 90, 150, 540)
    start = datetime(2026, 10, 23, tzinfo=UTC)
    group = [
        chat(-number, timezone=zone, digest_times=times, joined_at=start - timedelta(days=1))
        for number, zone in enumerate(ZONES, 1)
    ]
    await add_chats(database, *group)
    clock = FakeClock(start)
    digests = Digests(database, clock)
    await digests.prepare()
    expected: dict[int, list[datetime]] = {}
    for one in group:
        at, times_due = start, []
        while (following := next_digest_at(one.settings, after=at)) is not None:
            if following > start + timedelta(days=11):
                break
            times_due.append(following)
            at = following
        expected[one.id] = times_due
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO sources (id, address, kind) VALUES (1, 'https://blog', 'feed')"
        )
    for step in range(11 * 48):
        await clock.advance(1800)
        if step % 2 == 0:
            await add_post(database, f"글 {step}", at=clock.now() - timedelta(minutes=1))
        await digests.run()
    rows = await queued(database)
    for one in group:
        mine = [row for row in rows if row.chat_id == one.id]
        assert len({row.item for row in mine}) == len(mine)
        late = [row.created_at - due for row, due in zip(mine, expected[one.id], strict=True)]
        assert all(timedelta(0) <= delay <= timedelta(minutes=30) for delay in late), late


@pytest.mark.parametrize(
    ("due_at", "takes"),
    [
        (None, False),
        (NOW - timedelta(seconds=1), True),
        (NOW, True),
        (NOW + timedelta(seconds=1), False),
    ],
)
def test_a_slot_before_the_one_that_is_due_is_over(due_at: datetime | None, *, takes: bool) -> None:
    """It may lie before what was set a minute ago: a chat that chose another time, or came."""
    due = plan_digest(chat(-1, digest_due_at=due_at), NOW + timedelta(hours=1))
    assert (due.slot is not None) is takes
    assert due.next_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(("seconds", "counts"), [(59, True), (60, False)])
async def test_the_minute_before_the_last_digest_is_looked_at_again(
    database: Database, seconds: int, *, counts: bool
) -> None:
    one = chat(-1, last_digest_at=BEFORE)
    await add_chats(database, one)
    late = await add_post(database, "글", at=BEFORE - timedelta(seconds=seconds))
    async with database.reader() as db:
        contents = await read_contents(db, one, NOW)
    assert contents.new == ((late,) if counts else ())


async def test_a_post_of_the_second_in_which_the_bot_came_counts_and_none_before(
    database: Database,
) -> None:
    one = chat(-1, joined_at=BEFORE)
    await add_chats(database, one)
    await add_post(database, "글 1", at=BEFORE - timedelta(seconds=1))
    mine = await add_post(database, "글 2", at=BEFORE)
    async with database.reader() as db:
        assert (await read_contents(db, one, NOW)).new == (mine,)


async def test_a_digest_holds_a_hundred_posts_and_the_three_that_were_liked_most(
    database: Database,
) -> None:
    one = chat(-1, last_digest_at=BEFORE)
    await add_chats(database, one)
    ids = [await add_post(database, f"글 {number}", at=NOW) for number in range(101)]
    for place, actors in enumerate((1, 4, 2, 3)):
        await react(database, ids[place], actors)
    async with database.reader() as db:
        contents = await read_contents(db, one, NOW)
    assert contents == DigestPush(tuple(ids[:100]), (ids[1], ids[3], ids[2]))


async def push(
    database: Database, *posts: PostId, at: datetime, chat_id: int = -1, message_id: int | None = 42
) -> None:
    """A chat got these posts as a card or in a list; without `message_id` they wait until then."""
    async with database.transaction() as tx:
        row = NewOutboxRow(ChatId(chat_id), "-".join(map(str, posts)), PostPush(posts), at)
        if message_id is None:
            await outbox.add_rows(tx, [row], min(at, NOW))
        else:
            await outbox.add_sent(tx, row, MessageId(message_id), at)


DUE = {"digest_due_at": NOW, "last_digest_at": BEFORE}


async def test_what_came_as_a_card_is_told_in_brief_and_only_where_there_is_news(
    database: Database,
) -> None:
    await add_chats(
        database,
        chat(-1, repeats=Repeats.BRIEF, **DUE),
        chat(-2, repeats=Repeats.BRIEF, **DUE),
        chat(-3, repeats=Repeats.NONE, **DUE),
        chat(-4, **DUE),
    )
    pushed = await add_post(database, "올라온 글", at=BEFORE + timedelta(hours=2))
    kept = await add_post(database, "거른 글", at=BEFORE + timedelta(hours=3))
    for number in (-1, -2, -3, -4):
        await push(database, pushed, at=BEFORE + timedelta(hours=2), chat_id=number)
    await push(database, kept, at=BEFORE + timedelta(hours=3), chat_id=-2)
    assert await Digests(database, FakeClock(NOW)).run() == 3
    digests = {row.chat_id: row.push for row in await queued(database) if "2026" in row.item}
    assert digests == {
        -1: DigestPush((kept,), (), brief=(pushed,)),
        -3: DigestPush((kept,), (), passed=(pushed,)),
        -4: DigestPush((pushed, kept), ()),
    }
    after = await get(database, -2)
    assert (after.digest_due_at, after.last_digest_at) == (NOW + timedelta(days=1), BEFORE)


async def test_what_was_liked_is_news_by_itself_where_cards_are_told_once(
    database: Database,
) -> None:
    await add_chats(
        database, chat(-1, repeats=Repeats.BRIEF, **DUE), chat(-2, repeats=Repeats.FULL, **DUE)
    )
    old = await add_post(database, "옛 글", at=BEFORE - timedelta(hours=1))
    pushed = await add_post(database, "글", at=BEFORE + timedelta(hours=1))
    await push(database, pushed, at=BEFORE + timedelta(hours=1))
    await push(database, pushed, at=BEFORE + timedelta(hours=1), chat_id=-2)
    await react(database, old, 3)
    assert await Digests(database, FakeClock(NOW)).run() == 2
    digests = {row.chat_id: row.push for row in await queued(database) if "2026" in row.item}
    assert digests == {
        -1: DigestPush((), (old,), brief=(pushed,)),
        -2: DigestPush((pushed,), (old,)),
    }


@pytest.mark.parametrize(
    ("minutes", "message_id"),
    [(-30, 42), (-1, 42), (0, None), (30, None)],
    ids=["half an hour before", "the minute before", "the same minute", "the night ends soon"],
)
async def test_what_comes_as_a_card_around_its_time_is_not_in_it_nor_in_the_next(
    database: Database, minutes: int, message_id: int | None
) -> None:
    """Also where it was seen in the last minute, at which the next digest looks again."""
    await add_chats(database, chat(-1, repeats=Repeats.BRIEF, **DUE))
    kept = await add_post(database, "거른 글", at=NOW - timedelta(hours=3))
    post_id = await add_post(database, "글", at=NOW - timedelta(seconds=1))
    await push(database, post_id, at=NOW + timedelta(minutes=minutes), message_id=message_id)
    assert await Digests(database, FakeClock(NOW)).run() == 1
    later = await add_post(database, "거른 글 2", at=NOW + timedelta(hours=3))
    assert await Digests(database, FakeClock(NOW + timedelta(days=1))).run() == 1
    first, second = [row.push for row in await queued(database) if "2026" in row.item]
    assert first == DigestPush((kept,), (), passed=(post_id,))
    assert second == DigestPush((later,), ())


async def test_what_waits_for_a_morning_that_is_far_is_new_until_then(database: Database) -> None:
    await add_chats(database, chat(-1, repeats=Repeats.BRIEF, **DUE))
    post_id = await add_post(database, "글", at=NOW - timedelta(hours=3))
    await push(database, post_id, at=NOW + timedelta(hours=1), message_id=None)
    assert await Digests(database, FakeClock(NOW)).run() == 1
    (digest,) = [row.push for row in await queued(database) if "2026" in row.item]
    assert digest == DigestPush((post_id,), ())


async def test_what_could_not_be_sent_as_a_card_is_new_in_the_digest(database: Database) -> None:
    await add_chats(database, chat(-1, repeats=Repeats.BRIEF, **DUE))
    post_id = await add_post(database, "글", at=NOW - timedelta(hours=3))
    await push(database, post_id, at=NOW - timedelta(hours=3), message_id=None)
    async with database.transaction() as tx:
        await tx.execute("UPDATE outbox SET state = 'failed'")
    assert await Digests(database, FakeClock(NOW)).run() == 1
    (digest,) = [row.push for row in await queued(database) if "2026" in row.item]
    assert digest == DigestPush((post_id,), ())


async def test_a_discussion_is_told_in_brief_of_what_its_channel_forwarded(
    database: Database,
) -> None:
    await add_chats(database, chat(-1, repeats=Repeats.BRIEF, **DUE), chat(-2, digest_times=()))
    forwarded = await add_post(database, "글", at=NOW - timedelta(hours=3))
    kept = await add_post(database, "거른 글", at=NOW - timedelta(hours=2))
    await push(database, forwarded, at=NOW - timedelta(hours=3), chat_id=-2)
    async with database.transaction() as tx:
        await chats.set_discussion(tx, ChatId(-2), ChatId(-1))
    assert await Digests(database, FakeClock(NOW)).run() == 1
    (digest,) = [row.push for row in await queued(database) if "2026" in row.item]
    assert digest == DigestPush((kept,), (), brief=(forwarded,))


FILTERED = chat(
    -1, digest_due_at=NOW, last_digest_at=BEFORE, words=("환율", "금리"), without=("광고",)
)


async def test_what_a_filter_hides_is_not_in_the_digest_and_not_in_what_was_liked(
    database: Database,
) -> None:
    await add_chats(database, FILTERED)
    titles = ("환율이 오른다", "고등어", "금리 광고", "금리를 내린다")
    first, fish, advert, last = [await add_post(database, title) for title in titles]
    for post_id, actors in ((first, 1), (fish, 4), (advert, 3), (last, 2)):
        await react(database, post_id, actors)
    async with database.reader() as db:
        assert await read_contents(db, FILTERED, NOW) == DigestPush((first, last), (last, first))
    assert await Digests(database, FakeClock(NOW)).run() == 1
    (row,) = await queued(database)
    assert row.push == DigestPush((first, last), (last, first))


async def test_what_is_wanted_is_found_behind_hundreds_that_are_not(database: Database) -> None:
    await add_chats(database, FILTERED)
    for number in range(201):
        post_id = await add_post(database, f"고등어 {number}")
        await react(database, post_id, 2 if number < 4 else 0)
    wanted = [await add_post(database, f"환율 {number}") for number in range(101)]
    for post_id in wanted[:5]:
        await react(database, post_id, 1)
    async with database.reader() as db:
        contents = await read_contents(db, FILTERED, NOW)
    assert contents.new == tuple(wanted[:100])
    assert contents.liked == tuple(reversed(wanted[2:5]))


async def test_a_digest_from_which_everything_is_hidden_does_not_go(database: Database) -> None:
    """And what was hidden is not read again for the next one."""
    await add_chats(database, replace(FILTERED, id=ChatId(-2)), FILTERED)
    await add_post(database, "고등어")
    assert await Digests(database, FakeClock(NOW)).run() == 0
    after = await get(database)
    assert (after.digest_due_at, after.last_digest_at) == (NOW + timedelta(days=1), NOW)


@pytest.mark.parametrize("words", [(), ("환율",)])
async def test_what_arrives_before_a_slot_that_was_taken_is_in_the_next_digest(
    database: Database, words: tuple[str, ...]
) -> None:
    """A clock that went back comes to a slot again: it tells nothing, and loses nothing."""
    await add_chats(database, chat(-1, words=words, digest_due_at=NOW, last_digest_at=BEFORE))
    await add_post(database, "환율 하나", at=BEFORE + timedelta(hours=2))
    assert await Digests(database, FakeClock(NOW)).run() == 1
    new = await add_post(database, "환율 둘", at=NOW + timedelta(minutes=10))
    async with database.transaction() as tx:
        await chats.set_digest_due(tx, ChatId(-1), NOW)
    assert await Digests(database, FakeClock(NOW + timedelta(hours=1))).run() == 0
    assert await Digests(database, FakeClock(NOW + timedelta(days=1))).run() == 1
    push = (await queued(database))[-1].push
    assert isinstance(push, DigestPush)
    assert push.new == (new,)


async def test_a_source_that_is_left_out_is_in_no_digest(database: Database) -> None:
    left = chat(-1, last_digest_at=BEFORE, left_out=frozenset({SourceId(1)}))
    await add_chats(database, left)
    post_id = await add_post(database, "환율")
    await react(database, post_id, 1)
    async with database.reader() as db:
        assert await read_contents(db, left, NOW) == DigestPush((), ())


@pytest.mark.parametrize("repeats", [Repeats.BRIEF, Repeats.NONE])
async def test_what_came_as_a_card_is_no_news_when_nobody_knows_of_it_any_more(
    database: Database, repeats: Repeats
) -> None:
    """Rows of the outbox go after sixty days, and a chat of cards alone had no digest meanwhile."""
    start = NOW - timedelta(days=70)
    await add_chats(database, chat(-1, repeats=repeats, digest_due_at=start, joined_at=start))
    for day in range(70):
        now = start + timedelta(days=day)
        came = await add_post(database, f"글 {day}", at=now - timedelta(hours=5))
        await push(database, came, at=now - timedelta(hours=5))
        async with database.transaction() as tx:
            await outbox.delete_finished(tx, now - timedelta(days=LEDGER_DAYS))
        assert await Digests(database, FakeClock(now)).run() == 0, day


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("repeats", [Repeats.BRIEF, Repeats.NONE])
async def test_after_a_thousand_cards_what_is_new_is_in_the_digest(
    database: Database, repeats: Repeats
) -> None:
    start = NOW - timedelta(days=30)
    await add_chats(database, chat(-1, repeats=repeats, digest_due_at=NOW, joined_at=start))
    for number in range(1000):
        at = start + number * timedelta(minutes=36)
        await push(database, await add_post(database, f"글 {number}", at=at), at=at)
    for day in range(2):
        now = NOW + timedelta(days=day)
        new = await add_post(database, f"새 글 {day}", at=now - timedelta(hours=2))
        assert await Digests(database, FakeClock(now)).run() == 1
        digests = [row.push for row in await queued(database)]
        assert [one.new for one in digests if isinstance(one, DigestPush)][-1] == (new,)


async def test_what_is_remembered_of_posts_and_filters_has_an_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was forgotten is read again."""
    monkeypatch.setattr("bot.delivery.shared_reads.A_SLICE", 2)
    monkeypatch.setattr("bot.delivery.shared_reads.MOST_POSTS", 3)
    monkeypatch.setattr("bot.delivery.shared_reads.MOST_FILTERS", 1)
    due = {"digest_due_at": NOW, "last_digest_at": BEFORE}
    group = [chat(-1, words=("환율",), **due), chat(-2, words=("주식",), **due)]
    group += [chat(-number, without=("환율",), **due) for number in (3, 4)]
    await add_chats(database, *group)
    titles = ["환율", "주식"] * 3
    ids = [await add_post(database, one, at=NOW - timedelta(hours=1)) for one in titles]
    assert await Digests(database, FakeClock(NOW)).run() == 4
    rows = await queued(database)
    new = {row.chat_id: row.push.new for row in rows if isinstance(row.push, DigestPush)}
    assert new == {-1: tuple(ids[::2]), **dict.fromkeys((-2, -3, -4), tuple(ids[1::2]))}
