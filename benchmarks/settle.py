"""What becomes of sends that may have arrived, in each kind of chat, before and after.

    python -m benchmarks.settle [--rounds 4] [--apart 15] [--policies off probe] [--json]

In every chat a post goes wrong in one of seven ways and another post waits behind it, in rounds of
one chat of each kind for each way. After every four comes a fifth in which nothing goes wrong, and
a member asks /help every second in a room of their own: while some sends are not answered, others
are, as in life. Where nothing at all is answered, it is an outage, which `benchmarks.limits`
measures. The bot is a process, on the clock of the wall. `SETTLE=off` is what was done before: it
is sent again after a minute. *Settled* is what ended as sent without a resend that remains; *next
s* is how long after the doubt began the chat's next post came. What went wrong is the simulator's
to know: it counts the copies that are in the chat at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.archives import make_archive
from benchmarks.contestants import contestant
from benchmarks.figures import Better, Ratio
from benchmarks.reporting import figure, percentile, report
from benchmarks.rooms import room_of, serve
from bot.clock import SystemClock
from bot.delivery.announce import Announcer
from bot.simulator import Simulator
from bot.sources.changes import ChangeKind, Recorded
from bot.sources.entries import title_key
from storage import posts
from storage.database import Database
from storage.models import (
    NewPost,
    SourceId,
)
from storage.posts import Addition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from bot.simulator.api.faults import Fault
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room
    from storage.database import Transaction

KINDS = ("channel", "supergroup", "group", "private")
FAULTS = ("timeout", "cut", "502/504", "half", "kill -9", "75 s late", "never")
WELL = "nothing"
"""Goes wrong in the chats beside: they are not in the tables."""
QUESTION, EVERY_SECONDS = "/help", 1.0
POLICIES = ("off", "probe")
LATE_SECONDS = 75.0
NEXT_SECONDS = 2
FIRST, IT, NEXT = "앞서 온 글", "의심스러운 글", "다음 글"
PATIENCE_SECONDS = 300.0
LOOK_SECONDS, LAST_LOOK_SECONDS = 45.0, 150.0
"""By then the first that was sent again is looked for a first and, where there are still two, a
second time."""


@dataclass(eq=False)
class Cell:
    """One chat, what goes wrong in it, and when; seconds of perf_counter."""

    room: Room
    kind: str
    fault: str
    round: int
    order: Fault | None = None
    doubted: float | None = None
    next_came: float | None = None
    state: str = ""

    @property
    def copies(self) -> int:
        """How many of the post are there."""
        return sum(IT in card.text for card in self.room.bot_messages)


@dataclass
class Watch:
    """Looks at the ledger and at the chats, five times a second."""

    path: Path
    cells: Sequence[Cell]
    by_chat: dict[int, Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_chat = {cell.room.id: cell for cell in self.cells}

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once something holds; it gives up after some minutes."""
        async with Database.opened(self.path) as database, asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                await self._look(database)
                await asyncio.sleep(0.2)
            await self._look(database)

    async def _look(self, database: Database) -> None:
        now = time.perf_counter()
        async with database.reader() as db:
            rows = await db.fetch_all(
                """
                SELECT chat_id, state FROM outbox WHERE item = (
                    SELECT CAST(id AS TEXT) FROM posts WHERE title = ?
                )
                """,
                (IT,),
            )
        for row in rows:
            cell = self.by_chat[row["chat_id"]]
            cell.state = row["state"]
            if cell.state == "unknown" and cell.doubted is None:
                cell.doubted = now
        for cell in self.cells:
            if cell.next_came is None and any(NEXT in one.text for one in cell.room.bot_messages):
                cell.next_came = now


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.settle")
    parser.add_argument("--rounds", type=int, default=4, help="chats of each kind for each fault")
    parser.add_argument("--apart", type=float, default=15.0, help="seconds between two rounds")
    parser.add_argument("--policies", nargs="+", default=POLICIES, metavar="SETTLE")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows, details = [], {}
    for policy in given.policies:
        cells = asyncio.run(measure(policy, given.rounds, apart_seconds=given.apart))
        rows.append(summary(f"SETTLE={policy}", cells))
        details[f"SETTLE={policy}, by what went wrong"] = by(cells, FAULTS, lambda one: one.fault)
        details[f"SETTLE={policy}, by chat"] = by(cells, KINDS, lambda one: one.kind)
    count = given.rounds * len(KINDS) * len(FAULTS)
    tables = {f"{count} ambiguous sends": rows, **details}
    report("settle", tables, as_json=given.json, ratios=ratios_of(rows))


