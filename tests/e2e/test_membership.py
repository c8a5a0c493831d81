"""The bot comes and goes, is approved, loses a right and gets it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.models import ChatState
from tests.e2e.conftest import a_bot, known

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Simulator
    from tests.e2e.conftest import Bot


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
async def strict(sim: Simulator, boss: Person, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that serves the groups that its operator approved."""
    async with a_bot(sim, tmp_path, serve="approved", operator_ids=str(boss.id)) as bot:
        yield bot


async def test_an_operator_approves_in_the_group_or_by_the_list_in_private(
    sim: Simulator, strict: Bot, boss: Person
) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(boss)
    await boss.says(room, "/approve")
    await room.receives("기다리는 방이 없어요")
    first = sim.group("첫모임", members=[boss], owner=minji, bot=False)
    second = sim.group("둘째모임", owner=minji, bot=False)
    for group in (first, second):
        await minji.adds_bot(group)
        await group.receives("승인을 기다리고")
    await boss.says(first, "/approve")
    await first.receives("안녕하세요")
    await boss.says(room, "/approve")
    listed = await room.receives("골라")
    assert listed.buttons == ["둘째모임", "나가기"]
    approve = listed.button("둘째모임").value
    stranger = await minji.presses_data(listed, approve)
    assert "운영자만" in stranger.text
    assert "둘째모임" in (await boss.presses(listed, "둘째모임")).text
    await minji.says(second, "/latest 1")
    await second.receives("첫째")
    await minji.removes_bot(second)
    await known(strict, second.id, state=ChatState.LEFT)
    gone = await boss.presses_data(listed, approve)
    assert gone.is_alert
    assert "더는 없어요" in gone.text


async def test_a_group_that_a_new_database_does_not_know_can_be_approved(
    sim: Simulator, strict: Bot, boss: Person
) -> None:
    group = sim.group("옛모임", members=[boss], bot_admin=True)
    await boss.says(group, "/approve")
    await group.receives("안녕하세요")
    assert (await known(strict, group.id)).state is ChatState.SERVED


async def test_a_group_unknown_to_a_new_database_waits_and_is_told_to_the_operator(
    sim: Simulator, strict: Bot, boss: Person
) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(boss)
    group = sim.group("옛모임", members=[minji], bot_admin=True)
    await minji.says(group, "/latest")
    await group.receives("승인을 기다리고")
    notice = await room.receives("옛모임")
    await boss.presses(notice, "승인")
    await minji.says(group, "/latest 1")
    await group.receives("첫째")


async def test_a_person_who_blocks_the_bot_is_left_alone_and_comes_back_with_their_settings(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, "/push on")
    await room.receives("바로 알림")
    before = await known(bot, room.id)
    await minji.blocks_bot()
    await known(bot, room.id, state=ChatState.LEFT)
    await minji.unblocks_bot()
    await minji.says(room, "/start")
    await room.receives("안녕하세요")
    after = await known(bot, room.id, state=ChatState.SERVED, can_write=True)
    assert after.settings == before.settings
    assert after.title == ""


async def test_a_channel_takes_a_right_away_and_gives_it_back(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    channel = sim.channel("소식", owner=minji, bot=False)
    await minji.adds_bot(channel, admin=True)
    await known(bot, channel.id, state=ChatState.SERVED, can_write=True)
    await minji.promotes(channel, rights={"can_edit_messages"})
    await known(bot, channel.id, can_write=False)
    await minji.promotes(channel, rights={"can_post_messages", "can_edit_messages"})
    await known(bot, channel.id, state=ChatState.SERVED, can_write=True)
    await minji.removes_bot(channel)
    await known(bot, channel.id, state=ChatState.LEFT)
    assert channel.bot_messages == []
