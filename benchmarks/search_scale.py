"""What search costs on a large archive: time, room and memory, beside trigram + LIKE and tantivy.

    python -m benchmarks.search_scale --posts 100000 [--queries 600] [--hostile 10000] [--json]

Every engine runs in a process of its own over the same made-up posts, so that its memory is its
own. The index's size is what it adds to a database that holds the posts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

from benchmarks.korean_text import Writer
from benchmarks.search_queries import hostile_queries, mixed_queries
from bot.clock import SystemClock
from bot.search.index import index_changes
from bot.search.results import Order
from bot.search.service import SearchService
from storage.database import Database

SEED = 2026
ADDED = 200
LIMIT = 10
ENGINES = ("sosik", "trigram", "tantivy")


def main() -> None:
    """Build the posts, run each engine, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=600)
    parser.add_argument("--hostile", type=int, default=0)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="keep the databases here")
    parser.add_argument("--engine", choices=(*ENGINES, "posts", "hostile"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine:
        print(json.dumps(_run_engine(given)))
        return
    folder = given.folder or Path(tempfile.mkdtemp())
    try:
        _print(given, _run_all(given, folder))
    finally:
        if not given.folder:
            shutil.rmtree(folder)


def _run_all(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    results = {"posts": _in_process(given, folder, "posts")}
    for engine in given.engines:
        results[engine] = _in_process(given, folder, engine)
    if given.hostile:
        results["hostile"] = _in_process(given, folder, "hostile")
    return results


def _in_process(given: argparse.Namespace, folder: Path, engine: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.search_scale", "--engine", engine]
    for name in ("posts", "queries", "hostile"):
        command += [f"--{name}", str(getattr(given, name))]
    done = subprocess.run(  # noqa: S603  # this program itself
        [*command, "--folder", str(folder)], check=True, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _run_engine(given: argparse.Namespace) -> dict[str, Any]:
    path = given.folder / f"posts-{given.posts}.db"
    if given.engine == "posts":
        path.unlink(missing_ok=True)
    if given.engine == "posts":
        return asyncio.run(_write_posts(path, given))
    queries = json.loads((given.folder / "queries.json").read_text(encoding="utf-8"))
    if given.engine == "sosik":
        return asyncio.run(_sosik(path, given.folder / "sosik.db", queries))
    if given.engine == "hostile":
        return asyncio.run(_hostile(given.folder / "sosik.db", given.hostile))
    return _trigram(path, queries) if given.engine == "trigram" else _tantivy(path, queries)


async def _write_posts(path: Path, given: argparse.Namespace) -> dict[str, Any]:
    writer = Writer(SEED)
    posts = list(writer.posts(given.posts))
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
    queries = mixed_queries(writer, posts[:2000], given.queries, SEED)
    (path.parent / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
    text = sum(len(post.title.encode()) + len(post.body.encode()) for post in posts)
    return {"count": len(posts), "text_bytes": text, "characters": mean(len(p.body) for p in posts)}


async def _sosik(source: Path, path: Path, queries: list[tuple[str, str]]) -> dict[str, Any]:
    shutil.copy(source, path)
    database = await Database.open(path)
    service = SearchService(database, clock=SystemClock())
    before = _used_bytes(path)
    start = time.perf_counter()
    await service.prepare()
    built = time.perf_counter() - start
    by_kind: dict[str, list[float]] = defaultdict(list)
    for kind, query in queries:
        start = time.perf_counter()
        await service.search(query, limit=LIMIT)
        by_kind[kind].append(time.perf_counter() - start)
    newest = []
    for _, query in queries[:100]:
        start = time.perf_counter()
        await service.search(query, order=Order.NEWEST, limit=LIMIT)
        newest.append(time.perf_counter() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    size = _used_bytes(path) - before
    adding = await _add_posts(database)
    await database.close()
    return {
        **_times([one for some in by_kind.values() for one in some]),
        "newest": _times(newest),
        "kinds": {kind: _times(seconds) for kind, seconds in by_kind.items()},
        "adding": _times(adding),
        "index_bytes": size,
        "memory_bytes": memory,
        "build_seconds": built,
    }


async def _add_posts(database: Database) -> list[float]:
    seconds = []
    for post in Writer(SEED, telling=1).posts(ADDED):
        start = time.perf_counter()
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
        seconds.append(time.perf_counter() - start)
    return seconds


async def _hostile(path: Path, count: int) -> dict[str, Any]:
    database = await Database.open(path)
    service = SearchService(database, clock=SystemClock())
    seconds = []
    worst = (0.0, "")
    worked = 0.0
    for query in hostile_queries(count, SEED):
        start, begun = time.perf_counter(), time.process_time()
        result = await service.search(query, limit=LIMIT)
        took = time.perf_counter() - start
        worked = max(worked, time.process_time() - begun)
        seconds.append(took)
        worst = max(worst, (took, result.query[:60]))
    await database.close()
    return {**_times(seconds), "count": count, "worst": ascii(worst[1]), "cpu_ms": worked * 1e3}


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
    seconds = []
    for _, query in queries[: max(60, len(queries) // 4)]:
        words = query.replace('"', " ").split()
        start = time.perf_counter()
        if words and all(len(word) > 2 for word in words):
            match = " AND ".join(f'"{word}"' for word in words)
            sql = "SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY rank LIMIT 10"
            db.execute(sql, (match,)).fetchall()
        else:
            like = " AND ".join("(title LIKE ? OR body LIKE ?)" for _ in words) or "0"
            values = [f"%{word}%" for word in words for _ in range(2)]
            db.execute(f"SELECT id FROM posts WHERE {like} LIMIT 10", values).fetchall()  # noqa: S608  # placeholders only
        seconds.append(time.perf_counter() - start)
    db.close()
    return {
        **_times(seconds),
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
    seconds = []
    for _, query in queries:
        start = time.perf_counter()
        parsed, _ = index.parse_query_lenient(
            query, ["title", "body"], conjunction_by_default=True, field_boosts={"title": 3.0}
        )
        for _, address in searcher.search(parsed, LIMIT).hits:
            searcher.doc(address)
        seconds.append(time.perf_counter() - start)
    return {
        **_times(seconds),
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


def _times(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
    return {"p50_ms": cuts[49] * 1e3, "p99_ms": cuts[98] * 1e3, "max_ms": max(seconds) * 1e3}


def _print(given: argparse.Namespace, results: dict[str, Any]) -> None:
    if given.json:
        print(json.dumps(results, indent=1))
        return
    posts = results["posts"]
    print(
        f"{posts['count']:,} posts, {posts['characters']:.0f} characters each,"
        f" {posts['text_bytes'] / 1e6:.0f} MB of text\n"
    )
    head = f"{'engine':<12}{'p50 ms':>9}{'p99 ms':>10}{'max ms':>10}"
    print(head + f"{'index/text':>12}{'MB':>7}{'build s':>9}")
    for engine in given.engines:
        one = results[engine]
        print(
            f"{engine:<12}{one['p50_ms']:>9.2f}{one['p99_ms']:>10.1f}{one['max_ms']:>10.1f}"
            f"{one['index_bytes'] / posts['text_bytes']:>12.2f}{one['memory_bytes'] / 1e6:>7.0f}"
            f"{one['build_seconds']:>9.0f}"
        )
    if "sosik" in results:
        sosik = results["sosik"]
        print("\nsosik, by kind of query")
        rows = {
            **sosik["kinds"],
            "newest first": sosik["newest"],
            "adding one post": sosik["adding"],
        }
        for kind, one in rows.items():
            print(f"{kind:<18}{one['p50_ms']:>9.2f}{one['p99_ms']:>10.1f}{one['max_ms']:>10.1f}")
    if "hostile" in results:
        one = results["hostile"]
        times = f"p50 {one['p50_ms']:.2f} ms, p99 {one['p99_ms']:.1f} ms"
        print(
            f"\n{one['count']:,} hostile queries, no error: {times}, worst {one['max_ms']:.1f} ms"
        )
        print(f"the worst: {one['worst']}; most processor time: {one['cpu_ms']:.1f} ms")


if __name__ == "__main__":
    main()
