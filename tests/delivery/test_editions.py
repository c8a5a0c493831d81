from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.chat_settings.public_holidays import is_holiday
from bot.delivery.digest import Digests
from bot.delivery.editions import EditionReader, Editions, plan_edition
from bot.search.sieve import Sieve
from storage import chats, editions, messages, outbox, reactions, spreads
from storage.models import (
    ActorId,
    ChatId,
    ChatState,
    DigestPush,
    Edition,
    EditionPush,
    MessageId,
    NewOutboxRow,
    NewPost,
    Period,
    PushMode,
    ReactionSet,
    SourceId,
    UpdateId,
    View,
)
from tests.clock import FakeClock
from tests.storage.rows import (
    NOW,
    add_chats,
    add_post,
    chat,
    keep_post,
    waits_for_the_writer,
)

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import Chat, OutboxRow, PostId

MONDAY = Edition(0, 540)
"""NOW is a Monday, at nine in the morning in Seoul."""
DAY, WEEK = timedelta(days=1), timedelta(days=7)
FIRST = datetime(2026, 12, 1, tzinfo=UTC)
"""The first of December, at nine in the morning in Seoul."""


def weekly(chat_id: int = -1, **changes: Any) -> Chat:  # noqa: ANN401  # any field
    """A group whose weekly edition is due now, and that has no digest."""
    usual = {"weekly": MONDAY, "weekly_due_at": NOW, "digest_times": ()}
    return chat(chat_id, **{**usual, **changes})


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


async def run(database: Database, at: datetime = NOW) -> list[EditionPush]:
    """The editions that are queued at a time, alone or among others."""
    before = len(await queued(database))
    count = await Editions(database, FakeClock(at)).run()
    rows = (await queued(database))[before:]
    assert len(rows) == count
    return [row.push for row in rows if isinstance(row.push, EditionPush)]


async def react(
    database: Database,
    post_id: PostId,
    people: int,
    *,
    chat_id: int = -1,
    at: datetime = NOW - timedelta(hours=1),
) -> None:
    place, message_id = ChatId(chat_id), MessageId(post_id)
    thumb = frozenset("👍")
    given = [
        ReactionSet(place, message_id, ActorId(one), thumb, at, UpdateId(one))
        for one in range(people)
    ]
    shown: dict[str, Any] = {"view": View.CARD, "page": 0, "language": "ko", "sent_at": at}
    async with database.transaction() as tx:
        await messages.set_message(tx, place, message_id, post_id, **shown)
        await reactions.set_reactions(tx, given)


async def add_old(database: Database, title: str, at: datetime) -> PostId:
    """A post of the archive, with a date."""
    await add_post(database, "아무 글", quiet=True, at=NOW - 100 * DAY)
    async with database.transaction() as tx:
        new = NewPost(title, "글.", published_at=at)
        return await keep_post(tx, SourceId(1), new, first_seen_at=NOW - 90 * DAY, quiet=True)


async def test_a_week_is_what_was_liked_here_what_is_new_and_one_from_then(
    database: Database,
) -> None:
    await add_chats(database, weekly())
    before = await add_post(database, "지난주 글", at=NOW - 8 * DAY)
    new = await add_post(database, "이번 주 글", at=NOW - 6 * DAY)
    await add_post(database, "조용한 글", at=NOW - DAY, quiet=True)
    earlier = await add_old(database, "세 해 전 글", datetime(2023, 11, 20, tzinfo=UTC))
    await add_old(database, "다른 때의 글", datetime(2023, 11, 10, tzinfo=UTC))
    await react(database, before, 3)
    await react(database, new, 1)
    assert await run(database) == [
        EditionPush(Period.WEEK, ((before, 3), (new, 1)), (new,), 0, (earlier, 3))
    ]
    (row,) = await queued(database)
    assert (row.item, row.not_before) == ("week 2026-11-23 540", NOW)
    assert (await get(database)).weekly_due_at == NOW + WEEK