def ratios_of(rows: Iterable[Mapping[str, object]]) -> list[Ratio]:
    """Of what landed how much was settled, and of all sends how many are there twice."""
    ratios = []
    for row in rows:
        settled = figure(row, "of those that land %") / 100
        twice = figure(row, "there twice") / figure(row, "sends")
        ratios += [
            Ratio(f"settled of what lands, {row['']}", settled, Better.HIGHER),
            Ratio(f"there twice of what was sent, {row['']}", twice, Better.LOWER),
        ]
    return ratios


async def measure(
    policy: str,
    rounds: int,
    *,
    faults: Iterable[str] = FAULTS,
    late_seconds: float = LATE_SECONDS,
    apart_seconds: float = 0.0,
) -> list[Cell]:
    """Every fault in every kind of chat, `rounds` times; what ends the process is done apart."""
    cells: list[Cell] = []
    chosen = tuple(faults)
    gentle = [one for one in chosen if one != "kill -9"]
    for some in (gentle, [one for one in chosen if one not in gentle]):
        if some:
            with tempfile.TemporaryDirectory() as folder:
                cells += await _run(policy, Path(folder), some, rounds, late_seconds, apart_seconds)
    return cells


async def _run(
    policy: str,
    folder: Path,
    faults: Sequence[str],
    rounds: int,
    late_seconds: float,
    apart_seconds: float,
) -> list[Cell]:
    path = folder / "sosik.db"
    await make_archive(path, 10)
    async with await Simulator.start(limits=True) as sim:
        every = _chats(sim, faults, rounds)
        cells = [cell for cell in every if cell.fault != WELL]
        await serve(path, [cell.room for cell in every])
        watch = Watch(path, every)
        async with contestant(sim, run_sosik, str(path), policy) as process, somebody_asks(sim):
            await _announce(path, FIRST)
            await watch.until(lambda: all(cell.room.bot_messages for cell in every))
            for cell in cells:
                cell.order = goes_wrong(sim, cell.fault, cell.room.id, late_seconds)
            await _announce(path, IT, NEXT, cells=every, apart_seconds=apart_seconds)
            if "kill -9" in faults:
                await watch.until(lambda: all(cell.copies for cell in cells))
                os.kill(process.pid or 0, signal.SIGKILL)
            else:
                await _end(watch, cells, late_seconds)
        if "kill -9" in faults:
            async with contestant(sim, run_sosik, str(path), policy), somebody_asks(sim):
                await _end(watch, cells, 0)
    return cells


def _chats(sim: Simulator, faults: Sequence[str], rounds: int) -> list[Cell]:
    """The chats of a run: one of each kind for each fault, and after every four one without."""
    cells, beside = [], cycle(KINDS)
    for number in range(rounds):
        for fault in faults:
            cells += [Cell(room_of(sim, kind), kind, fault, number) for kind in KINDS]
            kind = next(beside)
            cells.append(Cell(room_of(sim, kind), kind, WELL, number))
    return cells


@asynccontextmanager
async def somebody_asks(sim: Simulator) -> AsyncIterator[None]:
    """A member asks every second, and is answered where anybody is."""
    member = sim.user("이웃")
    asking = asyncio.create_task(_ask(member, sim.private(member)))
    try:
        yield
    finally:
        asking.cancel()


async def _ask(member: Person, room: Room) -> None:
    while True:
        await member.says(room, QUESTION)
        await asyncio.sleep(EVERY_SECONDS)


async def _end(watch: Watch, cells: Sequence[Cell], late_seconds: float) -> None:
    """All posts came, what was to land has landed, and the looks after it had their time."""
    await watch.until(lambda: all(cell.next_came for cell in cells))
    if any(cell.fault == "75 s late" for cell in cells):
        landed = max(cell.doubted or 0.0 for cell in cells) + late_seconds
        await watch.until(lambda: time.perf_counter() > landed + LOOK_SECONDS)
        over = landed + LAST_LOOK_SECONDS
        await watch.until(
            lambda: time.perf_counter() > over or all(cell.copies == 1 for cell in cells)
        )


