"""One person's flood delays nobody: each has a share, what is more is left out, and said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.locales import get_texts
from bot.pages.actions import LatestPage, OpenCard, encode
from bot.simulator.people.pressing import ask_callback
from storage import inbox
from storage.models import PostId
from tests.e2e.conftest import a_bot
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator
    from bot.simulator.people.cards import Card
    from bot.simulator.people.people import Person
    from bot.simulator.people.queries import Asked
    from tests.e2e.conftest import Bot

KO, EN = get_texts("ko"), get_texts("en")
FLOOD = 300


async def test_others_are_answered_between_one_members_questions(sim: Simulator, bot: Bot) -> None:
    minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
    group = sim.group("독서모임", members=[minji, junho], bot_admin=True)
    for _ in range(FLOOD):
        await minji.says(group, "/latest 1")
    await junho.says(group, "/stats")
    await group.receives(KO("too_much"))
    await group.receives("40")
    lists = [card for card in group.bot_messages if "첫째" in card.text]
    assert 1 <= len(lists) < 5
    assert sum(KO("too_much") in card.text for card in group.bot_messages) == 1


async def test_it_is_said_too_in_a_group_that_the_bot_did_not_know_before(
    sim: Simulator, bot: Bot
) -> None:
    """As with a new database: nothing that was asked there has been answered yet."""
    await bot.stop()
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    for _ in range(FLOOD):
        await minji.says(group, "/latest 1")
    await bot.start()
    await group.receives(KO("too_much"))


async def test_what_is_left_out_is_said_in_ones_language_and_counted_for_operators(
    sim: Simulator, bot: Bot
) -> None:
    await bot.stop()
    boss, minji = sim.user("운영자", language="ko"), sim.user("Minji", language="en")
    room, home = sim.private(minji), sim.private(boss)
    for _ in range(FLOOD):
        await minji.says(room, "/stats")
    running = await bot.start(operator_ids=str(boss.id))
    await room.receives(EN("too_much"))

    async def are_left_out() -> bool:
        async with running.services.database.reader() as db:
            return await inbox.count_skipped(db) >= FLOOD - 20

    await until(are_left_out)
    await boss.says(home, "/status")
    await home.receives(r"건너뛴 것 2\d\d")


async def test_a_storm_of_presses_in_private_keeps_nobody_from_help(
    sim: Simulator, bot: Bot
) -> None:
    minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
    card = await _list(sim, minji)
    asked = [
        ask_callback(sim.world, minji.user, card.message, encode(OpenCard(PostId(1 + n % 40))))
        for n in range(6_000)
    ]
    room = sim.private(junho)
    await junho.says(room, "/help")
    await room.receives("/latest")
    await until(lambda: _told(asked))
    assert len(_told(asked)) == 1


async def test_of_pages_that_are_turned_the_last_is_shown(sim: Simulator, bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    card = await _list(sim, minji)
    calls = sim.calls.counts["editMessageText"]
    asked = [
        ask_callback(sim.world, minji.user, card.message, encode(LatestPage(n % 8 * 5, 5)))
        for n in range(FLOOD - FLOOD % 8)
    ]
    await until(lambda: "36–40" in card.text)
    await bot.rests()
    assert not _told(asked)
    assert sim.calls.counts["editMessageText"] - calls < 10
    assert asked[-1].answer is not None


async def test_a_few_quick_presses_are_all_answered_and_the_last_is_shown(
    sim: Simulator, bot: Bot
) -> None:
    """A button turns until it is answered, also where a later press is shown instead."""
    minji = sim.user("민지", language="ko")
    card = await _list(sim, minji)
    asked = [
        ask_callback(sim.world, minji.user, card.message, encode(LatestPage(offset, 5)))
        for offset in (5, 10, 15, 20, 25)
    ]
    await until(lambda: "26–30" in card.text)
    await until(lambda: all(one.answer for one in asked))


async def test_in_a_group_that_is_not_served_only_a_press_is_told(
    sim: Simulator, tmp_path: Path
) -> None:
    async with a_bot(sim, tmp_path, serve="approved") as bot:
        minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
        group = sim.group("독서모임", members=[junho], owner=minji, bot=False)
        await minji.adds_bot(group)
        greeting = await group.receives("승인을 기다리고")
        for _ in range(FLOOD):
            await junho.says(group, "/latest")
        asked = [
            ask_callback(sim.world, minji.user, greeting.message, encode(OpenCard(PostId(1))))
            for _ in range(FLOOD)
        ]
        await until(lambda: _told(asked))
        assert bot.running is not None
        database = bot.running.services.database

        async def are_left_out() -> bool:
            async with database.reader() as db:
                return await inbox.count_skipped(db) > FLOOD

        await until(are_left_out)
        assert not any(KO("too_much") in card.text for card in group.bot_messages)


async def _list(sim: Simulator, person: Person) -> Card:
    """Somebody's list of the newest posts, in private."""
    room = sim.private(person)
    await person.says(room, "/latest")
    return await room.receives("1–5")


def _told(asked: list[Asked]) -> list[Asked]:
    """The presses that were answered with a line that it is too much."""
    return [one for one in asked if getattr(one.answer, "text", None) == KO("too_much")]
