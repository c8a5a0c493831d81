from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.search.numbers import is_counter, is_quantity, spellings
from bot.search.numerals import Counted, read_counted_apart


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("2%", "2퍼센트"),
        ("2프로", "2%"),
        ("10퍼센트", "10프로"),
        ("2%는", "2퍼센트"),
        ("2.5%", "2.5프로"),
        ("420g", "420그램"),
        ("90센치", "90cm"),
        ("3킬로", "3kg"),
        ("3킬로", "3km"),
        ("24기가", "24gb"),
        ("4비트", "4bit"),
        ("20℃", "20섭씨"),
        ("12000", "1만2천"),
        ("12000", "1만2000"),
        ("12000", "1.2만"),
        ("12000건", "1만2천건"),
        ("1만2천건", "12000건"),
        ("3천명", "3000명"),
        ("3000명", "3천명"),
        ("3천만원", "30000000원"),
        ("30000000원", "3천만원"),
        ("30000000원", "3000만원"),
        ("70억", "7000000000"),
        ("1.5억", "1억5천만"),
        ("150000000", "1.5억"),
        ("100달러", "100불"),
        ("5살", "5세"),
    ],
)
def test_a_number_is_written_in_several_ways(typed: str, written: str) -> None:
    assert written in spellings(typed)


@pytest.mark.parametrize("typed", ["검색", "", "ai", "0", "3.14", "7", "1" * 30, "gpt4"])
def test_what_is_written_in_one_way_has_no_other(typed: str) -> None:
    assert spellings(typed) == ()


def test_a_number_and_a_sign_after_it_are_one_thing() -> None:
    assert is_quantity("10", "퍼센트")
    assert is_quantity("3,000", "km")
    assert not is_quantity("10", "달러")
    assert not is_quantity("검색", "km")
    assert [is_counter(text) for text in ("km", "만원", "천명", "원", "대선")] == [True] * 4 + [
        False
    ]


@given(st.integers(1, 10**14))
@example(10)
@example(100)
@example(10**12)
def test_whatever_is_counted_comes_back(value: int) -> None:
    """What is written apart, because it would be another word without a space, is read apart."""
    for written in spellings(f"{value}원"):
        number, is_apart, counter = written.partition(" ")
        if is_apart:
            assert read_counted_apart(number, counter) == Counted(value, "원")
        else:
            assert f"{value}원" in {written, *spellings(written)}


@given(st.text("0123456789.만천억조백십%kg원", max_size=12))
def test_any_word_is_read(text: str) -> None:
    assert text not in spellings(text)
