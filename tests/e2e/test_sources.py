"""The blog followed: quiet at first, then each new post once, edits in place, trouble told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.blog import Blog, BlogPost
from bot.pages.actions import PushQuiet, encode
from storage.backup import write_backup
from storage.models import PostId
from storage.restore import restore
from tests.e2e.conftest import SAMPLE, a_bot
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot

SAMPLE_POSTS = 40
SOURCE_ID = 2
"""The blog's: the sample is the first."""
TEXT = "새벽 시장에는 신문보다 빠른 소식이 있습니다. 고등어 값이 먼저 압니다."


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
async def blog(sim: Simulator) -> AsyncIterator[Blog]:
    one = await Blog.start("새벽의 서재", "윤슬", lambda: datetime.now(UTC))
    one.publish("예전 글", TEXT)
    yield one
    await one.close()


@pytest.fixture
async def run_bot(sim: Simulator, boss: Person, blog: Blog, tmp_path: Path) -> AsyncIterator[Bot]:
    async with a_bot(
        sim,
        tmp_path,
        operator_ids=str(boss.id),
        sources=f"{SAMPLE} {blog.feed_address}",
        allow_private_sources=True,
        poll_interval=1,
    ) as bot:
        yield bot


async def served_group(sim: Simulator, boss: Person) -> Room:
    group = sim.group("독서모임", owner=boss, bot=False)
    await boss.adds_bot(group, admin=True)
    await group.receives("안녕하세요")
    await boss.says(group, "/quiet off")
    await group.receives("조용한 시간")
    return group


async def until_filled(bot: Bot) -> None:
    """Wait until the first poll has filled the archive."""
    assert bot.running is not None
    posts = bot.running.services.posts

    async def is_filled() -> bool:
        return (await posts.newest(limit=1)).total == SAMPLE_POSTS + 1

    await until(is_filled)


async def polls_again(bot: Bot, blog: Blog) -> None:
    """Wait until the feed, as it is now, was asked for, and what came of it is done."""
    asked = blog.asked
    await until(lambda: blog.asked > asked + 1)
    await bot.rests()


