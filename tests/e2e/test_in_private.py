"""What is nobody else's business, asked in a group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.pages.actions import HandleSource, encode
from handlers.routes import COMMANDS
from tests.e2e.conftest import a_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot

ANSWERS = {
    "kakao": "오늘은 아직 새 글이|카카오톡에 붙여 넣을",
    "mydata": "남아 있어요|남은 것이 없어요",
    "status": "글 40편",
    "backup": "백업",
    "scheduled": "예약한 글이 없어요",
    "sources": "/sources",
    "synonyms": "같은 말",
    "misses": "두 사람",
}


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture(autouse=True)
async def run_bot(sim: Simulator, boss: Person, tmp_path: Path) -> AsyncIterator[Bot]:
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        yield bot


@pytest.fixture
def group(sim: Simulator, boss: Person) -> Room:
    return sim.supergroup("독서모임", admins=[boss], bot_admin=True)


def said_in(room: Room) -> list[str]:
    return [card.text for card in room.bot_messages]


@pytest.mark.parametrize("command", [one.name for one in COMMANDS if one.in_private])
async def test_the_answer_comes_in_private_and_one_short_line_here(
    sim: Simulator, run_bot: Bot, boss: Person, group: Room, command: str
) -> None:
    own = sim.private(boss)
    topic = sim.supergroup("주제", admins=[boss], bot_admin=True, topics=True)
    await boss.says(group, f"/{command}")
    await own.receives(ANSWERS[command])
    await group.receives("개인 대화방으로 답했어요.")
    await boss.says(topic, f"/{command}", topic=topic.topic("이야기", boss))
    await own.receives(ANSWERS[command])
    await run_bot.rests()
    assert not re.search(ANSWERS[command], "".join(said_in(group)))
    await boss.says(own, f"/{command}")
    await own.receives(ANSWERS[command])


@pytest.mark.parametrize("command", [one.name for one in COMMANDS if one.in_private])
async def test_who_never_opened_the_bot_gets_a_link_that_asks_again(
    sim: Simulator, boss: Person, group: Room, command: str
) -> None:
    own = sim.private(boss, started=False)
    await boss.says(group, f"/{command}")
    line = await group.receives("개인 대화방에서 알려 드릴게요")
    assert line.button("개인 대화방 열기").value.endswith(f"?start={command}")
    await boss.says(own, f"/start {command}")
    await own.receives("안녕하세요")
    await own.receives(ANSWERS[command])
    assert not any(ANSWERS[command] in one for one in said_in(group))


@pytest.mark.parametrize("command", [one.name for one in COMMANDS if one.in_private])
async def test_whoever_is_anonymous_gets_the_link_alone(
    sim: Simulator, run_bot: Bot, boss: Person, group: Room, command: str
) -> None:
    await boss.anonymous(group).says(group, f"/{command}")
    line = await group.receives("개인 대화방에서 알려 드릴게요")
    assert line.button("개인 대화방 열기").value.endswith(f"?start={command}")
    await run_bot.rests()
    assert len(said_in(group)) == 1


async def test_a_link_gives_nobody_more_than_the_command(sim: Simulator, run_bot: Bot) -> None:
    own = sim.private(minji := sim.user("민지", language="ko"))
    for typed in ("/start sources", "/sources"):
        await minji.says(own, typed)
        await own.receives("봇 운영자만")
    await minji.says(own, "/start forgetme")
    await run_bot.rests()
    assert not any("지울까요" in one for one in said_in(own))


async def test_members_are_refused_where_they_ask(
    sim: Simulator, run_bot: Bot, group: Room
) -> None:
    minji = sim.user("민지", language="ko")
    await minji.joins(group)
    await minji.says(group, "/status")
    await group.receives("봇 운영자만")
    await run_bot.rests()
    assert said_in(sim.private(minji)) == []


async def test_what_breaks_on_the_way_is_said_where_it_was_asked(
    boss: Person, group: Room, monkeypatch: pytest.MonkeyPatch, sim: Simulator
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    sim.private(boss)
    monkeypatch.setattr("handlers.operators.read_status", broken)
    await boss.says(group, "/status")
    await group.receives("문제가 생겨서")


async def test_a_button_that_shows_sources_does_nothing_in_a_group(
    boss: Person, group: Room, run_bot: Bot
) -> None:
    """One that was shown there before, or a forged one."""
    await boss.says(group, "/latest 1")
    page = await group.receives("첫째")
    pressed = await boss.presses_data(page, encode(HandleSource(1, "end")))
    assert pressed.is_alert
    assert "개인 대화방에서만" in pressed.text
    await run_bot.rests()
    assert not any("/sources" in one for one in said_in(group))
