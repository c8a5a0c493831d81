from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.search.highlight import PASSAGE_LENGTH, find_spans, make_passage
from bot.search.query import parse_query
from bot.search.rank import Weighted
from bot.search.results import Passage
from bot.search.terms import build_terms

FILLER = "아무 말이나 길게 늘어놓는 문장입니다. " * 20


def terms(query: str) -> list[Weighted]:
    return [Weighted(term, 1.0) for term in build_terms(parse_query(query).words)]


def bold(passage: Passage) -> list[str]:
    return [passage.text[start:end] for start, end in passage.spans]


def test_matches_are_marked_in_the_original_text() -> None:
    text = "검색은 AI 검색이다"
    spans = find_spans(text, terms("검색 ai"))
    assert [text[start:end] for start, end in spans] == ["검색", "AI", "검색"]


def test_overlapping_matches_are_one() -> None:
    text = "데이터 센터에서"
    spans = find_spans(text, terms("데이터센터에서 센터"))
    assert [text[start:end] for start, end in spans] == ["데이터 센터에서"]


def test_a_short_text_is_shown_whole() -> None:
    passage = make_passage("검색 이야기", terms("검색"))
    assert passage == Passage("검색 이야기", ((0, 2),), cut_before=False, cut_after=False)


def test_the_window_has_the_most_words_of_the_query() -> None:
    body = f"검색만 있는 곳. {FILLER}여기에 검색 시장이 함께 있다. {FILLER}"
    passage = make_passage(body, terms("검색 시장"))
    assert bold(passage) == ["검색", "시장"]
    assert passage.text.startswith("여기에")
    assert passage.cut_before
    assert passage.cut_after
    assert len(passage.text) <= PASSAGE_LENGTH + 2


def test_without_a_match_the_beginning_is_shown() -> None:
    passage = make_passage(FILLER, terms("검색"))
    assert not passage.cut_before
    assert passage.spans == ()


def test_a_match_at_the_end_is_shown_with_what_is_before() -> None:
    passage = make_passage(FILLER + "끝에 검색", terms("검색"))
    assert passage.text.endswith("끝에 검색")
    assert not passage.cut_after


def test_inside_a_long_word_it_starts_where_it_must() -> None:
    passage = make_passage("가" * 300 + "검색" + "나" * 300, terms("검색"))
    assert bold(passage) == ["검색"]


def test_a_syllable_inside_a_word_is_not_marked() -> None:
    assert find_spans("방법", terms("법")) == ()


def test_no_more_than_so_many_matches_are_looked_at() -> None:
    assert len(find_spans("검색 " * 500, terms("검색"))) == 60


def test_an_emoji_is_not_cut() -> None:
    family = "👩‍👩‍👧🏽"
    passage = make_passage(family * 200, terms("검색"))
    assert len(passage.text) % len(family) == 0


@given(st.text("가나 .검색\n👍🏽", max_size=600), st.sampled_from(["검색", "가", "나 검"]))
def test_a_passage_is_a_slice_with_its_marks_inside(body: str, query: str) -> None:
    passage = make_passage(body, terms(query))
    assert passage.text in body
    end = 0
    for start, stop in passage.spans:
        assert end <= start < stop <= len(passage.text)
        end = stop
