from __future__ import annotations

import pytest

from bot.search.letter_names import read_letters, spell_letters


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("지피티", "gpt"),
        ("챗지피티", "챗gpt"),
        ("오픈에이아이", "오픈ai"),
        ("엘피", "lp"),
        ("피씨", "pc"),
        ("전엘피", None),
        ("이유", None),
        ("더블유", None),
        ("이지", None),
        ("디지털", None),
        ("gpt", None),
    ],
)
def test_letters_are_read_by_their_korean_names(word: str, letters: str | None) -> None:
    assert read_letters(word) == letters


def test_short_latin_words_are_spelt_out() -> None:
    assert spell_letters("llm") == "엘엘엠"
    assert spell_letters("lp") == "엘피"
    assert [spell_letters(w) for w in ("eo", "x", "prompt", "a1", "검색")] == [None] * 5
