from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.endings import (
    OPTIONAL_WORDS,
    base,
    conjugations,
    ends_word,
    noun_forms,
    past_forms,
    short_stem,
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
        ("사랑", "사랑"),
        ("계란", "계란"),
        ("나라는", "나라"),
        ("컵라면", "컵라면"),
        ("민주주의", "민주주의"),
        ("민주주의의", "민주주의"),
        ("국제회의", "국제회의"),
        ("지역사회의", "지역사회"),
        ("정부의", "정부"),
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
        ("우편함", "우편함"),
        ("우편함에서", "우편함"),
        ("자연재해", "자연재해"),
    ],
)
def test_the_vocabulary_keeps_the_noun(word: str, form: str) -> None:
    assert base(word) == form


def test_stems_of_a_predicate() -> None:
    assert strip_ending("배우는") == "배우"
    assert strip_ending("만들어진") == "만들"
    assert strip_ending("바나나") == "바나나"
    assert "유명" in [stem.text for stem in stems("유명해지는")]
    assert stems("시장") == ()


@pytest.mark.parametrize("word", ["연구자", "전화기", "의존도", "만화가", "냉장고", "자연재해"])
def test_what_nouns_end_in_too_is_only_a_guess(word: str) -> None:
    assert {stem for stem in stems(word) if stem.sure} == set()


@pytest.mark.parametrize(
    "word", ["라면", "경기", "사기", "가게", "사고", "바지", "사랑", "높은", "먹는"]
)
def test_a_word_of_two_syllables_is_not_shortened(word: str) -> None:
    assert stems(word) == ()
    assert conjugations(word) == ()


@pytest.mark.parametrize(("word", "stem"), [("칩을", "칩"), ("집에서", "집"), ("비를", "비")])
def test_unless_by_a_particle_that_nothing_else_is(word: str, stem: str) -> None:
    assert [one.text for one in stems(word)] == [stem]


@pytest.mark.parametrize(
    ("form", "rest", "same"),
    [
        ("이유", "를", True),
        ("이유", "에서만", True),
        ("사람", "들에게는", True),
        ("투자", "하는", True),
        ("이유", "식", False),
        ("아이", "맥스", False),
        ("시장", "가", False),
        ("검색", "엔진", False),
    ],
)
def test_particles_leave_a_word_the_same(form: str, rest: str, *, same: bool) -> None:
    assert ends_word(form[-1], rest) is same


def test_how_posts_use_a_word_is_seen_by_what_follows_it() -> None:
    assert noun_forms("가게") == ("가게를", "가게가", "가게의")
    assert noun_forms("라면") == ("라면을", "라면이", "라면의")
    assert noun_forms("ai") == ()
    assert past_forms("배우") == ("배웠", "배우던", "배워")
    assert past_forms("보내") == ("보냈", "보내던")
    assert past_forms("만들") == ("만들었", "만들던")
    assert past_forms("뛰") == ("뛰었", "뛰던")


def test_words_that_say_little_beside_others() -> None:
    assert {"이유", "관련", "것들"} <= OPTIONAL_WORDS


def test_a_typed_predicate_is_looked_for_in_its_other_forms() -> None:
    assert {"배워", "배운", "배울", "배웠"} <= set(conjugations("배우는"))
    assert conjugations("만들어진") == ("만든",)
    assert conjugations("바꾸고")[-2:] == ("바꿔", "바꿨")
    assert conjugations("먹히는")[-2:] == ("먹혀", "먹혔")
    assert conjugations("없애기")[:3] == ("없앤", "없앨", "없앱")
    assert conjugations("움직이면")[-1] == "움직였"
    assert conjugations("배워야") == ()
    assert conjugations("바다다") == ()
    assert conjugations("새싹") == ()
    assert conjugations("높았던가") == ()
    assert conjugations("늙었다") == ()


def test_a_noun_of_one_syllable_may_have_a_particle() -> None:
    assert short_stem("칩은") == "칩"
    assert short_stem("칩이") == "칩"
    assert short_stem("차이") is None
    assert short_stem("칩에서") is None


def test_a_stem_with_another_final_has_no_other_forms() -> None:
    assert conjugations("부딪고") == ()


def test_a_bare_vowel_stem_without_contraction() -> None:
    assert conjugations("배웨기") == ("배웬", "배웰", "배웹")


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=10))
def test_stems_are_beginnings_of_the_word(word: str) -> None:
    shorter = [stem.text for stem in stems(word)]
    assert all(word.startswith(stem) and stem for stem in (*shorter, base(word)))


@pytest.mark.parametrize("word", ["최소한", "최대한", "무제한", "투자한도", "하나하나"])
def test_a_limit_and_a_noun_at_the_end_are_no_light_verb(word: str) -> None:
    assert not any(stem.sure for stem in stems(word))
