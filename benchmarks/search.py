"""How good the answers are: judged queries over an archive, beside other engines.

    python -m benchmarks.search [--archive FILE --queries FILE] [--json]

Without files, the project's own archive and the queries judged on it.

A query file is a list of {"query", "kind", "relevant": {title: grade}}; grades are 1 and 2, and a
query with nothing relevant should find nothing, or say that only some of its words match. nDCG@5
takes gains of 2^grade - 1 over log2(rank + 1).

Where the extra `semantic` is installed, the nearest posts follow the hits of a page on which no
post has every word, as they do on the page; they stand apart there: nonsense is not answered.

Precision shows what judged queries do not: see benchmarks/search_precision.py.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean, quantiles
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from unittest.mock import patch

from benchmarks.figures import Better, Ratio, quotient, to_json
from benchmarks.reporting import keep, table
from benchmarks.search_precision import measure_precision
from benchmarks.search_rivals import LIMIT, Answer, rivals
from bot.clock import SystemClock
from bot.search.embedding import E5Embedder, is_installed
from bot.search.meaning import Meaning
from bot.search.service import SearchService
from bot.sources.formats.archive import parse_archive
from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.search_precision import Precision
    from benchmarks.search_rivals import Engine
    from storage.models import NewPost

P = ParamSpec("P")
T = TypeVar("T")
SAMPLE = Path(__file__).parents[1] / "bot" / "demo" / "samples" / "archive.txt"
SAMPLE_QUERIES = Path(__file__).parent / "data" / "sample_queries.json"
ROUNDS = 5
"""Each query is timed this often; the first round, which fills caches, is not counted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and what answers it."""

    query: str
    kind: str
    relevant: dict[str, int]


@dataclass
class Report:
    """What one engine did with all the queries."""

    engine: str
    ndcg_at_5: float = 0.0
    recall_at_10: float = 0.0
    mrr: float = 0.0
    no_result_percent: float = 0.0
    nonsense_answered: list[str] = field(default_factory=list)
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    by_kind: dict[str, float] = field(default_factory=dict)
    worst: list[tuple[float, str]] = field(default_factory=list)


def main() -> None:
    """Run every engine over the queries and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, default=SAMPLE)
    parser.add_argument("--queries", type=Path, default=SAMPLE_QUERIES)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worst", type=int, default=0, help="queries to list that went worst")
    given = parser.parse_args()
    posts = parse_archive(given.archive.read_bytes()).posts
    judged = [Judged(**row) for row in json.loads(given.queries.read_text(encoding="utf-8"))]
    _check(judged, posts)
    reports, precision = asyncio.run(_compare(posts, judged))
    ratios = to_json(ratios_of(given.archive.stem, reports))
    both = {
        "engines": [asdict(report) for report in reports],
        "precision": [one.row() for one in precision or ()],
        "ratios": ratios,
    }
    keep(both)
    if given.json:
        print(json.dumps(both, ensure_ascii=False, indent=1))
    else:
        _print_table(reports, judged, posts, given.worst)
        _print_precision(precision)


def ratios_of(archive: str, reports: list[Report]) -> list[Ratio]:
    """How good the first answers are, of each rival's; this varies with nothing but the code."""
    sosik = next(one for one in reports if one.engine == "sosik")
    return [
        Ratio(
            f"nDCG@5 over {archive}, of {one.engine}'s",
            quotient(sosik.ndcg_at_5, one.ndcg_at_5),
            Better.HIGHER,
        )
        for one in reports[: reports.index(sosik)]
        if not one.engine.startswith("sosik")
    ]


def _check(judged: list[Judged], posts: tuple[NewPost, ...]) -> None:
    titles = {post.title for post in posts}
    unknown = {title for one in judged for title in one.relevant} - titles
    if unknown:
        sys.exit(f"Judged titles that the archive does not have: {sorted(unknown)}")


async def _compare(
    posts: tuple[NewPost, ...], judged: list[Judged]
) -> tuple[list[Report], list[Precision] | None]:
    with tempfile.TemporaryDirectory() as folder:
        reports = [await _judge(name, engine, judged) for name, engine in rivals(posts)]
        async with Database.opened(Path(folder) / "bench.db") as database:
            await _fill(database, posts)
            for name, glossary in (("sosik, no glossary", {}), ("sosik", None)):
                service = SearchService(database, clock=SystemClock(), glossary=glossary)
                await service.prepare()
                reports.append(await _judge(name, _sosik(service), judged))
            if is_installed():
                reports += await _by_meaning(database, judged)
            return reports, await measure_precision(service, posts)


async def _by_meaning(database: Database, judged: list[Judged]) -> list[Report]:
    """With all vectors made, and patience: how good it is does not depend on the machine."""
    reports = []
    meaning = Meaning(database, E5Embedder(_Here(), database.path))
    with (
        patch("bot.search.meaning.PATIENCE_SECONDS", 60),
        patch("bot.search.embedding_process.NICENESS", 0),
    ):
        await meaning.make()
        for name, glossary in (("meaning, no glossary", {}), ("meaning", None)):
            clock = SystemClock()
            service = SearchService(database, clock=clock, glossary=glossary, meaning=meaning)
            reports.append(await _judge(name, _sosik(service), judged))
    return reports


