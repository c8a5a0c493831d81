"""Queries of many words: the rarest of them tell which posts are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.search import answer, corpus
from bot.search.matching import Term
from bot.search.results import Order
from bot.search.service import SearchService
from bot.search.terms import name_form
from bot.sources.formats.archive import parse_archive
from storage import search
from tests.search.posts import add_posts, found_titles

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.search.results import SearchResult
    from storage.database import Database
    from tests.clock import FakeClock

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
COUNT = 200
WORDS = "고래 항구 등대 파도 갈매기 모래사장 조개껍데기 돛단배 나침반 해초 밀물 썰물".split()  # noqa: SIM905  # a sentence
COMMON = WORDS[6:]
QUERY = " ".join(WORDS)


async def archive_of(
    database: Database, clock: FakeClock, posts: list[tuple[str, str]]
) -> SearchService:
    """These posts, the newest first, and then many that have the common words."""
    others = [(f"글 {n}", f"{' '.join(COMMON)} 이야기 {n}") for n in range(COUNT)]
    await add_posts(database, [*posts, *others])
    return SearchService(database, clock=clock, glossary={}, seconds=PATIENCE)


def count_questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is put to the index from now on."""
    asked: list[str] = []

    def noted(ask: Callable[..., object]) -> Callable[..., object]:
        def run(db: object, match: str, *values: object) -> object:
            asked.append(match)
            return ask(db, match, *values)

        return run

    for name in ("list_matching", "count_matching"):
        monkeypatch.setattr(search, name, noted(getattr(search, name)))
    return asked


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("left_out", range(len(WORDS)))
async def test_a_post_that_lacks_one_word_follows_the_one_with_all(
    database: Database, clock: FakeClock, left_out: int
) -> None:
    lacking = " ".join([*WORDS[:left_out], *WORDS[left_out + 1 :]])
    service = await archive_of(database, clock, [("모두", QUERY), ("하나 없이", lacking)])
    found = await service.search(QUERY)
    assert found_titles(found)[:2] == ["모두", "하나 없이"]
    assert [hit.lacks for hit in found.hits[:2]] == [(), (WORDS[left_out],)]


async def test_posts_that_lack_a_word_are_found_beside_many_that_lack_another(
    database: Database, clock: FakeClock
) -> None:
    """The same sentence is in many posts, each with another word for its rarest one."""
    posts = [("모두", QUERY)] + [(f"문장 {n}", " ".join(WORDS[1:])) for n in range(100)]
    service = await archive_of(database, clock, posts)
    found = await service.search(QUERY, limit=10)
    assert found_titles(found)[0] == "모두"
    assert all(title.startswith("문장") for title in found_titles(found)[1:])
    assert len(found.hits) == 10


async def test_many_words_of_which_no_post_has_one(database: Database, clock: FakeClock) -> None:
    rare = " ".join(WORDS[:6])
    posts = [("둘 없이", " ".join(WORDS[:-2]))] + [(f"문장 {n}", rare) for n in range(70)]
    service = await archive_of(database, clock, posts)
    found = await service.search(f"{' '.join(WORDS[:10])} 쀍뷁뷁쀍")
    assert found.partial
    assert found_titles(found)[0] == "둘 없이"
    many = await service.search(f"{rare} 쀍뷁뷁쀍", limit=10)
    assert many.partial
    assert {hit.lacks for hit in many.hits} == {("쀍뷁뷁쀍",)}


@pytest.mark.parametrize("order", list(Order))
async def test_every_post_with_many_words_is_on_one_page(
    database: Database, clock: FakeClock, order: Order
) -> None:
    service = await archive_of(database, clock, [("해초 밀물", " ".join(COMMON))])
    query = " ".join(COMMON)
    pages = [
        await service.search(query, order=order, offset=offset, limit=20)
        for offset in range(0, COUNT + 20, 20)
    ]
    found = [title for page in pages for title in found_titles(page)]
    assert len(found) == len(set(found)) == pages[0].total == COUNT + 1
    assert found[0] == "해초 밀물"
    without = await service.search(f"{query} -글")
    assert (without.total, found_titles(without)) == (1, ["해초 밀물"])


