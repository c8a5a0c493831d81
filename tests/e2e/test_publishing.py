"""Posts that come by somebody's hand: an operator's link, or a channel's own message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.demo.blog import Blog
from tests.e2e.conftest import SAMPLE, a_bot, choose, draft_of
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Simulator
    from tests.e2e.conftest import Bot

SAMPLE_POSTS = 40
TEXT = "새벽 시장에는 신문보다 빠른 소식이 있습니다. 고등어 값이 먼저 압니다."


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
async def blog(sim: Simulator) -> AsyncIterator[Blog]:
    one = await Blog.start("새벽의 서재", "윤슬", lambda: datetime.now(UTC))
    yield one
    await one.close()


@pytest.fixture
async def run_bot(sim: Simulator, boss: Person, blog: Blog, tmp_path: Path) -> AsyncIterator[Bot]:
    """Serves a group and a channel; the blog is known by an address that is never polled here."""
    async with a_bot(
        sim,
        tmp_path,
        operator_ids=str(boss.id),
        sources=f"{SAMPLE} {blog.address}/posts/0",
        allow_private_sources=True,
    ) as bot:
        yield bot


async def test_a_page_is_shown_confirmed_and_pushed_once(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    group = sim.group("독서모임", owner=boss, bot=False)
    await boss.adds_bot(group, admin=True)
    await group.receives("안녕하세요")
    await boss.says(group, "/quiet off")
    await group.receives("조용한 시간")
    post = blog.publish("시장의 새벽", TEXT)
    room = sim.private(boss)
    await boss.says(room, f"/publish {blog.address}/posts/{post.number}?utm_source=x")
    draft = await room.receives("이 글을 올릴까요")
    assert "고등어" in draft.text
    await boss.presses(draft, "올리기")
    await draft.changes()
    card = await group.receives("시장의 새벽")
    assert card.button("열기").kind == "url"
    await boss.says(room, f"{blog.address}/posts/{post.number}")
    await room.receives("이미 있는")
    await group.stays_silent(run_bot.rests())


async def test_a_draft_can_be_dropped_and_a_second_press_says_so(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    post = blog.publish("시장의 새벽", TEXT)
    room = sim.private(boss)
    await boss.says(room, f"{blog.address}/posts/{post.number}")
    draft = await room.receives("이 글을 올릴까요")
    number = draft_of(draft)
    await boss.presses(draft, "그만두기")
    await draft.changes()
    assert "올리지" in draft.text
    assert (await boss.presses_data(draft, f"1p:{number}:1")).is_alert


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("", "주소를 함께"),
        ("http://10.0.0.1/x", "내부 주소"),
        ("{blog}/posts/999", "404"),
        ("http://user:pass@example.com/", "비밀번호"),
    ],
)
async def test_what_cannot_be_published_is_explained(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog, link: str, said: str
) -> None:
    room = sim.private(boss)
    await boss.says(room, f"/publish {link.format(blog=blog.address)}")
    await room.receives(said)


async def test_a_link_of_a_member_is_a_search_and_no_offer(
    sim: Simulator, run_bot: Bot, blog: Blog
) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, f"{blog.address}/posts/1")
    page = await room.receives("")
    assert "올릴까요" not in page.text


async def test_a_channels_own_link_is_the_posts_message_and_its_reactions_count(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    talk = sim.supergroup("이야기", members=[boss], bot_admin=True)
    channel = sim.channel("소식", owner=boss, discussion=talk, bot=False)
    await boss.adds_bot(channel, admin=True)
    await boss.presses(await sim.private(boss).receives("'소식' 채널"), "링크를 새 글로 받기")
    group = sim.group("독서모임", owner=boss, bot=False)
    await boss.adds_bot(group, admin=True)
    await group.receives("안녕하세요")
    await boss.says(group, "/quiet off")
    await group.receives("조용한 시간")
    post = blog.publish("시장의 새벽", TEXT)
    said = await boss.says(channel, f"새 글이에요 {blog.address}/posts/{post.number}")
    card = await group.receives("시장의 새벽")
    await boss.reacts(said, "👍")
    sim.reactions.report_counts()
    await choose(run_bot, group, full_here=True)
    await boss.presses(card, "전체 보기")
    await boss.presses(card, "접기")
    await boss.says(group, "/top")
    assert "시장의 새벽" in (await group.receives("인기")).text
    await channel.stays_silent(run_bot.rests())


async def test_only_operators_decide_and_what_is_decided_stays_so(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog
) -> None:
    post = blog.publish("시장의 새벽", TEXT)
    room = sim.private(boss)
    await boss.says(room, f"{blog.address}/posts/{post.number}")
    draft = await room.receives("이 글을 올릴까요")
    number, minji = draft_of(draft), sim.user("민지", language="ko")
    assert "운영자만" in (await minji.presses_data(draft, f"1p:{number}:1")).text
    await boss.presses(draft, "올리기")
    await draft.changes()
    late = await boss.presses_data(draft, f"1p:{number}:0")
    assert late.is_alert
    assert "이미 정해진" in late.text
    assert "올렸어요" in draft.text


async def test_a_channels_other_links_are_its_own_affair(
    sim: Simulator, run_bot: Bot, boss: Person, blog: Blog, caplog: pytest.LogCaptureFixture
) -> None:
    channel = sim.channel("소식", owner=boss, bot=False)
    await boss.adds_bot(channel, admin=True)
    await boss.presses(await sim.private(boss).receives("'소식' 채널"), "링크를 새 글로 받기")
    await boss.says(channel, "남의 글이에요 https://elsewhere.example/posts/1")
    await boss.says(channel, f"아직 없는 글이에요 {blog.address}/posts/999")
    post = blog.publish("시장의 새벽", TEXT)
    await boss.says(channel, f"둘 다 {blog.address}/posts/998 {blog.address}/posts/{post.number}")
    room = sim.private(boss)
    assert run_bot.running is not None
    posts = run_bot.running.services.posts

    async def is_there() -> bool:
        return (await posts.newest(limit=1)).total == SAMPLE_POSTS + 1

    await until(is_there)
    await boss.says(room, "/latest 1")
    await room.receives("시장의 새벽")
    unread = [one for one in caplog.records if one.message == "channel_link_unread"]
    assert len(unread) == 2
    assert channel.bot_messages == []
