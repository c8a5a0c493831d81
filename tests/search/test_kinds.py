"""Kinds of words that members type, each by examples that no archive of the benchmarks has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.search.service import SearchService
from tests.search.posts import add_posts, found_titles

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

POSTS = [
    ("헌혈하는 날", "B형 헌혈이 모자라다고 한다. 열여섯 명이 줄을 섰다."),
    ("다리 건너기", "만 오천 걸음을 걷고 스물다섯 살처럼 뛰었다. 하늘이 파랗게 갰다."),
    ("합창의 밤", "아카데미상을 받은 영화의 피아노 소리. 삼백 명이 불렀다."),
    ("시계를 고치다", "벽에 걸린 것을 보고 나서 고쳤다. 값은 8천5백 원이었다."),
    ("보고를 줄이자", "보고가 길면 아무도 읽지 않는다. 값이 세 배가 되었다."),
    ("나룻배의 강", "배를 타고 건넜다. 방송통신위원회가 전파를 잰다."),
    ("페인트 칠", "벽이 누레졌다. 표 값 이야기."),
    ("아만다는 누구인가", "아마 모를 것이다. 그는 물려받은 집에 살고 가게를 물리는 법을 안다."),
    ("아마추어의 저녁", "아마 그럴 것이다."),
]


@pytest.fixture
async def search(database: Database, clock: FakeClock) -> SearchService:
    await add_posts(database, POSTS)
    glossary = {"티켓": ("표",), "표": ("티켓",)}
    return SearchService(database, clock=clock, glossary=glossary, seconds=5.0)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("16명", "헌혈하는 날"),
        ("25살", "다리 건너기"),
        ("300명", "합창의 밤"),
        ("8500원", "시계를 고치다"),
        ("팔천오백 원", "시계를 고치다"),
        ("3배", "보고를 줄이자"),
        ("B형헌혈", "헌혈하는 날"),
        ("파란 하늘", "다리 건너기"),
        ("누런 벽", "페인트 칠"),
        ("academy", "합창의 밤"),
        ("piano", "합창의 밤"),
        ("보고", "보고를 줄이자"),
        ("배", "나룻배의 강"),
        ("방통위", "나룻배의 강"),
        ("티켓값", "페인트 칠"),
    ],
)
async def test_each_kind_finds_what_was_meant(
    search: SearchService, query: str, first: str
) -> None:
    assert found_titles(await search.search(query))[:1] == [first]


@pytest.mark.parametrize("query", ["17명", "구원", "guide", "B형감자칩"])
async def test_what_nobody_wrote_is_not_found(search: SearchService, query: str) -> None:
    found = await search.search(query)
    assert not found.total or found.partial or found.repair


async def test_a_name_that_ends_like_a_verb_is_a_name(search: SearchService) -> None:
    assert found_titles(await search.search("아만다")) == ["아만다는 누구인가"]
    assert found_titles(await search.search("물린다")) == ["아만다는 누구인가"]
