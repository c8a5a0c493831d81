from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.locales import get_texts, languages
from bot.pages.actions import Bundle, LatestPage, OpenCard, SearchPage, decode
from bot.pages.results import (
    WORD_UNITS,
    Ways,
    empty_archive_page,
    empty_query_page,
    passage_line,
    repaired_line,
    results_page,
)
from bot.search.results import (
    Hit,
    Near,
    Order,
    Passage,
    Progress,
    Repair,
    RepairKind,
    SearchResult,
)
from bot.text.rich import Kind
from storage.models import ChatId, MessageId, PostId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.pages.page import Page

KO = get_texts("ko")
SEOUL = ZoneInfo("Asia/Seoul")
AT = SearchPage(7, Order.BEST, 0, 0)
BUNDLE = Bundle(ChatId(0), MessageId(0))
HIT = Hit(
    post_id=PostId(3),
    title="금리와 시간",
    score=1.0,
    title_spans=((0, 2),),
    passage=Passage("은행의 금리가 오르면", ((4, 6),), cut_before=True, cut_after=True),
    complete=True,
)
RESULT = SearchResult(
    query="금리",
    searched="금리",
    repair=None,
    partial=False,
    total=12,
    hits=(
        HIT,
        replace(HIT, post_id=PostId(4), passage=Passage("", (), cut_before=False, cut_after=False)),
    ),
    order=Order.BEST,
    offset=0,
    near=None,
)


NEWEST = LatestPage(0, 2)


def page_of(
    result: SearchResult, at: SearchPage = AT, *, tries: Sequence[tuple[str, int]] = ()
) -> Page:
    dates = {PostId(3): datetime(2026, 11, 23, tzinfo=UTC), PostId(4): None}
    return results_page(KO, result, dates, at, SEOUL, page_size=2, ways=Ways(tries))


def actions_of(page: Page) -> list[object]:
    return [decode(button.data or "") for row in page.keyboard for button in row]


def bold_parts(page: Page) -> list[str]:
    data = page.text.text.encode("utf-16-le")
    return [
        data[2 * one.offset : 2 * one.end].decode("utf-16-le")
        for one in page.text.entities
        if one.kind is Kind.BOLD
    ]


def test_a_hit_shows_its_date_and_its_passage_with_the_words_in_bold() -> None:
    page = page_of(RESULT)
    assert "'금리'로 찾은 결과" in page.text.text
    assert "2026년 11월 23일" in page.text.text
    assert "…은행의 금리가 오르면…" in page.text.text
    assert "금리" in bold_parts(page)


def test_results_say_which_post_has_which_number() -> None:
    page = page_of(RESULT, replace(AT, offset=5))
    assert (page.items, page.first) == ((PostId(3), PostId(4)), 6)


def test_a_passage_that_begins_and_ends_the_text_has_no_dots() -> None:
    whole = replace(HIT.passage, cut_before=False, cut_after=False)
    page = page_of(replace(RESULT, hits=(replace(HIT, passage=whole),)))
    assert "…" not in page.text.text


def test_buttons_open_page_and_turn_the_order() -> None:
    assert actions_of(page_of(RESULT)) == [
        OpenCard(PostId(3)),
        OpenCard(PostId(4)),
        replace(AT, offset=2),
        replace(AT, order=Order.NEWEST),
        BUNDLE,
    ]


def test_the_last_page_goes_back_only_and_the_newest_first_turns_to_the_best() -> None:
    at = SearchPage(7, Order.NEWEST, 0, 10)
    page = page_of(replace(RESULT, offset=10, order=Order.NEWEST), at)
    best = replace(at, order=Order.BEST, offset=0)
    assert actions_of(page)[2:] == [replace(at, offset=8), best, BUNDLE]
    assert "11" in page.text.text


def test_one_page_of_results_needs_no_place() -> None:
    page = page_of(replace(RESULT, total=2))
    assert "가운데" not in page.text.text


def test_results_without_hits_have_nothing_to_bundle() -> None:
    assert BUNDLE not in actions_of(page_of(replace(RESULT, hits=()), replace(AT, offset=20)))
    assert BUNDLE not in actions_of(page_of(replace(RESULT, total=0, hits=())))


def test_a_repair_is_said_and_can_be_taken_back() -> None:
    repair = Repair(RepairKind.LAYOUT, "rmaf", "금리")
    page = page_of(replace(RESULT, query="rmaf", searched="금리", repair=repair))
    assert "'rmaf' 대신 '금리'로 찾았어요" in page.text.text
    assert actions_of(page)[-2] == replace(AT, exact=1)