async def test_a_month_is_the_one_that_is_over(database: Database) -> None:
    await add_chats(database, chat(-1, monthly=540, monthly_due_at=FIRST, digest_times=()))
    new = await add_post(database, "첫날의 글", at=FIRST - 29 * DAY)
    await add_post(database, "앞선 달의 글", at=FIRST - 31 * DAY)
    earlier = await add_old(database, "한 해 전 글", datetime(2025, 11, 30, tzinfo=UTC))
    await add_old(database, "한 해 전 다음 달의 글", datetime(2025, 12, 1, tzinfo=UTC))
    assert await run(database, FIRST) == [EditionPush(Period.MONTH, (), (new,), 0, (earlier, 1))]
    assert (await get(database)).monthly_due_at == datetime(2027, 1, 1, tzinfo=UTC)


async def test_people_of_other_chats_and_other_weeks_do_not_count(database: Database) -> None:
    await add_chats(database, weekly())
    ids = [await add_post(database, f"글 {one}", at=NOW - 30 * DAY) for one in range(8)]
    for place, people in enumerate((1, 7, 3, 2, 5, 4)):
        await react(database, ids[place], people)
    await react(database, ids[6], 9, chat_id=-2)
    await react(database, ids[7], 9, at=NOW - 8 * DAY)
    (push,) = await run(database)
    assert push.best == ((ids[1], 7), (ids[4], 5), (ids[5], 4), (ids[2], 3), (ids[3], 2))


async def test_of_earlier_years_it_is_what_was_liked_most_or_else_the_newest(
    database: Database,
) -> None:
    await add_chats(database, weekly())
    liked = await add_old(database, "다섯 해 전 글", datetime(2021, 11, 22, tzinfo=UTC))
    newest = await add_old(database, "한 해 전 글", datetime(2025, 11, 22, tzinfo=UTC))
    assert [push.earlier for push in await run(database)] == [(newest, 1)]
    await react(database, liked, 1, at=NOW - 300 * DAY)
    await add_chats(database, weekly(-2))
    assert [push.earlier for push in await run(database)] == [(liked, 5)]


@pytest.mark.parametrize(("seconds", "years"), [(-1, None), (0, 1)])
async def test_an_earlier_week_begins_with_its_first_day(
    database: Database, seconds: int, years: int | None
) -> None:
    """In Seoul, from the Tuesday on: NOW is a Monday."""
    await add_chats(database, weekly())
    begins = datetime(2025, 11, 16, 15, tzinfo=UTC)
    post_id = await add_old(database, "한 해 전 글", begins + timedelta(seconds=seconds))
    found = [push.earlier for push in await run(database)]
    assert found == ([] if years is None else [(post_id, years)])


@pytest.mark.parametrize(("minute", "goes"), [(540, True), (539, False)])
async def test_a_slot_before_the_one_that_is_due_is_over(
    database: Database, minute: int, *, goes: bool
) -> None:
    """What was chosen has changed, and when it is due was not worked out again."""
    await add_chats(database, weekly(weekly=Edition(0, minute)))
    await add_post(database, "글", at=NOW - DAY)
    assert (len(await run(database)) == 1) is goes


async def test_what_was_liked_is_not_shown_again_as_one_of_an_earlier_year(
    database: Database,
) -> None:
    await add_chats(database, weekly())
    only = await add_old(database, "한 해 전 글", datetime(2025, 11, 22, tzinfo=UTC))
    await react(database, only, 1)
    assert await run(database) == [EditionPush(Period.WEEK, ((only, 1),), ())]


async def test_nothing_to_say_nothing_sent(database: Database) -> None:
    await add_chats(database, weekly())
    await add_post(database, "지난달 글", at=NOW - 30 * DAY)
    assert await run(database) == []
    assert (await get(database)).weekly_due_at == NOW + WEEK


async def test_before_its_time_nothing_happens(database: Database) -> None:
    await add_chats(database, weekly(), chat(-2))
    await add_post(database, "글", at=NOW - DAY)
    assert await run(database, NOW - timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    "changes",
    [{"state": ChatState.LEFT}, {"can_write": False}, {"push": PushMode.OFF}, {"weekly": None}],
)
async def test_a_chat_that_takes_none_gets_none(
    changes: dict[str, Any], database: Database
) -> None:
    await add_chats(database, weekly(**changes))
    await add_post(database, "글", at=NOW - DAY)
    assert await run(database) == []


async def test_each_is_taken_once_whatever_the_clock_does(database: Database) -> None:
    await add_chats(database, weekly())
    await add_post(database, "글 1", at=NOW - DAY)
    assert len(await run(database)) == 1
    await add_post(database, "글 2", at=NOW)
    async with database.transaction() as tx:
        await chats.set_edition_due(tx, ChatId(-1), Period.WEEK, NOW)
    assert await run(database, NOW + timedelta(minutes=10)) == []
    assert (await get(database)).weekly_due_at == NOW + WEEK


