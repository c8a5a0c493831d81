"""What becomes of pushes in quiet hours: they wait for the morning, or make no sound."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.chats import Chats as KnownChats
from bot.config import load_settings
from bot.delivery.digest import Digests
from bot.delivery.failures import NotSent, Throttled
from bot.delivery.outbox import OutboxSender
from storage import chats, outbox
from storage.models import (
    ChatId,
    ChatKind,
    DigestPush,
    NewOutboxRow,
    Night,
    NoticePush,
    OutboxState,
    QuietHours,
)
from tests.clock import FakeClock
from tests.delivery.test_outbox import COMPOSER, Chats, Running
from tests.storage.rows import add_chats, add_post, chat, waits_for_the_writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.database import Database

QUIET = QuietHours(22 * 60, 8 * 60)
ONE = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
"""One at night in Seoul; morning is seven hours later."""
MORNING = ONE + timedelta(hours=7)
TEN = ONE - timedelta(hours=3)
"""When the night begins."""


@asynccontextmanager
async def at_work(database: Database, at: datetime) -> AsyncIterator[Running]:
    """An outbox at work from then on."""
    clock, there = FakeClock(at), Chats()
    sender = OutboxSender(
        database=database, clock=clock, composer=COMPOSER, transport=there, luck=lambda: 1.0
    )
    await sender.start()
    yield Running(database, clock, sender, there)
    await sender.close(0)


async def choose(running: Running, chat_id: int, **changes: Any) -> None:  # noqa: ANN401  # any setting
    """An administrator chooses something else."""
    known = KnownChats(load_settings(_env_file=None), running.database, running.clock)
    async with running.database.transaction() as tx:
        one = await chats.get_chat(tx, ChatId(chat_id))
        assert one is not None
        await known.change(tx, one, replace(one.settings, **changes))
    await running.pass_time()


async def times(running: Running) -> list[datetime]:
    return [one.not_before for one in await running.rows()]


def sounds(running: Running, chat_id: int) -> list[bool]:
    """Of what came to a chat, whether each makes a sound."""
    return [not message.silent for one, message in running.chats.got if one == chat_id]


async def test_where_the_night_is_silent_a_post_comes_at_once_without_a_sound(
    database: Database,
) -> None:
    await add_chats(
        database,
        chat(-1, kind=ChatKind.CHANNEL, quiet=QUIET, night=Night.SILENT),
        chat(-2, quiet=QUIET),
        chat(-3),
        chat(-4, quiet=QUIET, night=Night.SILENT, timezone="Europe/Lisbon"),
    )
    async with at_work(database, ONE) as running:
        await running.announce(await add_post(database, "글", at=ONE))
        await running.pass_time()
        assert sounds(running, -1) == [False]
        assert sounds(running, -2) == []
        assert sounds(running, -3) == [True]
        assert sounds(running, -4) == [True], "in Lisbon it is afternoon"
        await running.pass_time(7 * 3600 + 5)
        assert sounds(running, -2) == [True]


async def test_what_is_no_post_comes_at_its_time_and_with_its_sound(database: Database) -> None:
    await add_chats(database, chat(-1, quiet=QUIET, night=Night.SILENT), chat(-2, quiet=QUIET))
    post_id = await add_post(database, "글", at=ONE)
    async with at_work(database, ONE) as running:
        for number in (-1, -2):
            digest = DigestPush((post_id,), ())
            await running.queue(NewOutboxRow(ChatId(number), "x", digest, ONE))
            await running.queue(
                NewOutboxRow(ChatId(number), "y", NoticePush("notice.topic", {}), ONE)
            )
        await running.pass_time()
        assert sounds(running, -1) == sounds(running, -2) == [True, True]


@pytest.mark.parametrize("kind", list(Night))
async def test_one_whose_turn_comes_when_the_night_began_is_as_the_night_wants_it(
    database: Database, kind: Night
) -> None:
    """It was written by day, and stood in its chat's lane until after ten."""
    await add_chats(database, chat(-1, quiet=QUIET, night=kind))
    async with at_work(database, TEN - timedelta(minutes=1)) as running:

        async def evening(_: ChatId) -> None:
            running.clock._now = max(running.clock._now, TEN)

        running.chats.before = evening
        await running.announce(await add_post(database, "글", at=running.clock.now()))
        await running.pass_time(2)
        assert sounds(running, -1) == ([] if kind is Night.WAIT else [False])
        await running.pass_time(10 * 3600 + 5)
        assert len(running.chats.got) == 1
        assert await running.counts() == {OutboxState.SENT: 1}


@pytest.mark.parametrize(
    ("changes", "sound"),
    [
        ({"quiet": None}, True),
        ({"quiet": QuietHours(3 * 60, 8 * 60)}, True),
        ({"timezone": "Europe/Lisbon"}, True),
        ({"night": Night.SILENT}, False),
    ],
)
async def test_what_waits_goes_at_once_when_nothing_is_quiet_any_more(
    database: Database, changes: dict[str, object], *, sound: bool
) -> None:
    await add_chats(database, chat(-1, quiet=QUIET), chat(-2, quiet=QUIET))
    async with at_work(database, ONE) as running:
        for title in ("글 1", "글 2"):
            await running.announce(await add_post(database, title, at=ONE))
        await running.pass_time(60)
        assert running.chats.got == []
        await choose(running, -1, **changes)
        assert sounds(running, -1) == [sound], "what the night held goes as one"
        assert "글 1" in running.chats.texts(-1)[0]
        assert sounds(running, -2) == []


