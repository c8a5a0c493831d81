"""Search as members meet it, over the five posts of the fixture."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.search.results import Order, RepairKind
from bot.search.service import SearchService
from bot.text.hangul import final_of
from storage import search
from storage.models import UserId
from tests.search.conftest import POSTS
from tests.search.posts import add_posts, found_titles, titles, unsaid

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

MINJI, SEOJUN = UserId(11), UserId(22)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("검색", "검색 시장이 흔들린다"),
        ("검색을", "검색 시장이 흔들린다"),
        ("데이터센터", "데이터 센터를 누가 짓나"),
        ("데이터 센터 냉각", "데이터 센터를 누가 짓나"),
        ("배워야 하는 이유", "애자일(Agile) 이야기"),
        ("칩", "투자 전략 정리"),
        ("agile", "애자일(Agile) 이야기"),
        ("nvidia", "부흥회와 어린 양들"),
        ("3000대", "데이터 센터를 누가 짓나"),
        ("gpt4", "데이터 센터를 누가 짓나"),
        ('"어린 양"', "부흥회와 어린 양들"),
    ],
)
async def test_the_best_answer_is_first(service: SearchService, query: str, first: str) -> None:
    found = await service.search(query)
    assert found_titles(found)[0] == first
    assert found.repair is None
    assert not found.partial


async def test_korean_and_english_names_find_each_other_by_sound(service: SearchService) -> None:
    assert set(await titles(service, "엔비디아")) == {"투자 전략 정리", "부흥회와 어린 양들"}


@pytest.mark.parametrize(
    ("query", "kind", "searched"),
    [
        ("rjator", RepairKind.LAYOUT, "검색"),
        ("rjator tlwkd", RepairKind.LAYOUT, "검색 시장"),
        ("ㅁ햐ㅣㄷ", RepairKind.LAYOUT, "agile"),
        ("ㅇㅈㅇ", RepairKind.INITIALS, "애자일"),
        ("ㅌㅈ ㅈㄹ", RepairKind.INITIALS, "투자 전략"),
        ("검색 ㅅㅈ", RepairKind.INITIALS, "검색 시장"),
        ("에자일", RepairKind.TYPO, "애자일"),
        ("투자 전럭", RepairKind.TYPO, "투자 전략"),
        ("nvdia", RepairKind.TYPO, "nvidia"),
        ("kubenrtees", RepairKind.TYPO, "kubernetes"),
        ("투자강의", RepairKind.SPACING, "투자 강의"),
        ('"검색 대신" dowkdlf', RepairKind.LAYOUT, '"검색 대신" 애자일'),
        ("gr aphql", RepairKind.SPACING, "graphql"),
    ],
)
async def test_a_query_that_finds_nothing_is_repaired_and_says_so(
    service: SearchService, query: str, kind: RepairKind, searched: str
) -> None:
    found = await service.search(query)
    assert found.repair is not None
    assert (found.repair.kind, found.repair.searched) == (kind, searched)
    assert found.repair.typed == found.query == query
    assert found.searched == searched
    assert found.total > 0


async def test_exactly_what_was_typed_is_never_repaired(service: SearchService) -> None:
    found = await service.search("에자일", exact=True)
    assert (found.total, found.repair, found.searched) == (0, None, "에자일")
    assert found.near is not None
    assert found.near.words == ("애자일",)


async def test_some_of_the_words_are_better_than_nothing(service: SearchService) -> None:
    found = await service.search("애자일 떡볶이 냉면 검색")
    assert found.partial
    assert {"애자일(Agile) 이야기", "검색 시장이 흔들린다"} <= set(found_titles(found))
    assert not any(hit.complete for hit in found.hits)


async def test_complete_answers_are_told_from_the_others(service: SearchService) -> None:
    found = await service.search("투자 커피")
    assert found.partial
    both = await service.search("강의 커피 투자 전략")
    assert both.partial
    mixed = await service.search("사람들 전략")
    assert not mixed.partial
    assert mixed.hits[0].complete
    assert [hit.lacks == () for hit in mixed.hits] == [hit.complete for hit in mixed.hits]
    assert both.hits[0].lacks


async def test_nothing_is_said_to_be_nothing_with_what_is_near(service: SearchService) -> None:
    found = await service.search("투잡")
    assert (found.total, found.hits, found.repair) == (0, (), None)
    assert found.near is not None
    near = await service.search("센터를 짓던")
    assert near.total or near.near is not None
    title = await service.search("부흥초등학교회와")
    assert title.near is not None
    assert [text for _, text in title.near.posts] == ["부흥회와 어린 양들"]


async def test_consonants_that_open_nothing_find_nothing(service: SearchService) -> None:
    found = await service.search("ㅋㅋㅋㅋ")
    assert (found.total, found.repair) == (0, None)


@pytest.mark.parametrize("query", ["", "  ", "!!!???", '" "', "-", "*"])
async def test_a_query_without_words_finds_nothing(service: SearchService, query: str) -> None:
    found = await service.search(query)
    assert (found.total, found.near) == (0, None)


async def test_an_excluded_word_leaves_posts_out(service: SearchService) -> None:
    without = await titles(service, "사람들 -투자")
    assert "투자 전략 정리" not in without
    assert "투자 전략 정리" in await titles(service, "사람들")


async def test_a_phrase_is_found_only_as_it_is_written(service: SearchService) -> None:
    assert await titles(service, '"데이터 센터의"') == ["검색 시장이 흔들린다"]
    assert await titles(service, '"센터의 데이터"') == []


async def test_the_passage_shows_the_match(service: SearchService) -> None:
    hit = (await service.search("냉각")).hits[0]
    start, end = hit.passage.spans[0]
    assert hit.passage.text[start:end] == "냉각"
    assert hit.title_spans == ()


async def test_newest_first_and_paging(service: SearchService) -> None:
    newest = await service.search("데이터센터", order=Order.NEWEST)
    assert found_titles(newest) == ["검색 시장이 흔들린다", "데이터 센터를 누가 짓나"]
    second = await service.search("데이터센터", offset=1, limit=1)
    assert second.total == 2
    assert len(second.hits) == 1
    assert (await service.search("데이터센터", offset=9)).hits == ()


async def test_an_empty_archive_answers_too(database: Database, clock: FakeClock) -> None:
    service = SearchService(database, clock=clock)
    await service.prepare()
    found = await service.search("검색")
    assert (found.total, found.near) == (0, None)
    assert await service.examples() == ()


async def test_examples_are_of_this_archive(service: SearchService, database: Database) -> None:
    posts = [(f"등대의 하루 {n}", "등대를 지킨다. 등대지기의 일기를 읽는다.") for n in range(3)]
    others = [(f"우리 김치찌개 {n}", "김치찌개를 끓인다. 우리의 저녁") for n in range(2)]
    rare = [
        ("망원경", "망원경을 샀다"),
        ("나갔다", "나갔다가 왔다"),
        ("또 나갔다", "나갔다가 갔다"),
    ]
    await add_posts(database, [*posts, *others, *rare])
    examples = await service.examples(9)
    assert {"등대", "김치찌개"} <= set(examples)
    assert not {"우리", "하루", "망원경", "나갔다", "등대지기", "일기"} & set(examples)
    for example in examples:
        assert (await service.search(example)).total >= 2


async def test_there_is_no_example_where_no_two_posts_share_a_noun(
    database: Database, clock: FakeClock
) -> None:
    await add_posts(database, [("등대", "등대를 본다"), ("망원경", "망원경을 샀다")])
    assert await SearchService(database, clock=clock).examples() == ()


async def test_no_time_is_no_example(database: Database, clock: FakeClock) -> None:
    await add_posts(database, [("등대", "등대를 본다")] * 2 + [("남", "다른 글")] * 5)
    assert await SearchService(database, clock=clock).examples() == ("등대",)
    assert await SearchService(database, clock=clock, seconds=-1).examples() == ()


async def test_where_posts_lack_a_word_the_nearest_words_are_told(service: SearchService) -> None:
    found = await service.search("냉각 부흥초등학교")
    assert found.partial
    assert found.near is not None
    assert (found.near.posts, found.near.words) == ((), ("부흥회",))
    assert (await service.search("냉각 쀍뛟꿻")).near is None
    assert (await service.search("냉각 애자일")).near is None
    assert (await service.search('냉각 "부흥초등학교"')).near is None


async def test_the_glossary_knows_other_names(database: Database, clock: FakeClock) -> None:
    await add_posts(database, [("글", "거대 언어 모델 이야기"), ("다른 글", "LLM")])
    service = SearchService(database, clock=clock)
    assert set(await titles(service, "LLM")) == {"글", "다른 글"}
    assert await titles(service, "대규모 언어 모델") != []


async def test_letters_are_known_by_their_names(database: Database, clock: FakeClock) -> None:
    await add_posts(database, [("글", "KTX를 탔다"), ("다른 글", "에스케이디에 갔다")])
    service = SearchService(database, clock=clock, glossary={})
    assert await titles(service, "케이티엑스") == ["글"]
    assert await titles(service, "skd") == ["다른 글"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("코드 리뷰를 받았다", "code review"),
        ("code review day", "코드 리뷰"),
        ("빈센트 반 고흐의 그림", "vincent"),
        ("엘피를 모은다", "LP"),
        ("LP를 모은다", "엘피"),
        ("나이트클럽에 갔다", "nightclub"),
    ],
)
async def test_foreign_names_are_found_by_sound_and_by_letters(
    database: Database, clock: FakeClock, written: str, asked: str
) -> None:
    await add_posts(database, [("글", written), ("남", "다른 이야기")])
    service = SearchService(database, clock=clock, glossary={})
    assert await titles(service, asked) == ["글"]


async def test_synonyms_of_operators(service: SearchService) -> None:
    assert await titles(service, "방앗간") == []
    assert await service.add_synonym("방앗간", "데이터 센터")
    assert not await service.add_synonym("데이터 센터", "방앗간")
    assert "데이터 센터를 누가 짓나" in await titles(service, "방앗간에서")
    assert [(s.left, s.right) for s in await service.list_synonyms()] == [("방앗간", "데이터 센터")]
    assert (await service.search("방앗간", exact=True)).total == 0
    assert await service.delete_synonym("데이터 센터", "방앗간")
    assert not await service.delete_synonym("데이터 센터", "방앗간")
    assert await titles(service, "방앗간") == []


async def test_a_miss_is_listed_once_two_people_asked(
    service: SearchService, clock: FakeClock
) -> None:
    await service.record_miss("떡볶이", MINJI)
    await service.record_miss("떡볶이 ", MINJI)
    assert await service.list_misses() == ()
    await clock.advance(60)
    await service.record_miss("떡볶이", SEOJUN)
    await service.record_miss("떡볶이", MINJI)
    (miss,) = await service.list_misses()
    assert (miss.query, miss.people) == ("떡볶이", 2)
    await service.record_miss("  ", MINJI)


async def test_who_asked_is_not_kept_and_can_be_forgotten(
    service: SearchService, database: Database
) -> None:
    await service.record_miss("떡볶이", MINJI)
    await service.record_miss("냉면", MINJI)
    await service.record_miss("냉면", SEOJUN)
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT query, asker FROM search_misses ORDER BY query")
    assert [(row["query"], row["asker"] is None) for row in rows] == [
        ("냉면", True),
        ("떡볶이", False),
    ]
    assert len(rows[1]["asker"]) == 2
    async with database.transaction() as tx:
        assert await service.forget_asker(tx, MINJI) == 1
        assert await service.forget_asker(tx, MINJI) == 0
    assert [miss.query for miss in await service.list_misses()] == ["냉면"]


async def test_old_misses_are_forgotten(service: SearchService, clock: FakeClock) -> None:
    for user in (MINJI, SEOJUN):
        await service.record_miss("떡볶이", user)
    await clock.advance(timedelta(days=200).total_seconds())
    await service.record_miss("냉면", MINJI)
    assert await service.list_misses() == ()


async def test_a_first_index_is_built_with_progress(
    database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await add_posts(database, POSTS, indexed=False)
    service = SearchService(database, clock=clock, glossary={})
    steps: list[tuple[int, int]] = []
    await service.prepare(lambda done, total: steps.append((done, total)))
    assert steps == [(5, 5)]
    assert [r.message for r in caplog.records] == ["search_index_behind", "search_index_ready"]
    assert await titles(service, "rjator") == ["검색 시장이 흔들린다"]
    await service.prepare(lambda done, total: steps.append((done, total)))
    assert len(steps) == 1


async def test_what_was_left_waiting_is_taken_in_at_the_start(
    service: SearchService, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET body = '큐비트'")
    await service.prepare()
    assert len(await titles(service, "큐비트")) == 5
    async with database.reader() as db:
        assert (await db.run(search.get_state))[1] == 5


NOUNS = {
    "라면": "이것은 라고 하고 라는 말",
    "경기": "환경을 지키고 경고를 들었다",
    "사기": "사는가 하는 사고가 났다",
    "가게": "가는 길, 가지 않은 길",
    "사랑": "사의 표명",
    "계란": "계를 들었다",
    "연구자": "연구를 하는 곳",
    "전화기": "전화를 걸었다",
    "의존도": "의존을 줄인다",
    "우편함": "우편을 받았다",
}


@pytest.mark.parametrize("noun", NOUNS)
async def test_a_noun_finds_itself_first_and_nothing_else_untold(
    database: Database, clock: FakeClock, noun: str
) -> None:
    """Whatever it ends in: a post that has only what would be left of it is told or left out."""
    particle = "이" if final_of(noun[-1]) else "가"
    await add_posts(database, [("남", NOUNS[noun]), ("글", f"{noun}{particle} 있다. 그 {noun}")])
    service = SearchService(database, clock=clock, glossary={})
    found = await service.search(noun)
    assert found_titles(found)[0] == "글"
    assert found_titles(found) == ["글"] or found.also


@pytest.mark.parametrize("noun", NOUNS)
async def test_a_noun_that_no_post_has_is_answered_with_nothing_or_told(
    database: Database, clock: FakeClock, noun: str
) -> None:
    await add_posts(database, [("남", NOUNS[noun])])
    found = await SearchService(database, clock=clock, glossary={}).search(noun)
    assert not found.total or found.repair or found.also


async def test_other_names_that_a_hit_has_are_named(database: Database, clock: FakeClock) -> None:
    await add_posts(database, [("글", "거대 언어 모델 이야기"), ("다른 글", "LLM")])
    service = SearchService(database, clock=clock)
    assert (await service.search("LLM")).also == ("거대 언어 모델",)
    assert (await service.search("이야기")).also == ()


NAMED = (
    ("연구소 소식", "그 도구는 현재 미국 국립 연구소(NIST)가 냈다. 현재 미국 이야기도 있다."),
    ("표준 이야기", "국립 표준 기술 연구소(NIST)의 표준을 읽는다. NIST는 미국에 있다."),
    ("연구소의 하루", "국립표준기술연구소에 갔다. 미국은 지금 봄이다."),
    ("인공지능(AI) 산책", "인공지능과 AI를 함께 말한다."),
    ("인공지능만", "인공지능이라고만 쓴다."),
    ("AI만", "AI라고만 쓴다. 미국에서 왔다."),
    ("결정 기록", "그래서 결정 기록(ADR)을 남긴다. 그래서 결정했다."),
)


@pytest.mark.parametrize(
    "query",
    [
        "NIST",
        "미국",
        "AI",
        "인공지능",
        "AI 미국",
        "ADR",
        "국립표준기술연구소",
        "엔아이에스티",
        "결정",
        "연구쇼",
    ],
)
async def test_bold_is_only_what_was_asked_or_a_name_that_the_page_says(
    database: Database, clock: FakeClock, query: str
) -> None:
    await add_posts(database, NAMED)
    found = await SearchService(database, clock=clock).search(query, limit=20)
    assert found.total
    assert unsaid(found) == []


async def test_an_acronym_is_no_name_of_what_stands_before_it(
    database: Database, clock: FakeClock
) -> None:
    await add_posts(database, NAMED)
    found = await SearchService(database, clock=clock, glossary={}).search("NIST", limit=20)
    assert set(found_titles(found)) == {"연구소 소식", "표준 이야기", "연구소의 하루"}
    assert not [name for name in found.also if "미국" in name or "현재" in name]


@pytest.mark.parametrize(
    ("query", "kind", "first"),
    [
        ("애자ㅇ", RepairKind.HALF_TYPED, "애자일(Agile) 이야기"),
        ("애자일ㅋㅋ", RepairKind.HALF_TYPED, "애자일(Agile) 이야기"),
        ("부흥홰", RepairKind.TYPO, "부흥회와 어린 양들"),
        ("GraphQL커피", RepairKind.SPACING, "부흥회와 어린 양들"),
        ("데센", RepairKind.SHORTENED, "데이터 센터를 누가 짓나"),
        ("칩은", RepairKind.FORM, "투자 전략 정리"),
        ("파기", RepairKind.FORM, "부흥회와 어린 양들"),
    ],
)
async def test_what_phones_send_is_understood_and_told(
    service: SearchService, query: str, kind: RepairKind, first: str
) -> None:
    found = await service.search(query)
    assert found.repair is not None
    assert found.repair.kind is kind
    assert found_titles(found)[0] == first


async def test_a_verb_of_one_syllable_in_another_form_where_no_post_has_every_word(
    database: Database, clock: FakeClock
) -> None:
    await add_posts(database, [("보고서를 쓰는 법", "쓰고 고친다"), ("글쓰기", "글쓰기 이야기")])
    service = SearchService(database, clock=clock, glossary={})
    found = await service.search("보고서 쓰기")
    assert found.repair is not None
    assert found_titles(found)[0] == "보고서를 쓰는 법"
    assert found.hits[0].complete


async def test_marks_inside_part_words(service: SearchService) -> None:
    assert (await titles(service, "애자일(Agile)"))[0] == "애자일(Agile) 이야기"
    assert (await titles(service, "커피「GraphQL」"))[0] == "부흥회와 어린 양들"
    assert "3,000" in (await service.search("3,000")).query