async def test_a_late_one_still_goes_and_one_that_was_missed_is_taken_in(
    database: Database,
) -> None:
    await add_chats(database, weekly(), weekly(-2))
    first = await add_post(database, "글 1", at=NOW - DAY)
    late = [push.new for push in await run(database, NOW + timedelta(hours=6))]
    assert late == [(first,), (first,)]
    second = await add_post(database, "글 2", at=NOW + timedelta(hours=7))
    assert await run(database, NOW + WEEK + timedelta(hours=7)) == []
    third = await add_post(database, "글 3", at=NOW + WEEK + DAY)
    pushes = [push.new for push in await run(database, NOW + 2 * WEEK)]
    assert pushes == [(second, third), (second, third)]


async def test_a_chat_that_wanted_none_for_weeks_is_not_told_of_all_of_them(
    database: Database,
) -> None:
    await add_chats(database, weekly())
    async with database.transaction() as tx:
        slots = [(ChatId(-1), date(2026, 10, 5), 540)]
        await editions.claim_editions(tx, Period.WEEK, slots, NOW - 7 * WEEK)
    await add_post(database, "먼 글", at=NOW - 2 * WEEK - DAY)
    near = await add_post(database, "글", at=NOW - 2 * WEEK + DAY)
    assert [push.new for push in await run(database)] == [(near,)]


async def test_what_was_before_the_bot_came_is_not_new(database: Database) -> None:
    await add_chats(database, weekly(joined_at=NOW - DAY))
    await add_post(database, "앞선 글", at=NOW - DAY - timedelta(seconds=1))
    mine = await add_post(database, "글", at=NOW - DAY)
    assert [push.new for push in await run(database)] == [(mine,)]


async def test_a_post_of_the_very_second_is_in_one_edition_and_only_one(
    database: Database,
) -> None:
    """It may be seen before, and committed after, the edition of that second."""
    await add_chats(database, weekly())
    first = await add_post(database, "글 1", at=NOW)
    assert [push.new for push in await run(database)] == [(first,)]
    late = await add_post(database, "글 2", at=NOW)
    assert [push.new for push in await run(database, NOW + WEEK)] == [(late,)]


async def test_a_source_that_is_left_out_is_in_none(database: Database) -> None:
    await add_chats(database, weekly(left_out=frozenset({SourceId(1)})))
    new = await add_post(database, "글", at=NOW - DAY)
    await add_old(database, "한 해 전 글", datetime(2025, 11, 22, tzinfo=UTC))
    await react(database, new, 3)
    assert await run(database) == []


async def test_what_the_digest_lists_right_above_is_left_out_and_counted(
    database: Database,
) -> None:
    both: dict[str, Any] = {
        "digest_times": (540,),
        "digest_due_at": NOW,
        "last_digest_at": NOW - DAY,
    }
    await add_chats(database, weekly(**both), weekly(-2, **both))
    old = await add_post(database, "엊그제 글", at=NOW - 2 * DAY)
    new = await add_post(database, "오늘 글", at=NOW - timedelta(hours=1))
    assert await Digests(database, FakeClock(NOW)).run() == 2
    late = NOW + timedelta(minutes=5)
    await run(database, late)
    digest, edition = (row.push for row in await queued(database) if row.chat_id == -1)
    assert digest == DigestPush((new,), ())
    assert edition == EditionPush(Period.WEEK, (), (old,), above=1)


async def test_what_the_digest_says_in_brief_right_above_is_left_out_too(
    database: Database,
) -> None:
    await add_chats(database, weekly())
    old = await add_post(database, "엊그제 글", at=NOW - 2 * DAY)
    pushed = await add_post(database, "올라온 글", at=NOW - timedelta(hours=3))
    digest = NewOutboxRow(ChatId(-1), "digest", DigestPush((), (), brief=(pushed,)), NOW)
    async with database.transaction() as tx:
        await outbox.add_rows(tx, [digest], NOW)
    await run(database)
    edition = [row.push for row in await queued(database)][-1]
    assert edition == EditionPush(Period.WEEK, (), (old,), above=1)


