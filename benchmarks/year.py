"""A community lives for a year in some minutes: how the database grows, and what gets slower.

    python -m benchmarks.year [--days 365] [--chats 50] [--posts 3] [--reactions 300]
        [--commands 100] [--starts 3] [--json]

Everything is written by the bot's own functions, into a real file, at a made-up time: posts with
their observers (search index, outbox), the ledger of each send, reactions, what a command leaves,
digests, and housekeeping once a day, as the duty does it. Nothing is sent, and pages are not made.
Each quarter stands beside the first day, in the same run: the file, its tables, what the main
questions take, and of `sosik run` on a copy a cold start and its memory after six commands.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.figures import Better, Ratio
from benchmarks.reporting import figure, percentile, report
from benchmarks.start import COMMANDS, MEGABYTE, measure_memory, measure_starts
from benchmarks.year_days import Community, MadeUpClock
from bot.clock import SystemClock
from bot.posts import Posts
from bot.search.service import SearchService
from bot.sources.worker import ProcessWorker
from storage import outbox
from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from benchmarks.reporting import Row

QUARTERS, TIMES = 4, 40
UNCOUNTED = ("sqlite_", "search_index", "search_words_", "search_pairs_spare", "search_words_spare")
FEWEST_ROWS = 100
"""Tables with fewer rows, on all days, are not shown."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.year")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--chats", type=int, default=50)
    parser.add_argument("--posts", type=int, default=3, help="a day, like the next two")
    parser.add_argument("--reactions", type=int, default=300)
    parser.add_argument("--commands", type=int, default=100)
    parser.add_argument("--starts", type=int, default=3, help="cold starts each time")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measure(given, Path(folder)))
    *_, questions = tables.values()
    report("year", tables, as_json=given.json, ratios=ratios_of(questions, given.days))


def ratios_of(questions: Sequence[Row], days: int) -> list[Ratio]:
    """How much longer each question takes at the end than on the first day."""
    first, last = questions[0], questions[-1]
    return [
        Ratio(
            f"{name} after {days} days, of day 1",
            figure(last, name) / figure(first, name),
            Better.LOWER,
        )
        for name in first
        if name != "day"
    ]


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, list[dict[str, object]]]:
    """What there is, and what it takes, on the first day and at the end of each quarter."""
    days = sorted({1, *(given.days * number // QUARTERS for number in range(1, QUARTERS + 1))})
    clock = MadeUpClock(SystemClock().now() - timedelta(days=given.days))
    path = folder / "sosik.db"
    sizes: list[dict[str, object]] = []
    questions: list[dict[str, object]] = []
    rows: dict[int, dict[str, int]] = {}
    async with Database.opened(path) as database, ProcessWorker() as worker:
        search = SearchService(database, clock=clock)
        life = Community(database, clock, search)
        await life.settle(given.chats)
        seen = _Seen(path)
        for day in range(1, given.days + 1):
            await _live_a_day(life, database, given, seen)
            if day in days:
                sizes.append({"day": day} | seen.row() | await _start(given.starts, folder, path))
                rows[day] = await _count_rows(database)
                ways = _ways(database, clock, Posts(database, clock, worker), search, life)
                questions.append({"day": day} | {one: await _time(ways[one]) for one in ways})
                seen = _Seen(path)
    return {
        f"{given.days} days, {given.chats} chats": sizes,
        "rows": _turned(rows),
        f"questions, ms (median of {TIMES})": questions,
    }


class _Seen:
    """The most that was seen since the last row."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.log_bytes = 0
        self.slices: list[float] = []
        self.begun = time.perf_counter()

    def look(self) -> None:
        """Look at the write-ahead log."""
        log = self._path.with_name(f"{self._path.name}-wal")
        self.log_bytes = max(self.log_bytes, log.stat().st_size)

    def row(self) -> dict[str, object]:
        """As the table has it."""
        return {
            "file MB": self._path.stat().st_size / MEGABYTE,
            "log, most MB": self.log_bytes / MEGABYTE,
            "slices p50 ms": 1000 * percentile(self.slices, 50),
            "p99 ms": 1000 * percentile(self.slices, 99),
            "lived s": time.perf_counter() - self.begun,
        }


async def _live_a_day(
    life: Community, database: Database, given: argparse.Namespace, seen: _Seen
) -> None:
    await life.live(posts_a_day=given.posts, reactions=given.reactions, commands=given.commands)
    seen.slices += await life.keep_house()
    seen.look()
    await database.tidy()


async def _start(starts: int, folder: Path, path: Path) -> dict[str, object]:
    """The bot on a copy: what was written is in the file, for the log is empty."""
    if not starts:
        return {}
    copy = folder / "copy.db"
    shutil.copy(path, copy)
    found = await measure_starts(starts, folder, copy)
    memory = await measure_memory(len(COMMANDS), folder, copy)
    return {
        "start s": found["fastest s"],
        "start CPU s": found["CPU s"],
        "bot MB": memory[f"after {len(COMMANDS)} commands MB"],
    }


async def _count_rows(database: Database) -> dict[str, int]:
    async with database.reader() as db:
        listed = await db.fetch_all("SELECT name FROM sqlite_schema WHERE type = 'table'")
        names = [one["name"] for one in listed if not one["name"].startswith(UNCOUNTED)]
        return {
            name: (await db.fetch_all(f"SELECT count(*) FROM {name}"))[0][0]  # noqa: S608  # names of the schema
            for name in sorted(names)
        }


def _turned(counts: dict[int, dict[str, int]]) -> list[dict[str, object]]:
    """A line a table that ever has many rows, a column a day."""
    names = sorted({name for rows in counts.values() for name in rows})
    return [
        {"table": name} | {f"day {day}": rows[name] for day, rows in counts.items()}
        for name in names
        if max(rows[name] for rows in counts.values()) >= FEWEST_ROWS
    ]


def _ways(
    database: Database, clock: MadeUpClock, posts: Posts, search: SearchService, life: Community
) -> dict[str, Callable[[], Awaitable[object]]]:
    """The main questions, each on another post or with other words every time."""

    async def list_due() -> object:
        async with database.reader() as db:
            return await outbox.list_due(db, clock.now(), limit=32)

    return {
        "/latest": lambda: posts.newest(limit=10),
        "/top month": lambda: posts.top("month", UTC, limit=10),
        "/top all": lambda: posts.top("all", UTC, limit=10),
        "/search": lambda: search.search(life.some_words()),
        "a card's counts": lambda: posts.get(life.some_post()),
        "what is due": list_due,
    }


async def _time(ask: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds that a question takes."""
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await ask()
        taken.append(1000 * (time.perf_counter() - begun))
    return median(taken)


if __name__ == "__main__":
    main()
