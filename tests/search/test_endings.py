from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.endings import (
    base,
    conjugations,
    is_short_predicate,
    stems,
    strip_ending,
    strip_particle,
)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("검색을", "검색"),
        ("데이터센터에서", "데이터센터"),
        ("챗봇과의", "챗봇"),
        ("서울로", "서울"),
        ("부산으로", "부산"),
        ("기본소득이란", "기본소득"),
        ("사람들이", "사람"),
        ("사람들", "사람"),
        ("칩을", "칩"),
        ("시장", "시장"),
        ("검색를", "검색를"),
        ("사과은", "사과은"),
        ("회의", "회의"),
        ("정의", "정의"),
        ("AI가", "AI가"),
        ("을", "을"),
        ("들을", "들"),
    ],
)
def test_a_particle_goes_where_it_agrees_with_what_is_before(word: str, stem: str) -> None:
    assert strip_particle(word) == stem


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("공부해야", "공부"),
        ("출연한", "출연"),
        ("학습시키는", "학습"),
        ("유명해지는", "유명"),
        ("검색의", "검색"),
        ("칩은", "칩"),
        ("하다", "하다"),
    ],
)
def test_the_vocabulary_keeps_the_noun(word: str, form: str) -> None:
    assert base(word) == form


def test_stems_of_a_predicate() -> None:
    assert strip_ending("배우는") == "배우"
    assert strip_ending("만들어진") == "만들"
    assert strip_ending("바나나") == "바나나"
    assert "유명" in stems("유명해지는")
    assert stems("시장") == ()


def test_a_typed_predicate_is_looked_for_in_its_other_forms() -> None:
    assert {"배워", "배운", "배울", "배웠"} <= set(conjugations("배우는"))
    assert conjugations("만들어진") == ("만든",)
    assert conjugations("바꾸고")[-2:] == ("바꿔", "바꿨")
    assert conjugations("먹히는")[-2:] == ("먹혀", "먹혔")
    assert conjugations("없애기")[:3] == ("없앤", "없앨", "없앱")
    assert conjugations("움직이면")[-1] == "움직였"
    assert conjugations("배워야")[:2] == ("배우", "배운")
    assert "가르치" in conjugations("가르쳤던")
    assert conjugations("바다다") == ()
    assert conjugations("새싹") == ()
    assert conjugations("높았던가") == ()
    assert conjugations("늙었다") == ()


def test_a_verb_of_one_syllable_is_looked_for_by_its_beginnings() -> None:
    assert is_short_predicate("심기")
    assert {"심는", "심어", "심은"} <= set(conjugations("심기"))
    assert {"잡아", "잡았"} <= set(conjugations("잡는"))
    assert {"쓰는", "쓰게"} <= set(conjugations("쓰기"))
    assert "심기" not in conjugations("심기")
    assert not is_short_predicate("심리")


def test_a_stem_with_another_final_has_no_other_forms() -> None:
    assert conjugations("부딪고") == ()


def test_a_bare_vowel_stem_without_contraction() -> None:
    assert conjugations("배웨기") == ("배웬", "배웰", "배웹")


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=10))
def test_stems_are_beginnings_of_the_word(word: str) -> None:
    assert all(word.startswith(stem) and stem for stem in (*stems(word), base(word)))
