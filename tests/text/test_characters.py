from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.characters import clean, clean_line, is_visible, utf16_length
from tests.text.strategies import hostile_text


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("abc", 3), ("소식", 2), ("👍", 2), ("👍🏽", 4), ("\ud83d", 1)]
)
def test_length_counts_utf16_units(text: str, units: int) -> None:
    assert utf16_length(text) == units


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("plain", "plain"),
        ("a\x00b\tc", "a b c"),
        ("한 줄\r\n두 줄\r세 줄", "한 줄\n두 줄\n세 줄"),
        ("\ud83d\ude00 짝, \ud83d 홀로, \ude00", "😀 짝,  홀로, "),
        ("\u1112\u1161\u11ab", "한"),
        ("e\u0301", "é"),
        ("\u202e뒤집힌\u202c \u2067글\u2069", "뒤집힌 글"),
        ("자\u200b르\u00ad기\ufeff", "자르기"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200e\u200f\u200eb", "a\u200eb"),
        ("e\u200b\u0301", "é"),
        ("x\u030a\u0333", "x"),
        ("don\x92t \x93a\x94 \x96 \x85 \x80", "don’t “a” – … €"),
        ("a\x81\x8d\x9db", "ab"),
    ],
)
def test_text_becomes_what_telegram_takes(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


@given(hostile_text())
def test_clean_text_is_encodable_composed_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned) == cleaned


def test_a_line_has_single_spaces_and_none_at_its_ends() -> None:
    assert clean_line(" 한\u3000줄\n로 \t온다\x00") == "한 줄 로 온다"


def test_a_million_marks_on_one_letter_are_cut_before_they_are_composed() -> None:
    """Composing sorts them one by one: a million would take hours."""
    assert len(clean("a" + "\u0301\u0316" * 500_000)) < 40


@pytest.mark.parametrize(
    ("text", "visible"),
    [("", False), (" \n\u00a0", False), ("\u200d\u2060\ufe0f\u3164", False), ("\u200b.", True)],
)
def test_text_without_a_visible_character_is_known(text: str, visible: bool) -> None:  # noqa: FBT001  # a table's column
    assert is_visible(text) is visible


@given(st.text())
def test_whatever_has_a_letter_is_visible(text: str) -> None:
    assert is_visible(text + "글")
