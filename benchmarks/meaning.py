"""What reading on and search by meaning cost: time of the processor, room and memory.

    python -m benchmarks.meaning [--posts 10000] [--read 20] [--vectors 10000 100000] [--json]

Made-up posts. Their telling words are taken; `--read` of them get a vector by the model, where the
extra `semantic` is installed. Queries are compared with so many vectors of random bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from unittest.mock import patch

from benchmarks.archives import make_archive
from benchmarks.reporting import keep
from bot.search.embedding import is_installed, text_of
from bot.search.embedding_process import embed_texts, find_nearest
from bot.search.similar import list_similar, profile_batch
from storage import vectors
from storage.database import Database
from storage.models import PostId

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")
SEED = 2026
ASKED = 200
DIMENSIONS = 384
MODEL = "bench"
QUERIES = ("돈을 모으는 방법", "오래 일하는 사람", "요즘 볼 만한 이야기", "how to learn")


def main() -> None:
    """Make the posts, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--read", type=int, default=20)
    parser.add_argument("--vectors", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("bot.search.embedding_process.NICENESS", 0),
    ):
        figures = asyncio.run(_measure(Path(folder) / "posts.db", given.posts, given.read))
        if is_installed():
            for count in given.vectors:
                compared = asyncio.run(_comparing(Path(folder) / f"{count}.db", count))
                figures[f"a query, {count:,} vectors"] = compared
    keep(figures)
    if given.json:
        print(json.dumps(figures))
        return
    load = os.getloadavg()[0]
    print(f"{given.posts:,} posts; milliseconds of the processor; load {load:.1f}\n")
    if not is_installed():
        print("No model: the extra `semantic` is not installed (make semantic).")
    for name, one in figures.items():
        cells = "  ".join(f"{key} {value:.1f}" for key, value in one.items())
        print(f"{name:<28}{cells}")


async def _measure(path: Path, count: int, read: int) -> dict[str, dict[str, float]]:
    await make_archive(path, count)
    async with Database.opened(path) as database:
        figures = await _reading_on(database, count)
        if is_installed():
            figures |= await _by_meaning(database, path, read)
    return figures


async def _reading_on(database: Database, count: int) -> dict[str, dict[str, float]]:
    seconds = 0.0
    done = 1
    while done:
        async with database.transaction() as tx:
            done, more = await tx.run(lambda db: _timed(profile_batch, db))
        seconds += more
    draw = random.Random(SEED)
    asked = [PostId(draw.randint(1, count)) for _ in range(ASKED)]
    async with database.reader() as db:
        found = await db.run(lambda raw: [_timed(list_similar, raw, one, 3)[1] for one in asked])
        size = await db.fetch_one(
            "SELECT sum(length(keys) + length(words)) AS bytes FROM search_profiles"
        )
    assert size is not None
    words = {"mean": 1e3 * seconds / count, "kilobytes": size["bytes"] / count / 1e3}
    return {"a post's telling words": words, "similar posts": _times(found)}


async def _by_meaning(database: Database, path: Path, read: int) -> dict[str, dict[str, float]]:
    before = _megabytes()
    async with database.reader() as reader:
        posts = await reader.run(lambda db: vectors.list_without_vector(db, MODEL, read))
    made = [_timed(embed_texts, [text_of(*post[1:])])[1] for post in posts]
    alone = [_timed(find_nearest, path, "none", one, 3)[1] for one in QUERIES * 5]
    return {
        "a post's vector": _times(made),
        "a query's vector": _times(alone),
        "memory of the model": {"megabytes": _megabytes() - before},
    }


async def _comparing(path: Path, count: int) -> dict[str, float]:
    """What a query costs, its own vector included, and how much room the vectors take."""
    bytes_of = random.Random(SEED).randbytes
    async with Database.opened(path) as database:
        async with database.transaction() as tx:
            await tx.execute(
                "INSERT INTO sources (id, address, kind) VALUES (1, 'bench', 'archive')"
            )
            await tx.execute_many(  # what is compared are vectors of posts that are there
                """
                INSERT INTO posts
                    (id, source_id, title, title_key, author, body, first_seen_at, sort_at)
                VALUES (?, 1, '', '', '', '', 0, 0)
                """,
                ((number,) for number in range(1, count + 1)),
            )
        empty = await _bytes_used(database)
        async with database.transaction() as tx:
            await tx.execute_many(
                "UPDATE search_vectors SET model = ?, vector = ? WHERE post_id = ?",
                ((MODEL, bytes_of(DIMENSIONS), number) for number in range(1, count + 1)),
            )
        room = await _bytes_used(database) - empty
    before = _megabytes()
    asked = [_timed(find_nearest, path, MODEL, one, 3)[1] for one in QUERIES * 5]
    megabytes = {"MB of the database": room / 1e6, "MB more in memory": _megabytes() - before}
    return {**_times(asked), **megabytes}


async def _bytes_used(database: Database) -> int:
    sql = "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()"
    async with database.reader() as reader:
        row = await reader.fetch_one(sql)
    assert row is not None
    return int(row["bytes"])


def _timed(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    begun = time.thread_time()
    result = work(*args, **kwargs)
    return result, time.thread_time() - begun


def _times(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {"p50": cuts[49] * 1e3, "p99": cuts[98] * 1e3, "max": max(seconds) * 1e3}


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
