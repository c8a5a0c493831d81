"""Whose reactions count, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulator import PAID, custom_emoji

if TYPE_CHECKING:
    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot


async def counted(bot: Bot, room: Room, who: Person) -> str:
    """What another card of the post says."""
    await bot.rests()
    await who.says(room, "/post #1")
    return (await room.receives("다른 곳에서")).text.replace("\ufe0f", "")


async def test_one_member_one_vote_an_emoji_and_bots_have_none(sim: Simulator, bot: Bot) -> None:
    minji, boss = sim.user("민지", language="ko"), sim.user("관리자", language="ko")
    group = sim.supergroup("독서모임", members=[minji], admins=[boss], bot_admin=True)
    await minji.says(group, "/post 1")
    card = await group.receives("아직 없어요")
    await minji.reacts(card, "❤️", custom_emoji(77))
    await minji.reacts(card, "❤️", custom_emoji(77))
    await boss.anonymous(group).reacts(card, "❤️")
    sim.updates.push(
        "message_reaction",
        {
            "chat": {"id": group.id, "type": "supergroup", "title": "독서모임"},
            "message_id": card.id,
            "user": {"id": 424242, "is_bot": True, "first_name": "날씨봇"},
            "date": int(sim.clock.now()),
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": "❤"}],
        },
    )
    said = await counted(bot, group, minji)
    assert "❤ 2" in said
    assert "custom:" not in said
    assert "✨ 1" in said
    assert "2명" in said
    await minji.reacts(card)
    assert "❤ 1" in await counted(bot, group, minji)
    sim.private(minji)
    await minji.says(group, "/mydata")
    assert "0개" in (await sim.private(minji).receives("남아 있어요")).text


async def test_a_paid_reaction_is_counted_as_a_star(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.supergroup("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/post 1")
    card = await group.receives("아직 없어요")
    await minji.reacts(card, PAID)
    sim.reactions.report_counts()
    assert "⭐ 1" in await counted(bot, group, minji)
