"""What a chat's filter takes for a word: by cases like those in which people meet it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search import whole_words
from bot.search.endings import noun_forms
from bot.search.matching import find_form
from bot.search.whole_words import PLACES, READ, has_word, read_post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.search.matching import Form, Occurrence, Text

AFTER_FINAL = """
    을 이 의 에서 들이 입니다 에서는 으로부터 이라는 이었다 인가요 들에게는 만이 이기도 에선 으론
    이야말로 들 들만의 들에게서
"""
AFTER_VOWEL = """
    를 만으로는 에까지 다 예요 였습니다 입니다 인데요 마저 이지만 뿐이다 라서 로부터 엔 거든요 였죠
"""
DONE = "한다 했다 하는 해야 되었다 받은 해보면 하시나요 했는지를 하더라도 되고 시켜서 하려는"
LEARNT = "배우는 배웠어요 배워서 배운 배우지"


def has(text: str, word: str) -> bool:
    in_title, in_body = has_word(read_post(text, ""), word), has_word(read_post("글", text), word)
    assert in_title is in_body
    return in_title


@pytest.mark.parametrize(
    ("word", "text"),
    [
        # particles, and several of them
        ("인공지능", "인공지능 글"),
        *(("인공지능", f"인공지능{rest} 글") for rest in AFTER_FINAL.split()),
        *(("광고", f"광고{rest}.") for rest in AFTER_VOWEL.split()),
        # what is done
        *(("투자", f"투자{rest}") for rest in DONE.split()),
        *(("배우는", f"매일 {form}") for form in LEARNT.split()),
        # spacing, marks, script
        ("인공지능", "인공 지능을 배워요"),
        ("데이터센터", "데이터 센터에서"),
        ("데이터 센터", "데이터센터를"),
        ("데이터 센터", "데이터 센터와"),
        ("데이터 센터", "데이터 \n 센터와"),
        ("데이터 센터를", "데이터센터가"),
        ("인공지능", "(인공지능)"),
        ("인공지능", "반도체·인공지능"),
        ("인공지능", "인공지능(AI)"),
        ("인공지능", "AI인공지능"),
        ("인공지능", "#인공지능 #소식"),
        ("#광고", "#광고 안내"),
        ("🎉", "축하🎉해요"),
        ("·", "가·나"),
        # as typed
        *(
            ("칩", f"칩{rest} 만든다")
            for rest in ["", "을", "이", "의", "도", "과", "으로", "입니다"]
        ),
        ("말", "말했다"),
        ("칩을", "칩이다 칩"),
        ("노트북은", "노트북을"),
        ("전화기", "전화기를"),
        ("5월", "5월에"),
        ("3,000", "3000명"),
        # English
        ("AI", "ai를"),
        ("ai", "생성형AI가"),
        ("agent", "Agents"),
        ("agents", "an agent"),
        ("LLM", "LLMs를"),
        ("LLMs", "an LLM"),
        ("policy", "policies"),
        ("policies", "policy"),
        ("day", "days"),
        ("box", "boxes"),
        ("boxes", "box"),
        ("glass", "glasses"),
        ("machine learning", "Machine-Learning"),
        ("open source", "opensource"),
        ("C++", "C++를"),
        ("GPT-4", "gpt4로"),
        ("코로나19", "코로나19로"),
        # scripts without spaces
        ("日本", "私は日本を"),
        ("美", "美연준"),
        ("A日", "A日本"),
    ],
)
def test_a_word_is_found_as_it_is_written(word: str, text: str) -> None:
    assert has(text, word)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        # a part of another word
        *(("광고", other) for other in ["광고주", "광고판을", "원광고", "재광고", "광고학회"]),
        ("인공지능", "인공지능학회"),
        ("정치", "정치인"),
        ("전문", "전문가"),
        ("기념", "기념일"),
        ("대학", "대학로"),
        ("집단", "집단이기주의"),
        ("예금", "예금이자율"),
        ("건설", "건설하도급"),
        ("서울", "서울하늘"),
        ("경제", "경제적인"),
        ("전문", "전문가를"),
        ("대체", "대체불가능하거나"),
        ("투자", "투자심사하는"),
        ("지평", "지평들판"),
        ("이유", "이유식"),
        ("투자", "투자자"),
        ("라면", "교과서라면"),
        ("시장", "다시 장소"),
        ("칩", "칩셋"),
        ("강", "강의"),
        ("주", "주가"),
        ("결", "결과"),
        ("100", "1,100"),
        # an ending that may be none
        ("투자자", "투자를"),
        ("전화기", "전화를"),
        ("전화기", "전화기자"),
        ("신문고", "신문을"),
        ("투자하는", "투자증권"),
        # words side by side
        ("데이터 센터", "데이터의 센터"),
        ("데이터 센터", "센터 데이터"),
        # English
        ("AI", "air said"),
        ("agent", "agentic"),
        ("open", "OpenAI"),
        ("port", "portfolio"),
        ("IT", "its"),
        ("C", "C++ C#"),
        ("bus", "bu"),
        ("gas", "ga"),
        # what only a search would find
        ("인공지능", "AI"),
        ("ㅇㄱㅈㄴ", "인공지능"),
        ("dlsrhdwlsmd", "인공지능"),
        ("인공지눙", "인공지능"),
        ("ㅋㅋ", "ㅋㅋㅋㅋ"),
        # nothing
        ("", "글"),
        (" ", "글 글"),
    ],
)
def test_what_is_not_the_word_is_not_found(word: str, text: str) -> None:
    assert not has(text, word)


@given(st.text("가각나는을다들기자AIs19+-# \"'", min_size=1, max_size=8), st.text(max_size=20))
def test_a_word_that_stands_by_itself_is_found(word: str, around: str) -> None:
    """Whatever it is, and whatever stands in the lines before and after it."""
    if word.strip():
        assert has(f"{around}\n\n{word}\n\n{around}", word.strip())


@given(st.text("가각인공지능데터센", min_size=2, max_size=6))
def test_a_noun_is_found_with_its_particles(word: str) -> None:
    for form in noun_forms(word):
        assert has(f"이것은 {form} 그것", word)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("가", "가" * 1_000_000),
        ("가", "가나 " * 300_000),
        ("가나다", "가나다라 " * 300_000),
        ("a", "ab " * 300_000),
        ("데이터 센터", "데이터 " * 300_000),
        ("·", "가" * 1_000_000),
    ],
)
def test_a_text_that_bites_takes_no_more_than_is_looked_at(
    word: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[int] = []

    def counted(read: Text, form: Form) -> Iterator[Occurrence]:
        for place in find_form(read, form):
            places.append(place.start)
            yield place

    monkeypatch.setattr(whole_words, "find_form", counted)
    post = read_post("글", text)
    assert len(post.body.folded) <= READ
    assert max(map(len, re.findall("[가-힣]+", post.body.folded)), default=0) <= 40
    assert not has_word(post, word)
    assert len(places) <= 3 * PLACES


def test_a_long_text_is_read_to_the_end_of_a_word() -> None:
    whole = "가 " * (READ // 2 - 1) + "칩"
    assert has(whole.rjust(READ), "칩")
    assert has("인공지능 " + "나 " * READ, "인공지능")
    assert not has("나" + " 나다" * READ, "다")


def test_a_word_is_found_behind_what_is_no_word() -> None:
    assert has("가" * 1000 + " 인공지능을", "인공지능")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("신청", "신청하신 분께 알려요"),
        ("참여", "참여하실 분을 찾아요"),
        ("신청", "신청하십시오"),
        ("완료", "완료되신 분"),
        ("회원", "회원께 드려요"),
    ],
)
def test_what_is_said_politely_is_the_word_too(word: str, text: str) -> None:
    assert has(text, word)


def test_a_long_text_of_lines_is_read_to_its_bound() -> None:
    lines = "글이에요.\n" * (READ // 12)
    assert has(f"머리 {lines}광고\n{lines}{lines}", "광고")
    assert not has(f"머리 {lines}{lines}{lines}광고\n", "광고")
