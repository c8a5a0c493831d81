"""What only shows with more posts than are ranked on their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.search import corpus
from bot.search.results import Order, SearchResult
from bot.search.service import SearchService
from tests.search.posts import add_posts, found_titles

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

COUNT = 200


@pytest.fixture
async def many(database: Database, clock: FakeClock) -> SearchService:
    """Two hundred posts with 검색; every fortieth has it in the title, every fiftieth says 시장."""
    posts = [
        (
            f"{'검색 ' if n % 40 == 0 else ''}글 {n}",
            f"검색 이야기 {n} 데이터 센터 {'시장' if n % 50 == 0 else '가게'} {'냉각 ' * (n % 4)}",
        )
        for n in range(COUNT)
    ]
    await add_posts(database, posts)
    return SearchService(database, clock=clock, glossary={})


async def all_pages(service: SearchService, query: str, order: Order) -> list[SearchResult]:
    return [
        await service.search(query, order=order, offset=offset, limit=20)
        for offset in range(0, COUNT + 20, 20)
    ]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("query", ["검색", "검색 데이터센터", "검색 -시장"])
async def test_every_post_is_on_one_page(many: SearchService, query: str, order: Order) -> None:
    pages = await all_pages(many, query, order)
    found = [title for page in pages for title in found_titles(page)]
    assert len(found) == len(set(found)) == pages[0].total


async def test_titles_come_first(many: SearchService) -> None:
    found = found_titles(await many.search("검색", limit=5))
    assert all(title.startswith("검색") for title in found)
    both = found_titles(await many.search("검색 이야기", limit=5))
    assert all(title.startswith("검색") for title in both)
    often = found_titles(await many.search("냉각", limit=5))
    assert len(often) == 5


async def test_newest_first_sorts_all_of_many(many: SearchService) -> None:
    dense = await many.search("검색", order=Order.NEWEST, limit=3)
    assert found_titles(dense) == ["검색 글 0", "글 1", "글 2"]
    without = await many.search("검색 -시장", order=Order.NEWEST, limit=2)
    assert found_titles(without) == ["글 1", "글 2"]


async def test_newest_first_of_matches_that_are_few_among_many(
    many: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.search.answer.DENSE", 0.5)
    found = await many.search("검색", order=Order.NEWEST, limit=3)
    assert found_titles(found) == ["검색 글 0", "글 1", "글 2"]


async def test_a_phrase_is_read_in_the_texts(many: SearchService) -> None:
    found = await many.search('"데이터 센터 시장"', limit=50)
    assert found.total == 4


@pytest.mark.parametrize("order", list(Order))
async def test_every_post_with_a_phrase_is_on_one_page(
    many: SearchService, database: Database, order: Order
) -> None:
    await add_posts(database, [("이야기", "데이터 센터 이야기")] * 20)
    await many.prepare()
    pages = await all_pages(many, '"이야기"', order)
    found = [hit.post_id for page in pages for hit in page.hits]
    assert len(found) == len(set(found)) == pages[0].total == COUNT + 20


async def test_a_phrase_in_an_old_title_is_ranked(database: Database, clock: FakeClock) -> None:
    texts = [("통 속의 뇌", "생각")] + [(f"글 {n}", f"통 속의 뇌 {n}") for n in range(COUNT)]
    await add_posts(database, texts)
    service = SearchService(database, clock=clock, glossary={})
    assert found_titles(await service.search('"통 속의 뇌"', limit=3))[0] == "통 속의 뇌"


async def test_one_syllable_in_a_large_archive(
    many: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "SMALL", 10)
    assert (await many.search("센")).total == COUNT
    assert (await many.search("글")).total == COUNT
    assert (await many.search("센 터 데")).searched == "센터 데"


async def test_a_name_is_heard_among_many_words_of_its_own_script(
    database: Database, clock: FakeClock
) -> None:
    """Korean has dozens of words of every few consonants; the one in Latin letters is meant."""
    words = [f"{one}{two}다사" for one in "바버보부비" for two in "라러로루"]
    texts = [" ".join(words)] * 2 + ["a producer of films"]
    await add_posts(database, [(f"글 {n}", text) for n, text in enumerate(texts)])
    service = SearchService(database, clock=clock, glossary={})
    assert found_titles(await service.search("프로듀서")) == ["글 2"]


async def test_out_of_time_a_search_still_answers(
    many: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await many.search("rjator")).repair is not None
    monkeypatch.setattr(many, "_seconds", -1.0)
    assert (await many.search("rjator")).repair is None
    found = await many.search("rjator 없는말")
    assert found.total == 0
    assert found.near is not None
    assert (await many.search("시장 없는말")).partial
    assert (await many.search("검색")).total == COUNT
