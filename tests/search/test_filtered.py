"""Searches with filters: they find what the same search finds without, less what does not pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.search.meaning import Meaning
from bot.search.results import Order, RepairKind
from bot.search.service import SearchService
from tests.search.conftest import POSTS
from tests.search.posts import add_posts, change, found_titles
from tests.search.test_meaning import FakeEmbedder

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MANY = 150
AUTHORS = ("해봄", "김 민지", "김서준")


@pytest.fixture
async def service(service: SearchService, database: Database) -> SearchService:
    """The five posts, each half a year after the other, the last one without a date."""
    for number, author in enumerate((*AUTHORS, "해봄"), 1):
        at = int((FIRST + timedelta(days=180 * number)).timestamp())
        sql = "UPDATE posts SET published_at = ?, author = ? WHERE id = ?"
        await change(database, sql, at, author, number)
    await change(database, "UPDATE sources SET title = '해봄의 블로그' WHERE id = 1")
    return service


@pytest.fixture
async def crowd(database: Database, clock: FakeClock) -> SearchService:
    """Many posts of one word: more than are ranked, and more than stand on any page."""
    await add_posts(database, ((f"등대 {n}", f"바다와 등대 이야기 {n}") for n in range(MANY)))
    at = int(FIRST.timestamp())
    await change(
        database,
        """
        UPDATE posts SET author = iif(id % 50 = 0, '해봄', iif(id % 2, '김 민지', '김서준')),
            published_at = iif(id % 10 = 0, NULL, ? + id * 86400)
        """,
        at,
    )
    return SearchService(database, clock=clock, glossary={})


async def every_page(service: SearchService, query: str, order: Order) -> list[int]:
    """The ids of all pages, in order; `total` says at once how many there are."""
    ids: list[int] = []
    while True:
        page = await service.search(query, order=order, offset=len(ids), limit=7)
        ids += [hit.post_id for hit in page.hits]
        if not page.hits:
            assert page.total == len(ids)
            return ids


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("order", [*Order])
@pytest.mark.parametrize(
    ("typed", "passes"),
    [
        ("by:해봄", lambda n: n % 50 == 0),
        ("글쓴이:민지", lambda n: n % 2 == 1),
        ("by:김", lambda n: n % 50 != 0),
        ("since:2024-02", lambda n: n % 10 and n >= 31),
        ("until:2024-01-10", lambda n: n % 10 and n <= 9),
        ("2024년 2월부터 3월까지 by:서준", lambda n: n % 10 and 31 <= n <= 90 and n % 2 == 0),
        ("source:test", lambda _: True),
    ],
)
async def test_no_filter_finds_fewer_posts_than_there_are(
    crowd: SearchService, typed: str, passes: object, order: Order
) -> None:
    assert callable(passes)
    wanted = {n for n in range(1, MANY + 1) if passes(n)}
    for query in (f"등대 {typed}", f'{typed} "바다와 등대"', typed):
        found = await every_page(crowd, query, order)
        assert len(found) == len(set(found))
        assert set(found) == wanted
        if order is Order.NEWEST or query == typed:
            assert found == sorted(found)  # the first added are the newest


async def test_what_lacks_a_date_is_left_out_and_counted(crowd: SearchService) -> None:
    for query in ("등대 since:2024", '"바다와 등대" since:2024', "since:2024"):
        assert (await crowd.search(query)).narrowed.undated == MANY // 10
    assert (await crowd.search("등대 since:2024 by:해봄")).narrowed.undated == 3
    assert (await crowd.search("등대 by:해봄")).narrowed.undated == 0
    assert (await crowd.search("등대 12 since:2024")).narrowed.undated == 0


async def test_days_begin_where_the_chat_is(crowd: SearchService) -> None:
    """Each post came at midnight in UTC: nine in the morning in Seoul."""
    there = await crowd.search("since:2024-01-06 until:2024-01-06", zone=UTC)
    assert [hit.post_id for hit in there.hits] == [5]
    west = ZoneInfo("America/New_York")
    here = await crowd.search("since:2024-01-06 until:2024-01-06", zone=west)
    assert [hit.post_id for hit in here.hits] == [6]


@pytest.mark.parametrize(
    ("typed", "kind", "title"),
    [
        ("rjator by:해봄", RepairKind.LAYOUT, "검색 시장이 흔들린다"),
        ("에자일 since:2024", RepairKind.TYPO, "애자일(Agile) 이야기"),
        ("ㅇㅈㅇ 글쓴이:민지", RepairKind.INITIALS, "애자일(Agile) 이야기"),
        ("엔비디아 by:서준", None, "투자 전략 정리"),
    ],
)
async def test_what_is_mended_passes_too(
    service: SearchService, typed: str, kind: RepairKind | None, title: str
) -> None:
    found = await service.search(typed)
    assert found_titles(found) == [title]
    assert (found.repair and found.repair.kind) == kind
    assert found.query == typed.split(maxsplit=1)[0]


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize(
    "typed", ["ㅇㅈㅇ", "에자일", "agile", "엔비디아", "투자 전략", "칩", "데이터센터"]
)
@pytest.mark.parametrize("by", ["해봄", "민지", "서준"])
@pytest.mark.parametrize("order", [*Order])
async def test_nothing_that_is_shown_fails_the_filter(
    service: SearchService, database: Database, typed: str, by: str, order: Order
) -> None:
    await service.read_on()
    found = await service.search(f"{typed} by:{by}", order=order)
    near = found.near.posts if found.near else ()
    shown = [hit.post_id for hit in found.hits] + [one for one, _ in (*near, *found.onward)]
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT id FROM posts WHERE author LIKE ?", (f"%{by}%",))
    assert set(shown) <= {row["id"] for row in rows}


async def test_a_word_that_only_others_use_is_not_mended(service: SearchService) -> None:
    found = await service.search("애자일 by:서준")
    assert (found.total, found.repair, found.narrowed.outside) == (0, None, 1)
    assert found.near is not None
    assert found.near.posts == ()


async def test_words_to_try_are_of_posts_that_pass(service: SearchService) -> None:
    everywhere = await service.search("애자잉말", exact=True)
    theirs = await service.search("애자잉말 by:민지", exact=True)
    others = await service.search("애자잉말 by:서준", exact=True)
    assert everywhere.near is not None
    assert theirs.near == everywhere.near
    assert others.near is not None
    assert "애자일" in everywhere.near.words
    assert "애자일" not in others.near.words


async def test_without_words_the_newest_that_pass_are_listed(service: SearchService) -> None:
    found = await service.search("글쓴이:해봄")
    assert found_titles(found) == ["검색 시장이 흔들린다", "부흥회와 어린 양들"]
    assert (found.query, found.total, found.partial, found.near) == ("", 2, False, None)
    assert found.hits[0].passage.text.startswith("사람들은 검색 대신")
    none = await service.search("until:2020")
    assert (none.total, none.narrowed.undated, none.narrowed.outside) == (0, 1, 0)


async def test_who_is_not_there_is_said_with_who_is(service: SearchService) -> None:
    found = await service.search("검색 by:철수")
    assert (found.total, found.hits, found.onward, found.meant) == (0, (), (), ())
    assert found.narrowed.authors == ("해봄", "김 민지", "김서준")
    assert found.narrowed.sources == ()
    nowhere = await service.search("검색 출처:없는곳 by:해봄")
    assert (nowhere.narrowed.sources, nowhere.narrowed.authors) == (("해봄의 블로그",), ())
    both = (await service.search("출처:없는곳 by:철수")).narrowed
    assert both.sources
    assert both.authors
    assert (await service.search("검색 by:철수 by:해봄")).total == 1


async def test_what_says_nothing_is_told_and_the_rest_is_searched(service: SearchService) -> None:
    found = await service.search("검색 since:어제쯤")
    assert [one.typed for one in found.narrowed.asked.unread] == ["since:어제쯤"]
    assert (found.query, found_titles(found)[0]) == ("검색", "검색 시장이 흔들린다")


async def test_what_is_close_in_meaning_passes_too(database: Database, clock: FakeClock) -> None:
    await add_posts(database, POSTS)
    await change(database, "UPDATE posts SET author = '해봄' WHERE title NOT LIKE '투자%'")
    meaning = Meaning(database, FakeEmbedder(database))
    await meaning.make()
    service = SearchService(database, clock=clock, glossary={}, meaning=meaning)
    everywhere = await service.search("주식", by_meaning=True)
    assert everywhere.meant[0][1] == "투자 전략 정리"
    theirs = await service.search("주식 by:해봄", by_meaning=True)
    assert len(theirs.meant) == 3
    assert "투자 전략 정리" not in {title for _, title in theirs.meant}
