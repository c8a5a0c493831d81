"""Today's bot on the database of each released version: nothing is lost, doubled or chosen anew."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tomllib
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from bot.simulator import Simulator
from storage import reactions
from storage.migrations import _ATTEMPTS, STEPS
from tests.e2e.conftest import Bot
from tests.e2e.test_pushing import database_of
from tests.upgrades.dump import dump, restore
from tests.upgrades.evening import FIRST, LANDED, SECOND, THIRD, LaterClock, Town, build
from tests.upgrades.living import live
from tests.upgrades.placing import place
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT, DATA = Path(__file__).parents[2], Path(__file__).parent / "data"
TODAY = "today"
"""What will be the next release: its evening is lived anew."""
KEPT = sorted(
    (path.stem for path in DATA.glob("*.sql")),
    key=lambda version: [int(part) for part in version.split(".")],
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LAST = [one for one in KEPT if one != PROJECT["version"]][-1]
"""The one that most will come from is tried before each commit, the others with `make slow`."""
VERSIONS = [
    pytest.param(one, marks=() if one == LAST else pytest.mark.slow) for one in (*KEPT, TODAY)
]
QUIET = ("모아보는 방", "알림 없는 방", "내보낸 방", "기다리는 방")
"""Rooms that get no cards."""
REFUSED = ("Money",)
"""Where the second post was refused for good."""
OPEN = "state IN ('pending', 'sending', 'unknown')"


@cache
def sql_of(version: str) -> str:
    """The database of a version; to be asked for in a thread."""
    if version != TODAY:
        return (DATA / f"{version}.sql").read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        return dump(asyncio.run(live(Path(folder))))


def rows_of(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


@dataclass(frozen=True, slots=True)
class Upgraded:
    """Today's bot on an older database, of which `before` is a copy."""

    town: Town
    bot: Bot
    before: Path

    @property
    def finds_what_landed(self) -> bool:
        """Whether that version kept what proves it; else it goes once more, and is counted."""
        (taken,) = rows_of(self.before, "PRAGMA user_version")[0]
        return int(taken) > STEPS.index(_ATTEMPTS)


@asynccontextmanager
async def upgraded(version: str, tmp_path: Path, **others: str) -> AsyncIterator[Upgraded]:
    """The bot of today starts a minute after the digest of the evening is due."""
    before, path = tmp_path / "before.db", tmp_path / "sosik.db"
    sql = await asyncio.to_thread(sql_of, version)
    for one in (before, path):
        restore(sql, one)
    (due,) = rows_of(path, "SELECT max(digest_due_at) FROM chats WHERE state = 'served'")[0]
    clock = LaterClock(datetime.fromtimestamp(due + 60, UTC))
    async with await Simulator.start(at=clock.now().timestamp()) as sim:
        town = build(sim, with_bot=True)
        await place(sim, town, path)
        settings = {
            "operator_ids": str(town.boss.id),
            "channels": str(town.rooms["소식"].id),
            "serve": "approved",
            "sources": str(DATA / "archive.txt"),
            **others,
        }
        bot = Bot(sim, tmp_path, settings, clock=clock)
        await bot.start()
        try:
            yield Upgraded(town, bot, before)
        finally:
            await bot.stop()


async def ends(one: Upgraded) -> None:
    """Wait until nothing is open any more, and whatever is in doubt is decided."""
    assert isinstance(one.bot.clock, LaterClock)
    one.bot.clock.advance(120)  # what a kill left in doubt waits for a minute
    path = one.bot.path / "sosik.db"
    await until(lambda: not rows_of(path, f"SELECT 1 FROM outbox WHERE {OPEN}"))  # noqa: S608  # of ours
    await one.bot.rests()


def times(one: Upgraded, title: str, post: str) -> int:
    """How many messages of a room begin with a post's title."""
    cards = one.town.rooms[title].bot_messages
    return sum(card.text.splitlines()[0] == post for card in cards)


