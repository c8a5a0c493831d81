from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.guesses import (
    guess_beside,
    guess_form,
    guess_joined,
    guess_layout,
    guess_misheard,
    guess_named_parts,
    guess_scripts,
    guess_slip,
    guess_spacing,
    guess_tail,
    guess_typo,
    guess_verb,
    is_initials,
    near_words,
    other_layout,
)
from bot.search.results import RepairKind
from tests.search.lexicon import FakeLexicon

WORDS = (
    *("검색", "애자일", "오케스트레이션", "데이터", "센터", "프롬프트", "노트", "켈러"),
    *("agile", "nvidia", "orchestration"),
)
LEXICON = FakeLexicon(
    *WORDS,
    *("트럼프", "미국", "대선", "일정", "짐"),
    texts=("짐 켈러가 말했다", "미국 대선 일정", "투자 전략"),
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rjator", "검색"),
        ("Rjator", "검색"),
        ("dowkdlfdms", "애자일은"),
        ("ㅁ햐ㅣㄷ", "agile"),
        ("agile", None),
        ("asdf", None),
        ("ghkscut", None),
        ("바나나", None),
        ("검색1", None),
        ("가", None),
        ("ㅏ", None),
    ],
)
def test_the_other_layout_counts_where_posts_have_what_it_gives(
    typed: str, found: str | None
) -> None:
    guess = guess_layout(typed, LEXICON)
    assert (guess.text if guess else None) == found
    assert guess is None or guess.kind is RepairKind.LAYOUT


@pytest.mark.parametrize("slips", [1, 2])
@pytest.mark.parametrize("typed", ["라면", "라늠", "이라믄", "까자"])
def test_what_only_closes_other_words_is_no_word_that_somebody_meant(
    typed: str, slips: int
) -> None:
    lexicon = FakeLexicon("라는", "이라는", "까지")
    assert near_words(typed, lexicon, slips=slips) == []


def test_a_noun_that_looks_like_an_ending_is_meant() -> None:
    lexicon = FakeLexicon("라면", "라면을", "지도", "지도가")
    assert "라면" in near_words("라멘", lexicon, doubtful=True)
    assert "지도" in near_words("지됴", lexicon, doubtful=True)


@pytest.mark.parametrize(
    ("typed", "has", "found"), [("라면", "라는", False), ("가면", "가는", True)]
)
def test_an_ending_that_posts_quote_is_no_form_of_a_verb(
    typed: str, has: str, *, found: bool
) -> None:
    """라면 is nothing in an archive that has only "…"라는."""
    assert (guess_verb(typed, FakeLexicon(has)) is not None) is found


def test_the_other_layout_of_a_single_key_is_nothing() -> None:
    assert list(other_layout("k")) == []
    assert list(other_layout("ㄱ")) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("미국대선", "미국 대선"),
        ("미국대선일정", "미국 대선 일정"),
        ("미국의대선", "미국의 대선"),
        ("짐켈러", None),
        ("바나나우유", None),
        ("미국바나나", None),
        ("가" * 30, None),
        ("GPT4", None),
    ],
)
def test_a_compound_comes_apart_where_posts_have_the_parts(typed: str, found: str | None) -> None:
    guess = guess_spacing(typed, LEXICON)
    assert (guess.text if guess else None) == found


def test_of_two_partings_the_more_common_is_taken() -> None:
    lexicon = FakeLexicon("가나", "다라", "가나다", "라마", "다라마")
    guess = guess_spacing("가나다라마", lexicon)
    assert guess is not None
    assert guess.text == "가나 다라마"


@pytest.mark.parametrize("common", ["짐 켈러", "짐 캘려"])
def test_of_two_mended_compounds_the_more_common_is_taken(common: str) -> None:
    lexicon = FakeLexicon("켈러", "캘려", "짐", texts=("짐 켈러", "짐 캘려", common))
    guess = guess_typo("짐캘러", lexicon)
    assert guess is not None
    assert guess.text == common


def test_words_of_other_lengths_are_not_misheard() -> None:
    assert near_words("가치", FakeLexicon("갗")) == []


def test_words_that_posts_write_as_one() -> None:
    assert guess_joined("검", "색", LEXICON) is not None
    assert guess_joined("사", "과", LEXICON) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("에자일", "애자일"),
        ("검섹", "검색"),
        ("오캐스트래이션", "오케스트레이션"),
        ("프롬포트를", "프롬프트"),
        ("nvdia", "nvidia"),
        ("nviidia", "nvidia"),
        ("nvidai", "nvidia"),
        ("orchestartoin", "orchestration"),
        ("짐캘러", "짐 켈러"),
        ("데이타센터", "데이터 센터"),
        ("감색", None),
        ("검찰", None),
        ("보트", None),
        ("xvidia", None),
        ("bgile", None),
        ("먹기", None),
        ("거", None),
        ("검색1", None),
    ],
)
def test_a_slip_of_the_finger(typed: str, found: str | None) -> None:
    guess = guess_typo(typed, FakeLexicon(*WORDS, texts=("짐 켈러", "데이터 센터")))
    assert (guess.text if guess else None) == found


def test_out_of_time_nothing_is_tried() -> None:
    lexicon = FakeLexicon("애자일")
    lexicon.in_time = False
    assert guess_typo("에자일", lexicon) is None
    assert guess_beside("전럭", "투자", "", lexicon) is None


