"""What the clock did while a copy lay by is done again in doubt: it may have been done before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.config import Settings
from bot.delivery.announce import Announcer
from bot.delivery.digest import Digests
from bot.delivery.editions import Editions
from bot.delivery.operators import Operators
from bot.delivery.scheduled import Scheduled
from bot.sources.http.fetch import Fetcher
from bot.sources.publishing import Publisher
from storage import facts, spreads
from storage.restored import KEY
from storage.times import to_seconds
from tests.clock import FakeClock
from tests.delivery.test_editions import weekly
from tests.delivery.test_scheduled import AUTHOR, add
from tests.sources.threads import ThreadWorker
from tests.storage.rows import NOW, add_chats, add_post, chat

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database

HOUR = timedelta(hours=1)


async def restored(database: Database, at: datetime) -> None:
    async with database.transaction() as tx:
        await facts.set_fact(tx, KEY, str(to_seconds(at)))


async def states(database: Database) -> list[tuple[int, str]]:
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT chat_id, state FROM outbox WHERE chat_id < 0 ORDER BY 1")
    return [(row["chat_id"], row["state"]) for row in rows]


@pytest.mark.parametrize(
    ("ago", "states_then"),
    [
        (None, ["pending", "pending"]),
        (3 * HOUR, ["pending", "pending"]),
        (HOUR, ["pending", "unknown"]),
        (timedelta(), ["unknown", "unknown"]),
        (-400 * 24 * HOUR, ["pending", "pending"]),  # by a clock that was ahead
    ],
)
async def test_a_digest_that_was_due_before_is_in_doubt(
    database: Database, ago: timedelta | None, states_then: list[str]
) -> None:
    """One of nine in the morning, and one of an hour and a half before that: it is late."""
    early = 450
    for one, minutes in ((-1, 540), (-2, early)):
        due = NOW - timedelta(minutes=540 - minutes)
        before = NOW - timedelta(days=1)
        await add_chats(
            database,
            chat(one, digest_times=(minutes,), digest_due_at=due, last_digest_at=before),
        )
    await add_post(database, "새 글", at=NOW - 5 * HOUR)
    if ago is not None:
        await restored(database, NOW - ago)
    assert await Digests(database, FakeClock(NOW)).run() == 2
    found = dict(await states(database))
    assert [found[-1], found[-2]] == states_then


@pytest.mark.parametrize(("ago", "state"), [(timedelta(), "unknown"), (HOUR, "pending")])
async def test_so_is_an_edition(database: Database, ago: timedelta, state: str) -> None:
    await add_chats(database, weekly())
    await add_post(database, "새 글", at=NOW - 20 * HOUR)
    await restored(database, NOW - ago)
    await Editions(database, FakeClock(NOW)).run()
    assert await states(database) == [(-1, state)]


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(("ago", "state"), [(timedelta(), "unknown"), (HOUR, "pending")])
async def test_so_is_a_post_that_was_to_be_published(
    database: Database,
    clock: FakeClock,
    ago: timedelta,
    state: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    many: bool,
) -> None:
    monkeypatch.setattr("bot.delivery.spreading.AT_ONCE", 1 if many else 200)
    await add_chats(database, chat(-1), chat(-2))
    await add(database, clock.now() - HOUR / 2)
    await restored(database, clock.now() - ago)
    async with Fetcher(clock) as fetcher:
        publisher = Publisher(
            settings=Settings(),
            database=database,
            clock=clock,
            fetcher=fetcher,
            worker=ThreadWorker(),
            observers=(Announcer(clock),),
        )
        operators = Operators((), clock)
        await Scheduled(
            publisher=publisher,
            database=database,
            clock=clock,
            operators=operators,
            is_author=lambda user_id: user_id == AUTHOR,
        ).run()
    if many:
        async with database.reader() as db:
            spread = await spreads.get_first(db)
        assert spread is not None
        assert spread.in_doubt is (state == "unknown")
    else:
        assert await states(database) == [(-2, state), (-1, state)]
