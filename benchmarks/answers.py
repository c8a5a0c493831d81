"""How fast questions are answered and reactions taken in, beside bare python-telegram-bot.

    python -m benchmarks.answers [--posts 10000] [--chats 16] [--questions 100]
        [--reactions 5000] [--rounds 3] [--contestants NAME ...] [--json]

The simulator and the members run in this process, each bot in one of its own, without pacing; they
take turns, round by round, and CPU is that of the bot's process alone. A member asks again once the
answer has arrived. The bare bots, of python-telegram-bot and of aiogram, send the very bytes that
Sosik answered: one handler of a command with everything ready-made. Reactions count for Sosik when
SQLite has committed them at synchronous=FULL, for the bare bots once their empty handler was
called.
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
from typing import TYPE_CHECKING, Any, TypeVar

from benchmarks.archives import add_cards, make_archive
from benchmarks.contestants import (
    contestant,
    cpu_seconds,
    new_event,
    rests,
    run_aiogram,
    run_bare,
    run_empty,
    run_empty_aiogram,
    run_sosik,
)
from benchmarks.figures import Better, Ratio, quotient
from benchmarks.reporting import percentile, report
from bot.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from multiprocessing.process import BaseProcess

    from bot.simulator.events import Event
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

QUESTION = "/latest"
PATIENCE_SECONDS = 60.0
CARDS = 100
"""Messages that show posts, on which the reactions are."""
LOOK_SECONDS = 0.005
IDLE_SECONDS = 0.05
"""After an answer; what it leaves to be done is done then."""
ENCODED = frozenset({"entities", "reply_markup", "link_preview_options", "reply_parameters"})
"""Parameters that are JSON in a form: two programs need not agree on its spaces."""
SOSIK, AIOGRAM = "sosik", "aiogram"
BARE = {"bare": 1, "bare, concurrent_updates": 256}
CONTESTANTS = (SOSIK, *BARE, AIOGRAM)
EMPTY = {"bare": run_empty, AIOGRAM: run_empty_aiogram}
TAKING = {
    SOSIK: "sosik, committed",
    "bare": "bare, empty handler",
    AIOGRAM: "aiogram, empty handler",
}
"""What takes reactions in, and how it is called there."""


@dataclass
class Measured:
    """What one bot did, over all rounds."""

    name: str
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    alone_seconds: list[float] = field(default_factory=list)
    idle_seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return median(self.rates)

    @property
    def cost(self) -> float:
        """Seconds of the processor for an answer."""
        return median(self.cpu_seconds)

    def row(self, peers: Mapping[str, Measured]) -> dict[str, object]:
        """A row of the table; `peers` are what it is compared with, by their names there."""
        return {
            "bot": self.name,
            "answers/s": self.rate,
            **{f"of {name} %": 100 * quotient(self.rate, one.rate) for name, one in peers.items()},
            "p50 ms": 1000 * percentile(self.seconds, 50),
            "p99 ms": 1000 * percentile(self.seconds, 99),
            "alone p50 ms": 1000 * percentile(self.alone_seconds, 50),
            "alone p99 ms": 1000 * percentile(self.alone_seconds, 99),
            "idle p50 ms": 1000 * percentile(self.idle_seconds, 50),
            "CPU ms/answer": 1000 * self.cost,
            **{
                f"of {name}'s CPU %": 100 * quotient(self.cost, one.cost)
                for name, one in peers.items()
            },
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

    @property
    def rate(self) -> float:
        """Reactions a second."""
        return median(self.rates)

    @property
    def cost(self) -> float:
        """Seconds of the processor for a reaction."""
        return median(self.cpu_seconds)

    def row(self, peers: Mapping[str, Taken]) -> dict[str, object]:
        """A row of the table; `peers` are what it is compared with, by their names there."""
        return {
            "bot": self.name,
            "reactions/s": self.rate,
            **{f"of {name} %": 100 * quotient(self.rate, one.rate) for name, one in peers.items()},
            "CPU µs/reaction": 1e6 * self.cost,
            **{
                f"of {name}'s CPU %": 100 * quotient(self.cost, one.cost)
                for name, one in peers.items()
            },
        }


Raced = TypeVar("Raced", Measured, Taken)


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

    async def ask(
        self, member: tuple[Person, Room], times: int, *, pause_seconds: float = 0.0
    ) -> list[float]:
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
            await asyncio.sleep(pause_seconds)
        return seconds

    async def measure(self, process: BaseProcess, times: int, into: Measured) -> None:
        """One round: warm up, all at once, then one alone, at once again and after a while."""
        await asyncio.gather(*(self.ask(one, 3) for one in self.members))
        cpu, start = cpu_seconds(process.pid), time.perf_counter()
        many = await asyncio.gather(*(self.ask(one, times) for one in self.members))
        answers = times * len(self.members)
        into.rates.append(answers / (time.perf_counter() - start))
        into.cpu_seconds.append((cpu_seconds(process.pid) - cpu) / answers)
        into.seconds += [one for seconds in many for one in seconds]
        one = self.members[0]
        into.alone_seconds += await self.ask(one, max(2, times))
        into.idle_seconds += await self.ask(one, max(2, times), pause_seconds=IDLE_SECONDS)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.answers")
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=16)
    parser.add_argument("--questions", type=int, default=100, help="of each chat in a round")
    parser.add_argument("--reactions", type=int, default=5_000, help="in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--contestants", nargs="+", choices=CONTESTANTS, default=CONTESTANTS, metavar="NAME"
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given, Path(folder)))


async def measure(given: argparse.Namespace, folder: Path) -> None:
    """Both tables, and what is compared from run to run."""
    path = folder / "sosik.db"
    await make_archive(path, given.posts)
    asked = f"{QUESTION}, {given.chats} chats at once, {given.posts:,} posts"
    async with await Simulator.start() as sim:  # one for all: ids of updates must not begin anew
        answers = await measure_answers(sim, given, path)
        reactions = await measure_reactions(sim, given, path)
    tables = {asked: table_of(answers), f"{given.reactions:,} reactions": table_of(reactions)}
    ratios = [*ratios_of("answers", answers), *ratios_of("reactions", reactions)]
    report("answers", tables, as_json=given.json, ratios=ratios)


async def measure_answers(sim: Simulator, given: argparse.Namespace, path: Path) -> list[Measured]:
    """How fast each bot answers."""
    measured = {name: Measured(name) for name in CONTESTANTS if name in given.contestants}
    crowd = Crowd(sim, given.chats)
    said = await _sosiks_answer(sim, crowd, path)
    for _ in range(given.rounds):
        for name, one in measured.items():
            async with contestant(sim, *_started(name, path, said)) as process:
                await crowd.measure(process, given.questions, one)
            if _said(sim) != said:
                raise RuntimeError(f"{name} sent something else: {_said(sim)}, not {said}")
    return list(measured.values())


async def _sosiks_answer(sim: Simulator, crowd: Crowd, path: Path) -> str:
    """What all of them are to send, as `_said` has it."""
    async with contestant(sim, run_sosik, str(path)):
        await crowd.ask(crowd.members[0], 1)
    return _said(sim)


def _started(name: str, path: Path, said: str) -> tuple[Callable[..., None], *tuple[object, ...]]:
    """What a contestant's process runs, and with which arguments."""
    if name == SOSIK:
        return run_sosik, str(path)
    return (run_aiogram, said) if name == AIOGRAM else (run_bare, said, BARE[name])