@pytest.mark.parametrize("posts", [("모두", QUERY), ("하나 없이", " ".join(WORDS[1:]))])
async def test_long_queries_put_few_questions_to_the_index(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, posts: tuple[str, str]
) -> None:
    service = await archive_of(database, clock, [posts, ("rare", " ".join(WORDS[:2]))])
    asked = count_questions(monkeypatch)
    await service.search(QUERY)
    whole = [match for match in asked if all(word[:2] in match for word in WORDS)]
    several = [match for match in asked if sum(word[:2] in match for word in WORDS) > 1]
    assert not whole
    assert len(several) <= 12, several


async def test_out_of_time_a_long_query_still_finds_what_has_every_word(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = await archive_of(database, clock, [("모두", QUERY), ("짧은", " ".join(WORDS[1:]))])
    monkeypatch.setattr(service, "_seconds", -1.0)
    assert found_titles(await service.search(QUERY))[0] == "모두"


async def test_common_words_are_counted_roughly(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "COUNTED", 40)
    await archive_of(database, clock, [("모두", QUERY)])

    async with database.reader() as reader:
        archive = await reader.run(lambda db: corpus.Corpus(db, seconds=PATIENCE))
        common = Term("썰물", (name_form("썰물", 1.0),))
        asked = count_questions(monkeypatch)
        roughly = await reader.run(lambda _: archive.count(common, roughly=True))
        assert len(asked) == 1
        assert roughly == pytest.approx(COUNT + 1, rel=0.1)
        assert await reader.run(lambda _: archive.count(common)) == COUNT + 1
        assert await reader.run(lambda _: archive.count(common, roughly=True)) == COUNT + 1


async def judged(database: Database, clock: FakeClock) -> dict[str, SearchResult]:
    rows = json.loads((ROOT / "benchmarks" / "data" / "sample_queries.json").read_bytes())
    service = SearchService(database, clock=clock, seconds=PATIENCE)
    return {row["query"]: await service.search(row["query"], limit=10) for row in rows}


async def test_short_queries_are_answered_as_if_there_were_no_long_ones(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = parse_archive((ROOT / "bot/demo/samples/archive.txt").read_bytes()).posts
    await add_posts(database, [(post.title, post.body) for post in sample])
    now = await judged(database, clock)
    monkeypatch.setattr(answer, "LONG", 99)
    monkeypatch.setattr("bot.search.engine.LONG", 99)
    before = await judged(database, clock)
    for query, result in now.items():
        if len(query.split()) < 4:
            assert result == before[query]
        assert found_titles(result)[:1] == found_titles(before[query])[:1]


async def test_a_post_is_read_once_in_a_search(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = await archive_of(database, clock, [("모두", QUERY)])
    read: list[int] = []
    listed = search.list_texts

    def noted(db: object, ids: list[int]) -> object:
        read.extend(ids)
        return listed(db, ids)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(search, "list_texts", noted)
    await service.search(QUERY)
    assert len(read) == len(set(read))
    monkeypatch.setattr(corpus, "KEPT", 3)
    assert found_titles(await service.search(QUERY))[0] == "모두"


@pytest.mark.parametrize("count", [4, 8, 10, 12])
async def test_a_title_of_every_word_is_first_of_many_posts_with_all(
    database: Database, clock: FakeClock, count: int
) -> None:
    query = " ".join(WORDS[:count])
    newer = [(f"{WORDS[0]} {n}", query) for n in range(80)]
    service = await archive_of(database, clock, [(query, query), *newer])
    found = await service.search(query)
    assert (found.total, found_titles(found)[0]) == (81, query)
