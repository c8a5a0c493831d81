from __future__ import annotations

import pytest

from bot.text.remarks import answer_in, remark_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("한마디: 좋아요", "좋아요"),
        (" 한 마디:좋아요\n둘째 줄 ", "좋아요\n둘째 줄"),
        ("한마디\uff1a 좋아요", "좋아요"),
        ("Remark: good: really", "good: really"),
        ("한마디: -", ""),
        ("한마디: —", ""),
        ("한마디:", ""),
        ("한마디 좋아요", None),
        ("좋은 한마디: 네", None),
        ("", None),
    ],
)
def test_a_remark_is_what_stands_behind_the_word(text: str, words: str | None) -> None:
    assert remark_in(text) == words


@pytest.mark.parametrize(
    ("text", "words"), [(" 좋아요 ", "좋아요"), ("-", ""), ("—", ""), ("- 1", "- 1")]
)
def test_what_answers_the_question_for_words(text: str, words: str) -> None:
    assert answer_in(text) == words
