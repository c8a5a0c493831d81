"""What a group is asked when the bot comes, and what becomes of old questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.locales import get_texts
from bot.pages.actions import Begin, encode
from storage.models import ChatState, PushMode
from storage.times import to_seconds
from tests.e2e.conftest import a_bot, known

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator
    from storage.models import Chat
    from tests.e2e.conftest import Bot

KO = get_texts("ko")
ASKED = ["바로", "하루 한 번", "둘 다"]


def how(chat: Chat) -> tuple[PushMode, tuple[int, ...]]:
    return chat.settings.push, chat.settings.digest_times


@pytest.mark.parametrize(
    ("label", "said", "push", "times"),
    [
        ("바로", "바로 전할게요", PushMode.ON, ()),
        ("하루 한 번", "오전 9:00에 모아서", PushMode.DIGEST, (540,)),
        ("둘 다", "오전 9:00에 한 번 더", PushMode.ON, (540,)),
    ],
)
async def test_an_administrator_says_how_posts_are_to_come(
    sim: Simulator, bot: Bot, label: str, said: str, push: PushMode, times: tuple[int, ...]
) -> None:
    minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
    group = sim.group("독서모임", members=[junho], owner=minji, bot=False)
    await minji.adds_bot(group)
    greeting = await group.receives("안녕하세요")
    assert greeting.buttons == ASKED
    refused = await junho.presses(greeting, label)
    assert refused.text == KO("refusal.administrators")
    assert how(await known(bot, group.id)) == (PushMode.ON, (540,)), "both, unless answered"
    await minji.presses(greeting, label)
    assert said in greeting.text
    assert greeting.buttons == []
    chat = await known(bot, group.id)
    assert how(chat) == (push, times)
    again = await minji.presses_data(greeting, encode(Begin(to_seconds(chat.joined_at), "digest")))
    assert again.is_alert is (label == "바로"), "both may still become either"
    after = (push, times) if label == "바로" else (PushMode.DIGEST, (540,))
    assert how(await known(bot, group.id)) == after


async def test_the_buttons_of_an_old_greeting_do_no_harm(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot=False)
    await minji.adds_bot(group)
    greeting = await group.receives("안녕하세요")
    await minji.says(group, "/digest_time 18:30")
    await group.receives("시각")
    for label in ("바로", "하루 한 번"):
        pressed = await minji.presses(greeting, label)
        assert (pressed.is_alert, pressed.text) == (True, KO("start.decided"))
    assert how(await known(bot, group.id)) == (PushMode.ON, (1110,))
    joined_at = (await known(bot, group.id)).joined_at
    await minji.removes_bot(group)
    await known(bot, group.id, state=ChatState.LEFT)
    sim.clock.advance(3600)
    await minji.adds_bot(group)
    await known(bot, group.id, state=ChatState.SERVED)
    for old in (Begin(to_seconds(joined_at) - 1, "push"), Begin(to_seconds(joined_at), "more")):
        pressed = await minji.presses_data(greeting, encode(old))
        assert (pressed.is_alert, pressed.text) == (True, KO("stale"))
    assert how(await known(bot, group.id)) == (PushMode.ON, (1110,))


@pytest.mark.parametrize("by", ["the list", "/approve"])
async def test_a_group_that_had_to_wait_is_asked_once_it_is_approved(
    sim: Simulator, tmp_path: Path, by: str
) -> None:
    boss, minji = sim.user("운영자", language="ko"), sim.user("민지", language="ko")
    async with a_bot(sim, tmp_path, serve="approved", operator_ids=str(boss.id)) as bot:
        room = sim.private(boss)
        group = sim.group("독서모임", members=[boss], owner=minji, bot=False)
        await minji.adds_bot(group)
        assert (await group.receives("승인을 기다리고")).buttons == []
        if by == "/approve":
            await boss.says(group, "/approve")
        else:
            await boss.presses(await room.receives("독서모임"), "승인")
        greeting = await group.receives("안녕하세요")
        assert greeting.buttons == ASKED
        await minji.presses(greeting, "하루 한 번")
        assert how(await known(bot, group.id)) == (PushMode.DIGEST, (540,))


@pytest.mark.parametrize("command", ["/push digest", "/digest_time off", "/digest_time 18:30"])
async def test_a_group_that_chose_by_command_and_comes_back_is_not_asked(
    sim: Simulator, bot: Bot, command: str
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot=False)
    await minji.adds_bot(group)
    await group.receives("안녕하세요")
    before = await known(bot, group.id)
    await minji.says(group, command)
    await group.receives()
    await minji.removes_bot(group)
    await known(bot, group.id, state=ChatState.LEFT)
    await minji.adds_bot(group)
    assert (await group.receives("안녕하세요")).buttons == []
    assert how(await known(bot, group.id)) != how(before)


async def test_a_group_that_chose_and_comes_back_is_not_asked_again(
    sim: Simulator, bot: Bot
) -> None:
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot=False)
    await minji.adds_bot(group)
    await minji.presses(await group.receives("안녕하세요"), "바로")
    await minji.removes_bot(group)
    await known(bot, group.id, state=ChatState.LEFT)
    await minji.adds_bot(group)
    assert (await group.receives("안녕하세요")).buttons == []
    await minji.says(group, "/start")
    assert (await group.receives("안녕하세요")).buttons == []
