"""What `--keep` keeps: the demo goes on where it ended, or says why it cannot."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import sys
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.demo.kept import BOT_FILE, DEMO_FILE, KeptDemo
from bot.demo.stage import open_stage
from bot.errors import SosikError
from storage.lock import held, is_held
from tests.demo.telegram import room_of
from tests.processes import running
from tests.waiting import until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

MINJI = "0"
DAY = 86_400


@dataclass(slots=True)
class Guest:
    """Somebody before a demo that runs as a process of its own."""

    process: Process
    session: aiohttp.ClientSession
    address: str
    token: str

    async def world(self) -> dict[str, Any]:
        """All that the page is told."""
        live = f"{self.address}demo/live?token={self.token}"
        async with self.session.ws_connect(live) as told:
            world: dict[str, Any] = await told.receive_json()
            return world

    async def does(self, path: str, **order: object) -> dict[str, Any]:
        headers = {"X-Control-Token": self.token}
        address = f"{self.address}demo/{path}"
        async with self.session.post(address, json=order, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            assert "error" not in answer, answer
            return answer

    async def says(self, chat: int, text: str) -> dict[str, Any]:
        """Minji says something: what the bot answers."""
        said = await self.does("act", persona=MINJI, chat=chat, do="says", text=text)

        async def answers() -> list[dict[str, Any]]:
            shown = messages(await self.world(), chat)
            return [one for one in shown if (one["reply"] or {}).get("id") == said["id"]]

        await until(answers)
        return (await answers())[0]

    async def publishes(self, title: str) -> int:
        """A new post; waits until it has come to every chat."""
        made = await self.does("order", do="publish", title=title, text="본문이에요.")

        async def has_come() -> bool:
            (post,) = (
                one
                for one in (await self.world())["stage"]["posts"]
                if one["number"] == made["number"]
            )
            return len(post["copies"]) == 4

        await until(has_come)
        return int(made["number"])


def messages(world: dict[str, Any], chat: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world["pages"][str(chat)]["messages"]
    return found


def group_of(world: dict[str, Any]) -> int:
    return int(next(chat["id"] for chat in world["chats"] if chat["kind"] == "group"))


@asynccontextmanager
async def demo_in(folder: Path) -> AsyncIterator[Guest]:
    """`sosik demo --keep`, ended as Ctrl-C does unless it has ended."""
    command = (sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0")
    environment = {**os.environ, "LANGUAGE": "en"}
    keeping = ("--keep", str(folder / "kept"))
    async with running(folder, *command, *keeping, environment=environment) as process:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found is not None, (line, process.stderr and await process.stderr.read())
        async with aiohttp.ClientSession() as session:
            async with session.get(found[0]) as response:
                token = re.search(r'token" content="([^"]+)', await response.text())
            assert token is not None
            yield Guest(process, session, found[0], token[1])
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await process.communicate()


def given_in(folder: Path, chat: int, message: int) -> str | None:
    """What Minji gave a message, as the bot has it."""
    with closing(sqlite3.connect(folder / "kept" / "sosik.db")) as db:
        row = db.execute(
            "SELECT emoji FROM reaction_sets WHERE chat_id = ? AND message_id = ?", (chat, message)
        ).fetchone()
        return None if row is None else str(row[0])


@pytest.mark.slow
async def test_a_kept_demo_goes_on_where_it_ended_also_where_it_was_killed(tmp_path: Path) -> None:
    async with demo_in(tmp_path) as guest:
        chat = group_of(await guest.world())
        assert await guest.publishes("첫 글") == 1
        await guest.does("order", do="advance", seconds=2 * DAY)
        card = await guest.says(chat, "/post 1")
        before = await guest.world()
    async with demo_in(tmp_path) as guest:
        await _goes_on(guest, before)
        await _still_answers(tmp_path, guest, chat, card)
        assert await guest.publishes("둘째 글") == 2
        before = await guest.world()
        await guest.does("act", persona=MINJI, chat=chat, do="says", text="곧 꺼져요")
        await until(lambda: _has(tmp_path, "곧 꺼져요"))
        guest.process.kill()
        await guest.process.communicate()
    async with demo_in(tmp_path) as guest:
        await _goes_on(guest, before)
        assert "곧 꺼져요" in [one["text"] for one in messages(await guest.world(), chat)]
        assert await guest.publishes("셋째 글") == 3
        posts = (await guest.world())["stage"]["posts"]
        assert [set(one["copies"].values()) for one in posts] == [{1}] * 3
    (tmp_path / "kept" / DEMO_FILE).unlink()  # as the version before left it
    async with demo_in(tmp_path) as guest:
        assert (await guest.world())["stage"]["now"] >= before["stage"]["now"]
        await guest.publishes("넷째 글")


async def _goes_on(guest: Guest, before: dict[str, Any]) -> None:
    """What was said, the posts and the people are there, and no time has gone back."""
    now = await guest.world()
    assert now["stage"]["now"] >= before["stage"]["now"]
    assert now["stage"]["blog"] == before["stage"]["blog"]
    assert now["stage"]["posts"] == before["stage"]["posts"]
    assert now["personas"] == before["personas"]
    for chat, page in before["pages"].items():
        assert page["messages"] == now["pages"][chat]["messages"][: len(page["messages"])]


async def _still_answers(folder: Path, guest: Guest, chat: int, card: dict[str, Any]) -> None:
    """A button of an old message works, and what an old message is given counts."""
    data = card["rows"][0][0]["value"]
    order = {"persona": MINJI, "chat": chat, "message": card["id"]}
    assert "refused" not in await guest.does("act", do="presses", data=data, **order)
    await guest.does("act", do="reacts", reactions=["🔥"], **order)
    await until(lambda: given_in(folder, chat, card["id"]) == '["🔥"]')


def _has(folder: Path, text: str) -> bool:
    kept = (folder / "kept").glob(f"{DEMO_FILE}*")
    return any(text.encode() in path.read_bytes() for path in kept)


def _not_a_database(folder: Path) -> None:
    (folder / DEMO_FILE).write_bytes(b"no database at all, but of some length" * 200)


def _another_programs(folder: Path) -> None:
    with closing(sqlite3.connect(folder / DEMO_FILE)) as db:
        db.execute("CREATE TABLE songs (title TEXT)")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _empty(folder: Path) -> None:
    KeptDemo(folder / DEMO_FILE)._opened().close()


def _of_a_newer_version(folder: Path) -> None:
    _empty(folder)
    with closing(sqlite3.connect(folder / DEMO_FILE)) as db:
        db.execute("PRAGMA user_version = 99")


def _half_of_it(folder: Path) -> None:
    _empty(folder)
    with closing(sqlite3.connect(folder / DEMO_FILE)) as db, db:
        state = [("at", "1"), ("world", "{}"), ("blog", '{"port": 1}')]
        db.executemany("INSERT INTO state VALUES (?, ?)", state)


def _of_a_real_bot(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "sosik.db")) as db, db:
        db.execute("CREATE TABLE chats (id INTEGER PRIMARY KEY)")
        for table, column in (
            ("sources", "last_fetched_at"),
            ("outbox", "changed_at"),
            ("inbox_seen", "seen_at"),
            ("messages", "sent_at"),
        ):
            db.execute(f"CREATE TABLE {table} ({column} INTEGER, address TEXT)")
        db.execute("INSERT INTO chats VALUES (-1009999999999)")


def _a_bots_file_that_is_none(folder: Path) -> None:
    (folder / "sosik.db").write_bytes(b"nothing that SQLite would know" * 100)


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (_not_a_database, "error.kept_broken"),
        (_another_programs, "error.kept_broken"),
        (_of_a_newer_version, "error.kept_newer"),
        (_half_of_it, "error.kept_broken"),
        (_of_a_real_bot, "error.kept_foreign"),
        (_a_bots_file_that_is_none, "error.kept_broken"),
    ],
)
async def test_a_folder_that_cannot_be_gone_on_with_is_left_alone_and_told(
    tmp_path: Path, spoil: Callable[[Path], None], key: str
) -> None:
    spoil(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(SosikError) as raised:
        async with open_stage(tmp_path):
            pass
    assert raised.value.key == key
    assert contents(tmp_path) == before


@pytest.mark.slow
async def test_the_bot_of_a_demo_that_was_killed_has_time_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the database until then, and the next bot would end at once and in silence."""
    looks = 0

    def look(path: Path) -> bool:
        nonlocal looks
        looks += 1
        return is_held(path)

    monkeypatch.setattr("bot.demo.stage.is_held", look)
    async with open_stage(tmp_path):
        pass
    before = looks
    async with AsyncExitStack() as stack:
        with held(tmp_path / BOT_FILE):
            opening = asyncio.create_task(stack.enter_async_context(open_stage(tmp_path)))
            await until(lambda: looks > before + 1)
        stage = await opening
        room = room_of(stage, "독서모임")
        await stage.community.personas[0].person.says(room, "/latest 3")
        await room.receives("1–3")
        assert stage.ends == []


async def test_two_demos_do_not_share_a_folder_and_a_file_is_none(tmp_path: Path) -> None:
    holder = KeptDemo(tmp_path / DEMO_FILE)
    holder._opened()
    with pytest.raises(SosikError, match=r"error\.kept_held"):
        KeptDemo(tmp_path / DEMO_FILE)
    await holder.close()
    (tmp_path / "file").touch()
    with pytest.raises(SosikError, match=r"error\.kept_folder"):
        async with open_stage(tmp_path / "file"):
            pass