def test_one_slip_only() -> None:
    assert guess_slip("에자일", LEXICON) is not None
    assert guess_slip("오캐스트래이션", LEXICON) is None


def test_the_same_initials_alone_are_no_slip() -> None:
    assert near_words("오캐스트래이션", FakeLexicon("우쿠소투루의손")) == []


def test_a_short_word_is_believed_beside_its_neighbour() -> None:
    lexicon = FakeLexicon("전략", "전력", texts=("투자 전략",))
    guess = guess_beside("전럭", "투자", "", lexicon)
    assert guess is not None
    assert guess.text == "전략"
    assert guess_beside("전럭", "", "", lexicon) is None


def test_latin_and_hangul_are_never_slips_of_each_other() -> None:
    assert near_words("rjatoe", FakeLexicon("검색")) == []


def test_nearest_words_come_first() -> None:
    lexicon = FakeLexicon("데이터센터", "베이터센터")
    assert near_words("데이타센터", lexicon) == ["데이터센터"]
    assert near_words("네이터센터", lexicon) == ["데이터센터", "베이터센터"]


def test_all_consonants_are_initials() -> None:
    assert is_initials("ㅇㅈㅇ")
    assert is_initials("ㄳ")
    assert not is_initials("ㄱ")
    assert not is_initials("ㅇㅏ")


@given(st.text(max_size=30))
def test_no_word_is_an_error(word: str) -> None:
    for guess in (guess_layout, guess_spacing, guess_typo, guess_slip):
        guess(word, LEXICON)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("AI회의록", "AI 회의록"),
        ("RAG위키", "RAG 위키"),
        ("KTX강릉여행", "KTX 강릉여행"),
        ("2024대선", "2024 대선"),
        ("B형헌혈", "B형 헌혈"),
        ("AI떡볶이", None),
        ("회의록", None),
        ("회의록ㅋ", None),
    ],
)
def test_a_change_of_script_parts_words(typed: str, found: str | None) -> None:
    lexicon = FakeLexicon(
        *("강릉", "여행", "대선"),
        texts=("ai", "회의록", "rag", "위키", "ktx", "2024", "강릉 여행", "b형", "헌혈"),
    )
    guess = guess_scripts(typed, lexicon)
    assert (guess.text if guess else None) == found


def test_a_compound_is_parted_where_a_part_has_another_name() -> None:
    lexicon = FakeLexicon("값", texts=("표 값", "휴대전화 요금"))
    names = {"티켓": [("표", 0.9)], "폰요": [("멀다", 0.9)], "핸드폰": [("휴대전화", 0.9)]}

    def parted(typed: str) -> str | None:
        guess = guess_named_parts(typed, lexicon, lambda name: names.get(name, ()))
        return guess.text if guess else None

    assert parted("티켓값") == "티켓 값"
    assert parted("핸드폰요금") == "핸드폰 요금"
    assert parted("핸드폰집") is None
    assert parted("AI값") is None


def test_a_word_of_one_syllable_stands_beside_the_one_before_it() -> None:
    lexicon = FakeLexicon("토큰", "전기", texts=("토큰 값", "전기 요금", "값"))
    guess = guess_tail("토큰값", lexicon)
    assert guess is not None
    assert guess.text == "토큰 값"
    for typed in ("전기값", "토큰", "바나나값", "tokenx"):
        assert guess_tail(typed, lexicon) is None


def test_a_word_of_two_syllables_may_be_a_verb_of_one() -> None:
    lexicon = FakeLexicon(texts=("나무를 심는 사람", "칩 하나", "심고 나서", "경고 신호"))
    guess = guess_form("심기", lexicon)
    assert guess is not None
    assert (guess.kind, guess.text, guess.alternatives) == (RepairKind.FORM, "심는", ("심고",))
    assert guess_form("경기", lexicon) is None
    assert guess_form("심리", lexicon) is None
    noun = guess_form("칩은", lexicon)
    assert noun is not None
    assert noun.text == "칩"


def test_a_verb_in_the_past_is_named_by_a_form_that_ends_a_word() -> None:
    lexicon = FakeLexicon(
        texts=("심습니다", "심은 날", "차를 샀다", "사고를 냈다", "사는 곳", "사자")
    )
    past = guess_form("심었어요", lexicon)
    assert past is not None
    assert (past.text, past.alternatives) == ("심은", ("심습",))
    bought = guess_form("샀어요", lexicon)
    assert bought is not None
    assert (bought.text, bought.alternatives) == ("샀다", ("사는", "사자"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("찌게", "찌개"), ("모게", "모개"), ("구지", "고지"), ("심고", None), ("샀다", None)],
)
def test_vowels_that_sound_alike_are_mended_also_where_a_verb_may_end_so(
    typed: str, meant: str | None
) -> None:
    guess = guess_misheard(typed, FakeLexicon("찌개", "모개", "고지", "삭다"))
    assert (guess.text if guess else None) == meant


def test_a_noun_is_no_form_of_a_verb() -> None:
    lexicon = FakeLexicon(texts=("나무를 집었다", "집에 간다", "집은 멀다", "집을 산다", "집고"))
    guess = guess_form("집어서", lexicon)
    assert guess is not None
    assert (guess.text, guess.alternatives) == ("집고", ("집었",))