@pytest.mark.parametrize(
    ("end", "hours"), [(6 * 60, 5), (8 * 60, 7), (10 * 60, 9)], ids=["earlier", "same", "later"]
)
async def test_what_waits_waits_for_the_end_that_was_chosen_last(
    database: Database, end: int, hours: int
) -> None:
    await add_chats(database, chat(-1, quiet=QUIET))
    async with at_work(database, ONE) as running:
        await running.announce(await add_post(database, "글", at=ONE))
        await choose(running, -1, quiet=QuietHours(22 * 60, end))
        assert await times(running) == [ONE + timedelta(hours=hours)]
        await running.pass_time(hours * 3600 - 1)
        assert running.chats.got == []
        await running.pass_time(2)
        assert len(running.chats.got) == 1


async def test_what_was_put_off_when_its_turn_came_goes_with_the_rest(database: Database) -> None:
    await add_chats(database, chat(-1, quiet=QUIET))
    async with at_work(database, TEN - timedelta(minutes=10)) as running:
        running.chats.fails(-1, Throttled(1200))
        await running.announce(await add_post(database, "글", at=running.clock.now()))
        await running.pass_time(1300)
        assert running.chats.got == []
        assert [one.error for one in await running.rows()] == [outbox.AT_NIGHT]
        await choose(running, -1, quiet=None)
        assert len(running.chats.got) == 1


async def test_what_waits_for_something_else_goes_on_waiting(database: Database) -> None:
    await add_chats(database, chat(-1, quiet=QUIET))
    async with at_work(database, ONE - timedelta(hours=4)) as running:
        running.chats.fails(-1, Throttled(7200), NotSent("x"))
        await running.announce(await add_post(database, "글", at=running.clock.now()))
        await running.pass_time(60)
        before = await times(running)
        await choose(running, -1, quiet=None)
        assert await times(running) == before


async def test_a_digest_of_the_night_comes_at_its_time(database: Database) -> None:
    due = ONE + timedelta(hours=1)
    one = chat(-1, quiet=QUIET, digest_times=(120,), digest_due_at=due, last_digest_at=TEN)
    await add_chats(database, one)
    async with at_work(database, ONE) as running:
        await add_post(database, "글", at=ONE)
        await running.pass_time(3600)
        assert await Digests(database, running.clock).run() == 1
        await running.pass_time()
        assert sounds(running, -1) == [True]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=400), timedelta(hours=-1)])
async def test_when_the_clock_was_set_what_waits_waits_for_the_morning_of_now(
    database: Database, ahead: timedelta
) -> None:
    await add_chats(database, chat(-1, quiet=QUIET), chat(-2))
    async with at_work(database, ONE + ahead) as running:
        await running.announce(await add_post(database, "글", at=running.clock.now()))
        running.clock._now = ONE
        known = KnownChats(load_settings(_env_file=None), database, running.clock)
        await known.plan_nights()
        assert [one.not_before for one in await running.rows() if one.chat_id == -1] == [MORNING]


async def test_of_many_chats_each_waits_for_its_own_morning_planned_in_slices(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that becomes a supergroup meanwhile is not missed."""
    monkeypatch.setattr("bot.chats.NIGHTS_AT_ONCE", 2)
    await add_chats(database, *(chat(-one, quiet=QUIET) for one in range(1, 6)))
    async with at_work(database, ONE + timedelta(days=400)) as running:
        await running.announce(await add_post(database, "글", at=running.clock.now()))
        running.clock._now = ONE
        known = KnownChats(load_settings(_env_file=None), database, running.clock)
        async with database.transaction() as tx:
            planning = asyncio.create_task(known.plan_nights())
            await waits_for_the_writer(database)
            await chats.set_migrated(tx, ChatId(-2), ChatId(-1_000_000_000_002))
        await planning
        assert await times(running) == [MORNING] * 5


async def test_what_waits_for_a_chat_that_was_forgotten_is_let_be(database: Database) -> None:
    async with at_work(database, ONE) as running:
        notice = NewOutboxRow(ChatId(-9), "x", NoticePush("notice.topic", {}), MORNING)
        await running.queue(notice)
        await add_chats(database, chat(-1, quiet=QUIET))
        await running.announce(await add_post(database, "글", at=ONE))
        async with database.transaction() as tx:
            await tx.execute("DELETE FROM chats")
        await KnownChats(load_settings(_env_file=None), database, running.clock).plan_nights()
        assert await times(running) == [MORNING, MORNING]


@pytest.mark.parametrize(
    ("zone", "night", "ends_at"),
    [
        ("Europe/Berlin", "2026-10-24 22:00", "2026-10-25 07:00"),
        ("Europe/Berlin", "2026-03-28 22:00", "2026-03-29 06:00"),
        ("America/New_York", "2026-11-01 03:00", "2026-11-01 13:00"),
        ("Australia/Lord_Howe", "2026-10-03 13:00", "2026-10-03 21:00"),
    ],
)
async def test_a_night_in_which_the_clocks_change_ends_by_the_chats_own_clock(
    database: Database, zone: str, night: str, ends_at: str
) -> None:
    at = datetime.fromisoformat(f"{night}+00:00")
    await add_chats(database, chat(-1, quiet=QUIET, timezone=zone))
    async with at_work(database, at) as running:
        await running.announce(await add_post(database, "글", at=at))
        assert await times(running) == [datetime.fromisoformat(f"{ends_at}+00:00")]
        await choose(running, -1, quiet=QuietHours(21 * 60, 8 * 60))
        assert await times(running) == [datetime.fromisoformat(f"{ends_at}+00:00")]
