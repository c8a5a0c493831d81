"""The operators hear of what stops delivery, the room does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulator.api.faults import Fault
from storage import chats, outbox
from storage.models import ChatId, ChatState, OutboxState
from tests.counted import counted
from tests.e2e.test_pushing import a_group, boss, database_of, publish, run_bot, titles
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot

__all__ = ["boss", "run_bot"]

RIGHTS = "Bad Request: not enough rights to send text messages to the chat"
NOT_FOUND = "Bad Request: chat not found"


def refusals(room: Room, description: str, method: str = "sendMessage") -> Fault:
    """Telegram refuses, until it is told otherwise."""
    return Fault("status", method, room.id, None, 400, description)


async def tries_until(bot: Bot, holds: Callable[[], object]) -> None:
    """As if the waits of all pushes were over, again and again."""

    async def once_more() -> object:
        async with database_of(bot).transaction() as tx:
            await tx.execute("UPDATE outbox SET not_before = 0 WHERE state = 'pending'")
        assert bot.running is not None
        bot.running.duties.sender.wake()
        return holds()

    await until(once_more)


def said(room: Room, words: str) -> int:
    return sum(words in one.text for one in room.bot_messages)


async def test_a_chat_that_cannot_be_written_to_is_told_once_and_once_when_it_can(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group, private = await a_group(sim, boss), sim.private(boss)
    fault = sim.faults.add(refusals(group, RIGHTS))
    await publish(run_bot, "글 1")
    await private.receives("글을 보내지 못하고 있어요")
    await run_bot.stop()
    await run_bot.start()
    tries = fault.hits
    await tries_until(run_bot, lambda: fault.hits > tries)
    sim.faults.remove(fault)
    await tries_until(run_bot, lambda: titles(group))
    await private.receives("다시 글을 보내고 있어요")
    await run_bot.rests()
    assert said(private, "못하고 있어요") == said(private, "다시 글을") == 1
    assert said(group, "못하고 있어요") == 0
    assert titles(group) == ["글 1"]


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_chat_is_gone_once_get_chat_says_so_too(
    sim: Simulator, run_bot: Bot, boss: Person, *, is_there: bool
) -> None:
    """One "chat not found" dropped it, and all that waited, for good."""
    group, private = await a_group(sim, boss), sim.private(boss)
    sending = sim.faults.add(refusals(group, NOT_FOUND))
    if not is_there:
        sim.faults.add(refusals(group, NOT_FOUND, "getChat"))
    await publish(run_bot, "글 1")
    await until(lambda: sending.hits)
    if is_there:
        await until(lambda: sim.calls.counts["getChat"])
        sim.faults.remove(sending)
        await tries_until(run_bot, lambda: titles(group))
        assert said(private, "더 보내지 않아요") == 0
        return
    await private.receives("더 보내지 않아요")

    async def is_left() -> bool:
        async with database_of(run_bot).reader() as db:
            known = await chats.get_chat(db, ChatId(group.id))
            counts = await outbox.count_by_state(db)
        return (
            known is not None
            and known.state is ChatState.LEFT
            and bool(counts.get(OutboxState.DROPPED))
        )

    await until(is_left)


async def test_another_bot_with_the_token_is_told_in_the_chat_while_all_else_is_held(
    sim: Simulator, run_bot: Bot, boss: Person, tmp_path: Path
) -> None:
    group, private = await a_group(sim, boss), sim.private(boss)
    sim.faults.answers(409, method="getUpdates", times=1)
    await boss.says(group, "/latest 1")  # ends the request that Telegram holds
    await private.receives("같은 토큰으로 도는 봇이 하나 더 있어요")
    assert said(group, "첫째") == 0
    assert said(group, "같은 토큰") == 0
    assert run_bot.running is not None
    assert counted(run_bot.running.duties._figures)["sosik_conflicts_total"] == 1


async def test_an_outage_is_told_once_it_is_over_with_what_waited(
    sim: Simulator, run_bot: Bot, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.holds.LEAST_SECONDS", 0.0)
    monkeypatch.setattr("bot.process.duties.TROUBLE_SECONDS", 0.1)
    await run_bot.stop()
    await run_bot.start()
    groups = [await a_group(sim, boss, f"모임 {number}") for number in range(4)]
    private = sim.private(boss)
    fault = sim.faults.answers(502, times=None)
    await publish(run_bot, "글 1")
    assert run_bot.running is not None
    pace = run_bot.running.pace
    await until(lambda: pace.is_held)
    sim.faults.remove(fault)
    notice = await private.receives("동안 텔레그램이 답하지 않았어요")
    assert "따로 하실 일은 없어요" in notice.text
    assert [said(room, "답하지 않았어요") for room in (private, *groups)] == [1, 0, 0, 0, 0]
