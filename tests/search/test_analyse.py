from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.search.analyse import (
    INITIALS_MARK,
    OFTEN_MARK,
    TITLE_MARK,
    analyse_text,
    flat,
    fold,
    normalise,
    post_tokens,
)

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


def tokens(text: str) -> set[str]:
    return set(analyse_text(text).tokens)


def test_hangul_is_indexed_in_pairs_also_across_one_gap() -> None:
    assert tokens("데이터 센터") == {"데이", "이터", "터센", "센터"}
    assert tokens("파인-튜닝") == {"파인", "인튜", "튜닝"}
    assert "국대" not in tokens("미국, 대선")
    assert "국대" not in tokens("미국   대선")


def test_other_scripts_and_numbers_are_words() -> None:
    assert tokens("GPT-4, 3,000명 C++ c# 日本語 Ωmega") >= {
        *("gpt", "4", "3000", "명", "cplusplus", "csharp", "日本", "本語", "ωmega"),
    }
    assert tokens("abc++") == {"abc"}


def test_a_word_that_comes_down_to_one_syllable_is_found_by_it() -> None:
    assert {"칩", "칩을"} <= tokens("칩을 샀다")


def test_a_text_taken_apart_by_macos_is_the_same_text() -> None:
    assert tokens(unicodedata.normalize("NFD", "검색")) == {"검색"}
    assert normalise("ㄱ") == "ㄱ"


def test_the_vocabulary_has_stems_and_no_stop_words() -> None:
    words = analyse_text("데이터센터에서 공부해야 하는 것, Prompt and x 3000").words
    assert words == {"데이터센터", "공부", "prompt"}


def test_what_is_in_the_title_or_often_in_the_text_is_marked() -> None:
    title, body = "검색 AI", "투자 투자 투자 검색"
    found = post_tokens(analyse_text(title), analyse_text(body), title)
    assert {TITLE_MARK + "검색", TITLE_MARK + "ai", OFTEN_MARK + "투자", "투자"} <= set(found)
    assert OFTEN_MARK + "검색" not in found
    assert [t for t in found if t.startswith(INITIALS_MARK)] == [INITIALS_MARK + "ㄱㅅ"]
    assert found == sorted(set(found))


def test_folding_narrows_wide_letters() -> None:
    assert fold("ＡＩ") == "ai"
    assert fold("İX") == "İx"
    assert flat("3,000 대-한·민국") == "3000대한민국"


@given(ANY_TEXT)
def test_folding_keeps_places(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(ANY_TEXT, ANY_TEXT)
def test_any_post_can_be_indexed(title: str, body: str) -> None:
    found = post_tokens(analyse_text(title), analyse_text(body), title)
    assert all(token and " " not in token for token in found)
