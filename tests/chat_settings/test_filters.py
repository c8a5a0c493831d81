from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_settings.filters import (
    LONGEST_WORD,
    MOST_WORDS,
    FilterWords,
    read_filter,
    write_filter,
)
from bot.errors import InputError


@pytest.mark.parametrize(
    ("typed", "words", "without"),
    [
        ("인공지능", "인공지능", ""),
        ("인공지능 반도체", "인공지능|반도체", ""),
        ("인공지능, 반도체，AI、칩", "인공지능|반도체|AI|칩", ""),
        ("인공지능 -광고", "인공지능", "광고"),
        ("-광고", "", "광고"),
        ("-광고 -이벤트", "", "광고|이벤트"),
        ("–광고 —이벤트 −협찬 －행사", "", "광고|이벤트|협찬|행사"),
        ("인공지능,-광고", "인공지능", "광고"),
        ("인공지능 - 광고", "인공지능", "광고"),
        ("인공지능 --광고", "인공지능", "광고"),
        ("인공지능 -", "인공지능", ""),
        ('"데이터 센터"', "데이터 센터", ""),
        ("“데이터 센터” 「머신  러닝」", "데이터 센터|머신 러닝", ""),
        ("‘데이터 센터’ -'무료 체험'", "데이터 센터", "무료 체험"),
        ('인공지능 -광고 "데이터 센터"', "인공지능|데이터 센터", "광고"),
        ('-"무료 체험"', "", "무료 체험"),
        ('"데이터 센터', "데이터|센터", ""),
        ("don't", "don't", ""),
        ("e-mail GPT-4", "e-mail|GPT-4", ""),
        ("C++ C# .NET", "C++|C#|.NET", ""),
        ("#광고 @소식", "#광고|@소식", ""),
        ("3,000", "3,000", ""),
        ("(인공지능) '반도체'!", "인공지능|반도체", ""),
        ("AI ai ＡＩ", "AI", ""),
        ("인공\u200b지능", "인공지능", ""),
        ("\u110b\u1175\u11ab\u1100\u1169\u11bc", "인공", ""),
        ("🎉", "🎉", ""),
        ("광고 -광고", "광고", "광고"),
        ('"끄기"', "끄기", ""),
        ("off", "", ""),
        ("해제", "", ""),
        ("-", "", ""),
        ("끄기.", "", ""),
    ],
)
def test_words_are_read_as_they_are_meant(typed: str, words: str, without: str) -> None:
    read = read_filter(typed)
    assert ("|".join(read.words), "|".join(read.without)) == (words, without)


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "on", "켜기", "!!!", '""', "- -", "\0\ud800"),
        " ".join(f"낱말{number}" for number in range(MOST_WORDS + 1)),
        " ".join(f"-낱말{number}" for number in range(MOST_WORDS + 1)),
        "가" * (LONGEST_WORD + 1),
        "-" + "가" * (LONGEST_WORD + 1),
        '"' + "가나 " * LONGEST_WORD + '"',
    ],
)
def test_what_is_no_filter_says_what_one_is(typed: str) -> None:
    with pytest.raises(InputError) as raised:
        read_filter(typed)
    assert raised.value.key == "settings.usage.filter"
    assert raised.value.values == {"typed": typed, "most": MOST_WORDS}


def test_as_many_and_as_long_as_may_be() -> None:
    words = tuple(f"{number:가>{LONGEST_WORD}}" for number in range(MOST_WORDS))
    read = FilterWords(words, (*words[1:], "가나 " * 20 + "다"))
    assert read_filter(write_filter(read)) == read


def test_a_filter_is_written_as_it_is_typed() -> None:
    read = FilterWords(("인공지능", "데이터 센터", "off", "3,000"), ("광고", "무료 체험"))
    assert write_filter(read) == '인공지능 "데이터 센터" "off" "3,000" -광고 -"무료 체험"'
    assert write_filter(FilterWords()) == ""


@given(
    st.text("가나 ab\"'“-–,.!#+3", max_size=30)
    | st.text(max_size=30)
    | st.lists(st.sampled_from(["인공지능", "off", "켜기", "-광고", '"가 나"', "'", "3,1"])).map(
        " ".join
    )
)
def test_what_is_written_is_read_as_the_same(typed: str) -> None:
    try:
        read = read_filter(typed)
    except InputError:
        return
    json.dumps(read, ensure_ascii=False).encode()
    written = write_filter(read)
    assert read_filter(written or "off") == read
