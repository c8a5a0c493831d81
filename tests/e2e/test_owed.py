"""An answer that may not have arrived is given again where that changes nothing.

Whoever changed something hears of it at their next word, and it is not done twice.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.delivery.telegram import NotSentError, send_page
from bot.interaction.commands import Who
from bot.pages import actions
from bot.pages.actions import encode
from bot.sources.addresses import link_key
from handlers.routes import COMMANDS, PRESSES
from storage import attempts, deeds
from storage.models import ChatId, PostId
from tests.actions import EVERY
from tests.e2e.conftest import a_bot
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.delivery.lanes import Turn
    from bot.delivery.telegram import Sent
    from bot.interaction.commands import Command
    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot

ACTIONS = {type(action): action for action in EVERY}
DONE, PRESSED = "그때 답이 전해지지 않았을", "버튼대로 했어요"
WORDS = {"search": "바다", "post": "1", "top": "week"}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ten seconds."""
    monkeypatch.setattr("bot.updates.repeats.WAITS_SECONDS", (0.2, 0.2))


@pytest.fixture
async def minji(sim: Simulator) -> Person:
    return sim.user("민지", language="ko")


@pytest.fixture
async def run_bot(sim: Simulator, minji: Person, tmp_path: Path) -> AsyncIterator[Bot]:
    async with a_bot(sim, tmp_path, operator_ids=str(minji.id)) as bot:
        yield bot


@pytest.fixture
async def group(sim: Simulator, run_bot: Bot, minji: Person) -> Room:
    """A group whose owner also operates the bot: nobody refuses anything."""
    room = sim.supergroup("독서모임", owner=minji, bot=False)
    await minji.adds_bot(room, admin=True)
    await room.receives("소식이에요")
    await run_bot.rests()
    return room


def breaks(sim: Simulator, how: str, method: str = "sendMessage") -> None:
    """The next call has no effect, or one that the bot does not hear of."""
    if how == "502":
        sim.faults.answers(502, method=method)
    elif how == "502 after":
        sim.faults.answers(502, method=method, has_effect=True)
    else:
        sim.faults.cuts(after=how == "cut after", method=method)


SHOWING = [one for one in COMMANDS if not (one.changes or one.in_private)]


@pytest.mark.parametrize("how", ["502", pytest.param("cut", marks=pytest.mark.slow)])
@pytest.mark.parametrize("command", SHOWING, ids=lambda one: one.name)
async def test_every_page_that_was_lost_comes_again(
    sim: Simulator, group: Room, minji: Person, command: Command, how: str
) -> None:
    words = f"/{command.name} {WORDS.get(command.name, '')}".strip()
    said = await minji.says(group, words)
    expected = (await group.receives()).text
    breaks(sim, how)
    said = await minji.says(group, words)
    again = await group.receives()
    assert (again.text, again.reply_to) == (expected, said)


async def test_what_is_asked_in_a_group_and_answered_in_private_comes_again(
    sim: Simulator, group: Room, minji: Person
) -> None:
    private = sim.private(minji)
    breaks(sim, "502")
    await minji.says(group, "/mydata")
    await private.receives("남은 것이 없어요")


async def test_words_in_private_are_answered_again(
    sim: Simulator, run_bot: Bot, minji: Person
) -> None:
    private = sim.private(minji)
    breaks(sim, "cut")
    await minji.says(private, "바다")
    await private.receives("바다")


@pytest.mark.parametrize("how", ["502", "cut", "cut after"])
async def test_a_page_that_was_turned_in_vain_is_turned(
    sim: Simulator, group: Room, minji: Person, how: str
) -> None:
    await minji.says(group, "/latest 3")
    page = await group.receives("1–3")
    breaks(sim, how, "editMessageText")
    await minji.presses(page, "다음")
    await until(lambda: "4–6" in page.text)


async def test_a_card_that_was_opened_in_vain_comes(
    sim: Simulator, group: Room, minji: Person
) -> None:
    await minji.says(group, "/latest 3")
    page = await group.receives("1–3")
    breaks(sim, "502")
    await minji.presses_data(page, encode(actions.OpenCard(PostId(1))))
    await group.receives("아직 없어요")


async def test_a_card_is_there_once_where_only_the_end_of_the_press_was_lost(
    sim: Simulator, run_bot: Bot, group: Room, minji: Person
) -> None:
    await minji.says(group, "/latest 3")
    page = await group.receives("1–3")
    sim.faults.answers(502, method="answerCallbackQuery", has_effect=True)
    await minji.presses_data(page, encode(actions.OpenCard(PostId(1))))
    await group.receives("아직 없어요")
    await group.stays_silent(run_bot.rests())