def peers_of(measured: Sequence[Raced]) -> dict[str, Raced]:
    """What Sosik is compared with: the fastest bare python-telegram-bot, and aiogram."""
    bare = [one for one in measured if one.name.startswith("bare")]
    others = [one for one in measured if one.name.startswith(AIOGRAM)]
    peers = {"bare": max(bare, key=lambda one: one.rate)} if bare else {}
    return peers | ({AIOGRAM: others[0]} if others else {})


def table_of(measured: Sequence[Raced]) -> list[dict[str, object]]:
    """A row a bot, in the order of their turns."""
    peers: Any = peers_of(measured)
    return [one.row(peers) for one in measured]


def ratios_of(what: str, measured: Sequence[Raced]) -> list[Ratio]:
    """How Sosik does beside each peer, by the clock and by the processor."""
    sosik = [one for one in measured if one.name.startswith(SOSIK)]
    return [
        ratio
        for one in sosik
        for name, peer in peers_of(measured).items()
        for ratio in (
            Ratio(f"{what}/s, of {name}'s", quotient(one.rate, peer.rate), Better.HIGHER),
            Ratio(f"CPU of {what}, of {name}'s", quotient(one.cost, peer.cost), Better.LOWER),
        )
    ]


def _said(sim: Simulator) -> str:
    """The parameters of the last answer, less whom it answered."""
    parameters = dict(sim.calls.of("sendMessage")[-1].parameters)
    del parameters["chat_id"]
    decoded = {
        name: json.loads(value) if name in ENCODED and isinstance(value, str) else value
        for name, value in parameters.items()
    }
    del decoded["reply_parameters"]["message_id"]
    return json.dumps(decoded, ensure_ascii=False, sort_keys=True)


