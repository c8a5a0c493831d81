"""A small archive, and a service that searches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.search.service import SearchService
from tests.search.posts import add_posts

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

POSTS = (
    ("검색 시장이 흔들린다", "사람들은 검색 대신 질문을 합니다. 데이터 센터의 전력도 문제입니다."),
    ("애자일(Agile) 이야기", "애자일을 배우는 사람에게. 실패하는 이유는 회의가 많아서입니다."),
    (
        "투자 전략 정리",
        "엔비디아에 투자한 사람들의 전략을 정리했습니다. 반도체 칩 이야기도 합니다.",
    ),
    (
        "부흥회와 어린 양들",
        "강의를 파는 사람들 이야기입니다. Nvidia 주가도 나옵니다. GraphQL과 커피 한 잔.",
    ),
    (
        "데이터 센터를 누가 짓나",
        "데이터센터 부지와 냉각. 서버는 3,000대. GPT-4 학습에 Kubernetes를 썼습니다.",
    ),
)


@pytest.fixture
async def service(database: Database, clock: FakeClock) -> SearchService:
    """Over the posts above, the newest first, without a glossary."""
    await add_posts(database, POSTS)
    service = SearchService(database, clock=clock, glossary={})
    await service.prepare()
    return service
