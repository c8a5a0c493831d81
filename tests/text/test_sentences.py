from __future__ import annotations

import pytest
from hypothesis import given

from bot.text.characters import clean
from bot.text.sentences import sentence_ends
from tests.text.strategies import hostile_text


def sentences(text: str) -> list[str]:
    """The sentences of `text`."""
    found, begin = [], 0
    for end in sentence_ends(text):
        found.append(text[begin:end].strip())
        begin = end
    return found


@pytest.mark.parametrize(
    "parts",
    [
        ["첫 문장이에요.", "둘째예요!", "셋째인가요?", "끝"],
        ["정말?!", "네…", "그래요..."],
        ['"정말이다."', "그는 말했다."],
        ["(그렇다.)", "‘아니다!’", "끝."],
        ['"가자."고 했다.', "갔다."],
        ["1. 학습 방법을 이해하라: 그래요.", "2. 다음이에요."],
        ["2026. 11. 23.", "그날 나왔다."],
        ["별이 3. 4개였다."],
        ["Mr. Kim met Dr. Lee at 5 p.m. on Monday.", "They left."],
        ["J. K. Rowling wrote it... and left.", "So did he."],
        ["“Why?” he asked.", "Nobody knew."],
        ["문장。", "다음！", "끝？"],
        ["제목", "본문.", "목록"],
        ["...", "글."],
    ],
)
def test_sentences_end_where_a_reader_pauses(parts: list[str]) -> None:
    assert sentences(" ".join(parts) if parts[0] != "제목" else "\n".join(parts)) == parts


def test_a_sentence_ends_without_a_space_in_hurried_korean_only() -> None:
    assert sentences("그랬습니다.그런데 왔어요!그래요") == [
        "그랬습니다.",
        "그런데 왔어요!",
        "그래요",
    ]
    assert sentences("네이버.다음 v1.2 a.b") == ["네이버.다음 v1.2 a.b"]
    assert sentences('"가자!"라고 "갔다."는데') == ['"가자!"라고 "갔다."는데']


def test_blank_lines_hold_no_sentence() -> None:
    assert sentences("\n\n 하나 \n\n\n둘\n ") == ["하나", "둘"]
    assert sentences("  \n ") == []


@given(hostile_text())
def test_sentences_hold_all_of_the_text_in_order(text: str) -> None:
    cleaned = clean(text)
    ends = list(sentence_ends(cleaned))
    assert ends == sorted(set(ends))
    assert "".join("".join(sentences(cleaned)).split()) == "".join(cleaned.split())
