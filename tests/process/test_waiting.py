"""`sosik status`: what waits and what failed, by its reasons."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.locales import get_texts
from bot.process.status import read_status
from bot.process.waiting import read_waiting, status_json, waiting_lines
from storage import archive_files, drafts, outbox, sources, spreads
from storage.last_backup import LastBackup, set_last_backup
from storage.models import ChatId, NewDraft, NewOutboxRow, PostId, PostPush, SourceKind
from tests.process.test_status import PROBLEM
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

SEOUL = ZoneInfo("Asia/Seoul")


async def lines(database: Database, clock: FakeClock, language: str = "en") -> list[str]:
    status = await read_status(database, clock.now())
    waiting = await read_waiting(database, clock.now())
    return waiting_lines(get_texts(language), status, waiting, SEOUL)


async def as_json(database: Database, clock: FakeClock) -> dict[str, Any]:
    status = await read_status(database, clock.now())
    waiting = await read_waiting(database, clock.now())
    found: dict[str, Any] = json.loads(json.dumps(status_json(get_texts("en"), status, waiting)))
    return found


async def test_where_nothing_waits_nothing_is_said(database: Database, clock: FakeClock) -> None:
    assert await lines(database, clock) == []
    found = await as_json(database, clock)
    assert (found["waiting"], found["failed_last_day"]) == ([], [])
    assert found["scheduled"] == {"number": 0, "next_at": None}


async def test_each_reason_is_a_line_the_most_frequent_first(
    database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1), chat(-2), chat(-3, can_write=False))
    later = clock.now() + timedelta(hours=9)
    async with database.transaction() as tx:
        rows = [
            NewOutboxRow(ChatId(chat_id), "1", PostPush((PostId(1),)), not_before=at)
            for chat_id, at in ((-3, clock.now()), (-1, later), (-2, later))
        ]
        await outbox.add_rows(tx, rows, clock.now())
        gone = [NewOutboxRow(ChatId(-1), item, PostPush((PostId(1),)), later) for item in "ab"]
        await outbox.add_rows(tx, gone, clock.now())
        await tx.execute("UPDATE outbox SET state = 'failed', error = ? WHERE item = 'a'", ("x",))
        await tx.execute(
            "UPDATE outbox SET state = 'failed', error = 'x', changed_at = 0 WHERE item = 'b'"
        )
    assert await lines(database, clock) == [
        "Why pushes wait:",
        (
            "  2 · waits for the end of the quiet hours · since Mon, Nov 23, 9:00 AM"
            " · at Mon, Nov 23, 6:00 PM at the earliest"
        ),
        "  1 · waits until the bot may write in its chat · since Mon, Nov 23, 9:00 AM",
        "Why pushes failed in the last day:",
        "  1 · Telegram refused it: x · since Mon, Nov 23, 9:00 AM",
        "  One by one: sosik outbox --failed. Again: sosik outbox --retry",
    ]
    found = await as_json(database, clock)
    assert found["waiting"] == [
        {
            "why": "night",
            "said": "waits for the end of the quiet hours",
            "number": 2,
            "oldest_at": "2026-11-23T00:00:00+00:00",
            "next_at": "2026-11-23T09:00:00+00:00",
        },
        {
            "why": "mute",
            "said": "waits until the bot may write in its chat",
            "number": 1,
            "oldest_at": "2026-11-23T00:00:00+00:00",
            "next_at": None,
        },
    ]


async def test_what_else_is_to_be_done_is_said(database: Database, clock: FakeClock) -> None:
    async with database.transaction() as tx:
        draft = NewDraft("https://blog.example/1", "{}", 1, "민지", ChatId(1))
        draft_id = await drafts.add_draft(tx, draft, clock.now())
        await drafts.set_due(tx, draft_id, clock.now() + timedelta(hours=1))
        await spreads.add_spread(tx, [PostId(1)], None, clock.now())
        await archive_files.set_asked(tx, "README.md", "# x", 3, clock.now())
    said = await lines(database, clock)
    assert said[0].startswith("1 post, or several at once, is being queued")
    assert said[1].startswith("1 post scheduled, the next for Mon, Nov 23, 10:00")
    assert said[2] == "README.md waits for an operator's answer"
    assert (await as_json(database, clock))["unanswered_files"] == ["README.md"]


async def test_scripts_hear_of_the_scheduled_backups(database: Database, clock: FakeClock) -> None:
    """A disk that hangs tells nobody: whoever watches asks how old the last one is."""
    assert (await as_json(database, clock))["backup"] is None
    problem = {"key": "backup.full", "values": {"path": "/b/x.db", "detail": "full"}}
    made_at = clock.now() - timedelta(days=2)
    async with database.transaction() as tx:
        await set_last_backup(tx, LastBackup("/b", made_at, clock.now(), problem))
    assert (await as_json(database, clock))["backup"] == {
        "folder": "/b",
        "made_at": "2026-11-21T00:00:00+00:00",
        "tried_at": "2026-11-23T00:00:00+00:00",
        "error": "There is no room for the copy /b/x.db. Free some room on its disk.",
    }


async def test_a_failing_source_says_since_when(database: Database, clock: FakeClock) -> None:
    async with database.transaction() as tx:
        for address, fetched_at in (("https://a.example/rss", 0), ("https://b.example/rss", None)):
            source_id = await sources.add_source(tx, address, SourceKind.FEED)
            await sources.set_failed(
                tx, source_id, clock.now(), PROBLEM, next_poll_at=clock.now(), told_at=None
            )
            await tx.execute(
                "UPDATE sources SET last_fetched_at = ? WHERE id = ?", (fetched_at, source_id)
            )
    first, second = await lines(database, clock)
    assert "fetched last at Thu, Jan 1" in first
    assert second.endswith("has never been fetched")
    (one, _) = (await as_json(database, clock))["sources"]
    assert "503" in one["error"]