async def test_the_same_asked_again_has_one_answer(
    sim: Simulator, run_bot: Bot, group: Room, minji: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.updates.repeats.WAITS_SECONDS", (200.0,))
    fault = sim.faults.answers(502, method="sendMessage")
    await minji.says(group, "/latest 1")
    await until(lambda: fault.hits)
    again = await minji.says(group, "/latest 1")
    assert (await group.receives("첫째")).reply_to == again
    await run_bot.rests()
    await run_bot.crash()
    await run_bot.start()
    await group.stays_silent(run_bot.rests())


async def test_it_is_given_up_after_a_few_tries(
    sim: Simulator, run_bot: Bot, group: Room, minji: Person
) -> None:
    before = sim.calls.counts["sendMessage"]
    fault = sim.faults.cuts(after=False, method="sendMessage", times=None)
    await minji.says(group, "/latest 1")
    await until(lambda: fault.hits == 3)
    await run_bot.rests()
    sim.faults.clear()
    await group.stays_silent(run_bot.rests())
    assert sim.calls.counts["sendMessage"] == before + 3


async def test_it_comes_once_the_outage_is_over(sim: Simulator, run_bot: Bot) -> None:
    """Three answers are lost, and the gate closes; then each comes, and nothing else."""
    people = [sim.user(f"회원{number}", language="ko") for number in range(3)]
    rooms = [one.private for one in people]
    fault = sim.faults.answers(502, method="sendMessage", times=None)
    for one in people:
        await one.says(one.private, "/latest 1")
    await until(lambda: fault.hits >= 3)
    sim.faults.remove(fault)
    for room in rooms:
        await room.receives("첫째")
    for room in rooms:
        await room.stays_silent(run_bot.rests())


@pytest.mark.parametrize("how", ["press", "reply"])
async def test_what_was_seen_to_have_landed_does_not_come_again(
    sim: Simulator,
    run_bot: Bot,
    group: Room,
    minji: Person,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    monkeypatch.setattr("bot.updates.repeats.WAITS_SECONDS", (200.0,))
    breaks(sim, "cut after")
    await minji.says(group, "/latest 3")
    page = await group.receives("1–3")
    if how == "press":
        await minji.presses(page, "다음")
    else:
        await minji.says(group, "고마워요", reply_to=page)

    async def is_seen() -> bool:
        assert run_bot.running is not None
        async with run_bot.running.services.database.reader() as db:
            return bool(await attempts.list_answered(db))

    await until(is_seen)
    await run_bot.crash()
    await run_bot.start()
    await group.stays_silent(run_bot.rests())


async def test_what_a_stop_left_in_doubt_is_answered_by_the_next_run(
    sim: Simulator, run_bot: Bot, group: Room, minji: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.updates.repeats.WAITS_SECONDS", (200.0,))
    fault = sim.faults.cuts(after=False, method="sendMessage")
    await minji.says(group, "/latest 1")
    await until(lambda: fault.hits)
    await run_bot.stop()
    await run_bot.start()
    await group.receives("첫째")


LINKS = [f"https://example.com/p/{number}" for number in (1, 2, 3)]
SEVERAL = {" ".join(LINKS): 3, f"/post {' '.join(LINKS)}": 3, "/start mydata": 2}
"""What is answered with more than one message, and with how many."""


def breaks_at(
    monkeypatch: pytest.MonkeyPatch, sim: Simulator, run_bot: Bot, how: str, number: int
) -> None:
    """What breaks is that message of those that are sent from now on."""
    calls = iter(range(1, 100))

    async def send(*given: object, **named: object) -> Sent:
        if next(calls) == number:
            refuse_next(monkeypatch, run_bot) if how == "no connection" else breaks(sim, how)
        return await send_page(*given, **named)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr("bot.interaction.context.send_page", send)


@pytest.mark.parametrize(
    "how", ["502", *(pytest.param(how, marks=pytest.mark.slow) for how in ("cut", "no connection"))]
)
@pytest.mark.parametrize(
    ("words", "number"),
    [(words, number) for words, most in SEVERAL.items() for number in range(1, most + 1)],
)
async def test_of_several_messages_those_that_are_missing_come_alone(
    sim: Simulator,
    run_bot: Bot,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    number: int,
    how: str,
) -> None:
    assert run_bot.running is not None
    async with run_bot.running.services.database.transaction() as tx:
        for post_id, link in enumerate(LINKS, 1):
            both = (link, link_key(link), post_id)
            await tx.execute("UPDATE posts SET link = ?, link_key = ? WHERE id = ?", both)
    other = sim.user("준호", language="ko")
    private = sim.private(other)
    await other.says(private, words)
    expected = [(await private.receives()).text for _ in range(SEVERAL[words])]
    await run_bot.rests()
    breaks_at(monkeypatch, sim, run_bot, how, number)
    await other.says(private, words)
    assert [(await private.receives()).text for _ in expected] == expected
    await private.stays_silent(run_bot.rests())


# --- what changes something ---


@pytest.mark.parametrize("how", ["502", "502 after", "cut", "crash"])
async def test_who_set_something_hears_at_the_next_word_that_it_is_set(
    sim: Simulator, run_bot: Bot, group: Room, minji: Person, how: str
) -> None:
    await minji.says(group, "/quiet 23:00-07:00")
    await group.receives("조용한 시간")
    if how == "crash":
        sim.faults.lands_late(3600, method="sendMessage")
    else:
        breaks(sim, how)
    await minji.says(group, "/push digest")
    await until(lambda: not list(sim.faults))
    if how == "crash":
        await run_bot.crash()
        await run_bot.start()
    await run_bot.rests()
    group.skip()
    await minji.says(group, "/latest 1")
    told = await group.receives("/push대로 했어요")
    assert DONE in told.text
    await group.receives("첫째")
    await minji.says(group, "/latest 2")
    await group.receives("1–2")
    assert sum(DONE in one.text for one in group.bot_messages) == 1
    assert run_bot.running is not None
    async with run_bot.running.services.database.reader() as db:
        assert await deeds.list_deeds(db) == []
    known = await run_bot.running.services.chats.get(ChatId(group.id))
    assert known is not None
    assert known.settings.push == "digest"


async def test_who_pressed_hears_of_it_too_and_others_do_not(
    sim: Simulator, run_bot: Bot, group: Room, minji: Person
) -> None:
    other = sim.user("준호", language="ko")
    await other.joins(group)
    await minji.says(group, "/settings")
    page = await group.receives("이 방의 설정")
    breaks(sim, "502", "editMessageText")
    pressing = asyncio.create_task(minji.presses_data(page, "1k:push:digest"))
    await until(lambda: not list(sim.faults))
    await run_bot.rests()
    await other.says(group, "/latest 1")
    assert "첫째" in (await group.receives()).text
    await minji.says(group, "/latest 1")
    await group.receives(PRESSED)
    pressing.cancel()


def refuse_next(monkeypatch: pytest.MonkeyPatch, bot: Bot) -> None:
    """The next request finds no connection, as while the lanes are closed."""
    assert bot.running is not None
    pace = bot.running.pace
    begin = pace._begin

    async def refuse(turn: Turn) -> None:
        monkeypatch.setattr(pace, "_begin", begin)
        pace._give_up(turn)
        raise NotSentError("closed")

    monkeypatch.setattr(pace, "_begin", refuse)


async def test_an_answer_that_never_left_is_told_without_doing_it_twice(
    run_bot: Bot, group: Room, minji: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is refused once: what it was about is set, and only the line comes later."""
    assert run_bot.running is not None
    changed: list[object] = []
    known = run_bot.running.services.chats
    change = known.change

    async def noted(*given: object) -> object:
        changed.append(given)
        return await change(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(known, "change", noted)
    refuse_next(monkeypatch, run_bot)
    await minji.says(group, "/push digest")
    await group.receives("/push대로 했어요")
    await group.stays_silent(run_bot.rests())
    assert len(changed) == 1


def changing() -> list[str]:
    return [one.name for one in COMMANDS if one.changes] + [
        kind.__name__ for kind, one in PRESSES.items() if one.changes
    ]


def test_every_route_says_whether_it_changes_something() -> None:
    """What decides, approves, sets or deletes does; who asks, and turns pages, does not."""
    assert {name for name in changing() if name.islower()} == {
        *("forgetme", "digest_time", "digest_days", "timezone", "quiet", "language", "push"),
        *("filter", "here", "approve", "sources", "backup", "synonym"),
        *("weekly", "monthly", "repeats", "holidays", "night", "silent", "pin", "previews"),
        *("votes", "cleanup", "full", "room_sources", "schedule"),
    }
    assert {name for name in changing() if not name.islower()} == {
        *("Choose", "ChooseIn", "SetTo", "Approve", "AllowPublishing", "Leave", "HandleSource"),
        *("TakeEdits", "PushQuiet", "TakeArchive", "Publish", "Forget", "SetSynonym", "Begin"),
        *("PublishAll", "Again", "Reword", "Reread", "TakeDown", "PutBack"),
        *("Schedule", "CallOff", "HandleScheduled"),
    }
    assert all(one.changes for one in COMMANDS if one.who is Who.ADMIN and one.name != "settings")


TABLES = ("chats", "posts", "outbox", "sources", "search_synonyms", "reaction_sets", "deeds")


@pytest.mark.parametrize("kind", PRESSES, ids=lambda kind: kind.__name__)
async def test_a_button_that_only_shows_leaves_everything_as_it_is(
    run_bot: Bot, group: Room, minji: Person, kind: type[actions.Action]
) -> None:
    if PRESSES[kind].changes:
        return
    await minji.says(group, "/latest 3")
    page = await group.receives("1–3")
    before = await everything(run_bot)
    await minji.presses_data(page, encode(ACTIONS[kind]))
    await run_bot.rests()
    assert await everything(run_bot) == before


async def everything(bot: Bot) -> list[object]:
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        return [
            [tuple(row) for row in await db.fetch_all(f"SELECT * FROM {table}")]  # noqa: S608  # names of ours
            for table in TABLES
        ]
