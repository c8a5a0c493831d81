"""Whatever is typed is answered: no error, and every answer holds together."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.search.results import Order
from bot.search.service import SearchService
from storage.database import Database
from tests.search.conftest import POSTS
from tests.search.posts import add_posts

if TYPE_CHECKING:
    from pathlib import Path

    from bot.search.results import SearchResult

OPERATORS = ('"', "*", "-", "NEAR(", "AND", "OR", "NOT", "'; DROP TABLE posts;", "%", "_", "^", ":")
PIECES = st.one_of(
    st.sampled_from(OPERATORS),
    st.text(max_size=20),
    st.text("가나다검색ㄱㅅㅏㅓ", max_size=8),
    st.text("rjatoNvidia", max_size=10),
    st.text(st.characters(codec="utf-8"), max_size=10).map(
        lambda text: unicodedata.normalize("NFD", text)
    ),
)
QUERIES = st.lists(PIECES, max_size=12).map(" ".join)


def test_any_query_is_answered(tmp_path: Path) -> None:
    async def prepare() -> tuple[Database, SearchService]:
        database = await Database.open(tmp_path / "sosik.db")
        await add_posts(database, POSTS)
        return database, SearchService(database, clock=SystemClock())

    with asyncio.Runner() as runner:
        database, service = runner.run(prepare())

        @settings(max_examples=150)
        @given(QUERIES, st.sampled_from(Order), st.booleans())
        def ask(query: str, order: Order, exact: bool) -> None:  # noqa: FBT001  # hypothesis passes it by place
            check(runner.run(service.search(query, order=order, exact=exact)))

        try:
            ask()
            check(runner.run(service.search(unicodedata.normalize("NFD", "힣" * 4000))))
            check(
                runner.run(service.search("NVW TU 검색ぁ"))
            )  # near words beside what some words find
        finally:
            runner.run(database.close())


def check(result: SearchResult) -> None:
    """What every answer keeps to."""
    assert len(result.hits) <= result.total
    if result.near is not None and result.total:  # of some words, not of every one
        assert result.partial
        assert not result.near.posts
    assert result.repair is None or result.total > 0
    for hit in result.hits:
        for text, spans in ((hit.title, hit.title_spans), (hit.passage.text, hit.passage.spans)):
            ends = [place for span in spans for place in span]
            assert ends == sorted(ends)
            assert all(0 <= place <= len(text) for place in ends)
