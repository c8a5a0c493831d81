from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.characters import clean, utf16_length
from bot.text.graphemes import is_boundary
from bot.text.nesting import nest
from bot.text.paging import excerpt, pages, shorten_at_word
from bot.text.rich import Kind, Rich, bold, plain
from tests.steps import assert_linear
from tests.text.strategies import any_rich, assert_sendable, hostile_text


def texts_of(parts: list[Rich]) -> list[str]:
    return [part.text for part in parts]


def test_an_excerpt_is_the_first_two_sentences() -> None:
    assert excerpt("첫 문장이에요.\n\n둘째예요. 셋째예요.", 200) == "첫 문장이에요. 둘째예요."
    assert excerpt("하나. 둘. 셋.", 200, sentences=1) == "하나."


def test_an_excerpt_that_is_too_long_is_one_sentence_or_cut_at_a_word() -> None:
    first, second = (
        "스무 글자가 조금 넘는 첫 문장이에요.",
        "둘째 문장은 더 길어서 함께 들어가지 않아요.",
    )
    assert excerpt(f"{first} {second}", 30) == first
    assert excerpt(f"네. {second}", 20) == "네. 둘째 문장은 더 길어서 함께…"
    assert excerpt("가" * 50, 10) == "가" * 9 + "…"


def test_an_excerpt_of_nothing_is_nothing() -> None:
    assert excerpt(" \n ", 50) == ""


@given(hostile_text(), st.integers(2, 80))
def test_an_excerpt_is_one_line_that_fits(text: str, units: int) -> None:
    line = excerpt(clean(text), units)
    assert utf16_length(line) <= units
    assert "\n" not in line


@given(hostile_text(), st.integers(2, 40))
def test_a_text_cut_at_a_word_fits(text: str, units: int) -> None:
    assert utf16_length(shorten_at_word(clean(text), units)) <= units


def test_pages_end_with_sentences() -> None:
    text = "첫 문장이에요. 둘째 문장이에요.\n\n셋째 문장이에요. 끝."
    assert texts_of(pages(plain(text), 20)) == [
        "첫 문장이에요. 둘째 문장이에요.",
        "셋째 문장이에요. 끝.",
    ]


def test_a_sentence_longer_than_a_page_is_cut_between_words() -> None:
    assert texts_of(pages(plain("네. 하나 둘셋 넷다섯 여섯."), 8)) == [
        "네.",
        "하나 둘셋",
        "넷다섯 여섯.",
    ]


def test_a_word_longer_than_a_page_is_cut_between_characters() -> None:
    family = "👨‍👩‍👧‍👦"
    assert texts_of(pages(plain(family * 3), 24)) == [family * 2, family]
    assert texts_of(pages(plain("가나다라마"), 2)) == ["가나", "다라", "마"]


def test_a_page_too_small_for_a_character_holds_it_all_the_same() -> None:
    assert texts_of(pages(plain("👍👍"), 1)) == ["👍", "👍"]


def test_a_short_text_is_one_page_and_none_is_no_page() -> None:
    assert texts_of(pages(plain(" 하나.\n"), 100)) == ["하나."]
    assert pages(plain(" \n"), 100) == []


def test_entities_go_on_over_pages() -> None:
    parts = pages("앞. " + bold("굵은 첫 문장. 굵은 둘째 문장.") + " 뒤.", 14)
    assert [[(one.kind, one.offset, one.length) for one in part.entities] for part in parts] == [
        [(Kind.BOLD, 3, 8)],
        [(Kind.BOLD, 0, 9)],
    ]


@given(any_rich(), st.integers(2, 60))
def test_pages_fit_and_hold_the_text(rich: Rich, units: int) -> None:
    nested = Rich(rich.text, nest(rich.entities))
    parts = pages(nested, units)
    for part in parts:
        assert 0 < part.length <= units
        assert_sendable(part)
    assert "".join("".join(texts_of(parts)).split()) == "".join(rich.text.split())


@given(hostile_text(), st.integers(40, 80))
def test_no_page_ends_inside_a_character(text: str, units: int) -> None:
    cleaned = clean(text)
    place = 0
    for part in pages(Rich(cleaned), units):
        place = cleaned.index(part.text, place) + len(part.text)
        assert is_boundary(cleaned, place) or cleaned[place - 1].isspace()


@pytest.mark.parametrize("piece", ["한 문장이에요. ", "가" * 8, "1." * 5])
def test_twice_as_long_a_text_takes_twice_the_work(piece: str) -> None:
    assert_linear(lambda size: pages(Rich(piece * size), 3000), 3_000)


@pytest.mark.parametrize("text", ["한 문장이에요. " * 20_000, "가" * 150_000, "1." * 100_000])
def test_very_long_texts_are_paged(text: str) -> None:
    parts = pages(Rich(text), 3000)
    assert "".join("".join(texts_of(parts)).split()) == "".join(text.split())
