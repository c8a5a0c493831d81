from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.matching import Form, Occurrence, Term, find_form, read_text


def places(
    text: str, wanted: str, *, literal: bool = False, bare: bool = False
) -> list[Occurrence]:
    form = Form(wanted, 1.0, (), literal=literal, bare=bare)
    return list(find_form(read_text(text), form))


def found(text: str, wanted: str, *, literal: bool = False, bare: bool = False) -> list[str]:
    return [text[p.start : p.end] for p in places(text, wanted, literal=literal, bare=bare)]


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("데이터 센터와 데이터센터", "데이터센터", ["데이터 센터", "데이터센터"]),
        ("다시 장소", "시장", []),
        ("시 장소", "시장", ["시 장"]),
        ("재검색", "검색", ["검색"]),
        ("storage rag RAG를", "rag", ["rag", "RAG"]),
        ("air AI", "ai", ["AI"]),
        ("prompts", "prompt", ["prompt"]),
        ("deeplearning", "learning", []),
        ("fine-tuning", "finetuning", ["fine-tuning"]),
        ("3,000명", "3000명", ["3,000명"]),
        ("13,000", "3000", []),
        ("GPT-4를", "gpt4", ["GPT-4"]),
        ("바나나", "사과", []),
        ("교과서라면 라면을", "라면", ["라면"]),
        ("기본소득이란 이란에서", "이란", ["이란"]),
        ("가지도 지도", "지도", ["지도"]),
        ("1,100억 100.5 100", "100", ["100"]),
        ("100,000 100", "100", ["100"]),
        ("12% 2%로", "2%", ["2%"]),
        ("AI가 스스로 AI가스", "가스", ["가스"]),
    ],
)
def test_where_a_form_is(text: str, wanted: str, expected: list[str]) -> None:
    assert found(text, wanted) == expected


def test_places_say_how_they_lie_in_the_word() -> None:
    inner, whole = places("재검색 검색", "검색")
    assert inner == Occurrence(1, 3, opens=False, whole=False)
    assert whole == Occurrence(4, 6, opens=True, whole=True)


def test_one_syllable_is_whole_where_only_a_particle_follows() -> None:
    assert [p.whole for p in places("칩을 칩셋 반도체칩", "칩")] == [True, False, False]
    assert found("칩을 칩셋 반도체칩", "칩", bare=True) == ["칩"]


def test_a_quoted_phrase_is_found_as_it_is_written() -> None:
    assert found("통 속의  뇌", "통 속의 뇌", literal=True) == ["통 속의  뇌"]
    assert found("통속의 뇌", "통 속의 뇌", literal=True) == []
    assert found("재검색", "검색", literal=True) == ["검색"]


def test_a_term_knows_its_surer_half() -> None:
    term = Term("nvidia", (Form("nvidia", 1.0, ()), Form("엔비디아", 0.5, ())))
    assert term.unsure
    assert not term.sure.unsure
    assert not term.literal


@given(st.text(max_size=40), st.text("가나 ab1", min_size=1, max_size=4))
def test_places_are_inside_the_text_and_apart(text: str, wanted: str) -> None:
    wanted = "".join(wanted.split()) or "가"
    end = 0
    for place in places(text, wanted):
        assert end <= place.start < place.end <= len(text)
        end = place.end


@pytest.mark.parametrize(
    ("text", "wanted", "whole"),
    [
        ("재료를 사고 나서", "사고", [False]),
        ("재료를 사고가 아니라", "사고", [True]),
        ("자동차 사고", "사고", [True]),
        ("벽을 무지 벽지로", "무지", [True]),
        ("불을 켜고 사고 보니", "사고", [True]),
        ("두 배, 3배, 백 배", "배", [False, False, False]),
        ("비싼 배를 배", "배", [True, True]),
        ("책 한 권", "권", [False]),
        ("모기를 잡지 못해 잡지를", "잡지", [False, True]),
    ],
)
def test_a_verb_behind_its_object_and_a_counter_are_no_noun(
    text: str, wanted: str, whole: list[bool]
) -> None:
    assert [place.whole for place in places(text, wanted)] == whole


def test_a_number_in_hangul_is_not_the_end_of_a_larger_one() -> None:
    assert found("만 천 원", "만천원") == ["만 천 원"]
    assert found("2만 천 원", "만천원") == []
    assert found("이만천원", "만천원") == []