async def measure_reactions(sim: Simulator, given: argparse.Namespace, path: Path) -> list[Taken]:
    """How fast each bot takes reactions in."""
    room = sim.supergroup("모임", members=[sim.user("민지")], bot_admin=True)
    await add_cards(path, room.id, CARDS, posts=given.posts)
    taken = {name: Taken(title) for name, title in TAKING.items() if name in given.contestants}
    for number in range(given.rounds):
        for name, one in taken.items():
            if name == SOSIK:
                await _take_sosik(sim, room, path, one, given.reactions, number)
            else:
                await _take_empty(sim, room, EMPTY[name], one, given.reactions)
    return list(taken.values())


async def _take_sosik(
    sim: Simulator, room: Room, path: Path, taken: Taken, count: int, number: int
) -> None:
    """One round of the whole bot, of which `number` went before."""
    async with contestant(sim, run_sosik, str(path)) as process:
        await rests(process)
        last = _push(sim, room, count, first=number * count)
        async with taken.measured(process, count):
            await _committed(path, last)
    with closing(sqlite3.connect(path)) as db:
        (kept,) = db.execute("SELECT count(*) FROM reaction_sets").fetchone()
    if kept != (number + 1) * count:
        raise AssertionError(f"{kept} reactions are kept of {(number + 1) * count}")


async def _take_empty(
    sim: Simulator, room: Room, target: Callable[..., None], taken: Taken, count: int
) -> None:
    """One round of a bot with an empty handler."""
    done = new_event()
    async with contestant(sim, target, count, done) as process:
        await rests(process)
        _push(sim, room, count, first=0)
        async with taken.measured(process, count):
            if not await asyncio.to_thread(done.wait, PATIENCE_SECONDS):
                raise TimeoutError(f"{taken.name} did not take {count} reactions in")


def _push(sim: Simulator, room: Room, count: int, *, first: int) -> int:
    """Queue reactions, each of another person; none is given out before this coroutine waits.

    Returns the id of the last.
    """
    chat: dict[str, Any] = {"id": room.id, "type": "supergroup", "title": room.title}
    last = 0
    for number in range(first, first + count):
        last = sim.updates.push(
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
    return last


async def _committed(path: Path, last: int) -> None:
    """Return once the update `last` is known to the database, and none waits.

    Nothing is counted meanwhile: the server of both is in this process.
    """
    sql = """
        SELECT EXISTS (SELECT 1 FROM inbox_seen WHERE update_id = ?)
            AND NOT EXISTS (SELECT 1 FROM inbox)
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        with closing(sqlite3.connect(path)) as db:
            while not db.execute(sql, (last,)).fetchone()[0]:  # noqa: ASYNC110  # another process does it
                await asyncio.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main()
