"""The judged queries over the sample archive stay answered: see docs/search.md."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.search.bracketed_names import text_pairs
from bot.search.service import SearchService
from bot.sources.formats.archive import parse_archive
from tests.search.posts import add_posts, found_titles, unsaid

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

ROOT = Path(__file__).parents[2]
PATIENCE = 5.0
"""Seconds for a query: what is found must not hang on how fast the machine is."""


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize(("queries", "least"), [("sample", 0.97), ("phone", 0.95)])
async def test_judged_queries_find_what_they_should(
    database: Database, clock: FakeClock, queries: str, least: float
) -> None:
    sample = ROOT / "bot" / "demo" / "samples" / "archive.txt"
    judged = json.loads((ROOT / "benchmarks" / "data" / f"{queries}_queries.json").read_bytes())
    await add_posts(database, [(p.title, p.body) for p in parse_archive(sample.read_bytes()).posts])
    service = SearchService(database, clock=clock, seconds=PATIENCE)
    gains = []
    for one in judged:
        result = await service.search(one["query"])
        if one["relevant"]:
            gains.append(_ndcg(found_titles(result), one["relevant"]))
        else:
            assert not result.total or result.partial or result.repair, one["query"]
    assert sum(gains) / len(gains) >= least


@pytest.mark.parametrize(
    "archive", ["bot/demo/samples/archive.txt", "benchmarks/data/daily_archive.txt"]
)
async def test_names_that_posts_give_are_bold_only_where_the_page_says_them(
    database: Database, clock: FakeClock, archive: str
) -> None:
    posts = [(p.title, p.body) for p in parse_archive((ROOT / archive).read_bytes()).posts]
    await add_posts(database, posts)
    service = SearchService(database, clock=clock, seconds=PATIENCE)
    pairs = {pair for post in posts for part in post for pair in text_pairs(part)}
    for name in sorted({name for pair in pairs for name in pair}):
        result = await service.search(name, limit=20)
        assert (name, unsaid(result)) == (name, [])


def _ndcg(titles: list[str], relevant: dict[str, int]) -> float:
    def gain(grades: list[int]) -> float:
        return sum((2.0**g - 1) / math.log2(rank + 2) for rank, g in enumerate(grades[:5]))

    best = sorted(relevant.values(), reverse=True)
    return gain([relevant.get(title, 0) for title in titles]) / gain(best)
