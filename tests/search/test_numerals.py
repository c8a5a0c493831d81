from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.numbers import is_quantity, spellings
from bot.search.numerals import (
    ends_in_number,
    go_on,
    is_counter,
    read_counted,
    read_counted_apart,
    write_counted,
)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("삼천명", "3000명"),
        ("천오백원", "1500원"),
        ("만천원", "11000원"),
        ("이만사천명", "24000명"),
        ("구십구만원", "990000원"),
        ("일억이천만원", "120000000원"),
        ("스무평", "20평"),
        ("스물네평", "24평"),
        ("마흔두명", "42명"),
        ("서른살", "30살"),
        ("열두시", "12시"),
        ("이십대", "20대"),
    ],
)
def test_a_number_in_hangul_is_one_in_digits_and_back(written: str, digits: str) -> None:
    assert digits in spellings(written)
    assert written in {"이십대", *spellings(digits)}


@pytest.mark.parametrize("word", ["구원", "이사", "사원", "만원", "백만장자", "천안", "이천", ""])
def test_what_may_be_another_word_is_no_number(word: str) -> None:
    assert read_counted(word) is None


@pytest.mark.parametrize(
    ("number", "counter", "digits"),
    [("세", "시", 3), ("만", "원", 10_000), ("두", "배", 2), ("삼천", "명", 3000)],
)
def test_behind_a_space_a_syllable_is_a_number(number: str, counter: str, digits: int) -> None:
    read = read_counted_apart(number, counter)
    assert read is not None
    assert read.number == digits
    assert is_quantity(number, counter)


def test_other_words_are_no_quantity() -> None:
    assert read_counted_apart("이", "사람") is None
    assert read_counted_apart("좋은", "시") is None
    assert read_counted_apart("세", "얼굴") is None
    assert not is_quantity("이", "사")
    assert is_counter("평")
    assert not is_counter("개월")


def test_a_number_may_be_typed_in_several_words() -> None:
    assert go_on("만", "천")
    assert not go_on("천", "만족")
    assert not go_on("십", "백십")
    assert is_quantity("만 천", "원")


@pytest.mark.parametrize("text", ["그 두 ", "백 ", "12", "12 ", "3만 ", "스무 "])
def test_a_counter_stands_behind_a_number(text: str) -> None:
    assert ends_in_number(text)


@pytest.mark.parametrize("text", ["좋은 ", "이 ", "", "비싼 ", "사과 "])
def test_nothing_else_is_a_number(text: str) -> None:
    assert not ends_in_number(text)


@pytest.mark.parametrize(
    ("number", "counter", "written"),
    [
        (3, "달", ("세달", "석달")),
        (1, "시", ("한 시",)),
        (3, "배", ("세 배",)),
        (2, "명", ("두명",)),
        (10_000, "원", ("만 원", "일만원")),
        (50, "권", ("쉰 권",)),
        (9, "원", ()),
        (0, "명", ()),
        (10**16, "원", ()),
        (5, "나라", ()),
        (10_000, "명", ("만명", "일만명")),
        (120, "명", ("백이십명",)),
    ],
)
def test_what_would_be_another_word_is_not_written(
    number: int, counter: str, written: tuple[str, ...]
) -> None:
    assert write_counted(number, counter) == written


@pytest.mark.parametrize("word", ["십백원", "만억원", "이사명", "일이삼원", "만만원"])
def test_places_come_in_order(word: str) -> None:
    assert read_counted(word) is None


@given(st.integers(11, 10**15))
def test_whatever_is_written_is_read_again(number: int) -> None:
    for written in write_counted(number, "원"):
        read = read_counted(written) or read_counted_apart(written[0], "원")
        assert read == (number, "원")


@given(st.integers(1, 99))
def test_native_numbers_are_read_again(number: int) -> None:
    for written in write_counted(number, "명"):
        word = written[:-1].strip()
        assert (read_counted(written) or read_counted_apart(word, "명")) == (number, "명")


@given(st.text("일이삼사오육칠팔구십백천만억조한두스무열원명평 ", max_size=14))
def test_any_row_of_numerals_is_read(text: str) -> None:
    read_counted(text)
    ends_in_number(text)
