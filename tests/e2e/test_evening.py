"""An evening as the log tells it: each of these events once, with its fields, in both forms."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.logs import ConsoleFormatter, JsonFormatter, SparingHandler
from storage import outbox
from storage.models import ChatId, DigestPush, NewOutboxRow
from tests.e2e.conftest import Bot, known
from tests.e2e.test_nights import span
from tests.e2e.test_pushing import CLOCK, database_of, publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.simulator import Person, Room, Simulator


class Log:
    """What `sosik run` writes, in both forms."""

    def __init__(self) -> None:
        self.console, self.json = io.StringIO(), io.StringIO()
        self.handlers = [SparingHandler(self.console), SparingHandler(self.json)]
        for_people, for_machines = self.handlers
        for_people.setFormatter(ConsoleFormatter(ZoneInfo("Asia/Seoul")))
        for_machines.setFormatter(JsonFormatter())

    def of(self, event: str) -> list[dict[str, Any]]:
        """The fields of an event's lines, which are as many in the console."""
        entries = [json.loads(line) for line in self.json.getvalue().splitlines()]
        found = [one for one in entries if one["event"] == event]
        shown = [one for one in self.console.getvalue().splitlines() if f": {event}" in one]
        assert len(shown) == len(found)
        ours = {"at", "level", "logger", "event"}
        return [{name: one[name] for name in one if name not in ours} for one in found]


@pytest.fixture
def written() -> Iterator[Log]:
    log, root = Log(), logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    for handler in log.handlers:
        root.addHandler(handler)
    yield log
    root.setLevel(before)
    for handler in log.handlers:
        root.removeHandler(handler)


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


async def settle_in(sim: Simulator, bot: Bot, boss: Person, minji: Person) -> tuple[Room, Room]:
    """A group that is served at once, and one that waits and is approved; there it is night."""
    ours = sim.group("독서\n모임", owner=boss, members=[minji], bot=False)
    theirs = sim.group("이웃", owner=minji, members=[boss], bot=False)
    await boss.adds_bot(ours, admin=True)
    await ours.receives("안녕하세요")
    await boss.says(ours, "/quiet off")
    await ours.receives("조용한 시간")
    await minji.adds_bot(theirs, admin=True)
    await theirs.receives("운영자")
    await boss.says(theirs, "/approve")
    await theirs.receives("안녕하세요")
    await minji.says(theirs, f"/quiet {span()}")
    await theirs.receives("조용한 시간")
    await bot.rests()
    return ours, theirs


async def fail_once(bot: Bot, monkeypatch: pytest.MonkeyPatch, room: Room, minji: Person) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the inside")

    assert bot.running is not None
    with monkeypatch.context() as patch:
        patch.setattr(type(bot.running.services.posts), "newest", broken)
        await minji.says(room, "/latest")
        await room.receives("문제가 생겨서")


async def test_an_evening_is_told_in_lines_that_each_say_something(
    sim: Simulator,
    boss: Person,
    tmp_path: Path,
    written: Log,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    minji = sim.user("민지", language="ko")
    settings = {"operator_ids": str(boss.id), "serve": "approved"}
    bot = Bot(sim, tmp_path, settings)
    await bot.start()
    ours, theirs = await settle_in(sim, bot, boss, minji)
    (post_id,) = await publish(bot, "새 글")
    await ours.receives("새 글")
    await minji.says(ours, "/push off")
    await ours.receives("관리자만")
    async with database_of(bot).transaction() as tx:
        push = DigestPush((post_id,), ())
        now = CLOCK.now()
        await outbox.add_rows(tx, [NewOutboxRow(ChatId(ours.id), "d", push, now)], now)
    await ours.receives("새 글")
    await fail_once(bot, monkeypatch, ours, minji)
    await boss.removes_bot(ours)
    await known(bot, ours.id, state="left")
    await bot.stop()
    here, there = ({"chat": room.id, "kind": "group"} for room in (ours, theirs))
    assert written.of("chat_met") == [here]
    assert written.of("chat_waiting") == [there]
    assert written.of("chat_approved") == [there]
    assert written.of("chat_left") == [{**here, "why": "removed"}]
    assert written.of("post_found") == [{"post": post_id, "link": None}]
    assert written.of("post_queued") == [{"post": post_id, "chats": 2, "held": 1}]
    assert written.of("post_sent") == [{"post": post_id, "chats": 1}]
    assert written.of("digest_sent") == [{"chats": 1, "posts": 1}]
    refused = {"command": "push", "needs": "administrators", **here}
    assert written.of("command_refused") == [refused]
    assert [one["chat"] for one in written.of("handler_failed")] == [ours.id]
    console, machine = written.console.getvalue(), written.json.getvalue()
    assert console.count("Traceback") == machine.count("Traceback") == 1
    assert 'title="독서 모임"' in console
    assert "독서" not in machine
    for person in (boss, minji):
        assert str(person.id) not in console + machine
