"""The digest: asked for, what the next one would hold; and by itself, each post once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.clock import SystemClock
from bot.demo.blog import Blog
from storage import chats
from storage.models import ChatId, Repeats
from tests.e2e.conftest import SAMPLE, a_bot, known
from tests.e2e.test_pushing import database_of, enter, publish

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Room, Simulator
    from tests.e2e.conftest import Bot


async def test_digest_shows_what_is_new_and_liked_and_counts_nothing_as_sent(
    sim: Simulator, tmp_path: Path
) -> None:
    boss = sim.user("운영자", language="ko")
    blog = await Blog.start("새벽의 서재", "윤슬", lambda: datetime.now(UTC))
    sources = f"{SAMPLE} {blog.address}/posts/0"
    try:
        async with a_bot(
            sim, tmp_path, operator_ids=str(boss.id), sources=sources, allow_private_sources=True
        ) as bot:
            group = sim.group("독서모임", owner=boss, bot=False)
            await boss.adds_bot(group, admin=True)
            await group.receives("안녕하세요")
            await boss.says(group, "/push digest")
            await group.receives("모아 보기만")
            await boss.says(group, "/digest")
            await group.receives("새 글이 없어요")
            post = blog.publish("시장의 새벽", "고등어 값이 먼저 압니다.")
            room = sim.private(boss)
            await boss.says(room, f"{blog.address}/posts/{post.number}")
            await boss.presses(await room.receives("올릴까요"), "올리기")
            assert bot.running is not None
            database = bot.running.services.database
            async with database.reader() as db:
                before = await chats.get_chat(db, ChatId(group.id))
            for command in ("/digest", "/모아보기"):
                await boss.says(group, command)
                page = await group.receives("시장의 새벽")
                assert "새 글 1편" in page.text
            async with database.reader() as db:
                assert await chats.get_chat(db, ChatId(group.id)) == before
    finally:
        await blog.close()


async def digest_now(bot: Bot, room: Room) -> None:
    """What came so far came two hours ago, and this is the minute of the digest."""
    settings = (await known(bot, room.id)).settings
    due = SystemClock().now().replace(second=0, microsecond=0)
    local = due.astimezone(ZoneInfo(settings.timezone))
    settings = replace(settings, digest_times=(local.hour * 60 + local.minute,))
    async with database_of(bot).transaction() as tx:
        await tx.execute("UPDATE outbox SET changed_at = changed_at - 7200")
        await chats.set_settings(tx, ChatId(room.id), settings, due - timedelta(seconds=1))


@pytest.mark.usefixtures("no_digest_is_near")
async def test_a_new_group_is_told_of_each_card_in_a_line_that_leads_to_it(
    sim: Simulator, tmp_path: Path
) -> None:
    boss = sim.user("운영자", language="ko")
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        group = await enter(boss, sim.supergroup("독서모임", owner=boss, bot=False))
        assert (await known(bot, group.id)).settings.repeats is Repeats.BRIEF
        await publish(bot, "글 1")
        card = await group.receives("글 1")
        await boss.says(group, "/push digest")
        await group.receives("모아 보기만")
        await publish(bot, "글 2")
        await boss.says(group, "/push on")
        await group.receives("바로 알림")
        await boss.says(group, "/digest")
        told = await group.receives("오늘의 소식")
        assert told.text.endswith("새 글 1편\n1. 글 2\n\n여기에 이미 올라온 글 1편\n• 글 1")
        await digest_now(bot, group)
        told = await group.receives("오늘의 소식")
        assert told.text.endswith("새 글 1편\n1. 글 2\n\n여기에 이미 올라온 글 1편\n• 글 1")
        number = -group.id - 1_000_000_000_000
        links = [one["url"] for one in told.message.entities if "url" in one]
        assert links[1:] == [f"https://t.me/c/{number}/{card.id}"]
