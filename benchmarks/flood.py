"""How soon others are answered while one person presses and asks a hundred times a second.

    python -m benchmarks.flood [--seconds 120] [--rate 100] [--every 10] [--posts 1000]
        [--floods NAME ...] [--json]

The simulator and the people run in this process, `sosik run` in one of its own, paced, over HTTP on
loopback, with the limits of Telegram. One person floods for `--seconds`: with presses that turn
pages, presses that ask for cards, questions or reactions, in private or in a group. Meanwhile
others ask `/latest 1` every `--every` seconds, whether or not they were answered: in the same group
(one member), in groups of their own, and in private.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.archives import make_archive
from benchmarks.broadcast import run_paced
from benchmarks.contestants import contestant, cpu_seconds
from benchmarks.figures import Better, Ratio, quotient
from benchmarks.reporting import figure, percentile, report
from bot.pages.actions import LatestPage, OpenCard, encode
from bot.simulator import Simulator
from bot.simulator.people.pressing import ask_callback
from storage.models import PostId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from multiprocessing.process import BaseProcess

    from bot.simulator.events import Event
    from bot.simulator.people.cards import Card
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

QUESTION = "/latest 1"
OTHERS = 4
"""People with a private chat, and as many with a group of their own."""
STEP_SECONDS = 0.05
LATE_SECONDS = 1.0
"""Who has waited for longer at the end counts with the wait so far."""
SAME, GROUP, PRIVATE = "same group", "other group", "private"


@dataclass
class Watch:
    """Who waits for an answer where, since when, and how long others waited."""

    asked: dict[tuple[int, int], float] = field(default_factory=dict)
    """By the chat and the question; 0 where answers are no replies: the first that waits."""
    questions: Counter[str] = field(default_factory=Counter)
    waits: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    places: dict[int, str] = field(default_factory=dict)
    sent: int = 0
    """Messages and edits of the bot where the flood is."""
    flooded: int = 0

    def note(self, event: Event) -> None:
        """Something happened."""
        message, chat = event.message, event.chat
        if message is None or chat is None or not message.is_ours:
            return
        if event.kind not in {"message", "edit"}:
            return
        self.sent += chat.id == self.flooded
        reply = message.reply_to.id if message.reply_to is not None else 0
        begun = self.asked.pop((chat.id, reply), None)
        if begun is not None and event.kind == "message":
            self.waits[self.places[chat.id]].append(time.perf_counter() - begun)

    async def ask(self, person: Person, room: Room, every: float, late: float) -> None:
        """Ask by the clock, until cancelled."""
        await asyncio.sleep(late)
        begun = time.perf_counter()
        for number in itertools.count():
            await asyncio.sleep(max(0.0, begun + number * every - time.perf_counter()))
            now = time.perf_counter()
            card = await person.says(room, QUESTION)
            self.asked.setdefault((room.id, 0 if room.chat.kind == "private" else card.id), now)
            self.questions[self.places[room.id]] += 1


@dataclass
class Stage:
    """The people, and the chats that they are in."""

    sim: Simulator
    watch: Watch = field(default_factory=Watch)

    def __post_init__(self) -> None:
        self.flooder = self.sim.user("한가람")
        neighbour = self.sim.user("이웃")
        self.group = self._group("모임", [self.flooder, neighbour])
        self.home = self.sim.private(self.flooder)
        self.others: list[tuple[Person, Room]] = [(neighbour, self.group)]
        for number in range(OTHERS):
            person = self.sim.user(f"회원{number}")
            self.others.append((person, self.sim.private(person)))
            self.others.append((person, self._group(f"모임 {number}", [person])))
        for _, room in self.others:
            self.watch.places[room.id] = PRIVATE if room.chat.kind == "private" else GROUP
        self.watch.places[self.group.id] = SAME

    def _group(self, title: str, members: list[Person]) -> Room:
        return self.sim.supergroup(title, members=members, bot_admin=True)

    async def list_in(self, room: Room) -> Card:
        """A list of posts with its buttons."""
        await self.flooder.says(room, "/latest")
        return await room.receives("1–5")


async def pages(stage: Stage, room: Room) -> Callable[[int], Awaitable[object]]:
    """Presses that turn the pages of one list."""
    card = await stage.list_in(room)
    return _presses(stage, card, lambda number: encode(LatestPage(number % 8 * 5, 5)))


async def cards(stage: Stage, room: Room) -> Callable[[int], Awaitable[object]]:
    """Presses that ask for cards."""
    card = await stage.list_in(room)
    return _presses(stage, card, lambda number: encode(OpenCard(PostId(1 + number % 10))))


async def questions(stage: Stage, room: Room) -> Callable[[int], Awaitable[object]]:
    """Commands."""

    async def ask(_: int) -> None:
        await stage.flooder.says(room, QUESTION)

    return ask


async def reactions(stage: Stage, room: Room) -> Callable[[int], Awaitable[object]]:
    """A reaction to a card, given and withdrawn."""
    await stage.flooder.says(room, "/post 1")
    card = await room.receives()

    async def react(number: int) -> None:
        await stage.flooder.reacts(card, *(["👍"] if number % 2 else []))

    return react


def _presses(
    stage: Stage, card: Card, data: Callable[[int], str]
) -> Callable[[int], Awaitable[object]]:
    async def press(number: int) -> None:
        ask_callback(stage.sim.world, stage.flooder.user, card.message, data(number))

    return press


FLOODS = {
    "pages, private": (pages, False),
    "cards, private": (cards, False),
    "pages, group": (pages, True),
    "cards, group": (cards, True),
    "questions, group": (questions, True),
    "reactions, group": (reactions, True),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.flood")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=int, default=100, help="of the flood, a second")
    parser.add_argument("--every", type=float, default=10, help="seconds from question to question")
    parser.add_argument("--posts", type=int, default=1_000)
    parser.add_argument("--floods", nargs="*", default=list(FLOODS), metavar="NAME")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measure(given, Path(folder)))
    report("flood", tables, as_json=given.json, ratios=ratios_of(tables))


def ratios_of(tables: Mapping[str, Sequence[Mapping[str, object]]]) -> list[Ratio]:
    """How many of the others' questions were answered during each flood."""
    ratios = []
    for name, rows in tables.items():
        if rows and "answered" in rows[0]:
            answered = sum(figure(row, "answered") for row in rows)
            asked = sum(figure(row, "questions") for row in rows)
            ratio = quotient(answered, asked)
            ratios.append(Ratio(f"answered of asked, {name}", ratio, Better.HIGHER))
    return ratios


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, list[dict[str, object]]]:
    """A table for each flood, and one of what each took."""
    tables: dict[str, list[dict[str, object]]] = {}
    costs = []
    for number, name in enumerate(given.floods):
        path = folder / f"{number}.db"
        await make_archive(path, given.posts)
        async with await Simulator.start() as sim, contestant(sim, run_paced, str(path)) as process:
            rows, cost = await _flood(name, Stage(sim), process, given)
        tables[f"others, while one floods: {name}"] = rows
        costs.append(cost)
    return tables | {f"{given.rate} a second for {given.seconds:.0f} s": costs}


