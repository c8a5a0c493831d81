"""A channel that nobody here invited: it hears nothing, says nothing, and waits for a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.delivery.operators import MOST_NOTICES
from bot.demo.blog import Blog
from storage.database import Database
from storage.models import ChatKind, ChatState, OutboxKind, OutboxState
from tests.e2e.conftest import SAMPLE, a_bot, known
from tests.storage.rows import add_chats, chat, pushes_of
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Simulator
    from tests.e2e.conftest import Bot

TEXT = "새벽 시장에는 신문보다 빠른 소식이 있습니다. 고등어 값이 먼저 압니다."


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
def stranger(sim: Simulator) -> Person:
    return sim.user("낯선이", language="ko")


@pytest.fixture
async def blog(sim: Simulator) -> AsyncIterator[Blog]:
    one = await Blog.start("새벽의 서재", "윤슬", lambda: datetime.now(UTC))
    yield one
    await one.close()


def settings_for(boss: Person, blog: Blog) -> dict[str, object]:
    """A bot that asks its operator; the blog is known by an address that is never polled here."""
    return {
        "serve": "approved",
        "operator_ids": str(boss.id),
        "sources": f"{SAMPLE} {blog.address}/posts/0",
        "allow_private_sources": True,
    }


@pytest.fixture
async def strict(sim: Simulator, boss: Person, blog: Blog, tmp_path: Path) -> AsyncIterator[Bot]:
    sim.private(boss)  # a chat that was started, before the first notice
    async with a_bot(sim, tmp_path, **settings_for(boss, blog)) as bot:
        yield bot


async def count_posts(bot: Bot) -> int:
    assert bot.running is not None
    return (await bot.running.services.posts.newest(limit=1)).total


async def test_a_strangers_channel_publishes_nothing_and_gets_nothing(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person, blog: Blog
) -> None:
    """An operator among its administrators changes nothing: anybody can appoint anybody."""
    group = sim.group("독서모임", owner=boss, bot=False)
    await boss.adds_bot(group, admin=True)
    await group.receives("안녕하세요")
    await boss.says(group, "/quiet off")
    await group.receives("조용한 시간")
    channel = sim.channel("사칭", owner=stranger, members=[boss], admins=[boss], bot=False)
    await stranger.adds_bot(channel, admin=True)
    await known(strict, channel.id, state=ChatState.WAITING)
    forged, real = blog.publish("가짜 소식", TEXT), blog.publish("진짜 소식", TEXT)
    before = await count_posts(strict)
    await stranger.says(channel, f"{blog.address}/posts/{forged.number}")
    await boss.says(channel, f"{blog.address}/posts/{forged.number}?again")
    await group.stays_silent(strict.rests())
    assert await count_posts(strict) == before
    room = sim.private(boss)
    await boss.says(room, f"/publish {blog.address}/posts/{real.number}")
    await boss.presses(await room.receives("이 글을 올릴까요"), "올리기")
    await group.receives("진짜 소식")
    await strict.rests()
    assert channel.bot_messages == []


async def test_an_operator_approves_and_lets_publish_apart_and_takes_it_back(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person, blog: Blog
) -> None:
    channel = sim.channel("아침 소식", owner=stranger, bot=False, username="morning_news")
    await stranger.adds_bot(channel, admin=True)
    room = sim.private(boss)
    card = await room.receives("@morning_news")
    refused = await stranger.presses_data(card, card.button("승인하고 글 받기").value)
    assert "운영자만" in refused.text
    await boss.presses(card, "승인")
    await channel.receives("이 채널에 전해 드려요")
    first, second = blog.publish("첫 글", TEXT), blog.publish("둘째 글", TEXT)
    before = await count_posts(strict)
    await stranger.says(channel, f"{blog.address}/posts/{first.number}")
    await strict.rests()
    assert await count_posts(strict) == before, "to be served is not to publish"
    await boss.says(room, "/sources")
    await boss.presses(await room.receives("아침 소식"), "아침 소식 · 링크를 새 글로 받기")
    await known(strict, channel.id, may_publish=True)
    await stranger.says(channel, f"{blog.address}/posts/{first.number}")

    async def is_published() -> bool:
        return await count_posts(strict) == before + 1

    await until(is_published)
    await boss.says(room, "/sources")
    shown = await room.receives("새 글로 받아요")
    await boss.presses(shown, "아침 소식 · 링크 그만 받기")
    await shown.changes()
    assert "이제 새 글로 받지 않아요" in shown.text
    await stranger.says(channel, f"{blog.address}/posts/{second.number}")
    await strict.rests()
    assert await count_posts(strict) == before + 1


async def test_the_card_approves_for_publishing_in_one_press_or_leaves(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person
) -> None:
    room = sim.private(boss)
    channels = [sim.channel(name, owner=stranger, bot=False) for name in ("하나", "둘")]
    cards = []
    for channel in channels:
        await stranger.adds_bot(channel, admin=True)
        cards.append(await room.receives(f"'{channel.title}' 채널에서"))
    await boss.presses(cards[0], "승인하고 글 받기")
    await cards[0].changes()
    assert "'하나' 채널이 올린 링크를 이제" in cards[0].text
    assert "둘" in cards[0].buttons, "what still waits is shown"
    await known(strict, channels[0].id, state=ChatState.SERVED, may_publish=True)
    old = cards[1].button("승인하고 글 받기").value
    await boss.presses(cards[1], "나가기")
    await cards[1].changes()
    assert "'둘'에서 나왔어요" in cards[1].text
    await known(strict, channels[1].id, state=ChatState.LEFT)
    late = await boss.presses_data(cards[1], old)
    assert late.is_alert
    left_at = datetime.now(UTC).replace(microsecond=0)
    await until(lambda: datetime.now(UTC).replace(microsecond=0) > left_at)  # dates are in seconds
    await stranger.adds_bot(channels[1], admin=True)
    await known(strict, channels[1].id, state=ChatState.WAITING)
    assert (await boss.presses_data(cards[1], old)).is_alert, "that was another time"
    await known(strict, channels[1].id, state=ChatState.WAITING, may_publish=False)
    await stranger.removes_bot(channels[0])
    await known(strict, channels[0].id, state=ChatState.LEFT, may_publish=False)


async def test_a_group_can_be_left_and_cannot_publish(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person
) -> None:
    room = sim.private(boss)
    group = sim.group("모임", owner=stranger, bot=False)
    await stranger.adds_bot(group)
    card = await room.receives("'모임' 방에서")
    assert card.buttons == ["승인", "나가기"]
    since = card.button("승인").value.partition("~")[0].rpartition(":")[2]
    forged = await boss.presses_data(card, f"1w:{group.id}:1:{since}")
    assert forged.is_alert
    await known(strict, group.id, state=ChatState.WAITING)
    await boss.presses(card, "나가기")
    await card.changes()
    await known(strict, group.id, state=ChatState.LEFT)


async def test_what_is_served_is_not_left_by_a_card_of_before(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person
) -> None:
    """Two operators, or one who presses twice: the first press counts."""
    group = sim.group("모임", owner=stranger, bot=False)
    await stranger.adds_bot(group)
    card = await sim.private(boss).receives("'모임' 방에서")
    leave = card.button("나가기").value
    await boss.presses(card, "승인")
    await group.receives("안녕하세요")
    assert "그사이" in (await boss.presses_data(card, leave)).text
    assert (await known(strict, group.id)).state is ChatState.SERVED


async def test_a_group_that_became_a_supergroup_is_approved_by_its_old_card(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person
) -> None:
    group = sim.group("모임", owner=stranger, bot=False)
    await stranger.adds_bot(group)
    card = await sim.private(boss).receives("'모임' 방에서")
    bigger = group.migrates()
    await known(strict, bigger.id, state=ChatState.WAITING)
    await boss.presses(card, "승인")
    await known(strict, bigger.id, state=ChatState.SERVED)


async def test_an_operator_who_takes_a_right_away_approves_nothing(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person
) -> None:
    channel = sim.channel("사칭", owner=stranger, members=[boss], admins=[boss], bot=False)
    await stranger.adds_bot(channel, admin=True)
    before = await known(strict, channel.id, state=ChatState.WAITING)
    await boss.promotes(channel, rights={"can_edit_messages"})
    after = await known(strict, channel.id, can_write=False)
    assert (after.state, after.joined_at) == (ChatState.WAITING, before.joined_at)


async def test_a_chat_that_comes_and_goes_makes_few_notices(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person
) -> None:
    room = sim.private(boss)
    for number in range(MOST_NOTICES + 3):
        channel = sim.channel(f"채널{number}", owner=stranger, bot=False)
        await stranger.adds_bot(channel, admin=True)
        await known(strict, channel.id, state=ChatState.WAITING)
        await stranger.removes_bot(channel)
        await known(strict, channel.id, state=ChatState.LEFT)
    await room.receives("저를 부른 방이 많아요")
    await strict.rests()
    own = [card for card in room.bot_messages if "누구의 채널인지" in card.text]
    assert len(own) == MOST_NOTICES


async def test_a_chat_that_cannot_be_left_now_waits_as_before(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person
) -> None:
    group = sim.group("모임", owner=stranger, bot=False)
    await stranger.adds_bot(group)
    card = await sim.private(boss).receives("'모임' 방에서")
    sim.faults.answers(502, method="leaveChat", times=1)
    assert (await boss.presses(card, "나가기")).is_alert
    await known(strict, group.id, state=ChatState.WAITING)
    await boss.presses(card, "나가기")
    await card.changes()
    await known(strict, group.id, state=ChatState.LEFT)


async def test_an_operator_who_brings_the_bot_is_asked_about_publishing_alone(
    sim: Simulator, strict: Bot, boss: Person
) -> None:
    channel = sim.channel("소식", owner=boss, bot=False)
    await boss.adds_bot(channel, admin=True)
    card = await sim.private(boss).receives("'소식' 채널에 새 글을 전할게요")
    await known(strict, channel.id, state=ChatState.SERVED, may_publish=False)
    await boss.presses(card, "링크를 새 글로 받기")
    await known(strict, channel.id, may_publish=True)


async def test_a_channel_of_the_settings_is_served_and_publishes_whoever_brings_the_bot(
    sim: Simulator, boss: Person, stranger: Person, blog: Blog, tmp_path: Path
) -> None:
    async with a_bot(sim, tmp_path, **settings_for(boss, blog), channels="@Morning_News") as bot:
        channel = sim.channel("아침", owner=stranger, bot=False, username="morning_news")
        await stranger.adds_bot(channel, admin=True)
        await known(bot, channel.id, state=ChatState.SERVED, may_publish=False)
        post = blog.publish("아침 글", TEXT)
        before = await count_posts(bot)
        await stranger.says(channel, f"{blog.address}/posts/{post.number}")

        async def is_published() -> bool:
            return await count_posts(bot) == before + 1

        await until(is_published)


async def test_many_strangers_make_few_notices(
    sim: Simulator, strict: Bot, boss: Person, stranger: Person
) -> None:
    room = sim.private(boss)
    for number in range(15):
        channel = sim.channel(f"채널{number}", owner=stranger, bot=False)
        await stranger.adds_bot(channel, admin=True)
        await known(strict, channel.id, state=ChatState.WAITING)
    await room.receives("저를 부른 방이 많아요")
    await strict.rests()
    own = [card for card in room.bot_messages if "누구의 채널인지" in card.text]
    assert len(own) == MOST_NOTICES
    await boss.says(room, "/approve")
    listed = await room.receives("그 밖에 5곳이")
    assert listed.buttons[0] == "채널14", "the newest first"


async def test_channels_served_by_the_old_rule_wait_for_a_yes_and_lose_nothing(
    sim: Simulator, boss: Person, stranger: Person, blog: Blog, tmp_path: Path
) -> None:
    """The database of the last version: a stranger's channel, and one that CHANNELS names."""
    old = sim.channel("옛 채널", owner=stranger)
    named = sim.channel("이름난 채널", owner=boss)
    async with Database.opened(tmp_path / "sosik.db") as database:
        rows = [
            chat(room.id, kind=ChatKind.CHANNEL, title=room.title, state=ChatState.HELD)
            for room in (old, named)
        ]
        await add_chats(database, *rows)
    room = sim.private(boss)
    async with a_bot(sim, tmp_path, **settings_for(boss, blog), channels=str(named.id)) as bot:
        card = await room.receives("'옛 채널' 채널은")
        post = blog.publish("그동안의 글", TEXT)
        await boss.says(room, f"/publish {blog.address}/posts/{post.number}")
        await boss.presses(await room.receives("이 글을 올릴까요"), "올리기")
        await named.receives("그동안의 글")
        assert old.bot_messages == []
        assert bot.running is not None
        (kept,) = await pushes_of(bot.running.services.database, old.id, OutboxKind.POST)
        assert kept.state is OutboxState.PENDING
        before = await known(bot, old.id, state=ChatState.HELD)
        await boss.presses(card, "승인")
        await old.receives("그동안의 글")
        after = await known(bot, old.id, state=ChatState.SERVED)
        assert after == replace(before, state=ChatState.SERVED)
        assert len(old.bot_messages) == 1, "it was there before, and is not greeted"
