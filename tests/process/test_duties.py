"""What the running bot looks after by itself, on a Telegram of its own."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import SystemClock
from bot.process.housekeeping import SLICE
from storage import chats, editions, lists, outbox, queries
from storage.database import Database, DatabaseError
from storage.lists import PostList
from storage.models import (
    ChatId,
    ChatState,
    MessageId,
    NewOutboxRow,
    Period,
    PostId,
    PostPush,
    QuietHours,
)
from tests.e2e.conftest import SAMPLE, Bot, a_bot
from tests.e2e.conftest import sim as sim  # noqa: PLC0414  # pytest finds fixtures by their names here
from tests.storage.growth import fill
from tests.storage.rows import add_chats, add_post, chat
from tests.waiting import PATIENCE_SECONDS, until

if TYPE_CHECKING:
    from pathlib import Path

    from bot.process.tick import Duty
    from bot.simulator import Simulator


async def test_named_channels_are_served_and_what_cannot_be_had_is_logged(
    sim: Simulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    boss = sim.user("운영자")
    named = sim.channel("소식", owner=boss, username="sosik_news")
    numbered = sim.channel("소문", owner=boss)
    torn = tmp_path / "torn.txt"
    torn.write_text("이건 아카이브가 아니에요", encoding="utf-8")
    async with a_bot(
        sim,
        tmp_path,
        channels=f"@nobody_here @sosik_news {numbered.id}",
        sources=f"{torn} {tmp_path / 'missing.txt'} {SAMPLE} http://10.0.0.1/feed",
    ) as bot:
        assert bot.running is not None
        await until(lambda: is_prepared(bot))
        async with bot.running.services.database.reader() as db:
            known = {one.id: one for one in await chats.list_chats(db)}
        assert {named.id, numbered.id} == set(known)
        assert all(one.state is ChatState.SERVED for one in known.values())
        assert known[ChatId(named.id)].title == "소식"
        assert (await bot.running.services.posts.newest(limit=1)).total == 40
    said = [one.message for one in caplog.records]
    assert said.count("channel_not_found") == 1
    assert said.count("archive_not_imported") == 2
    first = sim.calls.counts["setMyCommands"]
    async with a_bot(sim, tmp_path) as again:
        await until(lambda: is_prepared(again))
    assert sim.calls.counts["setMyCommands"] == first


def is_prepared(bot: Bot) -> bool:
    """Whether what is prepared at the start is."""
    assert bot.running is not None
    task = bot.running.duties._task
    return task is not None and task.done()


async def housekeeping_of(bot: Bot) -> Duty:
    """It, once the bot does nothing by itself any more: in its first second, it keeps house too."""
    assert bot.running is not None
    await bot.running.tick.close(PATIENCE_SECONDS)
    (found,) = [one for one in bot.running.duties.all() if one.name == "housekeeping"]
    return found


async def test_housekeeping_forgets_what_has_had_its_time(sim: Simulator, tmp_path: Path) -> None:
    async with a_bot(sim, tmp_path) as bot:
        assert bot.running is not None
        services, housekeeping = bot.running.services, await housekeeping_of(bot)
        now = services.clock.now()
        async with services.database.transaction() as tx:
            old = await queries.add_query(tx, "옛 낱말", now - timedelta(days=31))
            young = await queries.add_query(tx, "새 낱말", now)
            group, shown = ChatId(-1), PostList((PostId(1),))
            for day, slot in enumerate((now - timedelta(days=70), now - timedelta(days=110))):
                claimed = [(group, slot.date(), day)]
                await editions.claim_editions(tx, Period.MONTH, claimed, slot)
            await lists.set_list(
                tx, group, MessageId(7), shown, person_id=5, shown_at=now - timedelta(hours=3)
            )
        await housekeeping.run()
        async with services.database.reader() as db:
            assert await queries.get_query(db, old) is None
            assert await queries.get_query(db, young) == "새 낱말"
            assert await lists.count_of_person(db, 5) == 0
            last = await editions.list_last_claimed(db, [group], Period.MONTH)
            assert last == {group: (now - timedelta(days=70)).replace(microsecond=0)}
            kept = await db.fetch_all("SELECT count(*) FROM editions")
            assert kept[0][0] == 1, "an edition that was missed is taken in by the next but one"


async def test_others_write_while_housekeeping_goes_on(sim: Simulator, tmp_path: Path) -> None:
    """However much has had its time: here, as after a month without the bot."""
    async with a_bot(sim, tmp_path) as bot:
        assert bot.running is not None
        await until(lambda: is_prepared(bot))
        database, housekeeping = bot.running.services.database, await housekeeping_of(bot)
        await fill(database, ["INSERT INTO queries SELECT n, n, 1 FROM numbers"], 5 * SLICE)
        running = asyncio.ensure_future(housekeeping.run())
        left: list[int] = []
        while not running.done():
            async with database.transaction() as tx:
                left.append((await tx.fetch_all("SELECT count(*) FROM queries"))[0][0])
        await running
        assert {4 * SLICE, 3 * SLICE, 2 * SLICE, SLICE} <= set(left)


async def test_a_start_tells_of_filters_and_plans_nights_anew(
    sim: Simulator, tmp_path: Path
) -> None:
    """As after an upgrade, and where the quiet hours were others when something was queued."""
    group = sim.group("독서모임", owner=sim.user("운영자"))
    now = SystemClock().now().replace(microsecond=0)
    noon = 12 * 60
    night = QuietHours(noon, noon + 1) if now.hour in {23, 0} else QuietHours(0, 1)
    async with Database.opened(tmp_path / "sosik.db") as database:
        await add_chats(database, chat(group.id, words=("첫째",), quiet=night, timezone="UTC"))
        post_id = await add_post(database, "첫째 글", at=now)
        waits = PostPush((post_id,)), now + timedelta(hours=9)
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO carried_filters VALUES (?)", (group.id,))
            await outbox.add_rows(tx, [NewOutboxRow(ChatId(group.id), "1", *waits)], now)
    async with a_bot(sim, tmp_path):
        await group.receives("첫째 글")
        await group.receives("지금 필터: 첫째")


@pytest.mark.parametrize("copied", [False, True])
async def test_housekeeping_empties_the_log_unless_continuous_copies_do(
    sim: Simulator, tmp_path: Path, *, copied: bool
) -> None:
    """A small bot's log is never so long that SQLite empties it by itself."""
    log = tmp_path / "sosik.db-wal"
    async with a_bot(sim, tmp_path, litestream=copied) as bot:
        assert bot.running is not None
        await until(lambda: is_prepared(bot))
        services, housekeeping = bot.running.services, await housekeeping_of(bot)
        async with services.database.transaction() as tx:
            await queries.add_query(tx, "낱말", services.clock.now())
        await housekeeping.run()
        assert (log.stat().st_size == 0) is not copied