async def _flood(
    name: str, stage: Stage, process: BaseProcess, given: argparse.Namespace
) -> tuple[list[dict[str, object]], dict[str, object]]:
    prepare, in_group = FLOODS[name]
    room, watch = stage.group if in_group else stage.home, stage.watch
    deed = await prepare(stage, room)
    stage.sim.limits.enabled = True
    watch.flooded = room.id
    unsubscribe = stage.sim.events.subscribe(watch.note)
    apart = given.every / len(stage.others)
    asking = [
        asyncio.create_task(watch.ask(person, where, given.every, number * apart))
        for number, (person, where) in enumerate(stage.others)
    ]
    cpu = cpu_seconds(process.pid)
    done = await _for(given.seconds, given.rate, deed)
    used = cpu_seconds(process.pid) - cpu
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    unsubscribe()
    cost = {"flood": name, "requests": done, "sent there": watch.sent}
    cost |= {"429s": stage.sim.limits.refused, "CPU %": 100 * used / given.seconds}
    return [_row(watch, place) for place in (SAME, GROUP, PRIVATE)], cost


async def _for(seconds: float, rate: int, deed: Callable[[int], Awaitable[object]]) -> int:
    """Flood; how many requests that were."""
    begun, done = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds:
        while done < passed * rate:
            await deed(done)
            done += 1
        await asyncio.sleep(STEP_SECONDS)
    return done


def _row(watch: Watch, place: str) -> dict[str, object]:
    """How long those in a place waited."""
    now = time.perf_counter()
    late = [now - at for (chat, _), at in watch.asked.items() if watch.places[chat] == place]
    waits = [*watch.waits[place], *(wait for wait in late if wait > LATE_SECONDS)] or [0.0]
    return {
        "where": place,
        "questions": watch.questions[place],
        "answered": len(watch.waits[place]),
        "p50 s": percentile(waits, 50),
        "p95 s": percentile(waits, 95),
        "longest s": max(waits),
    }


if __name__ == "__main__":
    main()
