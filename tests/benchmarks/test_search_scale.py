from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.grown_text import ARCHIVES, Grown, judged_queries
from benchmarks.search_queries import mixed_queries
from benchmarks.search_scale import _ask, _times
from bot.search.results import Order
from bot.search.service import SearchService
from tests.search.posts import add_posts

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

KINDS = 19


@pytest.mark.slow
@pytest.mark.parametrize("archive", ARCHIVES)
async def test_an_archive_grows_and_is_asked_in_every_way(
    archive: str, database: Database, clock: FakeClock
) -> None:
    grown = Grown(archive, 1)
    posts = list(grown.posts(20))
    assert len({post.body for post in posts}) == 20
    queries = mixed_queries(grown, posts, KINDS, 1)
    assert len({kind for kind, _ in queries}) == KINDS
    assert all(query for _, query in [*queries, *judged_queries(archive)])
    await add_posts(database, [(post.title, post.body) for post in posts])
    service = SearchService(database, clock=clock)
    figures = _times(await _ask(service, queries, 2, Order.BEST))
    assert 0 < figures["p50_ms"] <= figures["p99_ms"] <= figures["max_ms"]


@pytest.mark.slow
def test_the_same_seed_writes_the_same_and_another_telling_does_not() -> None:
    first, again, other = (list(Grown("sample", 1, telling).posts(3)) for telling in (0, 0, 1))
    assert first == again != other


def test_clock_and_processor_are_told_apart() -> None:
    figures = _times([(0.002, 0.001), (0.004, 0.001)])
    assert (figures["max_ms"], figures["cpu_max_ms"]) == (4, 1)
