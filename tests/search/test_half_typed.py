from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.guesses import guess_half_typed
from bot.search.half_typed import clear_up, complete, once
from bot.search.results import RepairKind
from bot.text.hangul import from_keys, keys
from tests.search.lexicon import FakeLexicon

WORDS = ("회의록", "데이터", "키오스크", "도자기", "라디오", "스피커", "환각", "커피", "비행기표")
LEXICON = FakeLexicon(*WORDS)


def stages(word: str) -> list[str]:
    """What stands in the field after each key but the last, from the third on."""
    typed = keys(word)
    return [from_keys(typed[:end]) for end in range(3, len(typed))]


@pytest.mark.parametrize("word", WORDS)
def test_every_stage_of_typing_a_word_finds_it_from_its_middle_on(word: str) -> None:
    for stage in stages(word):
        if 2 * len(keys(stage)) >= len(keys(word)):
            guess = guess_half_typed(stage, LEXICON)
            assert guess is not None, stage
            assert guess.text in {word, *WORDS}
            assert guess.kind is RepairKind.HALF_TYPED


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("회의ㄹ", "회의록"),
        ("회의록ㅋㅋ", "회의록"),
        ("회의록ㅠㅠ", "회의록"),
        ("ㅎ회의록", "회의록"),
        ("데이터ㅅ", "데이터"),
        ("키오스ㅋ크", "키오스크"),
        ("키ㅣ오스크", "키오스크"),
        ("회회의록ㅋ", "회의록"),
        ("바나ㄴ", None),
        ("ㅏㅏㅏ", None),
        ("회의록", None),
        ("abcㅋ", None),
        ("가ㅋㅋ", None),
    ],
)
def test_stray_jamo_are_cleared_up(typed: str, meant: str | None) -> None:
    assert clear_up(typed, LEXICON) == meant


def test_a_syllable_that_stands_twice_or_half_and_whole_goes() -> None:
    assert list(once("회회의록")) == ["회의록"]
    assert list(once("회의로록")) == ["회의록"]
    assert list(once("회의록")) == []
    guess = guess_half_typed("키오스스크", LEXICON)
    assert guess is not None
    assert guess.text == "키오스크"


def test_too_little_or_a_whole_other_word_is_not_half_typed() -> None:
    assert complete("가", LEXICON) is None
    assert complete("횟", LEXICON) is None
    assert complete("비행", FakeLexicon("비행기조종사면허")) is None
    assert complete("도자기", LEXICON) is None
    assert guess_half_typed("바나나", LEXICON) is None


@given(st.text("가각회의록ㄱㅏㅋab ", max_size=12))
def test_any_text_is_answered(text: str) -> None:
    clear_up(text, LEXICON)
    assert all(len(one) == len(text) - 1 for one in once(text))
