from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.query import LONGEST_QUERY, MOST_WORDS, parse_query


def words(text: str) -> list[str]:
    return [word.folded for word in parse_query(text).words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("검색 시장", ["검색", "시장"]),
        ('"통 속의 뇌" AI', ["통 속의 뇌", "ai"]),
        ("“통 속의 뇌”", ["통 속의 뇌"]),
        ('열린 "따옴표', ["열린", "따옴표"]),
        ("C++ c# .NET", ["c++", "c#", ".net"]),
        ("a*b 100% a_b %", ["a*b", "100%", "a_b"]),
        ("- * % _ ' \"", []),
        ('"" "!!"', []),
        ("!!!???", []),
        ("ㅇㅈㅇ", ["ㅇㅈㅇ"]),
        ("검\u200b색", ["검색"]),
        ("검색\0시장\ud83d", ["검색", "시장"]),
        ("검색 검색", ["검색"]),
        ("", []),
    ],
)
def test_every_text_is_a_query(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_dash_before_a_word_leaves_it_out() -> None:
    query = parse_query('애자일 -실패 -"긴 회의" 파인-튜닝')
    assert [word.folded for word in query.words] == ["애자일", "파인-튜닝"]
    assert [word.folded for word in query.without] == ["실패", "긴 회의"]


def test_only_exclusions_are_taken_as_words() -> None:
    query = parse_query("-실패")
    assert [word.folded for word in query.words] == ["실패"]
    assert query.without == ()


def test_hangul_taken_apart_comes_together() -> None:
    assert words(unicodedata.normalize("NFD", "검색")) == ["검색"]


def test_long_queries_are_cut() -> None:
    query = parse_query("가 " * 4000)
    assert len(query.text) <= LONGEST_QUERY
    assert len(parse_query(" ".join(f"w{i}" for i in range(50))).words) == MOST_WORDS


@given(st.text(max_size=300))
def test_nothing_that_is_typed_is_an_error(text: str) -> None:
    query = parse_query(text)
    assert all(word.folded.strip() for word in (*query.words, *query.without))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("애자일(Agile)", ["애자일", "agile"]),
        ("회의록[초안]", ["회의록", "초안"]),
        ("‘회의’록", ["회의", "록"]),
        ("회의,기록", ["회의", "기록"]),
        ("3,000명", ["3,000명"]),
        ("O'Reilly", ["o'reilly"]),
        ("10 퍼센트 인상", ["10 퍼센트", "인상"]),
        ('"10" 퍼센트', ["10", "퍼센트"]),
        ("3 달러", ["3", "달러"]),
        ("30% 할인!", ["30%", "할인"]),
    ],
)
def test_marks_inside_part_words_and_units_join_their_number(
    text: str, expected: list[str]
) -> None:
    assert words(text) == expected
