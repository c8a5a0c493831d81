from __future__ import annotations

import pytest

from bot.search.query import parse_query
from bot.search.rank import Ranked, Weighted, rank, weigh
from bot.search.terms import build_terms
from storage.models import PostId
from storage.search import FoundText


def text(title: str, body: str, *, at: int = 0, reactions: int = 0) -> FoundText:
    return FoundText(PostId(abs(hash((title, body))) % 1000), title, body, at, reactions)


def ranked(query: str, *texts: FoundText) -> list[Ranked]:
    terms = build_terms(parse_query(query).words)
    return rank(texts, [Weighted(term, weigh(term, 1, 10)) for term in terms])


def titles(query: str, *texts: FoundText) -> list[str]:
    return [one.found.title for one in ranked(query, *texts)]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("검색", text("검색 이야기", ""), text("이야기", "검색")),
        ("검색", text("가", "검색 검색"), text("나", "검색 또")),
        ("검색", text("가", "검색"), text("나", "재검색")),
        ("검색", text("가", "검색"), text("나", "검색" + "다른 말 " * 1000)),
        ("검색 시장", text("가", "검색 시장"), text("나", "시장 그리고 검색")),
        ("검색 시장", text("검색 시장", ""), text("검색과 시장", "")),
        ("검색 시장", text("가", "검색 시장"), text("검색", "검색 검색")),
        ("검색", text("검색", ""), text("오늘의 긴 제목에 있는 검색", "")),
        (
            "검색 시장",
            text("검색을 오래 하던 사람이 바라보는 먼 곳의 시장", ""),
            text("가", "검색 말 시장 말 " * 30),
        ),
        ("검색", text("가", "검색 검색 " + "말 " * 700), text("나", "검색 검색 " + "말 " * 4000)),
        ("검색", text("가", "검색 검색 " + "말 " * 700), text("나", "검색 " + "말 " * 700)),
        ("검색", text("가", "검색", at=2), text("나", "검색", at=1)),
        ("검색", text("가", "검색", reactions=50), text("나", "검색")),
        ("칩", text("가", "칩을"), text("나", "칩셋")),
        ("칩", text("가", "칩셋"), text("나", "반도체칩")),
        ("배우는 방법", text("가", "배우는 방법"), text("나", "배우는")),
    ],
)
def test_the_better_answer_comes_first(query: str, better: FoundText, worse: FoundText) -> None:
    assert titles(query, worse, better) == [better.title, worse.title]


def test_up_to_the_usual_length_a_long_text_counts_the_same() -> None:
    short, usual = text("가", "검색"), text("나", "검색 " + "말 " * 500)
    assert len({one.score for one in ranked("검색", short, usual)}) == 1


def test_what_has_no_word_of_the_query_is_left_out() -> None:
    assert ranked("검색", text("가", "나")) == []
    assert ranked("검색") == []


def test_a_post_without_every_required_word_is_not_complete() -> None:
    (one,) = ranked("검색 시장", text("검색", ""))
    assert not one.complete
    assert 0 < one.share < 1
    (other,) = ranked("배우는 방법", text("배우는", ""))
    assert other.complete


def test_the_same_post_repeated_without_end_counts_only_so_often() -> None:
    assert titles("검색", text("가", "검색 " * 5000)) == ["가"]


def test_rare_words_weigh_more_than_common_ones() -> None:
    (term,) = build_terms(parse_query("검색").words)
    assert weigh(term, 1, 100) > weigh(term, 90, 100) >= 0.1
    assert weigh(term, 0, 100) < weigh(term, 1, 100)
    assert weigh(term, 0, 0) == 1.0
