"""Names that operators are offered for searches in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.search.analyse import flat, fold
from bot.search.meaning import Meaning
from bot.search.service import SearchService
from bot.search.synonyms import index_synonyms
from storage.models import UserId
from tests.search.posts import add_posts, titles
from tests.search.test_meaning import FakeEmbedder

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

POSTS = (
    ("김치찌개 끓이기", "김치찌개를 끓인다. 부침개도 부친다."),
    ("kubernetes 이야기", "kubernetes를 배운다."),
    ("전기자동차", "전기자동차를 탄다. 충전한다."),
    ("검색 시장", "검색하는 이야기다."),
)
GLOSSARY = {"쿠버네티스": ("kubernetes",), "kubernetes": ("쿠버네티스",)}


@pytest.fixture
async def service(database: Database, clock: FakeClock) -> SearchService:
    await add_posts(database, POSTS)
    return SearchService(database, clock=clock, glossary=GLOSSARY)


async def miss(service: SearchService, query: str) -> None:
    """Two people searched for it in vain."""
    for user in (1, 2):
        await service.record_miss(query, UserId(user))


async def offered(service: SearchService, query: str) -> list[tuple[str, str]]:
    await miss(service, query)
    found = {one.query: one.offers for one in await service.list_misses()}
    return [(one.left, one.right) for one in found[query]]


@pytest.mark.parametrize(
    ("query", "pair"),
    [
        ("김찌", ("김찌", "김치찌개")),
        ("김찌를", ("김찌", "김치찌개")),
        ("전기자쟁이", ("전기자쟁이", "전기자동차")),
        ("김찌 쀍뛟꿻", ("김찌", "김치찌개")),
        ("쿠버네티즈", ("쿠버네티즈", "kubernetes")),
        ("쿠바넷티스", ("쿠바넷티스", "kubernetes")),
        ("김찌치개", ("김찌치개", "김치찌개")),
        ("전기자전거", ("전기자전거", "전기자동차")),
    ],
)
async def test_a_name_that_posts_have_is_offered(
    service: SearchService, query: str, pair: tuple[str, str]
) -> None:
    assert pair in await offered(service, query)


@pytest.mark.parametrize(
    "query", ["쀍뛟꿻", "김치찌개", '"김찌"', "가", "가" * 90, "이야기", "12345"]
)
async def test_nothing_is_offered_for_what_is_near_to_nothing(
    service: SearchService, query: str
) -> None:
    assert await offered(service, query) == []


@pytest.mark.parametrize("query", ["쿠버네티즈", "김찌", "전기자전거"])
async def test_one_name_is_offered_once_however_it_is_written(
    service: SearchService, query: str
) -> None:
    names = [right for _, right in await offered(service, query)]
    assert len({flat(fold(name)) for name in names}) == len(names)


async def test_what_shares_consonants_only_is_offered_across_scripts(
    database: Database, clock: FakeClock
) -> None:
    await add_posts(database, [("전체", "전체를 본다"), ("중이어서", "듣는 중이어서 늦었다")])
    await add_posts(database, [("vincent", "vincent 그림")])
    service = SearchService(database, clock=clock, glossary={})
    assert await offered(service, "에이존시") == []
    assert ("번샨토", "vincent") in await offered(service, "번샨토")


async def test_what_is_accepted_finds_at_once_and_is_no_miss_until_it_is_taken_back(
    service: SearchService,
) -> None:
    missed = "전기자전거 쀍뛟꿻"
    await miss(service, missed)
    await miss(service, "뷁")
    assert await titles(service, missed) == []
    await service.add_synonym("전기자전거", "전기자동차")
    assert await titles(service, missed) == ["전기자동차"]
    assert [one.query for one in await service.list_misses()] == ["뷁"]
    await service.delete_synonym("전기자전거", "전기자동차")
    assert {one.query for one in await service.list_misses()} == {"뷁", missed}


async def test_a_synonym_that_finds_nothing_leaves_the_miss_in_the_list(
    service: SearchService,
) -> None:
    await miss(service, "뷁")
    await service.add_synonym("뷁", "쀍뛟꿻")
    assert [one.query for one in await service.list_misses()] == ["뷁"]


async def test_misses_after_many_that_a_synonym_may_answer_stay_in_the_list(
    service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.search.offers.MOST_SEARCHED", 1)
    await service.add_synonym("전기자전거", "전기자동차")
    for query in ("전기자전거 하나", "전기자전거 둘", "전기자전거 셋"):
        await miss(service, query)
        await miss(service, query + "째")
    await miss(service, "뷁")
    assert "뷁" in {one.query for one in await service.list_misses()}


async def test_where_no_time_is_left_nothing_is_offered(
    database: Database, clock: FakeClock, service: SearchService
) -> None:
    await miss(service, "김찌")
    hasty = SearchService(database, clock=clock, glossary=GLOSSARY, seconds=-1)
    assert [one.offers for one in await hasty.list_misses()] == [()]


async def test_by_meaning_where_it_is_on_and_no_word_is_near(
    service: SearchService, database: Database, clock: FakeClock
) -> None:
    meaning = Meaning(database, FakeEmbedder(database))
    await meaning.make()
    meant = SearchService(database, clock=clock, glossary={}, meaning=meaning)
    await miss(service, "구글")
    assert [one.offers for one in await meant.list_misses()] == [()]
    await meant.read_on()
    (found,) = await meant.list_misses()
    assert found.offers[0].left == "구글"
    assert found.offers[0].right in {"검색", "시장"}


def test_a_name_with_a_sign_is_a_name() -> None:
    assert index_synonyms([("C#", "씨샵")]) == {"c#": ("씨샵",), "씨샵": ("C#",)}
