"""How fast questions are answered and reactions taken in, beside bare python-telegram-bot.

    python -m benchmarks.answers [--posts 10000] [--chats 16] [--questions 100]
        [--reactions 5000] [--rounds 3] [--json]

The simulator and the members run in this process, each bot in one of its own, without pacing; they
take turns, round by round. A member asks again once the answer has arrived. The bare bot sends the
very bytes that Sosik answered: one CommandHandler with everything ready-made. Reactions count for
Sosik when SQLite has committed them at synchronous=FULL, for the bare application when its empty
handler was called.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import tempfile
import time
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.archives import add_cards, make_archive
from benchmarks.contestants import (
    contestant,
    cpu_seconds,
    new_event,
    run_bare,
    run_empty,
    run_sosik,
)
from benchmarks.reporting import percentile, report
from bot.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from multiprocessing.process import BaseProcess

    from bot.simulator.events import Event
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

QUESTION = "/latest"
PATIENCE_SECONDS = 60.0
CARDS = 100
"""Messages that show posts, on which the reactions are."""
LOOK_SECONDS = 0.005
BARE = {"bare": 1, "bare, concurrent_updates": 256}


@dataclass
class Measured:
    """What one bot did, over all rounds."""

    name: str
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    alone_seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    def row(self, best: float) -> dict[str, object]:
        """A row of the table; `best` is the rate to compare with."""
        return {
            "bot": self.name,
            "answers/s": median(self.rates),
            "of bare %": 100 * median(self.rates) / best,
            "p50 ms": 1000 * percentile(self.seconds, 50),
            "p99 ms": 1000 * percentile(self.seconds, 99),
            "alone p50 ms": 1000 * percentile(self.alone_seconds, 50),
            "alone p99 ms": 1000 * percentile(self.alone_seconds, 99),
            "CPU ms/answer": 1000 * median(self.cpu_seconds),
        }


@dataclass
class Taken:
    """How one bot took reactions in, over all rounds."""

    name: str
    rates: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def measured(self, process: BaseProcess, count: int) -> AsyncIterator[None]:
        """Measure the wait inside, at whose end `count` reactions are taken in."""
        cpu, start = cpu_seconds(process.pid), time.perf_counter()
        yield
        self.rates.append(count / (time.perf_counter() - start))
        self.cpu_seconds.append((cpu_seconds(process.pid) - cpu) / count)

    def row(self, best: float) -> dict[str, object]:
        """A row of the table; `best` is the rate to compare with."""
        return {
            "bot": self.name,
            "reactions/s": median(self.rates),
            "of bare %": 100 * median(self.rates) / best,
            "CPU µs/reaction": 1e6 * median(self.cpu_seconds),
        }


class Crowd:
    """Members who ask, each in a group of their own."""

    def __init__(self, sim: Simulator, chats: int) -> None:
        self._waiting: dict[int, asyncio.Future[None]] = {}
        people = [sim.user(f"회원{number}") for number in range(chats)]
        self.members: list[tuple[Person, Room]] = [
            (one, sim.supergroup(f"모임 {one.id}", members=[one], bot_admin=True)) for one in people
        ]
        sim.events.subscribe(self._note)

    def _note(self, event: Event) -> None:
        if event.kind != "message" or event.chat is None or event.message is None:
            return
        if event.message.is_ours and (waiter := self._waiting.pop(event.chat.id, None)):
            waiter.set_result(None)

    async def ask(self, member: tuple[Person, Room], times: int) -> list[float]:
        """Ask, wait for the answer, ask again; how many seconds each answer took."""
        person, room = member
        seconds = []
        for _ in range(times):
            answered = asyncio.get_running_loop().create_future()
            self._waiting[room.id] = answered
            start = time.perf_counter()
            await person.says(room, QUESTION)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await answered
            seconds.append(time.perf_counter() - start)
        return seconds

    async def measure(self, process: BaseProcess, times: int, into: Measured) -> None:
        """One round: warm up, all at once, then one member alone."""
        await asyncio.gather(*(self.ask(one, 3) for one in self.members))
        cpu, start = cpu_seconds(process.pid), time.perf_counter()
        many = await asyncio.gather(*(self.ask(one, times) for one in self.members))
        answers = times * len(self.members)
        into.rates.append(answers / (time.perf_counter() - start))
        into.cpu_seconds.append((cpu_seconds(process.pid) - cpu) / answers)
        into.seconds += [one for seconds in many for one in seconds]
        into.alone_seconds += await self.ask(self.members[0], max(2, times))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.answers")
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=16)
    parser.add_argument("--questions", type=int, default=100, help="of each chat in a round")
    parser.add_argument("--reactions", type=int, default=5_000, help="in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measure(given, Path(folder)))
    report("answers", tables, as_json=given.json)


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, list[dict[str, object]]]:
    """Both tables."""
    path = folder / "sosik.db"
    await make_archive(path, given.posts)
    asked = f"{QUESTION}, {given.chats} chats at once, {given.posts:,} posts"
    async with await Simulator.start() as sim:  # one for all: ids of updates must not begin anew
        return {
            asked: await measure_answers(sim, given, path),
            f"{given.reactions:,} reactions": await measure_reactions(sim, given, path),
        }


async def measure_answers(
    sim: Simulator, given: argparse.Namespace, path: Path
) -> list[dict[str, object]]:
    """How fast each bot answers."""
    sosik = Measured("sosik")
    bare = {name: Measured(name) for name in BARE}
    crowd = Crowd(sim, given.chats)
    for _ in range(given.rounds):
        async with contestant(sim, run_sosik, str(path)) as process:
            await crowd.measure(process, given.questions, sosik)
        said = _said(sim)
        for name, side_by_side in BARE.items():
            async with contestant(sim, run_bare, said, side_by_side) as process:
                await crowd.measure(process, given.questions, bare[name])
        if _said(sim) != said:
            raise RuntimeError("the bare bot sent something else")
    best = max(median(one.rates) for one in bare.values())
    return [one.row(best) for one in (sosik, *bare.values())]


def _said(sim: Simulator) -> str:
    """The parameters of the last answer, less whom it answered."""
    parameters = dict(sim.calls.of("sendMessage")[-1].parameters)
    del parameters["chat_id"], parameters["reply_parameters"]
    decoded = {
        name: json.loads(value)
        if name in {"entities", "reply_markup", "link_preview_options"} and isinstance(value, str)
        else value
        for name, value in parameters.items()
    }
    return json.dumps(decoded, ensure_ascii=False, sort_keys=True)


async def measure_reactions(
    sim: Simulator, given: argparse.Namespace, path: Path
) -> list[dict[str, object]]:
    """How fast each bot takes reactions in."""
    sosik, bare = Taken("sosik, committed"), Taken("bare, empty handler")
    room = sim.supergroup("모임", members=[sim.user("민지")], bot_admin=True)
    await add_cards(path, room.id, CARDS, posts=given.posts)
    for number in range(given.rounds):
        async with contestant(sim, run_sosik, str(path)) as process:
            _push(sim, room, given.reactions, first=number * given.reactions)
            async with sosik.measured(process, given.reactions):
                await _committed(path, (number + 1) * given.reactions)
        done = new_event()
        async with contestant(sim, run_empty, given.reactions, done) as process:
            _push(sim, room, given.reactions, first=0)
            async with bare.measured(process, given.reactions):
                await asyncio.to_thread(done.wait, PATIENCE_SECONDS)
    return [one.row(median(bare.rates)) for one in (sosik, bare)]


def _push(sim: Simulator, room: Room, count: int, *, first: int) -> None:
    """Queue reactions, each of another person; none is given out before this coroutine waits."""
    chat: dict[str, Any] = {"id": room.id, "type": "supergroup", "title": room.title}
    for number in range(first, first + count):
        sim.updates.push(
            "message_reaction",
            {
                "chat": chat,
                "message_id": 1 + number % CARDS,
                "date": int(time.time()),
                "user": {"id": 1_000_000 + number, "is_bot": False, "first_name": "회원"},
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": "👍"}],
            },
        )


async def _committed(path: Path, count: int) -> None:
    """Return once so many reactions are in the database, and no update waits."""
    sql = "SELECT (SELECT count(*) FROM reaction_sets) >= ? AND NOT EXISTS (SELECT 1 FROM inbox)"
    async with asyncio.timeout(PATIENCE_SECONDS):
        with closing(sqlite3.connect(path)) as db:
            while not db.execute(sql, (count,)).fetchone()[0]:  # noqa: ASYNC110  # another process does it
                await asyncio.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main()
