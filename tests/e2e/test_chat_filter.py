"""What a chat wants of all that is published: by words, by source, in pushes and in digests."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from storage import chats
from storage.migrations import STEPS, _filters, migrate
from storage.models import ChatId, SourceFilter, SourceId
from tests.e2e.conftest import a_bot, known
from tests.e2e.test_pushing import a_group, database_of, publish

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Person, Room, Simulator
    from storage.models import ChatSettings
    from tests.e2e.conftest import Bot


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
async def run_bot(sim: Simulator, boss: Person, tmp_path: Path) -> AsyncIterator[Bot]:
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        yield bot


async def choose(bot: Bot, room: Room, **choices: object) -> None:
    """As if the room's administrators had chosen so."""
    before = await known(bot, room.id)
    settings: ChatSettings = replace(before.settings, **choices)  # type: ignore[arg-type]  # by name
    async with database_of(bot).transaction() as tx:
        await chats.set_settings(tx, before.id, settings, before.digest_due_at)


async def first_source(bot: Bot) -> SourceId:
    async with database_of(bot).reader() as db:
        row = await db.fetch_one("SELECT min(id) FROM sources")
    assert row is not None
    return SourceId(row[0])


def cards(room: Room) -> list[str]:
    """The titles of the cards that came, in their order."""
    lines = [card.text.splitlines()[0] for card in room.bot_messages]
    return [line for line in lines if line.startswith("글")]


async def test_what_is_typed_is_what_comes(sim: Simulator, run_bot: Bot, boss: Person) -> None:
    all_of_it = await a_group(sim, boss, "다")
    group = await a_group(sim, boss)
    await boss.says(group, '/filter 인공지능 "데이터 센터" -광고')
    said = (await group.receives("골라서")).text
    assert '골라서 알릴게요: 인공지능 "데이터 센터" -광고' in said
    assert "지난 30일" in said
    titles = [
        "글: 인공 지능을",
        "글: 고등어",
        "글: 인공지능 광고예요",
        "글: 데이터센터",
        "글: 광고주",
    ]
    await publish(run_bot, *titles)
    await all_of_it.receives(titles[-1])
    await run_bot.rests()
    assert cards(all_of_it) == titles
    assert cards(group) == [titles[0], titles[3]]


async def test_a_change_and_a_question_show_what_comes(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    await boss.says(group, "/filter")
    assert "지난 30일" not in (await group.receives("/filter off")).text
    await publish(run_bot, "글: 두루미", "글: 고등어")
    await group.receives("글: 고등어")
    await boss.says(group, "/filter 두루미")
    said = (await group.receives("골라서")).text
    assert "1편이 와요.\n· 글: 두루미" in said
    await boss.says(group, "/filter")
    assert "1편이 와요.\n· 글: 두루미" in (await group.receives("/filter off")).text
    await boss.says(group, "/filter off")
    assert "이제 모든 글을 알릴게요." in (await group.receives("모든 글")).text


@pytest.mark.usefixtures("no_digest_is_near")
async def test_a_digest_holds_what_the_filter_lets_through(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await a_group(sim, boss)
    await boss.says(group, "/filter -광고")
    await group.receives("알릴게요: -광고")
    await publish(run_bot, "글: 고등어", "글: 광고를 봐 주세요")
    await group.receives("글: 고등어")
    await boss.says(group, "/digest")
    page = (await group.receives("이미 올라온 글 1편")).text
    assert "글: 고등어" in page
    assert "광고" not in page


async def test_a_source_has_words_of_its_own_or_is_left_out(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    own, out = await a_group(sim, boss, "따로"), await a_group(sim, boss, "빼고")
    source = await first_source(run_bot)
    only = (SourceFilter(source, ("인공지능",)),)
    await choose(run_bot, own, words=("고등어",), source_filters=only)
    await choose(run_bot, out, left_out=frozenset({source}))
    await publish(run_bot, "글: 고등어", "글: 인공지능")
    await own.receives("글: 인공지능")
    await run_bot.rests()
    assert cards(own) == ["글: 인공지능"]
    assert cards(out) == []
    await boss.says(out, "/digest")
    await out.receives("새 글이 없어요")


def an_old_database(path: Path, room: Room, words: list[str]) -> None:
    """As the last version before filters went by words left it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, STEPS[: STEPS.index(_filters)])
        db.execute(
            """
            INSERT INTO chats (id, kind, title, state, language, timezone, push, digest_times,
                digest_days, words, joined_at)
            VALUES (?, 'group', '독서모임', 'served', 'ko', 'Asia/Seoul', 'on', '[]', '[]', ?, 7)
            """,
            (room.id, json.dumps(words, ensure_ascii=False)),
        )


async def test_after_an_upgrade_a_filter_holds_as_it_was_meant_and_that_is_told_once(
    sim: Simulator, boss: Person, tmp_path: Path
) -> None:
    group = sim.group("독서모임", owner=boss, bot_admin=True)
    an_old_database(tmp_path / "sosik.db", group, ["인공지능", "-광고"])
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        notice = await group.receives("낱말 단위로")
        assert "지금 필터: 인공지능 -광고" in notice.text
        chat = await known(bot, group.id)
        assert (chat.settings.words, chat.settings.without) == (("인공지능",), ("광고",))
        await publish(bot, "글: 인공지능 광고", "글: 인공지능을", "글: 광고주")
        await group.receives("글: 인공지능을")
        await bot.rests()
        assert cards(group) == ["글: 인공지능을"]
        await bot.stop()
        await bot.start()
        await bot.rests()
        assert sum("낱말 단위로" in card.text for card in group.bot_messages) == 1
        assert chat.id == ChatId(group.id)