async def test_a_database_that_is_busy_at_the_start_is_waited_for(
    sim: Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries = 0

    async def busy_once(self: object, *_: object) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise DatabaseError("busy")

    monkeypatch.setattr("bot.search.service.SearchService.prepare", busy_once)
    monkeypatch.setattr("bot.process.duties.AGAIN_SECONDS", 0.01)
    async with a_bot(sim, tmp_path) as bot:
        assert bot.running is not None
        assert await bot.running.what_is_missing() is None
    assert "start_waits" in {one.message for one in caplog.records}


async def test_a_failure_that_nobody_foresaw_is_logged_and_the_bot_is_not_ready(
    sim: Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    async with a_bot(sim, tmp_path) as bot:
        assert bot.running is not None
        duties = bot.running.duties
        await until(lambda: is_prepared(bot))
        duties.ready.clear()
        monkeypatch.setattr("bot.search.service.SearchService.prepare", broken)
        await duties._begin()
        assert await bot.running.what_is_missing() == "the archive is being taken in"
    assert "start_failed" in {one.message for one in caplog.records}


async def test_a_clock_that_was_ahead_leaves_no_digest_poll_or_push_behind(
    sim: Simulator, tmp_path: Path
) -> None:
    """And the operators hear of it, once."""
    boss = sim.user("운영자")
    private = sim.private(boss)
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        assert bot.running is not None
        await boss.says(private, "/start")
        await until(lambda: private.bot_messages)
        services, duties = bot.running.services, bot.running.duties
        now = services.clock.now()
        async with services.database.transaction() as tx:
            await chats.set_digest_due(tx, ChatId(private.id), now + timedelta(days=400))
            far = now + timedelta(days=700)
            await chats.set_edition_due(tx, ChatId(private.id), Period.WEEK, far)
        for _ in range(2):
            await duties.clock_jumped(timedelta(hours=-1, minutes=-30))
        async with services.database.reader() as db:
            known = await chats.get_chat(db, ChatId(private.id))
        assert known is not None
        assert known.digest_due_at is None or known.digest_due_at < now + timedelta(days=8)
        assert known.weekly_due_at is None
        await private.receives("1시간 30분 뒤로")
        await bot.rests()
        assert sum("뒤로 갔어요" in one.text for one in private.bot_messages) == 1
