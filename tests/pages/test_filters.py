from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.locales import get_texts
from bot.pages.actions import SearchPage, decode
from bot.pages.filters import chips, filters_line, notes
from bot.pages.results import Ways, results_page
from bot.search.filters import Filter, Filtered, Kind, Unread
from bot.search.results import Narrowed, Order
from storage.models import PostId
from tests.pages.test_results import AT, HIT, KO, RESULT, SEOUL, actions_of, bold_parts

if TYPE_CHECKING:
    from bot.pages.page import Page
    from bot.search.results import SearchResult

EN = get_texts("en")
SINCE, UNTIL = Filter(Kind.SINCE, "2025"), Filter(Kind.UNTIL, "2025-03-01")
BY = Filter(Kind.BY, "김", ("김 민지", "김서준"), "김 민지, 김서준")
NOBODY = Filter(Kind.BY, "철수", (), "철수")
SOURCE = Filter(Kind.SOURCE, "블로그", ("1",), "해봄의 블로그")


def narrowed(*filters: Filter, unread: tuple[Unread, ...] = ()) -> Narrowed:
    return Narrowed(Filtered("금리", filters, unread))


def page_of(result: SearchResult, *filters: Filter) -> Page:
    without = {one: SearchPage(10 + n, Order.BEST, 0, 0) for n, one in enumerate(filters)}
    ways = Ways(without=without)
    return results_page(KO, result, {PostId(3): None}, AT, SEOUL, page_size=2, ways=ways)


def test_the_filters_stand_in_words() -> None:
    asked = narrowed(SINCE, UNTIL, BY, SOURCE, NOBODY)
    korean = "2025년부터 · 2025년 3월 1일까지 · 글쓴이 김 민지, 김서준 · 출처 해봄의 블로그"
    assert filters_line(KO, asked) == korean
    english = "since 2025 · until March 1, 2025 · by 김 민지, 김서준 · from 해봄의 블로그"
    assert filters_line(EN, asked) == english
    month = narrowed(Filter(Kind.SINCE, "2025-03"))
    assert filters_line(KO, month) == "2025년 3월부터"
    assert filters_line(EN, month) == "since March 2025"


def test_each_filter_is_a_button_that_takes_it_away() -> None:
    page = page_of(replace(RESULT, narrowed=narrowed(SINCE, BY)), SINCE, BY)
    assert "'금리'로 찾은 결과\n2025년부터 · 글쓴이 김 민지, 김서준\n12편" in page.text.text
    assert [row[0].label for row in page.keyboard[-2:]] == [
        "✕ 2025년부터",
        "✕ 글쓴이 김 민지, 김서준",
    ]
    pages = [SearchPage(10 + n, Order.BEST, 0, 0) for n in range(2)]
    assert actions_of(page)[-2:] == pages


def test_filters_alone_are_the_heading_and_have_one_order() -> None:
    page = page_of(replace(RESULT, query="", narrowed=narrowed(SINCE)), SINCE)
    assert page.text.text.startswith("2025년부터\n12편")
    assert "2025년부터" in bold_parts(page)
    assert "최신순" not in [button.label for row in page.keyboard for button in row]


@pytest.mark.parametrize(
    ("count", "korean", "english"),
    [
        (1, "날짜 없는 글 1편은 뺐어요.", "1 post without a date is left out."),
        (35, "날짜 없는 글 35편은 뺐어요.", "35 posts without a date are left out."),
    ],
)
def test_posts_without_a_date_are_counted(count: int, korean: str, english: str) -> None:
    undated = replace(narrowed(SINCE), undated=count)
    assert (notes(KO, undated), notes(EN, undated)) == ([korean], [english])
    assert korean in page_of(replace(RESULT, narrowed=undated)).text.text
    none = replace(RESULT, total=0, hits=(), narrowed=undated)
    assert korean in page_of(none).text.text


def test_what_was_not_read_is_told_with_how_it_is_written() -> None:
    unread = (Unread(Kind.SINCE, "since:어제쯤"), Unread(Kind.BY, "글쓴이:"))
    when, who = notes(KO, narrowed(unread=unread))
    assert when.startswith("'since:어제쯤'은 알아듣지 못했어요")
    assert "since:2025" in when
    assert who.startswith("'글쓴이:'")
    assert "글쓴이:이름" in who
    assert when in page_of(replace(RESULT, narrowed=narrowed(unread=unread))).text.text
    alone = replace(RESULT, query="", total=0, hits=(), narrowed=narrowed(unread=unread[:1]))
    assert page_of(alone).text.text == when


def test_nobody_of_that_name_is_told_with_those_there_are() -> None:
    asked = replace(narrowed(SINCE, NOBODY), authors=("해봄", "민지"))
    page = page_of(replace(RESULT, total=0, hits=(), narrowed=asked), SINCE, NOBODY)
    assert page.text.text == "2025년부터\n'철수'는 글쓴이 이름에 없어요. 글쓴이: 해봄, 민지"
    assert len(page.keyboard) == 2
    assert notes(KO, narrowed(NOBODY)) == ["글쓴이가 적힌 글이 아직 없어요."]
    nowhere = replace(narrowed(Filter(Kind.SOURCE, "없는곳")), sources=("해봄의 블로그",))
    assert notes(KO, nowhere)[0].endswith("가져오는 곳: 해봄의 블로그")


def test_nothing_found_says_what_there_is_without_the_filters() -> None:
    asked = replace(narrowed(SINCE), outside=3)
    page = page_of(replace(RESULT, total=0, hits=(), narrowed=asked), SINCE)
    said = "'금리'로 찾은 글이 없어요.\n2025년부터\n조건을 빼면 3편이 있어요."
    assert page.text.text == said
    alone = replace(RESULT, query="", total=0, hits=(), narrowed=narrowed(SINCE))
    assert page_of(alone, SINCE).text.text == "조건에 맞는 글이 없어요.\n2025년부터"


def test_names_of_any_length_and_make_fit() -> None:
    long = Filter(Kind.BY, "가", ("가",), "@everyone https://a.example " + "가" * 500)
    asked = replace(narrowed(long, NOBODY), authors=("나" * 500,) * 12)
    page = page_of(replace(RESULT, hits=(HIT,), narrowed=asked), long)
    assert len(page.text.text) < 2000
    assert len(page.keyboard[-1][0].label) <= 60
    (row,) = chips(KO, {long: SearchPage(2**63 - 1, Order.NEWEST, 1, 0)})
    assert len((row[0].data or "").encode()) <= 64
    assert decode(row[0].data or "") is not None