async def test_a_new_post_comes_once_and_an_edit_changes_what_was_sent(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    await until_filled(run_bot)
    group = await served_group(sim, boss)
    talk = sim.supergroup("소식 이야기", owner=boss, bot=False)
    channel = sim.channel("소식", owner=boss, bot=False, discussion=talk)
    for room in (channel, talk):
        await boss.adds_bot(room, admin=True)
    await talk.receives("안녕하세요")
    await boss.says(talk, "/quiet off")
    await talk.receives("조용한 시간")
    post = blog.publish("시장의 새벽", TEXT)
    card = await group.receives("시장의 새벽")
    await channel.receives("시장의 새벽")
    blog.edit(post.number, title="시장의 아침")
    await card.changes()
    assert "시장의 아침" in card.text
    await group.stays_silent(polls_again(run_bot, blog))
    copies = [one for one in talk.messages if "시장의" in one.text]
    assert len(copies) == 1, "a discussion gets the channel's post by itself, and not again"


async def test_six_new_posts_at_once_become_one_message(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    await until_filled(run_bot)
    group = await served_group(sim, boss)
    for number in range(6):
        blog.publish(f"한꺼번에 {number}", TEXT)
    batch = await group.receives("한꺼번에 0")
    assert "한꺼번에 5" in batch.text
    await group.stays_silent(polls_again(run_bot, blog))


async def test_posts_made_while_the_bot_was_down_come_later(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    await until_filled(run_bot)
    group = await served_group(sim, boss)
    await run_bot.stop()
    blog.publish("먼저 쓴 글", TEXT)
    blog.publish("나중에 쓴 글", TEXT)
    await run_bot.start()
    first = await group.receives("먼저 쓴 글")
    second = await group.receives("나중에 쓴 글")
    assert first.id < second.id


async def test_operators_see_add_and_end_sources(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    room = sim.private(boss)
    other = await Blog.start("다른 서재", "도래", lambda: datetime.now(UTC))
    try:
        await boss.says(room, "/sources")
        page = await room.receives("새벽의 서재")
        await boss.says(room, "/sources ftp://nowhere.example")
        await room.receives("ftp")
        await boss.says(room, f"/sources {other.feed_address}")
        await room.receives("내부 주소")
        await boss.says(room, "/sources")
        assert "내부 주소" not in (await room.receives("새벽의 서재")).text
        await boss.presses(page, "지금 확인")
        await boss.presses(page, "그만 가져오기")
        await page.changes()
        assert "더는 가져오지" in page.text
        minji = sim.user("민지", language="ko")
        await minji.presses_data(page, "1o:1:end")
    finally:
        await other.close()


async def restored(bot: Bot, blog: Blog, *titles: str) -> None:
    """The bot as a backup of before has it, and the posts that came since."""
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        await write_backup(db, bot.path / "copy.db")
    await bot.stop()
    restore(bot.path / "copy.db", bot.path / "sosik.db", datetime.now(UTC))
    for title in titles:
        blog.publish(title, f"{TEXT} {title}")
    await bot.start()


@pytest.mark.parametrize("count", [1, 7])
async def test_what_came_since_a_restored_backup_is_pushed_once_when_an_operator_says_so(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog, count: int
) -> None:
    await until_filled(run_bot)
    group, private = await served_group(sim, boss), sim.private(boss)
    titles = [f"그동안의 글 {number}" for number in range(count)]
    await restored(run_bot, blog, *titles)
    notice = await private.receives(f"그동안 올라온 글 {count}편")
    await polls_again(run_bot, blog)
    assert not any("그동안의 글" in one.text for one in group.bot_messages)
    data = notice.button("방에 보내기").value
    await boss.presses(notice, "방에 보내기")
    await group.receives("그동안의 글")
    answer = await boss.presses_data(notice, data)
    assert "이미 전했거나" in answer.text
    await run_bot.rests()
    said = "\n".join(one.text for one in group.bot_messages)
    assert [said.count(title) for title in titles] == [1] * count


async def test_posts_that_came_in_quietly_are_pushed_once_when_an_operator_says_so(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    await until_filled(run_bot)
    group, room = await served_group(sim, boss), sim.private(boss)
    long_ago = datetime.now(UTC) - timedelta(days=400)
    for number in (90, 91):
        blog.posts[number] = BlogPost(number, f"묵은 글 {number}", TEXT, "윤슬", long_ago)
    await group.stays_silent(polls_again(run_bot, blog))
    await boss.says(room, "/sources")
    page = await room.receives("조용히 들인 글 2편")
    await boss.presses(page, "조용히 들인 글 2편 보기")
    await page.changes()
    pushed = await boss.presses(page, "2편을 방에 전하기")
    assert pushed.text == "글 2편을 새 글로 전해요."
    for number in (90, 91):
        await group.receives(f"묵은 글 {number}")
    again = await boss.presses_data(page, encode(PushQuiet(SOURCE_ID, PostId(9999))))
    assert "이미 전했거나" in again.text
    await group.stays_silent(polls_again(run_bot, blog))


async def test_edits_that_would_spoil_what_was_sent_wait_for_an_operators_yes(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    await until_filled(run_bot)
    group, room = await served_group(sim, boss), sim.private(boss)
    card = None
    for number in range(3):
        blog.publish(f"이야기 {number}", TEXT)
        card = await group.receives(f"이야기 {number}")
    assert card is not None
    for number in range(2, 5):
        blog.edit(number, title=f"고친 이야기 {number}")
    await room.receives("한꺼번에 바뀌었어요")
    await polls_again(run_bot, blog)
    assert "고친" not in card.text
    await boss.says(room, "/sources")
    page = await room.receives("고치지 않고 기다리고")
    await boss.presses(page, "바뀐 대로 고치기")
    await card.changes()
    assert "고친 이야기" in card.text
    await boss.says(room, "/sources")
    assert "기다리고" not in (await room.receives("새벽의 서재")).text