class _Here:
    """The model in this process: behind nothing else, so that the figures come soon."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.to_thread(work, *args, **kwargs)


async def _fill(database: Database, posts: tuple[NewPost, ...]) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO sources (id, address, kind) VALUES (1, 'bench', 'archive')")
        await tx.execute_many(
            """
            INSERT INTO posts
                (source_id, title, title_key, author, body, first_seen_at, sort_at, blog_reactions)
            VALUES (1, ?, '', '', ?, 0, ?, ?)
            """,
            [
                (post.title, post.body, -place, post.blog.reactions)
                for place, post in enumerate(posts)
            ],
        )


def _sosik(service: SearchService) -> Engine:
    async def ask(query: str) -> Answer:
        result = await service.search(query, limit=LIMIT, by_meaning=True)
        titles = [hit.title for hit in result.hits] + [title for _, title in result.meant]
        return Answer(tuple(titles), labelled=result.partial or not result.hits)

    return ask


async def _judge(name: str, engine: Engine, judged: list[Judged]) -> Report:
    report = Report(name)
    answers = [await engine(one.query) for one in judged]
    seconds = []
    for _ in range(ROUNDS):
        for one in judged:
            start = time.perf_counter()
            await engine(one.query)
            seconds.append(time.perf_counter() - start)
    cuts = quantiles(seconds, n=100)
    report.p50_ms, report.p99_ms = cuts[49] * 1000, cuts[98] * 1000
    _score(report, judged, answers)
    return report


def _score(report: Report, judged: list[Judged], answers: list[Answer]) -> None:
    pairs = [(one, answer) for one, answer in zip(judged, answers, strict=True) if one.relevant]
    gains = [_ndcg(answer.titles, one.relevant, 5) for one, answer in pairs]
    by_kind: dict[str, list[float]] = defaultdict(list)
    for (one, _), gain in zip(pairs, gains, strict=True):
        by_kind[one.kind].append(gain)
    report.ndcg_at_5 = mean(gains)
    report.recall_at_10 = mean(_recall(answer.titles, one.relevant) for one, answer in pairs)
    report.mrr = mean(_reciprocal_rank(answer.titles, one.relevant) for one, answer in pairs)
    report.no_result_percent = 100 * mean(not answer.titles for _, answer in pairs)
    report.by_kind = {kind: mean(values) for kind, values in by_kind.items()}
    report.worst = sorted(
        (gain, one.query) for (one, _), gain in zip(pairs, gains, strict=True) if gain < 1
    )
    report.nonsense_answered = [
        one.query
        for one, answer in zip(judged, answers, strict=True)
        if not one.relevant and answer.titles and not answer.labelled
    ]


def _ndcg(titles: tuple[str, ...], relevant: dict[str, int], depth: int) -> float:
    got = [relevant.get(title, 0) for title in titles[:depth]]
    best = sorted(relevant.values(), reverse=True)[:depth]
    return _gain(got) / _gain(best)


def _gain(grades: list[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def _recall(titles: tuple[str, ...], relevant: dict[str, int]) -> float:
    return sum(title in titles[:10] for title in relevant) / len(relevant)


def _reciprocal_rank(titles: tuple[str, ...], relevant: dict[str, int]) -> float:
    return next((1 / rank for rank, title in enumerate(titles, 1) if title in relevant), 0.0)


def _print_table(
    reports: list[Report], judged: list[Judged], posts: tuple[NewPost, ...], worst: int
) -> None:
    print(f"{len(judged)} judged queries over {len(posts)} posts\n")
    head = "engine|nDCG@5|recall@10|MRR|no result %|nonsense answered|p50 ms|p99 ms"
    print(_line(head.split("|")))
    for report in reports:
        print(_line([report.engine, *_numbers(report)]))
    kinds = list(reports[0].by_kind)
    print("\nnDCG@5 by kind")
    print(_line(["kind", *(report.engine for report in reports)]))
    for kind in kinds:
        print(_line([kind, *(f"{report.by_kind[kind]:.3f}" for report in reports)]))
    for gain, query in reports[-1].worst[:worst]:
        print(f"{gain:.2f}  {query}")


def _print_precision(precision: list[Precision] | None) -> None:
    if precision is None:
        print("\nNo precision: kiwipiepy is not installed (make bench).")
        return
    print("\nFirst five hits for nouns: wrong ones hold neither the noun nor a name that is told")
    print(table([one.row() for one in precision]))


def _numbers(report: Report) -> list[Any]:
    return [
        f"{report.ndcg_at_5:.3f}",
        f"{report.recall_at_10:.3f}",
        f"{report.mrr:.3f}",
        f"{report.no_result_percent:.1f}",
        len(report.nonsense_answered),
        f"{report.p50_ms:.2f}",
        f"{report.p99_ms:.2f}",
    ]


def _line(cells: list[Any]) -> str:
    first, *rest = [str(cell) for cell in cells]
    return f"{first:<24}" + "".join(
        f"{cell:>24}" if len(cell) > 12 else f"{cell:>18}" for cell in rest
    )


if __name__ == "__main__":
    main()
