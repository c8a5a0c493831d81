"""What a new search index costs while the old one answers: the writer's waits, searches, the time.

    python -m benchmarks.rebuild [--posts 10000] [--json]

The archive is indexed, then marked as of an earlier analysis. While the bot's duty makes the new
index, somebody asks for the writer again and again, and somebody searches.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.archives import make_archive
from benchmarks.figures import Better, Ratio, to_json
from benchmarks.reporting import keep
from bot.clock import SystemClock
from bot.search.rebuild import take_step
from bot.search.service import SearchService
from storage.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterator

    from bot.search.rebuild import Step

PAUSE_SECONDS = 0.005
ALONE = 400
"""Searches once nothing is rebuilt any more."""
QUERIES = ("검색", "투자 전략", "rjator", "데이터센터")


def main() -> None:
    """Build, mark, rebuild, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_measure(Path(folder) / "posts.db", given.posts))
    beside = figures["searches"]["p50_ms"] / figures["searches, nothing rebuilt"]["p50_ms"]
    ratio = Ratio("a search's p50 beside a rebuild, of one alone", beside, Better.LOWER)
    figures["ratios"] = to_json([ratio])
    keep(figures)
    if given.json:
        print(json.dumps(figures))
        return
    print(f"{given.posts:,} posts, {figures['seconds']:.0f} s, all of it beside the old index\n")
    print(f"{'':<28}{'p50 ms':>8}{'p99 ms':>8}{'max ms':>8}{'times':>8}")
    for name, one in figures.items():
        if not isinstance(one, dict):
            continue
        cells = "".join(f"{one[key]:>8.1f}" for key in ("p50_ms", "p99_ms", "max_ms"))
        print(f"{name:<28}{cells}{one['count']:>8}")


async def _measure(path: Path, count: int) -> dict[str, Any]:
    await make_archive(path, count)
    async with Database.opened(path) as database:
        searching = SearchService(database, clock=SystemClock())
        async with database.transaction() as tx:
            await tx.execute("UPDATE search_state SET analysis = 0")
        queries = iter(QUERIES * 1_000_000)

        async def write() -> None:
            async with database.transaction():
                pass

        async def search() -> None:
            await searching.search(next(queries))

        begun = time.perf_counter()
        with _watched() as (steps, worked):
            work = asyncio.create_task(searching.catch_up())
            waits, searches = await asyncio.gather(_again(write, work), _again(search, work))
            await work
        seconds = time.perf_counter() - begun
        alone = await _times_over(search, ALONE)
    named = {"steps": steps, "steps, processor": worked}
    named |= {"waits for the writer": waits, "searches": searches}
    named["searches, nothing rebuilt"] = alone
    return {"seconds": seconds, **{name: _times(one) for name, one in named.items()}}


@contextmanager
def _watched() -> Iterator[tuple[list[float], list[float]]]:
    """How long each step held the writer, by the clock and by the processor."""
    seconds: list[float] = []
    worked: list[float] = []

    def timed(db: sqlite3.Connection) -> Step:
        begun, busy = time.perf_counter(), time.thread_time()
        try:
            return take_step(db)
        finally:
            seconds.append(time.perf_counter() - begun)
            worked.append(time.thread_time() - busy)

    with patch("bot.search.service.take_step", timed):
        yield seconds, worked


async def _again(ask: Callable[[], Awaitable[None]], work: asyncio.Task[None]) -> list[float]:
    seconds = []
    while not work.done():
        begun = time.perf_counter()
        await ask()
        seconds.append(time.perf_counter() - begun)
        await asyncio.sleep(PAUSE_SECONDS)
    return seconds


async def _times_over(ask: Callable[[], Awaitable[None]], times: int) -> list[float]:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        await ask()
        seconds.append(time.perf_counter() - begun)
        await asyncio.sleep(PAUSE_SECONDS)
    return seconds


def _times(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=100, method="inclusive")
    figures = {"p50_ms": cuts[49] * 1e3, "p99_ms": cuts[98] * 1e3, "max_ms": max(seconds) * 1e3}
    return {**figures, "count": len(seconds)}


if __name__ == "__main__":
    main()