@pytest.mark.parametrize(
    ("typed", "kind", "searched", "korean", "english"),
    [
        ("김치찌게", "typo", "김치찌개", "'김치찌개'로", "'김치찌개'"),
        ("키오스스크", "half_typed", "키오스크", "'키오스크'로", "'키오스크'"),
        ("미국대선", "spacing", "미국 대선", "'미국 대선'으로", "'미국 대선'"),
        ("데센", "shortened", "데이터 센터", "'데이터 센터'로", "'데이터 센터'"),
        ("rjator", "layout", "검색", "'검색'으로", "'검색'"),
        ("ㅇㅈㅇ", "initials", "애자일, 어정원", "'애자일', '어정원'으로", "'애자일', '어정원'"),
        ("ㅅㅇ", "initials", "서울", "'서울'로", "'서울'"),
        ("심습니다", "form", "심은", "'심은'으로", "'심은'"),
        ("gtp", "typo", "AI", "'AI'로", "'AI'"),
        ("3ㅝㄹ", "typo", "3월", "'3월'로", "'3월'"),
    ],
)
def test_a_repair_reads_as_a_sentence_whatever_was_mended(
    typed: str, kind: str, searched: str, korean: str, english: str
) -> None:
    repair = Repair(RepairKind(kind), typed, searched)
    result = replace(RESULT, query=typed, searched=searched, repair=repair)
    assert repaired_line(KO, result) == f"'{typed}' 대신 {korean} 찾았어요"
    line = repaired_line(get_texts("en"), result)
    assert line == f"Results for {english} instead of '{typed}'"
    assert repaired_line(KO, RESULT) == ""


@pytest.mark.parametrize(
    ("also", "said"),
    [
        (("AI",), "'AI'로도 찾았어요"),
        (("GPT",), "'GPT'로도 찾았어요"),
        (("google",), "'google'로도 찾았어요"),
        (("인공지능",), "'인공지능'으로도 찾았어요"),
        (("AI", "서울"), "'AI', '서울'로도 찾았어요"),
        (("한국은행(BOK)",), "'한국은행(BOK)'으로도 찾았어요"),
    ],
)
def test_other_names_have_their_particle(also: tuple[str, ...], said: str) -> None:
    assert said in page_of(replace(RESULT, also=also)).text.text


MATCH = "금리"


@pytest.mark.parametrize(
    ("text", "before", "after", "line"),
    [
        ("은행의 금리가 오르면", False, False, "은행의 금리가 오르면"),
        ("은행의 금리가 오르면", True, True, "…은행의 금리가 오르면…"),
        ("앞 문장이에요. 은행의 금리가\n올라요.", True, False, "은행의 금리가 올라요."),
        ("가나 " * 50 + "금리는 " + "다라 " * 50, True, True, "…금리는 다라"),
        ("가" * 200 + "금리" + "나" * 200, False, False, "…금리나나"),
    ],
)
def test_a_line_of_a_passage_shows_the_match(
    text: str, line: str, *, before: bool, after: bool
) -> None:
    place = text.index(MATCH)
    spans = ((place, place + len(MATCH)),)
    shown = passage_line(Passage(text, spans, cut_before=before, cut_after=after), 40)
    assert shown.startswith(line)
    assert MATCH in shown
    assert len(shown) <= 40


def test_a_passage_without_a_match_has_no_line() -> None:
    assert passage_line(Passage("글", (), cut_before=False, cut_after=False), 40) == ""


def test_when_only_some_words_match_it_says_so() -> None:
    assert "일부 단어만 일치" in page_of(replace(RESULT, partial=True)).text.text


def test_other_names_that_were_searched_are_said() -> None:
    assert "도 찾았어요" not in page_of(RESULT).text.text
    page = page_of(replace(RESULT, also=("이자율", "기준 금리")))
    assert "'이자율', '기준 금리'로도 찾았어요" in page.text.text
    assert "'은행'으로도 찾았어요" in page_of(replace(RESULT, also=("은행",))).text.text


def test_a_hit_that_lacks_words_says_which_also_beside_complete_ones() -> None:
    lacking = replace(HIT, complete=False, lacks=("초보", "주식"))
    page = page_of(replace(RESULT, hits=(HIT, lacking)))
    assert page.text.text.count("없음") == 1
    assert "'초보', '주식' 없음" in page.text.text


