"""Whoever asks to be forgotten is, in the files too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.logs import ALIASES
from storage import inbox, search_log
from tests.e2e.conftest import a_bot
from tests.traces import files_with
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Person, Simulator
    from tests.e2e.conftest import Bot


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지", language="ko")


async def test_whoever_was_forgotten_is_in_no_file(sim: Simulator, bot: Bot, minji: Person) -> None:
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    own = sim.private(minji)
    await minji.says(own, "/start")
    await own.receives("안녕하세요")
    await minji.says(group, "/post 1")
    await minji.reacts(await group.receives("아직 없어요"), "👍")
    await minji.says(own, "/search 쀍뛟꿻")
    await own.receives("글이 없어요")
    await minji.says(own, "/forgetme")
    asked = await own.receives("지울까요")
    assert files_with(bot.path, minji.id)
    in_the_log = ALIASES.name(minji.id)
    await minji.presses(asked, "모두 지우기")
    await asked.changes()
    assert "모두 지웠어요. 지운 반응은 1개예요." in asked.text
    assert ALIASES.name(minji.id) != in_the_log
    assert files_with(bot.path, minji.id) == []
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        assert await search_log.list_marked_misses(db) == []


async def test_what_was_not_written_yet_is_not_written_of_whom_all_is_forgotten(
    sim: Simulator, bot: Bot, minji: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note of an answer waits for the end of its update, here for an hour."""
    own = sim.private(minji)
    await minji.says(own, "/start")
    await own.receives("안녕하세요")
    await bot.rests()
    monkeypatch.setattr("bot.updates.dispatch.FLUSH_SECONDS", 3600.0)
    await minji.says(own, "/forgetme")
    asked = await own.receives("지울까요")
    await minji.presses(asked, "모두 지우기")
    await asked.changes()
    assert files_with(bot.path, minji.id) == []


@pytest.mark.parametrize("where", ["group", "private"])
async def test_what_may_not_have_been_answered_is_forgotten_too(
    sim: Simulator, bot: Bot, minji: Person, where: str
) -> None:
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    own = sim.private(minji)
    asked_in = group if where == "group" else own
    await minji.says(own, "/start")
    await own.receives("안녕하세요")
    await minji.says(own, "/forgetme")
    asked = await own.receives("지울까요")
    fault = sim.faults.cuts(after=False, method="sendMessage")
    await minji.says(asked_in, "/latest 1")
    await until(lambda: fault.hits)
    assert bot.running is not None
    dispatcher = bot.running.dispatcher
    await until(lambda: dispatcher._repeats.next_at() is not None)
    await minji.presses(asked, "모두 지우기")
    await asked.changes()
    assert "모두 지웠어요" in asked.text
    assert files_with(bot.path, minji.id) == []
    async with bot.running.services.database.reader() as db:
        assert await inbox.count_waiting(db) == 0
    await asked_in.stays_silent(bot.rests())


async def test_a_stop_while_somebody_is_forgotten_loses_none_of_it(
    sim: Simulator,
    bot: Bot,
    minji: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The update's end and all that it deletes are one commit; the files follow later."""
    reached = asyncio.Event()

    async def never(*_: object) -> bool:
        reached.set()
        return await asyncio.Event().wait()

    own = sim.private(minji)
    await minji.says(own, "/search 쀍뛟꿻")
    await own.receives("글이 없어요")
    await minji.says(own, "/forgetme")
    asked = await own.receives("지울까요")
    with monkeypatch.context() as patch:
        patch.setattr("storage.database.Database.overwrite", never)
        pressing = asyncio.create_task(minji.presses(asked, "모두 지우기"))
        await reached.wait()
        await bot.crash()
    pressing.cancel()
    running = await bot.start()
    async with running.services.database.reader() as db:
        assert await search_log.list_marked_misses(db) == []
        assert await inbox.count_waiting(db) == 0
    await until(lambda: files_with(bot.path, minji.id) == [])


async def test_what_somebody_gave_as_a_channel_goes_when_that_channel_asks(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    group = sim.supergroup("독서모임", members=[minji], bot_admin=True)
    channel = sim.channel("민지의 채널", owner=minji, bot=False)
    voice = minji.as_channel(channel)
    await minji.says(group, "/post 1")
    card = await group.receives("아직 없어요")
    await voice.reacts(card, "👍")
    await bot.rests()
    await minji.says(group, "/post 1")
    await group.receives("따로 채널 1곳")
    await voice.says(group, "/forgetme")
    await group.receives("/forgetme 지우기")
    assert files_with(bot.path, channel.id)
    await voice.says(group, "/forgetme 지우기")
    await group.receives("지운 반응은 1개예요.")
    await bot.rests()
    assert files_with(bot.path, channel.id) == [], "nor does its own answer tell who asked"


async def test_where_backups_are_made_they_are_told_of_and_shown(
    sim: Simulator, minji: Person, tmp_path: Path
) -> None:
    own, folder = sim.private(minji), tmp_path / "backups"
    async with a_bot(sim, tmp_path, backup_dir=folder, operator_ids=str(minji.id)) as bot:
        await until(lambda: list(folder.glob("sosik-*.db")))
        await minji.says(own, "/privacy")
        assert "날마다 백업해요" in (await own.receives("개인정보")).text
        await bot.rests()
        await minji.says(own, "/status")
        assert "백업: " in (await own.receives("글")).text


async def test_where_copies_are_made_they_are_told_of(
    sim: Simulator, minji: Person, tmp_path: Path
) -> None:
    own = sim.private(minji)
    async with a_bot(sim, tmp_path, litestream=True) as bot:
        await minji.says(own, "/privacy")
        assert "Litestream" in (await own.receives("개인정보")).text
        await minji.says(own, "/start")
        await own.receives("안녕하세요")
        await minji.says(own, "/forgetme")
        asked = await own.receives("지울까요")
        await minji.presses(asked, "모두 지우기")
        await asked.changes()
        assert "복사본" in asked.text
        assert files_with(bot.path, minji.id)
