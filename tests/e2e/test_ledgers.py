"""Nothing is lost, and a repeat changes nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.errors import SosikError
from tests.e2e.conftest import Bot

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator


async def test_what_came_while_the_bot_was_down_is_answered_when_it_is_back(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await bot.crash()
    await minji.says(group, "/latest 1")
    await bot.start()
    await group.receives("첫째")


async def test_a_question_older_than_five_minutes_is_not_answered_but_a_setting_counts(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    await bot.stop()
    sim.clock.advance(-3600)
    await minji.says(group, "/latest 1")
    await minji.says(group, "/language en")
    sim.clock.advance(3600)
    await bot.start()
    await group.receives("English")
    await group.stays_silent(bot.rests())


@pytest.mark.parametrize("off", [-7200, 7200, 86400 * 400])
async def test_with_a_clock_that_is_wrong_a_question_is_answered(
    sim: Simulator, bot: Bot, off: int
) -> None:
    """Five minutes ahead, no command was. It shows with the first update after a silent answer."""
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "/latest 1")
    await group.receives("첫째")
    sim.server.dated_by = time.time  # it is wrong alike
    sim.clock.advance(-off)
    await minji.says(group, "/latest 2")
    await group.receives("1–2")


async def test_updates_that_come_again_change_nothing(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    sim.updates.repeat(3)
    await minji.says(group, "/latest 1")
    await group.receives("첫째")
    await group.stays_silent(bot.rests())


async def test_telegram_failing_for_a_while_loses_no_question(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    sim.faults.answers(502, method="getUpdates", times=2)
    sim.faults.cuts(after=True, method="getUpdates", times=1)
    await minji.says(group, "/latest 1")
    await group.receives("첫째")


async def test_a_wrong_token_stops_the_bot_with_a_clear_message(
    sim: Simulator, tmp_path: Path
) -> None:
    bot = Bot(sim, tmp_path)
    with pytest.raises(SosikError) as caught:
        await bot.start(bot_token="123456:" + "x" * 30)
    assert caught.value.key == "error.bad_token"


async def test_the_conversation_of_others_never_reaches_the_database(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    await minji.says(group, "비밀이야기는여기까지")
    await minji.says(group, "/latest 1")
    await group.receives("첫째")
    await bot.rests()
    kept = b"".join(path.read_bytes() for path in bot.path.glob("sosik.db*"))
    assert "비밀이야기는여기까지".encode() not in kept
    assert b"getUpdates" not in kept