def test_nothing_found_offers_near_titles_and_words_and_the_newest() -> None:
    near = Near(((PostId(9), "가까운 글"),), ("투자", "은행"))
    page = page_of(replace(RESULT, total=0, hits=(), near=near), tries=(("투자", 11), ("은행", 12)))
    assert page.text.text.endswith("이런 말로도 찾아 보세요.")
    assert actions_of(page) == [OpenCard(PostId(9)), looks_for(11), looks_for(12), NEWEST]
    assert [button.label for row in page.keyboard[1:2] for button in row] == ["투자", "은행"]


def looks_for(key: int) -> SearchPage:
    return SearchPage(key, Order.BEST, 0, 0)


def test_where_only_some_words_match_words_to_try_are_offered_too() -> None:
    meant = ((PostId(8), "재테크"),)
    partial = replace(RESULT, total=2, partial=True, near=Near((), ("키오스크",)), meant=meant)
    page = page_of(partial, tries=(("키오스크", 11),))
    assert page.text.text.endswith("이런 말로도 찾아 보세요.\n\n뜻이 가까운 글")
    assert actions_of(page)[-2:] == [looks_for(11), OpenCard(PostId(8))]
    assert NEWEST not in actions_of(page)


@pytest.mark.parametrize("word", ["가" * 80, "👨‍👩‍👧‍👦" * 9, "pneumonoultramicroscopic", "kr"])
def test_a_word_of_any_length_has_a_button(word: str) -> None:
    page = empty_query_page(KO, ((word, 2**63 - 1),))
    ((button,),) = page.keyboard
    assert 1 <= len(button.label) <= WORD_UNITS
    assert len((button.data or "").encode()) <= 64


def test_what_is_close_in_meaning_stands_under_its_own_heading_after_all_else() -> None:
    meant = ((PostId(8), "재테크"), (PostId(9), "예금"))
    partial = page_of(replace(RESULT, partial=True, meant=meant))
    assert partial.text.text.endswith("\n\n뜻이 가까운 글")
    assert "뜻이 가까운 글" in bold_parts(partial)
    assert actions_of(partial)[-2:] == [OpenCard(PostId(8)), OpenCard(PostId(9))]
    onward = ((PostId(7), "금리"),)
    near = Near(((PostId(5), "금니"),), ("금융",))
    nothing = page_of(replace(RESULT, total=0, hits=(), near=near, meant=meant, onward=onward))
    assert nothing.text.text.startswith("'금리'로 찾은 글이 없어요.")
    assert nothing.text.text.endswith("비슷한 글이에요.\n\n뜻이 가까운 글")
    assert actions_of(nothing) == [*(OpenCard(PostId(number)) for number in (5, 8, 9)), NEWEST]


def test_nothing_found_leads_on_to_other_posts() -> None:
    page = page_of(replace(RESULT, total=0, hits=(), onward=((PostId(9), "금리"),)))
    assert page.text.text.endswith("찾은 글이 없어요.\n\n이어 읽을 만한 글이에요.")
    assert actions_of(page) == [OpenCard(PostId(9))]


def test_nothing_found_in_half_an_index_is_said_to_be_that() -> None:
    half = Progress(1200, 40000, anew=False)
    page = page_of(replace(RESULT, total=0, hits=(), progress=half))
    assert "40,000편 가운데 1,200편" in page.text.text


def test_nothing_found_as_typed_offers_the_wider_search() -> None:
    at = replace(AT, exact=1)
    near = Near((), ())
    page = page_of(replace(RESULT, total=0, hits=(), near=near), at)
    assert actions_of(page) == [AT, NEWEST]
    assert page_of(replace(RESULT, total=0, hits=(), near=None)).keyboard == ()


def test_an_empty_query_is_explained_by_examples() -> None:
    page = empty_query_page(KO, (("투자", 5), ("도서관", 6)))
    assert "/search 투자" in page.text.text
    assert "/search 도서관" in page.text.text
    assert actions_of(page) == [looks_for(5), looks_for(6)]


@pytest.mark.parametrize("lang", languages())
def test_without_examples_there_are_no_buttons_and_an_empty_archive_says_what_to_do(
    lang: str,
) -> None:
    texts = get_texts(lang)
    bare = empty_query_page(texts, ())
    assert (bare.keyboard, bare.text.text) == ((), texts("search.usage.bare"))
    member, boss = (empty_archive_page(texts, for_operator=one) for one in (False, True))
    assert texts("latest.empty") in member.text.text
    assert "/sources" not in member.text.text
    assert "/sources" in boss.text.text