def goes_wrong(sim: Simulator, how: str, chat_id: int, late_seconds: float) -> Fault:
    """Have the next send to a chat go wrong in that way."""
    faults = sim.faults
    where: dict[str, Any] = {"method": "sendMessage", "chat_id": chat_id}
    match how:
        case "timeout" | "kill -9":
            return faults.answers_slowly(3600, **where)
        case "cut":
            return faults.cuts(after=True, **where)
        case "502/504":
            return faults.answers(502 if chat_id % 2 else 504, has_effect=True, **where)
        case "half":
            return faults.answers_half(**where)
        case "never":
            return faults.cuts(after=False, **where)
        case _:
            return faults.lands_late(late_seconds, **where)


def summary(name: str, cells: Sequence[Cell]) -> dict[str, object]:
    """A line of the table."""
    waits = [
        cell.next_came - cell.doubted
        for cell in cells
        if cell.next_came is not None and cell.doubted is not None
    ]
    landed = [
        cell.next_came - cell.doubted
        for cell in cells
        if cell.fault not in {"75 s late", "never"} and cell.next_came and cell.doubted
    ]
    arrives = [cell for cell in cells if cell.fault != "never"]
    proven = sum(cell.state == "sent" for cell in arrives)
    return {
        "": name,
        "sends": len(cells),
        "settled": proven,
        "of those that land %": 100 * proven / len(arrives) if arrives else 0.0,
        "resent, unproven": sum(cell.state == "resent_unproven" for cell in cells),
        "there twice": sum(cell.copies > 1 for cell in cells),
        "lost": sum(cell.copies == 0 for cell in cells),
        "next s p50": percentile(waits, 50) if waits else 0.0,
        "most": max(waits, default=0.0),
        "most where it had landed": max(landed, default=0.0),
    }


def by(
    cells: Sequence[Cell], names: Sequence[str], name_of: Callable[[Cell], str]
) -> list[dict[str, object]]:
    """A line for each name that there is."""
    return [
        summary(name, some)
        for name in names
        if (some := [cell for cell in cells if name_of(cell) == name])
    ]


async def _announce(
    path: Path, *titles: str, cells: Sequence[Cell] = (), apart_seconds: float = 0.0
) -> None:
    """Write new posts and their outbox rows, as a poll of their source would."""
    clock = SystemClock()
    async with Database.opened(path) as database, database.transaction() as tx:
        for title in titles:
            await _announce_one(tx, clock, title)
        await _spread(tx, cells, apart_seconds)


async def _announce_one(tx: Transaction, clock: SystemClock, title: str) -> None:
    new = NewPost(title=title, body=f"{title}의 본문이에요. 두 번째 문장이에요.")
    addition = Addition(SourceId(1), new, title_key(title), first_seen_at=clock.now())
    (post,) = await posts.add_posts(tx, [addition])
    await Announcer(clock)(tx, [Recorded(ChangeKind.NEW, post, None, quiet=False)])


async def _spread(tx: Transaction, cells: Sequence[Cell], apart_seconds: float) -> None:
    """Have the rounds begin one after the other, and each chat's next post a little later.

    What is due at the same moment would go as one list.
    """
    await tx.execute_many(
        "UPDATE outbox SET not_before = not_before + ? WHERE chat_id = ? AND state = 'pending'",
        [(int(cell.round * apart_seconds), cell.room.id) for cell in cells],
    )
    await tx.execute(
        """
        UPDATE outbox SET not_before = not_before + ? WHERE state = 'pending'
            AND item = (SELECT CAST(id AS TEXT) FROM posts WHERE title = ?)
        """,
        (NEXT_SECONDS, NEXT),
    )


def run_sosik(url: str, token: str, path: str, policy: str) -> None:
    """The whole bot, paced, with that setting."""
    from bot.app import run  # noqa: PLC0415  # each process loads only what it runs
    from bot.config import load_settings  # noqa: PLC0415  # likewise

    logging.disable(logging.ERROR)
    given: dict[str, Any] = {"bot_token": token, "telegram_api_url": url, "database_path": path}
    settings = load_settings(**given, serve="open", settle=policy, _env_file=None)

    async def until_told() -> None:
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        await run(settings, SystemClock(), stopping)

    asyncio.run(until_told())


if __name__ == "__main__":
    main()
