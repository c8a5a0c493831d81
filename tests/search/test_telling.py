"""What tells a post from others, and where its title places it in a series."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.telling import MOST_KEYS, MOST_OWN_KEYS, Place, direction, likeness, series_of, tell

POSTS = {"회사": 90, "투자": 3, "전략": 5, "금리": 2, "시장": 40}


def posts_of(word: str) -> int:
    return POSTS.get(word, 1)


def test_the_rarest_words_tell_most_and_those_of_the_title_count_twice() -> None:
    told = tell("투자 회사", "금리가 오르면 투자 전략이 바뀐다. 시장 회사.", posts_of, 100)
    assert told.keys[:3] == ("투자", "금리", "전략")
    assert told.keys.index("시장") < told.keys.index("회사")
    assert tell("", "금리와 전략, 전략, 전략, 전략, 전략", posts_of, 100).keys[0] == "전략"


def test_words_of_this_post_alone_are_kept_for_those_to_come_but_not_only_they() -> None:
    own = " ".join(f"낱말{chr(0xAC00 + 28 * number)}" for number in range(60))
    told = tell("", f"투자 전략 {own}", posts_of, 100)
    assert told.keys[:2] == ("투자", "전략")
    assert len(told.keys) == 2 + MOST_OWN_KEYS
    assert len(told.keys) <= MOST_KEYS + MOST_OWN_KEYS


def test_posts_are_alike_by_what_they_share() -> None:
    one, same, other, none = (
        tell("", text, posts_of, 100).words
        for text in ("투자 전략 금리", "투자 전략 금리", "투자 커피 우유", "")
    )
    assert likeness(one, same) == pytest.approx(1.0)
    assert 0 < likeness(one, other) < 0.8
    assert likeness(one, tell("", "커피", posts_of, 100).words) == 0
    assert likeness(one, none) == likeness(none, one) == 0


def test_directions_are_compared_as_signed_bytes() -> None:
    assert direction(b"\x01\xff", b"\x02\xfe") == pytest.approx(1.0)
    assert direction(b"\x01\xff", b"\xff\x01") == pytest.approx(-1.0)
    assert direction(b"\x01\x00", b"\x00\x01") == 0
    assert direction(b"\x01\x00", b"\x00\x00") == direction(b"", b"") == 0


@given(st.text(max_size=80), st.text(max_size=400))
def test_any_text_can_be_told_and_is_like_itself(title: str, body: str) -> None:
    told = tell(title, body, posts_of, 100)
    assert likeness(told.words, told.words) in (0.0, pytest.approx(1.0))
    assert all(word and " " not in word for word in told.keys)
    series_of(title)


@pytest.mark.parametrize(
    ("title", "name", "number"),
    [
        ("인공지능 스터디 공유회 2/3", "인공지능스터디공유회", 2),
        ("지역 소멸 ② 청년은 왜 떠나나", "지역소멸", 2),
        ("투자 이야기 (하)", "투자이야기", 3),
        ("투자 이야기 [상] 시작하며", "투자이야기", 1),
        ("연재 소설: 제 12화", "연재소설제", 12),
        ("Reading List #7", "readinglist", 7),
        ("세계사 산책 Ⅳ", "세계사산책", 4),
        ("GPT-4 활용하기 3편", "gpt4활용하기", 3),
    ],
)
def test_a_title_names_its_series(title: str, name: str, number: float) -> None:
    place = series_of(title)
    assert place is not None
    assert (place.name, place.number) == (name, number)


@pytest.mark.parametrize(
    "title",
    ["", "3가지 이유", "투자 이야기", "하루 (중략)", "애플 15 프로", "2026년의 결산", "GPT-4"],
)
def test_others_name_none(title: str) -> None:
    assert series_of(title) is None


def test_the_name_is_looked_for_by_its_pairs() -> None:
    assert series_of("지역 소멸 1") == Place("지역소멸", 1, ("지역", "소멸"))
