"""What is due is published once; what was decided on meanwhile is let be."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.config import Settings
from bot.delivery.operators import Operators
from bot.delivery.scheduled import Scheduled
from bot.sources.entries import Entry
from bot.sources.http.fetch import Fetcher
from bot.sources.publishing import Publisher
from storage import drafts
from storage.database import BusyError
from storage.models import NewDraft
from tests.sources.threads import ThreadWorker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.database import Database
    from tests.clock import FakeClock

BOSS, AUTHOR = 900, 77
HOUR = timedelta(hours=1)


@pytest.fixture
async def scheduled(database: Database, clock: FakeClock) -> AsyncIterator[Scheduled]:
    async with Fetcher(clock) as fetcher:
        publisher = Publisher(
            settings=Settings(),
            database=database,
            clock=clock,
            fetcher=fetcher,
            worker=ThreadWorker(),
            observers=(),
        )
        yield Scheduled(
            publisher=publisher,
            database=database,
            clock=clock,
            operators=Operators((BOSS,), clock),
            is_author=lambda user_id: user_id in {AUTHOR, BOSS},
        )


async def add(
    database: Database, due_at: datetime, title: str = "시장의 새벽", author_id: int | None = AUTHOR
) -> int:
    entry = Entry(title, f"<p>{title}의 본문</p>", link=f"https://a.example/{title}")
    kept = json.dumps(asdict(entry), default=datetime.isoformat)
    async with database.transaction() as tx:
        draft = NewDraft(entry.link or "", kept, author_id, "해봄", None)
        draft_id = await drafts.add_draft(tx, draft, due_at - HOUR)
        await drafts.set_due(tx, draft_id, due_at)
    return draft_id


async def test_what_is_due_is_published_once_and_what_is_not_stays(
    database: Database, clock: FakeClock, scheduled: Scheduled
) -> None:
    await add(database, clock.now())
    later = await add(database, clock.now() + HOUR, "나중 글")
    assert await scheduled.run() == 1
    assert await scheduled.run() == 0
    async with database.reader() as db:
        assert [one.id for one in await drafts.list_scheduled(db)] == [later]
        assert [row["title"] for row in await db.fetch_all("SELECT title FROM posts")] == [
            "시장의 새벽"
        ]


async def test_what_was_decided_on_meanwhile_is_let_be(
    database: Database, clock: FakeClock, scheduled: Scheduled
) -> None:
    gone = await add(database, clock.now(), "지운 글")
    off = await add(database, clock.now(), "취소한 글")
    put_off = await add(database, clock.now(), "미룬 글")
    async with database.transaction() as tx:
        await drafts.delete_draft(tx, gone)
        await drafts.call_off(tx, off, clock.now())
        await drafts.set_due(tx, put_off, clock.now() + HOUR)
        for one in (gone, off, put_off):
            await scheduled._take(tx, one, clock.now())
        assert await tx.fetch_all("SELECT 1 FROM posts") == []


async def test_a_draft_of_an_older_version_tells_nobody(
    database: Database, clock: FakeClock, scheduled: Scheduled
) -> None:
    await add(database, clock.now(), author_id=None)
    assert await scheduled.run() == 1
    async with database.reader() as db:
        assert len(await db.fetch_all("SELECT 1 FROM posts")) == 1
        assert await db.fetch_all("SELECT 1 FROM outbox") == []


async def test_a_database_that_is_busy_sets_nothing_aside(
    database: Database,
    clock: FakeClock,
    scheduled: Scheduled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await add(database, clock.now())

    async def is_busy(*_: object) -> None:
        raise BusyError

    with monkeypatch.context() as patched:
        patched.setattr(scheduled, "_take", is_busy)
        with pytest.raises(BusyError):
            await scheduled.run()
    assert await scheduled.run() == 1
    async with database.reader() as db:
        assert len(await db.fetch_all("SELECT 1 FROM posts")) == 1


async def test_what_is_broken_is_told_once_to_whom_it_concerns(
    database: Database, clock: FakeClock, scheduled: Scheduled
) -> None:
    for author_id in (AUTHOR, BOSS):
        one = await add(database, clock.now(), f"{author_id}의 글", author_id)
        async with database.transaction() as tx:
            await tx.execute("UPDATE drafts SET post = '[]' WHERE id = ?", (one,))
    assert await scheduled.run() == 2
    assert await scheduled.run() == 0
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT chat_id, payload FROM outbox ORDER BY id")
    keys = [(row["chat_id"], json.loads(row["payload"])["key"]) for row in rows]
    assert keys == [
        (BOSS, "notice.schedule.broken"),
        (AUTHOR, "notice.schedule.failed"),
        (BOSS, "notice.schedule.broken"),
    ]
