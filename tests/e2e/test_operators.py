"""What the operators do, and what nobody else may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.pages.actions import SetSynonym, encode
from storage import search_log
from tests.e2e.conftest import a_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Simulator
    from tests.e2e.conftest import Bot


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
async def run_bot(sim: Simulator, boss: Person, tmp_path: Path) -> AsyncIterator[Bot]:
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        yield bot


@pytest.mark.parametrize(
    "command", ["/status", "/backup", "/synonym a = b", "/synonyms", "/misses", "/approve"]
)
async def test_members_may_not(sim: Simulator, run_bot: Bot, command: str) -> None:
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, command)
    await room.receives("운영자만")


async def test_status_counts_what_there_is(sim: Simulator, run_bot: Bot, boss: Person) -> None:
    room = sim.private(boss)
    await boss.says(room, "/status")
    assert "40편" in (await room.receives("글")).text


async def test_a_backup_is_written_beside_the_database(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    room = sim.private(boss)
    before = datetime.now(ZoneInfo("Asia/Seoul")).replace(microsecond=0, tzinfo=None)
    await boss.says(room, "/backup")
    await room.receives("백업했어요")
    (written,) = run_bot.path.glob("*.backup")
    named = datetime.strptime(written.name, "sosik.%Y%m%d-%H%M%S.backup")  # noqa: DTZ007  # TIMEZONE's
    assert timedelta() <= named - before < timedelta(minutes=5)


async def test_a_synonym_is_found_from_then_on(sim: Simulator, run_bot: Bot, boss: Person) -> None:
    room = sim.private(boss)
    await boss.says(room, "/synonym 가나다라마 = 금리")
    await room.receives("같은 말로")
    await boss.says(room, "/synonym 가나다라마 = 금리")
    await room.receives("이미")
    await boss.says(room, "/synonym")
    assert "/synonyms" in (await room.receives("가나다라마")).text
    await boss.says(room, "/synonym nonsense")
    await room.receives("=")
    await boss.says(room, "/search 가나다라마")
    assert "금리" in (await room.receives("찾은 결과")).text


async def test_what_two_people_searched_in_vain_is_listed(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    room = sim.private(boss)
    minji = sim.user("민지", language="ko")
    await boss.says(room, "/search 쀍뛟꿻")
    await room.receives("없어요")
    await boss.says(room, "/misses")
    assert "쀍" not in (await room.receives("두 사람")).text
    await minji.says(sim.private(minji), "/search 쀍뛟꿻")
    await sim.private(minji).receives("없어요")
    await boss.says(room, "/misses")
    assert "쀍" in (await room.receives("두 사람")).text


WORDS = {
    "ko": (
        "두 사람",
        "이제 '키오스쿠비'와 '키오스크'를",
        "되돌리기",
        "빼기",
        "따로",
        "정한 같은 말이 아직",
    ),
    "en": ("two people", "mean the same from now", "Undo", "Remove", "apart", "No words that mean"),
}


@pytest.mark.parametrize("lang", WORDS)
async def test_a_name_is_accepted_with_one_press_and_taken_back_with_another(
    sim: Simulator, tmp_path: Path, lang: str
) -> None:
    listed, added, undo, remove, apart, none = WORDS[lang]
    boss, minji = sim.user("운영자", language=lang), sim.user("민지", language=lang)
    missed, pair = "키오스쿠비", "'키오스쿠비' = '키오스크'"
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)):
        for person in (boss, minji):
            await person.says(person.private, f"/search {missed}")
            await person.private.receives(missed)
        room = boss.private
        await boss.says(room, "/misses")
        page = await room.receives(listed)
        await boss.presses(page, pair)
        await page.changes()
        assert added in page.text
        assert f"• {missed}" not in page.text
        await minji.says(minji.private, missed)
        assert "1. " in (await minji.private.receives("키오스크")).text
        await boss.presses(page, undo)
        await page.changes()
        assert apart in page.text
        assert f"• {missed}" in page.text
        await boss.presses(page, undo)
        await page.changes()
        await boss.says(room, "/synonyms")
        own = await room.receives(f"{missed} = 키오스크")
        await boss.presses(own, remove)
        await own.changes()
        assert none in own.text


async def test_a_button_whose_names_are_forgotten_says_so(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    await boss.says(sim.private(boss), "/synonyms")
    page = await sim.private(boss).receives("아직 없어요")
    answer = await boss.presses_data(page, encode(SetSynonym(998, 999, 1, "s")))
    assert answer.is_alert
    assert "오래된" in answer.text


async def test_what_is_not_found_in_half_an_index_is_no_search_in_vain(
    sim: Simulator, run_bot: Bot, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rest(_: object) -> None:
        """The index stays as it is."""

    monkeypatch.setattr("bot.search.service.SearchService.catch_up", rest)
    assert run_bot.running is not None
    await run_bot.rests()
    database = run_bot.running.services.database
    async with database.transaction() as tx:
        await tx.execute("UPDATE search_state SET analysis = 0")
    await boss.says(sim.private(boss), "/search 쀍뛟꿻")
    await sim.private(boss).receives("40편 가운데 0편")
    async with database.reader() as db:
        assert await search_log.list_marked_misses(db) == []


async def test_operators_are_greeted_with_a_way_into_a_channel_that_asks_for_no_more_rights(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    await boss.starts()
    greeting = await boss.private.receives("소식이에요")
    link = await boss.presses(greeting, "채널에 부르기")
    assert link.url == f"https://t.me/{sim.bot.username}?startchannel&admin=post_messages"
    minji = sim.user("민지", language="ko")
    await minji.starts()
    assert (await minji.private.receives("소식이에요")).buttons == []
