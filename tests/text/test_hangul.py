from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.hangul import final_of, from_keys, initials, is_initial, keys, untangle

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12)


@given(SYLLABLES)
def test_what_is_typed_for_hangul_gives_the_hangul_back(text: str) -> None:
    assert from_keys(keys(text)) == text


@pytest.mark.parametrize(
    ("typed", "hangul"),
    [
        ("rjator", "검색"),
        ("dksgdk", "않아"),
        ("rkqtdl", "값이"),
        ("dmltk", "의사"),
        ("Thorl", "쐐기"),
        ("asdf", "ㅁㄴㅇㄹ"),
        ("RJATOR", "껌썎"),
        ("r", "ㄱ"),
        ("rt", "ㄱㅅ"),
        ("rkr", "각"),
        ("rkE", "가ㄸ"),
        ("dlT1", "있1"),
        ("kk", "ㅏㅏ"),
    ],
)
def test_keystrokes_become_syllables_as_on_the_keyboard(typed: str, hangul: str) -> None:
    assert from_keys(typed) == hangul


def test_jamo_and_other_characters_are_typed_as_they_stand() -> None:
    assert keys("ㅁ햐ㅣㄷ") == "agile"
    assert keys("A1!") == "A1!"


def test_initials_leave_out_what_is_no_syllable() -> None:
    assert initials("애자일(Agile) 2.0") == "ㅇㅈㅇ"
    assert is_initial("ㄲ")
    assert not is_initial("ㅏ")


def test_joined_consonants_come_apart() -> None:
    assert untangle("ㄳㄱ") == "ㄱㅅㄱ"


def test_final_consonants() -> None:
    assert [final_of(c) for c in "칼차A"] == ["ㄹ", "", ""]