def test_each_version_before_this_one_is_kept() -> None:
    """The newest of the CHANGELOG is the project's, and is kept when it is released."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest, *released = re.findall(
        r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE
    )
    assert PROJECT["version"] == newest
    assert set(KEPT) - {newest} == set(released)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_database_is_whole_and_has_what_may_be_lost(version: str, tmp_path: Path) -> None:
    sql, path = sql_of(version), tmp_path / "sosik.db"
    restore(sql, path)
    assert dump(path) == sql
    assert rows_of(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows_of(path, "PRAGMA foreign_key_check") == []
    states = {state for (state,) in rows_of(path, "SELECT DISTINCT state FROM outbox")}
    assert states >= {"pending", "sending", "unknown", "sent", "failed"}
    for table in ("inbox", "digests", "reaction_sets", "reaction_totals", "drafts"):
        assert rows_of(path, f"SELECT 1 FROM {table}"), table  # noqa: S608  # of ours


@pytest.mark.parametrize("version", VERSIONS)
async def test_after_an_upgrade_no_push_is_lost_or_doubled(version: str, tmp_path: Path) -> None:
    async with upgraded(version, tmp_path) as one:
        await one.town.rooms["모아보는 방"].receives(THIRD)
        await ends(one)
        digests = [card.text for card in one.town.rooms["모아보는 방"].bot_messages]
        found = {
            title: tuple(times(one, title, post) for post in (FIRST, SECOND, THIRD))
            for title in one.town.rooms
            if title not in QUIET
        }
        twice = () if one.finds_what_landed else LANDED
        expected = {
            title: (1, 0 if title in REFUSED else 2 if title in twice else 1, 1) for title in found
        }
        assert found == expected
        assert len(digests) == 1
        assert all(post in digests[0] for post in (SECOND, THIRD))
        for title in QUIET[1:]:
            assert not any(times(one, title, post) for post in (FIRST, SECOND, THIRD))
        doubled = rows_of(
            one.bot.path / "sosik.db", "SELECT chat_id FROM outbox WHERE state = 'resent_unproven'"
        )
        again = {one.town.rooms[title].id for title in (*twice, "산책", "소식")}
        counted = {chat_id for (chat_id,) in doubled}
        assert counted >= again, "each is counted"
        assert counted == again or version == TODAY, "on a busy machine more may be in doubt"


async def test_a_channel_that_was_served_unasked_gets_what_was_kept_once_it_is_approved(
    tmp_path: Path,
) -> None:
    """0.1.0 served whatever channel it was brought to; docs/upgrade.md tells operators."""
    async with upgraded("0.1.0", tmp_path, channels="") as one:
        channel, boss = one.town.rooms["소식"], one.town.boss
        await one.town.rooms["독서모임"].receives(THIRD)
        assert (times(one, "소식", SECOND), times(one, "소식", THIRD)) == (0, 0)
        await boss.says(boss.private, "/approve")
        await boss.presses(await boss.private.receives("승인할 방"), "소식")
        assert isinstance(one.bot.clock, LaterClock)
        one.bot.clock.advance(120)
        await channel.receives(THIRD)
        assert (times(one, "소식", SECOND), times(one, "소식", THIRD)) == (1, 1)


@pytest.mark.parametrize("version", VERSIONS)
async def test_after_an_upgrade_all_that_was_chosen_given_and_asked_is_there(
    version: str, tmp_path: Path
) -> None:
    async with upgraded(version, tmp_path) as one:
        unheard, chosen = one.town.rooms["알림 없는 방"], _chosen(one.before)
        await unheard.receives("English")  # `/language 영어`, taken in and not handled before
        await ends(one)
        chosen[unheard.id]["language"] = "en"
        now = _chosen(one.bot.path / "sosik.db")
        assert {chat: {name: now[chat][name] for name in had} for chat, had in chosen.items()} == (
            chosen
        )
        async with database_of(one.bot).reader() as db:
            top = await reactions.list_top(db, since=None, limit=1)
        titles = rows_of(one.before, f"SELECT title FROM posts WHERE id = {top[0][0]}")  # noqa: S608  # of ours
        assert titles == [(FIRST,)]
        asked = "SELECT link FROM drafts", "SELECT left, right FROM search_synonyms"
        for sql in asked:
            assert rows_of(one.bot.path / "sosik.db", sql) == rows_of(one.before, sql) != []


def _chosen(path: Path) -> dict[int, dict[str, Any]]:
    """Of each chat all that is kept of it but when its next digest is due."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        rows = [dict(row) for row in db.execute("SELECT * FROM chats")]
    moves = {"digest_due_at", "last_digest_at"}
    return {row["id"]: {name: row[name] for name in row if name not in moves} for row in rows}
