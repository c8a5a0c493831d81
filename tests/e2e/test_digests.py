"""The digest, asked for: what the next one would hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.demo.blog import Blog
from storage import chats
from storage.models import ChatId
from tests.e2e.conftest import SAMPLE, a_bot

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator


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
