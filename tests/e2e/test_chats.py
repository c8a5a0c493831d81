"""Who is served, who may do what, and where answers come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage import chats
from storage.models import ChatId, ChatState
from tests.e2e.conftest import a_bot

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator
    from tests.e2e.conftest import Bot


async def test_a_group_waits_until_an_operator_approves_it(sim: Simulator, tmp_path: Path) -> None:
    boss, minji = sim.user("운영자", language="ko"), sim.user("민지", language="ko")
    room = sim.private(boss)
    async with a_bot(sim, tmp_path, serve="approved", operator_ids=str(boss.id)):
        group = sim.group("독서모임", members=[minji], owner=minji, bot=False)
        await minji.adds_bot(group)
        await group.receives("승인을 기다리고")
        await minji.says(group, "/latest")
        await group.receives("승인을 기다리고")
        notice = await room.receives("독서모임")
        await boss.presses(notice, "승인")
        await minji.says(group, "/latest")
        await group.receives("1–5")


async def test_a_group_that_an_operator_added_the_bot_to_is_served_at_once(
    sim: Simulator, tmp_path: Path
) -> None:
    boss = sim.user("운영자", language="ko")
    async with a_bot(sim, tmp_path, serve="approved", operator_ids=str(boss.id)):
        group = sim.group("독서모임", members=[boss], owner=boss, bot=False)
        await boss.adds_bot(group)
        await group.receives("안녕하세요")


async def test_only_operators_approve(sim: Simulator, tmp_path: Path) -> None:
    boss, minji = sim.user("운영자", language="ko"), sim.user("민지", language="ko")
    async with a_bot(sim, tmp_path, serve="approved", operator_ids=str(boss.id)):
        group = sim.group("독서모임", members=[minji], owner=minji, bot=False)
        await minji.adds_bot(group)
        await group.receives("승인을 기다리고")
        await minji.says(group, "/approve")
        await group.receives("운영자만")


async def test_a_kicked_bot_stops_and_resumes_with_its_settings(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot=False)
    await minji.adds_bot(group, admin=True)
    await group.receives("안녕하세요")
    await minji.says(group, "/language en")
    await group.receives("English")
    await minji.removes_bot(group)
    await minji.adds_bot(group)
    await group.receives("Hello")
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        chat = await chats.get_chat(db, ChatId(group.id))
    assert chat is not None
    assert chat.state is ChatState.SERVED


async def test_settings_are_for_administrators_and_others_get_a_no_that_goes_away(
    sim: Simulator, bot: Bot
) -> None:
    boss, minji = sim.user("관리자", language="ko"), sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], admins=[boss], bot_admin=True)
    await minji.says(group, "/settings")
    await group.receives("관리자만")
    await boss.says(group, "/settings")
    page = await group.receives("이 방의 설정")
    answer = await minji.presses(page, "언어")
    assert answer.is_alert
    assert "관리자만" in answer.text
    await boss.presses(page, "언어")
    await boss.presses(page, "English")
    assert page.text.startswith("Settings")


async def test_an_anonymous_administrator_counts_and_a_member_as_a_channel_does_not(
    sim: Simulator, bot: Bot
) -> None:
    boss, minji = sim.user("관리자", language="ko"), sim.user("민지", language="ko")
    group = sim.supergroup("독서모임", members=[minji], admins=[boss], bot_admin=True)
    channel = sim.channel("민지의 방", owner=minji)
    await boss.anonymous(group).says(group, "/settings")
    await group.receives("이 방의 설정")
    await minji.as_channel(channel).says(group, "/settings")
    await group.receives("관리자만")


async def test_answers_come_in_the_topic_of_the_question(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    forum = sim.supergroup("큰모임", members=[minji], topics=True, bot_admin=True)
    news = forum.topic("뉴스")
    await minji.says(forum, "/latest", topic=news)
    page = await forum.receives("1–5")
    assert page.topic_id == news.id


@pytest.mark.parametrize("command", ["/latest@other_bot", "그냥 말", "/latest@other_bot 3"])
async def test_what_is_for_others_is_not_answered(sim: Simulator, bot: Bot, command: str) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, command)
    await group.stays_silent(bot.rests())


async def test_an_edited_command_does_not_run_again(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    said = await minji.says(group, "/latest 1")
    await group.receives("첫째")
    await minji.edits(said, "/latest 2")
    await group.stays_silent(bot.rests())


async def test_a_button_works_after_a_restart_and_a_forged_one_says_so(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/latest 1")
    page = await group.receives("첫째")
    await bot.stop()
    await bot.start()
    await minji.presses(page, "다음")
    await page.changes()
    answer = await minji.presses_data(page, "1l:-5:99")
    assert answer.is_alert
    answer = await minji.presses_data(page, "nonsense")
    assert "오래된" in answer.text


async def test_a_group_that_becomes_a_supergroup_keeps_its_settings(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    await minji.says(group, "/language en")
    await group.receives("English")
    bigger = group.migrates()
    await minji.says(bigger, "/latest 1")
    await bigger.receives("The first of")


async def test_private_chats_speak_the_language_of_the_member(sim: Simulator, bot: Bot) -> None:
    john = sim.user("John", language="en")
    room = sim.private(john)
    await john.says(room, "/start")
    await room.receives("Hello")
    await john.says(room, "/start p1")
    await room.receives("No date")


async def test_bare_text_in_private_is_a_search(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, "투자")
    await room.receives("찾은 결과")
