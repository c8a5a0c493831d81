"""What search costs on a large archive: time, room and memory, beside trigram + LIKE and tantivy.

    python -m benchmarks.search_scale [--posts 10000 30000 100000] [--texts made sample daily]
        [--queries 800] [--rounds 3] [--engines sosik] [--hostile 10000] [--json]

Every engine runs in a process of its own over the same posts, so that its memory is its own. The
posts are of made-up words, or grown from an archive (`benchmarks.grown_text`), whose judged queries
are asked, too. The index's size is what it adds to a database that holds the posts. Sosik is asked
all queries `--rounds` times; of each the least counts, by the clock and of the processor, so that
other programs on the machine are measured as little as may be. What `--folder` holds of an earlier
run is not made again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any, TypeAlias
from unittest.mock import patch

from benchmarks.figures import Better, Ratio, to_json
from benchmarks.grown_text import ARCHIVES, Grown, judged_queries
from benchmarks.korean_text import Writer
from benchmarks.reporting import keep, percentile, table
from benchmarks.search_queries import hostile_queries, mixed_queries
from bot.clock import SystemClock
from bot.search.index import index_batch, index_changes
from bot.search.results import Order
from bot.search.service import SearchService
from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

Spent: TypeAlias = tuple[float, float]
"""Seconds by the clock, and of the processor."""
SEED = 2026
ADDED = 200
BATCH = 2000
LIMIT = 10
WORST = 8
"""Queries that are named, the slowest first."""
ENGINES = ("sosik", "trigram", "tantivy")
MADE_ONCE = ("posts", "build")
MADE = "made"
TEXTS = (MADE, *ARCHIVES)


def main() -> None:
    """Build the posts, run each engine, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[100_000])
    parser.add_argument("--texts", nargs="+", choices=TEXTS, default=[MADE])
    parser.add_argument("--queries", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hostile", type=int, default=0)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="keep the databases here")
    parser.add_argument(
        "--engine", choices=(*ENGINES, *MADE_ONCE, "hostile"), help=argparse.SUPPRESS
    )
    given = parser.parse_args()
    if given.engine:
        print(json.dumps(_run_engine(given)))
        return
    folder = given.folder or Path(tempfile.mkdtemp())
    try:
        archives = [
            _run_all(given, folder, text, posts) for text in given.texts for posts in given.posts
        ]
    finally:
        if not given.folder:
            shutil.rmtree(folder)
    ratios = to_json([ratio for archive in archives for ratio in ratios_of(archive)])
    keep({"archives": archives, "ratios": ratios})
    if given.json:
        print(json.dumps(archives, indent=1))


def ratios_of(archive: dict[str, Any]) -> list[Ratio]:
    """What Sosik takes for a query, and how large its index is, of each rival's."""
    if "sosik" not in archive:
        return []
    sosik = archive["sosik"] | archive["build"]
    size = f"{archive['posts']['count']:,} {archive['text']} posts"
    measures = {"CPU of a query, p50": "cpu_p50_ms", "CPU of a query, p99": "cpu_p99_ms"}
    measures |= {"index": "index_bytes", "memory": "memory_bytes"}
    return [
        Ratio(f"{name}, {size}, of {rival}'s", sosik[key] / archive[rival][key], Better.LOWER)
        for rival in ENGINES
        if rival != "sosik" and rival in archive
        for name, key in measures.items()
    ]


def _run_all(given: argparse.Namespace, folder: Path, text: str, posts: int) -> dict[str, Any]:
    """What each engine did with one archive; printed at once, since all of them take long."""
    own = folder / f"{text}-{posts}"
    own.mkdir(parents=True, exist_ok=True)
    stages = ["posts", *(["build"] if {"sosik"} & {*given.engines} else []), *given.engines]
    stages += ["hostile"] if given.hostile else []
    results: dict[str, Any] = {
        one: _in_process(given, own, one, text=text, posts=posts) for one in stages
    }
    results |= {"text": text, "load": os.getloadavg()[0]}
    if not given.json:
        _print(given, results)
    return results


def _in_process(
    given: argparse.Namespace, folder: Path, engine: str, *, text: str, posts: int
) -> dict[str, Any]:
    kept = folder / f"{engine}.json"
    if kept.exists():
        return dict(json.loads(kept.read_text(encoding="utf-8")))
    command = [sys.executable, "-m", "benchmarks.search_scale", "--engine", engine]
    command += ["--texts", text, "--posts", str(posts)]
    for name in ("queries", "rounds", "hostile"):
        command += [f"--{name}", str(getattr(given, name))]
    done = subprocess.run(  # noqa: S603  # this program itself
        [*command, "--folder", str(folder)], check=True, stdout=subprocess.PIPE, text=True
    )
    if engine in MADE_ONCE:
        kept.write_text(done.stdout, encoding="utf-8")
    return dict(json.loads(done.stdout))


def _run_engine(given: argparse.Namespace) -> dict[str, Any]:
    path = given.folder / "posts.db"
    text = given.texts[0]
    if given.engine == "posts":
        path.unlink(missing_ok=True)
        return asyncio.run(_write_posts(path, text, given.posts[0], given.queries))
    if given.engine == "build":
        return asyncio.run(_build(path, given.folder / "sosik.db"))
    queries = json.loads((given.folder / "queries.json").read_text(encoding="utf-8"))
    if given.engine == "sosik":
        return asyncio.run(_sosik(given.folder / "sosik.db", queries, given.rounds, text))
    if given.engine == "hostile":
        return asyncio.run(_hostile(given.folder / "sosik.db", given.hostile))
    return _trigram(path, queries) if given.engine == "trigram" else _tantivy(path, queries)


def _writer(text: str, telling: int = 0) -> Writer | Grown:
    return Writer(SEED, telling) if text == MADE else Grown(text, SEED, telling)


async def _write_posts(path: Path, text: str, count: int, asked: int) -> dict[str, Any]:
    writer = _writer(text)
    posts = list(writer.posts(count))
    database = await Database.open(path)
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO sources (id, address, kind) VALUES (1, 'bench', 'archive')")
        await tx.execute_many(
            """
            INSERT INTO posts (source_id, title, title_key, author, body, first_seen_at, sort_at)
            VALUES (1, ?, '', '', ?, 0, ?)
            """,
            [(post.title, post.body, place) for place, post in enumerate(posts)],
        )
    await database.close()
    queries = mixed_queries(writer, posts[:2000], asked, SEED)
    queries += judged_queries(text) if text != MADE else []
    (path.parent / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
    size = sum(len(post.title.encode()) + len(post.body.encode()) for post in posts)
    return {"count": len(posts), "text_bytes": size, "characters": mean(len(p.body) for p in posts)}


async def _build(source: Path, path: Path) -> dict[str, Any]:
    shutil.copy(source, path)
    async with Database.opened(path) as database:
        before = _used_bytes(path)
        start, begun = time.perf_counter(), time.process_time()
        with _in_large_batches():
            await SearchService(database, clock=SystemClock()).prepare()
        seconds, worked = time.perf_counter() - start, time.process_time() - begun
    size = _used_bytes(path) - before
    return {"index_bytes": size, "build_seconds": seconds, "build_cpu_seconds": worked}


@contextmanager
def _in_large_batches() -> Iterator[None]:
    """Nobody waits for the writer here: small batches are measured by benchmarks.rebuild."""
    large = partial(index_batch, limit=BATCH)
    with patch("bot.search.service.index_batch", large), patch("bot.search.index.SECONDS", 60):
        yield


async def _sosik(
    path: Path, queries: list[tuple[str, str]], rounds: int, text: str
) -> dict[str, Any]:
    async with Database.opened(path) as database:
        service = SearchService(database, clock=SystemClock())
        asked = await _ask(service, queries, rounds, Order.BEST)
        newest = await _ask(service, queries[:100], rounds, Order.NEWEST)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        adding = await _add_posts(database, text)
    by_kind: dict[str, list[Spent]] = defaultdict(list)
    for (kind, _), spent in zip(queries, asked, strict=True):
        by_kind[kind].append(spent)
    worst = sorted(zip(asked, queries, strict=True), reverse=True)[:WORST]
    return {
        **_times(asked),
        "newest": _times(newest),
        "kinds": {kind: _times(some) for kind, some in by_kind.items()},
        "adding": _times(adding),
        "worst": [(kind, query, *(1e3 * one for one in spent)) for spent, (kind, query) in worst],
        "memory_bytes": memory,
    }


async def _ask(
    service: SearchService, queries: list[tuple[str, str]], rounds: int, order: Order
) -> list[Spent]:
    """Of each query the least that a round took: whole rounds, so that none finds its own texts."""
    least = [(math.inf, math.inf)] * len(queries)
    for _ in range(rounds):
        for place, (_, query) in enumerate(queries):
            start, begun = time.perf_counter(), time.process_time()
            await service.search(query, order=order, limit=LIMIT)
            spent = time.perf_counter() - start, time.process_time() - begun
            least[place] = min(least[place][0], spent[0]), min(least[place][1], spent[1])
    return least


async def _add_posts(database: Database, text: str) -> list[Spent]:
    """What each costs; the archive is left as it was."""
    spent = []
    for post in _writer(text, telling=1).posts(ADDED):
        start, begun = time.perf_counter(), time.process_time()
        async with database.transaction() as tx:
            await tx.execute(
                """
                INSERT INTO posts
                    (source_id, title, title_key, author, body, first_seen_at, sort_at)
                VALUES (1, ?, '', '', ?, 0, 9999999)
                """,
                (post.title, post.body),
            )
            await index_changes(tx)
        spent.append((time.perf_counter() - start, time.process_time() - begun))
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM posts WHERE sort_at = 9999999")
    await SearchService(database, clock=SystemClock()).prepare()
    return spent


async def _hostile(path: Path, count: int) -> dict[str, Any]:
    database = await Database.open(path)
    service = SearchService(database, clock=SystemClock())
    spent = []
    worst = (0.0, "")
    for query in hostile_queries(count, SEED):
        start, begun = time.perf_counter(), time.process_time()
        result = await service.search(query, limit=LIMIT)
        took, worked = time.perf_counter() - start, time.process_time() - begun
        spent.append((took, worked))
        worst = max(worst, (worked, result.query[:60]))
    await database.close()
    most = {"worst": ascii(worst[1]), "cpu_max_ms": worst[0] * 1e3}
    return {**_times(spent), "count": count, **most}


def _trigram(source: Path, queries: list[tuple[str, str]]) -> dict[str, Any]:
    path = source.with_name("trigram.db")
    shutil.copy(source, path)
    db = sqlite3.connect(path)
    before = _used_bytes(path)
    start = time.perf_counter()
    db.execute(
        "CREATE VIRTUAL TABLE grams USING fts5 (title, body, tokenize='trigram',"
        " content='posts', content_rowid='id')"
    )
    db.execute("INSERT INTO grams (grams) VALUES ('rebuild')")
    db.commit()
    built = time.perf_counter() - start
    spent = []
    for _, query in queries[: max(60, len(queries) // 4)]:
        words = query.replace('"', " ").split()
        start, begun = time.perf_counter(), time.process_time()
        if words and all(len(word) > 2 for word in words):
            match = " AND ".join(f'"{word}"' for word in words)
            sql = "SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY rank LIMIT 10"
            db.execute(sql, (match,)).fetchall()
        else:
            like = " AND ".join("(title LIKE ? OR body LIKE ?)" for _ in words) or "0"
            values = [f"%{word}%" for word in words for _ in range(2)]
            db.execute(f"SELECT id FROM posts WHERE {like} LIMIT 10", values).fetchall()  # noqa: S608  # placeholders only
        spent.append((time.perf_counter() - start, time.process_time() - begun))
    db.close()
    return {
        **_times(spent),
        "index_bytes": _used_bytes(path) - before,
        "memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "build_seconds": built,
    }


def _tantivy(source: Path, queries: list[tuple[str, str]]) -> dict[str, Any]:
    import tantivy  # noqa: PLC0415  # the other engines run without it

    folder = source.with_name("tantivy")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("id", stored=True)
    schema.add_text_field("title", tokenizer_name="pairs")
    schema.add_text_field("body", tokenizer_name="pairs")
    index = tantivy.Index(schema.build(), path=str(folder))
    pairs = tantivy.Tokenizer.ngram(min_gram=2, max_gram=2, prefix_only=False)
    index.register_tokenizer(
        "pairs", tantivy.TextAnalyzerBuilder(pairs).filter(tantivy.Filter.lowercase()).build()
    )
    start = time.perf_counter()
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    db = sqlite3.connect(source)
    for row in db.execute("SELECT id, title, body FROM posts"):
        writer.add_document(tantivy.Document(id=row[0], title=row[1], body=row[2]))
    writer.commit()
    writer.wait_merging_threads()
    built = time.perf_counter() - start
    index.reload()
    searcher = index.searcher()
    spent = []
    for _, query in queries:
        start, begun = time.perf_counter(), time.process_time()
        parsed, _ = index.parse_query_lenient(
            query, ["title", "body"], conjunction_by_default=True, field_boosts={"title": 3.0}
        )
        for _, address in searcher.search(parsed, LIMIT).hits:
            searcher.doc(address)
        spent.append((time.perf_counter() - start, time.process_time() - begun))
    return {
        **_times(spent),
        "index_bytes": sum(file.stat().st_size for file in folder.iterdir()),
        "memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "build_seconds": built,
    }


def _used_bytes(path: Path) -> int:
    db = sqlite3.connect(path)
    pages, free, size = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    db.close()
    return (pages - free) * size


def _times(spent: list[Spent]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, some in zip(("", "cpu_"), zip(*spent, strict=True), strict=True):
        milliseconds = [1e3 * one for one in some]
        figures |= {f"{name}p{n}_ms": percentile(milliseconds, n) for n in (50, 99)}
        figures[f"{name}max_ms"] = max(milliseconds)
    return figures


def _print(given: argparse.Namespace, results: dict[str, Any]) -> None:
    posts = results["posts"]
    print(
        f"\n{results['text']}: {posts['count']:,} posts, {posts['characters']:.0f} characters each,"
        f" {posts['text_bytes'] / 1e6:.0f} MB of text; load {results['load']:.1f}\n"
    )
    rows = [
        (one, results[one] | (results["build"] if one == "sosik" else {})) for one in given.engines
    ]
    print(table([_engine_row(name, one, posts) for name, one in rows]))
    if "sosik" in results:
        sosik = results["sosik"]
        kinds = {**sosik["kinds"], "newest first": sosik["newest"], "adding one": sosik["adding"]}
        print("\nsosik, by kind of query")
        print(table([{"kind": kind, **_cells(one)} for kind, one in kinds.items()]))
        names = "kind", "the slowest queries", "ms", "cpu ms"
        print("\n" + table([dict(zip(names, one, strict=True)) for one in sosik["worst"]]))
    if "hostile" in results:
        one = results["hostile"]
        print(f"\n{one['count']:,} hostile queries, no error")
        print(table([{"": "all", **_cells(one)}]))
        print(f"most of the processor: {one['cpu_max_ms']:.1f} ms, for {one['worst']}")
    sys.stdout.flush()


def _engine_row(name: str, one: dict[str, Any], posts: dict[str, Any]) -> dict[str, object]:
    return {
        "engine": name,
        **_cells(one),
        "index/text": one["index_bytes"] / posts["text_bytes"],
        "MB": one["memory_bytes"] / 1e6,
        "build s": one["build_seconds"],
        "build cpu s": one.get("build_cpu_seconds", ""),
    }


def _cells(one: dict[str, float]) -> dict[str, object]:
    names = ("p50_ms", "p99_ms", "max_ms", "cpu_p50_ms", "cpu_p99_ms")
    return {name.replace("_", " "): one[name] for name in names}


if __name__ == "__main__":
    main()
