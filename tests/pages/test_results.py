from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.locales import get_texts
from bot.pages.actions import OpenCard, SearchPage, decode
from bot.pages.results import empty_query_page, results_page
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
from storage.models import PostId

if TYPE_CHECKING:
    from bot.pages.page import Page

KO = get_texts("ko")
SEOUL = ZoneInfo("Asia/Seoul")
AT = SearchPage(7, Order.BEST, 0, 0)
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


def page_of(result: SearchResult, at: SearchPage = AT) -> Page:
    dates = {PostId(3): datetime(2026, 11, 23, tzinfo=UTC), PostId(4): None}
    return results_page(KO, result, dates, at, SEOUL, page_size=2)


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
    ]


def test_the_last_page_goes_back_only_and_the_newest_first_turns_to_the_best() -> None:
    at = SearchPage(7, Order.NEWEST, 0, 10)
    page = page_of(replace(RESULT, offset=10, order=Order.NEWEST), at)
    assert actions_of(page)[2:] == [replace(at, offset=8), replace(at, order=Order.BEST, offset=0)]
    assert "11" in page.text.text


def test_one_page_of_results_needs_no_place() -> None:
    page = page_of(replace(RESULT, total=2))
    assert "가운데" not in page.text.text


def test_a_repair_is_said_and_can_be_taken_back() -> None:
    repair = Repair(RepairKind.LAYOUT, "rmaf", "금리")
    page = page_of(replace(RESULT, query="rmaf", repair=repair))
    assert "'rmaf' 대신 '금리'로 찾았어요" in page.text.text
    assert actions_of(page)[-1] == replace(AT, exact=1)


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


def test_nothing_found_offers_near_titles_and_words() -> None:
    near = Near(((PostId(9), "가까운 글"),), ("투자", "은행"))
    page = page_of(replace(RESULT, total=0, hits=(), near=near))
    assert "투자, 은행" in page.text.text
    assert actions_of(page) == [OpenCard(PostId(9))]


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
    assert nothing.text.text.endswith("금융\n\n뜻이 가까운 글")
    assert actions_of(nothing) == [OpenCard(PostId(number)) for number in (5, 8, 9)]


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
    assert actions_of(page) == [AT]
    assert page_of(replace(RESULT, total=0, hits=(), near=None)).keyboard == ()


def test_an_empty_query_is_explained_by_examples() -> None:
    text = empty_query_page(KO, ("투자", "도서관")).text.text
    assert "/search 투자" in text
    assert "/search 도서관" in text
