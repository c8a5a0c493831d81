"""A refusal that nobody knows is answered with words alone; what goes in no form is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage import outbox
from storage.models import ChatId, DigestPush, NewOutboxRow, OutboxState
from tests.e2e.test_pushing import (
    CLOCK,
    a_group,
    boss,
    database_of,
    publish,
    run_bot,
    states,
)
from tests.waiting import until

if TYPE_CHECKING:
    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot

__all__ = ["boss", "run_bot"]

NEWS = "Bad Request: something entirely new"
TRIMMINGS = "entities reply_markup reply_parameters"
SORRY = "문제가 생겨서"


async def queue_digest(bot: Bot, group: Room, title: str) -> None:
    ids = await publish(bot, title)
    row = NewOutboxRow(ChatId(group.id), "slot", DigestPush(tuple(ids), ()), CLOCK.now())
    async with database_of(bot).transaction() as tx:
        await tx.execute("UPDATE outbox SET state = 'dropped' WHERE state = 'pending'")
        await outbox.add_rows(tx, [row], CLOCK.now())


def asked(room: Room) -> list[str]:
    return [one.text for one in room.bot_messages]


@pytest.mark.parametrize(
    ("command", "trimming"),
    [
        *[("latest", one) for one in TRIMMINGS.split()],
        *[(one, TRIMMINGS) for one in ("post 1", "top", "search 겨울", "settings", "help")],
    ],
)
async def test_each_answer_arrives_as_words_where_its_trimmings_are_refused(
    sim: Simulator, run_bot: Bot, boss: Person, command: str, trimming: str
) -> None:
    group = await a_group(sim, boss)
    before = len(group.bot_messages)
    refusal = sim.faults.refuses(
        NEWS, method="sendMessage", chat_id=group.id, times=None, carries=trimming
    )
    await boss.says(group, f"/{command}")
    await until(lambda: len(group.bot_messages) > before)
    await run_bot.rests()
    said = asked(group)[before:]
    assert len(said) == 1
    assert SORRY not in said[0]
    assert refusal.hits <= 1


@pytest.mark.parametrize("kind", ["post", "posts", "digest"])
async def test_each_push_arrives_as_words_with_its_address(
    sim: Simulator, run_bot: Bot, boss: Person, kind: str
) -> None:
    group = await a_group(sim, boss)
    refusal = sim.faults.refuses(
        NEWS, method="sendMessage", chat_id=group.id, times=None, carries=TRIMMINGS
    )
    if kind == "digest":
        await queue_digest(run_bot, group, "글 1")
    else:
        await publish(run_bot, *[f"글 {n}" for n in range(1, 2 if kind == "post" else 9)])
    await until(lambda: any("글 1" in text for text in asked(group)))
    await run_bot.rests()
    assert refusal.hits >= 1
    assert OutboxState.FAILED not in await states(run_bot)
    said = next(text for text in asked(group) if "글 1" in text)
    assert ("?start=" in said) is (kind != "post")


async def test_an_edit_shows_the_words_where_its_trimmings_are_refused(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    await publish(run_bot, "글 1")
    card = await group.receives("글 1")
    sim.faults.refuses(
        NEWS, method="editMessageText", chat_id=group.id, times=None, carries=TRIMMINGS
    )
    await boss.says(group, "/latest 1")
    await boss.presses(await group.receives("첫째"), "1")
    await boss.reacts(await group.receives("글 1"), "🔥")
    await boss.reacts(card, "👍")
    await until(lambda: "🔥" in card.text)


@pytest.mark.parametrize("kind", ["push", "answer", "edit"])
async def test_what_goes_in_no_form_is_told_to_the_operator_once(
    sim: Simulator, run_bot: Bot, boss: Person, kind: str
) -> None:
    group, private = await a_group(sim, boss), sim.private(boss)
    method = "editMessageText" if kind == "edit" else "sendMessage"
    if kind == "edit":
        await publish(run_bot, "글 1")
        card = await group.receives("글 1")
    refusal = sim.faults.refuses(NEWS, method=method, chat_id=group.id, times=None)
    if kind == "push":
        await publish(run_bot, "글 1")
    elif kind == "answer":
        await boss.says(group, "/latest 2")
    else:
        await boss.reacts(card, "👍")
    told = await private.receives("entirely new")
    assert "독서모임" in told.text
    sim.faults.remove(refusal)
    await publish(run_bot, "글 2")
    await group.receives("글 2")
    await run_bot.rests()
    assert sum("entirely new" in text for text in asked(private)) == 1
