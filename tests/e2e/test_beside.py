"""What other commands change beside the running bot, it finds in the database by itself."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.config import environment
from bot.demo.blog import Blog
from bot.process.outbox_by_hand import retry_all
from storage import chats, outbox, sources
from storage.database import Database, NotADatabaseError
from storage.models import ChatId, DigestPush, NewOutboxRow, PostId, PushMode, SourceKind
from tests.e2e.conftest import Bot, a_bot, known
from tests.processes import running
from tests.storage.files import ROOT
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Simulator

TEXT = "새벽 시장에는 신문보다 빠른 소식이 있습니다."


@pytest.fixture
async def blog() -> AsyncIterator[Blog]:
    one = await Blog.start("새벽의 서재", "윤슬", lambda: datetime.now(UTC))
    one.publish("예전 글", TEXT)
    yield one
    await one.close()


async def test_a_setting_that_another_connection_changes_counts_at_once(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/latest 1")
    await group.receives("편 가운데")
    found = await known(bot, group.id)
    async with Database.opened(bot.path / "sosik.db") as other, other.transaction() as tx:
        settings = replace(found.settings, language="en", push=PushMode.OFF)
        await chats.set_settings(tx, ChatId(group.id), settings, None)
    await minji.says(group, "/latest 1")
    assert "편 가운데" not in (await group.receives("The first of")).text


async def test_a_source_that_another_connection_makes_due_is_polled_at_the_next_tick(
    sim: Simulator, blog: Blog, tmp_path: Path
) -> None:
    """As `sosik poll` beside it may, and whoever follows one again."""
    given = {"allow_private_sources": True, "poll_interval": 3600}
    async with a_bot(sim, tmp_path, sources=blog.feed_address, **given) as bot:
        await until(lambda: blog.asked)
        await bot.rests()
        asked, now = blog.asked, datetime.now(UTC)
        async with Database.opened(bot.path / "sosik.db") as other, other.transaction() as tx:
            await sources.add_source(tx, blog.feed_address, SourceKind.FEED, next_poll_at=now)
        await until(lambda: blog.asked > asked)


async def test_what_another_process_imports_is_found(
    sim: Simulator, bot: Bot, tmp_path: Path
) -> None:
    minji = sim.user("민지", language="ko")
    archive = tmp_path / "more.txt"
    archive.write_text(
        f"저녁의 서재\n글을 남깁니다.\n해솔\n저녁 바다의 등대\n{TEXT}\n", encoding="utf-8"
    )
    given = environment(bot_token=sim.token, database_path=bot.path / "sosik.db")
    env = os.environ | given
    command = (sys.executable, "-m", "bot", "import", archive)
    async with running(ROOT, *command, environment=env) as process:
        _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    await minji.says(minji.private, "/search 등대")
    await minji.private.receives("저녁 바다의")


async def test_what_failed_goes_once_another_process_tries_it_again(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/latest 1")
    await group.receives("편 가운데")
    await bot.rests()
    async with Database.opened(bot.path / "sosik.db") as other:
        async with other.transaction() as tx:
            now = datetime.now(UTC)
            push = DigestPush((PostId(1),), ())
            row = NewOutboxRow(ChatId(group.id), "again", push, not_before=now)
            await outbox.add_rows(tx, [row], now)
            await tx.execute("UPDATE outbox SET state = 'failed' WHERE item = 'again'")
        done, refused = await retry_all(other, datetime.now(UTC))
    assert (done, refused) == (1, [])
    await group.receives("오늘의 소식")
    await bot.rests()
    assert sum("오늘의 소식" in one.text for one in group.bot_messages) == 1


async def test_a_database_that_is_replaced_under_the_bot_ends_the_run(
    sim: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.process.duties.TROUBLE_SECONDS", 0.1)
    bot = Bot(sim, tmp_path)
    await bot.start()
    copy = tmp_path / "copy.db"
    copy.write_bytes((tmp_path / "sosik.db").read_bytes())
    copy.replace(tmp_path / "sosik.db")
    assert bot._task is not None
    with pytest.raises(NotADatabaseError, match="while the bot ran"):
        await bot._task