async def test_an_edition_that_would_repeat_the_digest_and_no_more_does_not_go(
    database: Database,
) -> None:
    await add_chats(
        database,
        weekly(digest_times=(540,), digest_due_at=NOW, last_digest_at=NOW - DAY),
    )
    await add_post(database, "오늘 글", at=NOW - timedelta(hours=1))
    assert await Digests(database, FakeClock(NOW)).run() == 1
    assert await run(database) == []


async def test_an_earlier_digest_of_the_day_takes_nothing_from_the_edition(
    database: Database,
) -> None:
    due = NOW - timedelta(minutes=1)
    await add_chats(
        database, weekly(digest_times=(539,), digest_due_at=due, last_digest_at=NOW - DAY)
    )
    new = await add_post(database, "오늘 글", at=NOW - timedelta(hours=1))
    assert await Digests(database, FakeClock(due)).run() == 1
    assert [push.new for push in await run(database)] == [(new,)]


async def test_a_week_and_a_month_at_once_come_one_after_another(database: Database) -> None:
    tuesday = Edition(1, 540)
    await add_chats(
        database, weekly(weekly=tuesday, weekly_due_at=FIRST, monthly=540, monthly_due_at=FIRST)
    )
    old = await add_post(database, "이달 글", at=FIRST - 20 * DAY)
    new = await add_post(database, "이번 주 글", at=FIRST - DAY)
    week, month = await run(database, FIRST)
    assert week == EditionPush(Period.WEEK, (), (new,))
    assert month == EditionPush(Period.MONTH, (), (old,), above=1)


async def test_on_a_holiday_it_comes_on_the_first_day_after(database: Database) -> None:
    """The first of January: a monthly edition would never begin a year."""
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    one = chat(-1, monthly=540, holidays="KR", digest_times=())
    await add_chats(database, one)
    await Editions(database, FakeClock(new_year - DAY)).prepare()
    new = await add_post(database, "글", at=new_year - DAY)
    assert await run(database, new_year) == []
    assert [push.new for push in await run(database, new_year + DAY)] == [(new,)]


async def test_a_start_puts_due_times_right_and_leaves_what_is_overdue(
    database: Database,
) -> None:
    overdue = NOW - timedelta(hours=2)
    await add_chats(
        database,
        weekly(-1, weekly_due_at=NOW + 365 * DAY, monthly=540),
        weekly(-2, weekly=Edition(0, 420), weekly_due_at=overdue),
        weekly(-3, weekly_due_at=None),
        weekly(-4, weekly_due_at=None, state=ChatState.LEFT),
        weekly(-5, weekly=None),
    )
    await Editions(database, FakeClock(NOW)).prepare()
    known = [await get(database, -one) for one in range(1, 6)]
    assert [one.weekly_due_at for one in known] == [NOW + WEEK, overdue, NOW + WEEK, None, None]
    assert [one.monthly_due_at for one in known] == [FIRST, None, None, None, None]


async def test_a_chat_that_changed_its_mind_meanwhile_gets_none(database: Database) -> None:
    """Between the moment when what it gets was read and the one when that is written."""
    await add_chats(database, weekly(-1), weekly(-2), weekly(-3), weekly(-4))
    await add_post(database, "글", at=NOW - DAY)
    async with database.transaction() as tx:
        running = asyncio.create_task(Editions(database, FakeClock(NOW)).run())
        await waits_for_the_writer(database)
        await chats.set_edition_due(tx, ChatId(-1), Period.WEEK, None)
        await chats.set_edition_due(tx, ChatId(-2), Period.WEEK, NOW + DAY)
        await chats.set_names(tx, ChatId(-3), title="다른 이름", username=None)
    assert await running == 2
    assert sorted(row.chat_id for row in await queued(database)) == [-4, -3]


