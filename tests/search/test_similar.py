"""Posts to read on with, as posts come, change and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.search.service import SearchService
from bot.search.similar import list_similar
from storage.models import PostId
from tests.search.posts import add_posts, change

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

POSTS = (
    ("금리가 오르면 환율은", "중앙은행이 금리를 올리면 환율과 채권이 움직입니다. 물가도 봅니다."),
    ("환율 읽는 법", "환율과 금리, 물가의 관계를 채권 시장에서 읽습니다."),
    ("빵 굽는 아침", "밀가루 반죽을 발효해 오븐에 굽습니다. 버터와 소금."),
    ("버터와 반죽", "반죽을 접어 버터를 넣고 오븐에서 굽습니다. 발효는 짧게."),
    ("지역 소멸 ① 청년은 왜 떠나나", "청년들이 도시로 갑니다."),
    ("지역 소멸 ② 학교가 닫힌다", "학교의 수업이 줄어듭니다. 버터와 반죽 이야기도 나옵니다."),
    ("지역 소멸 ③ 돌아온 사람", "귀촌한 사람을 만났습니다."),
    ("외딴 글", "쀍뛟꿻"),
)


@pytest.fixture
async def archive(database: Database, clock: FakeClock) -> SearchService:
    await add_posts(database, POSTS)
    service = SearchService(database, clock=clock, glossary={})
    await service.read_on()
    return service


async def similar(database: Database, title: str, limit: int = 3) -> list[str]:
    """Titles to read on with after the post whose title begins so."""
    async with database.reader() as db:
        row = await db.fetch_one("SELECT id FROM posts WHERE title LIKE ?", (f"{title}%",))
        assert row is not None
        found = await db.run(lambda raw: list_similar(raw, PostId(row["id"]), limit))
        return [one for _, one in found]


async def test_the_most_alike_is_first(archive: SearchService, database: Database) -> None:
    assert (await similar(database, "금리가"))[0] == "환율 읽는 법"
    assert (await similar(database, "환율"))[0] == "금리가 오르면 환율은"
    assert (await similar(database, "빵 굽는"))[0] == "버터와 반죽"
    assert await similar(database, "외딴") == []
    async with database.reader() as db:
        assert await db.run(lambda raw: list_similar(raw, PostId(999), 3)) == []


async def test_a_series_finds_itself_first_the_next_part_before_the_others(
    archive: SearchService, database: Database
) -> None:
    first, second, third = (one for one, _ in POSTS if one.startswith("지역"))
    assert (await similar(database, "지역 소멸 ①"))[:2] == [second, third]
    assert (await similar(database, "지역 소멸 ②"))[:2] == [third, first]
    assert (await similar(database, "지역 소멸 ②"))[2] == "버터와 반죽"
    assert await similar(database, "지역 소멸 ③", limit=1) == [second]


@pytest.mark.parametrize(
    ("sql", "then"),
    [
        ("UPDATE posts SET removed_at = 5 WHERE title = '환율 읽는 법'", False),
        ("DELETE FROM posts WHERE title = '환율 읽는 법'", False),
        ("UPDATE posts SET title = '소금', body = '바다' WHERE title = '환율 읽는 법'", False),
        ("UPDATE posts SET blog_reactions = 5 WHERE title = '환율 읽는 법'", True),
    ],
)
async def test_what_is_gone_or_another_is_led_to_no_more(
    archive: SearchService, database: Database, sql: str, *, then: bool
) -> None:
    await change(database, sql)
    assert ("환율 읽는 법" in await similar(database, "금리가")) is then
    await archive.read_on()
    assert ("환율 읽는 법" in await similar(database, "금리가")) is then
    await change(database, "UPDATE posts SET removed_at = NULL")
    await archive.read_on()
    titles = await similar(database, "금리가")
    assert ("환율 읽는 법" in titles) is (then or "removed_at" in sql)


async def test_where_vectors_are_they_put_what_shares_words_in_order(
    archive: SearchService, database: Database
) -> None:
    await add_posts(database, [("환율 일기", "환율과 금리, 물가와 채권을 적습니다.")])
    await archive.read_on()
    by_words = await similar(database, "환율 읽는")
    assert len(by_words) == 2
    both = {by_words[0]: b"\x00\x01", by_words[1]: b"\x05\x01", "빵 굽는 아침": b"\x05\x00"}
    for title, vector in {**both, "환율 읽는 법": b"\x05\x00"}.items():
        await change(
            database,
            """
            UPDATE search_vectors SET model = 'm', vector = ?
            WHERE post_id = (SELECT id FROM posts WHERE title = ?)
            """,
            vector,
            title,
        )
    assert await similar(database, "환율 읽는") == by_words[::-1]
    await change(
        database,
        """
        UPDATE search_vectors SET model = 'other'
        WHERE post_id = (SELECT id FROM posts WHERE title = ?)
        """,
        by_words[1],
    )
    assert await similar(database, "환율 읽는") == by_words, "of two models, none can be compared"


async def test_a_new_post_is_led_to_and_leads_on(
    archive: SearchService, database: Database
) -> None:
    await add_posts(database, [("양자 컴퓨터", "큐비트와 얽힘")])
    await archive.read_on()
    assert await similar(database, "양자 컴") == []
    await add_posts(database, [("큐비트 이야기", "얽힘은 큐비트 사이에 생깁니다")])
    assert await similar(database, "큐비트 이") == []
    await archive.read_on()
    assert await similar(database, "큐비트 이") == ["양자 컴퓨터"]
    assert await similar(database, "양자 컴") == ["큐비트 이야기"]


async def test_words_are_taken_once_the_index_knows_which_are_rare(
    database: Database, clock: FakeClock
) -> None:
    await add_posts(database, POSTS, indexed=False)
    service = SearchService(database, clock=clock, glossary={})
    await service.read_on()
    assert await similar(database, "금리가") == []
    await service.prepare()
    await service.read_on()
    assert await similar(database, "금리가") != []


async def test_a_search_in_vain_leads_on_from_the_nearest_title(archive: SearchService) -> None:
    found = await archive.search("환율읽는볍씨들")
    assert found.total == 0
    assert found.near is not None
    assert [title for _, title in found.near.posts] == ["환율 읽는 법"]
    assert found.onward[0][1] == "금리가 오르면 환율은"
    assert len(found.near.posts) + len(found.onward) <= 3
    assert (await archive.search("쀍뛟")).onward == ()


async def test_batches_end_by_the_clock(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And there are as many as it takes."""
    monkeypatch.setattr("bot.search.similar.SECONDS", -1.0)
    await add_posts(database, POSTS)
    await SearchService(database, clock=clock, glossary={}).read_on()
    assert await similar(database, "금리가") != []