async def test_many_at_once_get_what_each_would_get_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.editions.CHATS_AT_ONCE", 2)
    filters: tuple[dict[str, Any], ...] = ({}, {"words": ("환율",)}, {"without": ("환율",)})
    ways = product(("Asia/Seoul", "Asia/Tokyo"), filters)
    group = [weekly(-n, timezone=zone, **chosen) for n, (zone, chosen) in enumerate(ways, 1)]
    await add_chats(database, *group)
    for days in range(6):
        title = f"{'환율' if days % 2 else '고등어'} {days}"
        post_id = await add_post(database, title, at=NOW - days * DAY)
        await react(database, post_id, days, chat_id=-1 - days % 3)
    alone: dict[ChatId, EditionPush] = {}
    for one in group:
        planned = {one.id: plan_edition(one, Period.WEEK, NOW)}
        async with database.reader() as db:
            alone |= await EditionReader(Period.WEEK, NOW, Sieve()).read(db, planned)
    await run(database)
    assert {row.chat_id: row.push for row in await queued(database)} == alone
    assert len({(push.best, push.new) for push in alone.values()}) > 3


ZONES = ("Asia/Seoul", "Europe/Berlin", "America/New_York")


@pytest.mark.slow
async def test_in_a_year_each_comes_once_and_none_on_a_holiday(database: Database) -> None:
    """On a clock that ticks every five hours: less than the six that may be late."""
    start = datetime(2026, 6, 2, tzinfo=UTC)
    at = {"weekly": Edition(6, 150), "monthly": 150, "digest_times": (150,)}
    usual = {"holidays": "KR", "joined_at": start - DAY, **at}
    group = [chat(-number, timezone=zone, **usual) for number, zone in enumerate(ZONES, 1)]
    await add_chats(database, *group)
    clock = FakeClock(start)
    parts = Digests(database, clock), Editions(database, clock)
    for part in parts:
        await part.prepare()
    for step in range(365 * 24 // 5):
        await clock.advance(5 * 3600)
        if step % 4 == 0:
            await add_post(database, f"글 {step}", at=clock.now() - timedelta(minutes=1))
        for part in parts:
            await part.run()
    rows = await queued(database)
    for one in group:
        mine = [row for row in rows if row.chat_id == one.id]
        assert len({(row.item, type(row.push)) for row in mine}) == len(mine)
        zone = ZoneInfo(one.settings.timezone)
        days = {row.created_at.astimezone(zone).date() for row in mine}
        assert not [day for day in days if is_holiday("KR", day)]
        weeks, months = told(mine, Period.WEEK), told(mine, Period.MONTH)
        assert weeks == [weeks[0] + number * WEEK for number in range(len(weeks))]
        assert len(weeks) in {51, 52}
        assert [day.month for day in months] == [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]


def told(rows: list[OutboxRow], period: Period) -> list[date]:
    """The days of the editions of a period, as they were chosen."""
    mine = [row for row in rows if isinstance(row.push, EditionPush) and row.push.period is period]
    return [date.fromisoformat(row.item.split()[1]) for row in mine]


async def test_what_a_filter_wants_is_found_among_all_that_came(database: Database) -> None:
    """Of six hundred posts of a month it wants six, the last one among them."""
    first = NOW + 8 * DAY
    filtered = chat(
        -1,
        monthly=540,
        monthly_due_at=first,
        digest_times=(),
        words=("고래",),
        joined_at=NOW - 99 * DAY,
    )
    await add_chats(database, filtered)
    wanted = []
    for number in range(600):
        title = f"고래 {number}" if number % 100 == 99 else f"글 {number}"
        post_id = await add_post(database, title, at=first - 29 * DAY + number * timedelta(hours=1))
        wanted += [post_id] * title.startswith("고래")
    await run(database, first)
    (edition,) = [row.push for row in await queued(database)]
    assert edition == EditionPush(Period.MONTH, (), tuple(wanted))


async def test_an_edition_waits_for_the_digest_that_is_due_with_it(database: Database) -> None:
    """Digests wait while something is being spread; an edition tells nothing before them."""
    clock = FakeClock(NOW)
    due = {"digest_times": (540,), "digest_due_at": NOW, "last_digest_at": NOW - DAY}
    await add_chats(database, weekly(-1, **due), weekly(-2))
    new = await add_post(database, "새 글", at=NOW - timedelta(hours=1))
    async with database.transaction() as tx:
        await spreads.add_spread(tx, [new], None, NOW)
        first = await spreads.get_first(tx)
    assert await Digests(database, clock).run() == 0
    assert [one.new for one in await run(database)] == [(new,)]  # of the chat without a digest
    assert first is not None
    async with database.transaction() as tx:
        await spreads.delete_spread(tx, first.id)
    assert await Digests(database, clock).run() == 1
    assert await run(database) == []  # the digest told it
