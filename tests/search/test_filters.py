from __future__ import annotations

from datetime import UTC, date, datetime
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.filters import (
    Filter,
    Filtered,
    Kind,
    KnownNames,
    mentions_name,
    parse_filters,
    post_filter,
)
from bot.search.query import NO_WIDTH
from storage.search_filters import EVERY, PostFilter
from tests.steps import steps

TODAY = date(2026, 11, 30)
"""A Monday."""
LATER = date(2031, 5, 5)
NAMES = KnownNames(
    ("해봄", "Jane Doe", "김 민지", "김서준", "me too"),
    ((1, "해봄의 블로그", "https://haebom.example/"), (2, "", "https://notes.example/feed")),
)


def read(typed: str) -> Filtered:
    return parse_filters(typed, TODAY, NAMES)


def asked(typed: str) -> list[str]:
    return [f"{one.kind}:{one.value}" for one in read(typed).filters]


@pytest.mark.parametrize(
    ("typed", "words", "filters"),
    [
        ("since:2025 검색", "검색", ["since:2025"]),
        ("검색 until:2025-03 시장", "검색 시장", ["until:2025-03"]),
        ("검색 SINCE：２０２５", "검색", ["since:2025"]),
        ("since: 2025-03-01 검색", "검색", ["since:2025-03-01"]),
        ("since:2025년 3월 1일 검색", "검색", ["since:2025-03-01"]),
        ("since: 2025. 3. 1. 검색", "검색", ["since:2025-03-01"]),
        ('since:"last month" 검색', "검색", ["since:2026-10"]),
        ("since:last week 검색", "검색", ["since:2026-11-23"]),
        ("until:지난주 검색", "검색", ["until:2026-11-29"]),
        ("since:2025년부터 until:오늘까지", "", ["since:2025", "until:2026-11-30"]),
        ("이후:2025 까지:2026", "", ["since:2025", "until:2026"]),
        ("2025년부터 검색", "검색", ["since:2025"]),
        ("검색 2025년부터", "검색", ["since:2025"]),
        ("검색 2025년 부터", "검색", ["since:2025"]),
        ("2025-03부터 검색", "검색", ["since:2025-03"]),
        ("검색 2025년 3월부터", "검색", ["since:2025-03"]),
        ("2024년까지", "", ["until:2024"]),
        ("24년부터 검색", "검색", ["since:2024"]),
        ("검색 24년 3월까지", "검색", ["until:2024-03"]),
        ("2025년 3월부터 5월까지 검색", "검색", ["since:2025-03", "until:2025-05"]),
        ("검색 2024년부터 2025년까지", "검색", ["since:2024", "until:2025"]),
        ("지난달부터 검색", "검색", ["since:2026-10"]),
        ("검색 지난 달부터", "검색", ["since:2026-10"]),
        ("이번 주부터 검색", "검색", ["since:2026-11-30"]),
        ("작년 3월부터 검색", "검색", ["since:2025-03"]),
        ("검색 올해 3월부터 5월까지", "검색", ["since:2026-03", "until:2026-05"]),
        ("검색 2025년도부터", "검색", ["since:2025"]),
        ("by:'Jane Doe' 저자:「해봄」", "", ["by:Jane Doe", "by:해봄"]),
        ("작년까지 검색", "검색", ["until:2025"]),
        ("검색 3일 전부터", "검색", ["since:2026-11-27"]),
        (normalize("NFD", "지난달부터 검색"), "검색", ["since:2026-10"]),
        ("2025년\u200b부터 검색", "검색", ["since:2025"]),
        ("since:2025 검색 2026년까지", "검색", ["since:2025", "until:2026"]),
        ("by:해봄 검색 since:2025", "검색", ["by:해봄", "since:2025"]),
        ("글쓴이: 해봄 검색", "검색", ["by:해봄"]),
        ("작성자：해봄", "", ["by:해봄"]),
        ("by: 해봄", "", ["by:해봄"]),
        ("by:jane doe energy", "energy", ["by:jane doe"]),
        ('by:"Jane Doe" energy', "energy", ["by:Jane Doe"]),
        ("글쓴이:“Jane Doe” 검색", "검색", ["by:Jane Doe"]),
        ("energy by: Jane Doe", "energy", ["by:Jane Doe"]),
        ("출처:haebom 검색", "검색", ["source:haebom"]),
        ("by:해봄 by:민지", "", ["by:해봄", "by:민지"]),
        ("since:2025 since:2025", "", ["since:2025"]),
        ("by: since:2025", "by:", ["since:2025"]),
        ("글쓴이 : 해봄 검색", "검색", ["by:해봄"]),
        ("글쓴이 :해봄 검색", "검색", ["by:해봄"]),
        ('by :"Jane Doe" energy', "energy", ["by:Jane Doe"]),
        ("since : 2025 검색", "검색", ["since:2025"]),
        ("부터: 2025 검색", "검색", ["since:2025"]),
        ("since:2025, by:해봄, 검색", "검색", ["since:2025", "by:해봄"]),
        ("2025년부터, 검색", "검색", ["since:2025"]),
        ("2025년부터 오늘까지 검색", "검색", ["since:2025", "until:2026-11-30"]),
        ("by:@해봄", "", ["by:@해봄"]),
    ],
)
def test_filters_are_read_wherever_people_type_them(
    typed: str, words: str, filters: list[str]
) -> None:
    found = read(typed)
    assert (found.words, asked(typed), found.unread) == (words, filters, ())
    assert parse_filters(found.written(), LATER, NAMES) == found


@pytest.mark.parametrize(
    "typed",
    [
        *("3월 까지: 할 일", "Stand by : me", "오늘까지 회의"),
        *("Stand by: me", "ever since: a story", "by: nobody", "C++: 언어", "http://a.example/b"),
        *(
            "2025년",
            "2025년 3월 회의",
            "이번 주 회의",
            "지난달",
            "금리가 2025년부터 올랐다",
            "by:",
            "since:",
        ),
        *(
            "언제부터 시작",
            "처음부터 끝까지",
            "오늘부터 운동",
            "3월부터 달라지는 제도",
            "만기 20년까지",
        ),
        *(
            "2050년까지 탄소중립",
            '"2025년부터" 검색',
            '"since:2025"',
            "“지난달부터” 검색",
            '-"by:해봄"',
        ),
        *(
            "source://x",
            "-by:해봄",
            "부터",
            "까지 부터",
            "standby:해봄",
            "5월까지",
            "1:1 since 2025",
        ),
    ],
)
def test_ordinary_words_stay_words(typed: str) -> None:
    assert read(typed) == Filtered(typed)


@pytest.mark.parametrize(
    ("typed", "words", "unread"),
    [
        ("since:어제쯤 검색", "검색", "since:어제쯤"),
        ("검색 since: 어제쯤", "검색", "since: 어제쯤"),
        ("since:2025-13", "", "since:2025-13"),
        ("until:soon energy", "energy", "until:soon"),
        ("글쓴이:", "", "글쓴이:"),
        ('by:"" 검색', "검색", 'by:""'),
    ],
)
def test_what_cannot_be_read_is_told_and_not_searched(typed: str, words: str, unread: str) -> None:
    found = read(typed)
    assert (found.words, found.filters) == (words, ())
    assert [one.typed for one in found.unread] == [unread]
    assert read(found.written()) == found


@pytest.mark.parametrize(
    ("typed", "names", "called"),
    [
        ("by:해봄", ("해봄",), "해봄"),
        ("by:해봄님", ("해봄",), "해봄"),
        ("by:김", ("김 민지", "김서준"), "김 민지, 김서준"),
        ("by:김민지", ("김 민지",), "김 민지"),
        ("by:JANEDOE", ("Jane Doe",), "Jane Doe"),
        ("by:ｊａｎｅ", ("Jane Doe",), "Jane Doe"),
        ("by:철수", (), "철수"),
        ("source:블로그", ("1",), "해봄의 블로그"),
        ("source:notes.example", ("2",), "https://notes.example/feed"),
    ],
)
def test_names_match_as_people_mean_them(typed: str, names: tuple[str, ...], called: str) -> None:
    (one,) = read(typed).filters
    assert (one.names, one.called, one.is_unknown) == (names, called, not names)
    assert read(typed).unknown == (() if names else (one,))


def test_only_what_may_name_somebody_asks_for_names() -> None:
    assert mentions_name("since:2025 글쓴이：해봄")
    assert not mentions_name("since:2025 검색")


def test_one_filter_taken_away_leaves_the_others() -> None:
    found = read("검색 since:2025 by:김 since:언제")
    first, second = found.filters
    assert found.written(first) == '검색 by:"김" since:언제'
    assert found.written(second) == "검색 since:2025 since:언제"


def test_days_begin_in_the_zone_of_the_chat() -> None:
    seoul = ZoneInfo("Asia/Seoul")
    only = post_filter(read("2025년 3월부터 2025년 3월까지").filters, seoul)
    assert only.since == datetime(2025, 2, 28, 15, tzinfo=UTC).timestamp()
    assert only.before == datetime(2025, 3, 31, 15, tzinfo=UTC).timestamp()


def test_the_narrowest_dates_and_any_of_the_names_count() -> None:
    assert post_filter((), UTC) == EVERY
    dates = post_filter(read("since:2025 since:2024 until:2027 until:2026").filters, UTC)
    narrow = post_filter(read("since:2025 until:2026").filters, UTC)
    assert dates == narrow
    names = read("by:해봄 by:철수 by:김 출처:haebom 출처:notes").filters
    assert post_filter(names, UTC) == PostFilter(
        authors=("해봄", "김 민지", "김서준"), sources=(1, 2)
    )
    assert post_filter([Filter(Kind.BY, "철수")], UTC).authors == ()
    assert post_filter([Filter(Kind.SINCE, "언젠가")], UTC) == EVERY, "what cannot be read"


PARTS = st.sampled_from(
    [
        *(
            "since:",
            "until:2025",
            "by:",
            "글쓴이:해봄",
            "출처：",
            "2025년",
            "3월부터",
            "지난달까지",
            "부터",
        ),
        *(
            "검색",
            "me",
            '"',
            '"a b"',
            "-",
            "：",
            "어제쯤",
            "2025년부터",
            "Jane",
            "Doe",
            "\u200b",
            "\0",
        ),
    ]
)


@given(st.text(max_size=60) | st.lists(PARTS, max_size=12).map(" ".join))
def test_any_text_is_read_and_nothing_of_it_is_made_up(typed: str) -> None:
    found = read(typed)
    normal = normalize("NFC", typed.translate(NO_WIDTH))
    assert all(word in normal for word in found.words.replace('"', " ").split())
    assert all(one.typed.split()[0] in normal for one in found.unread)
    assert post_filter(found.filters, UTC) is not None
    if not found.filters and not found.unread:
        assert found.words.replace(" ", "") == "".join(normal.split())


@given(
    st.lists(st.sampled_from(["검색", "시장", '"통 속"', "-강의", "ㅇㅈㅇ", "Agile"]), max_size=5)
)
def test_words_around_a_filter_are_kept_as_typed(words: list[str]) -> None:
    typed = " ".join(words)
    for around in (f"since:2025 {typed}", f"{typed} 2025년부터", f"{typed} since：2025"):
        assert read(around).words == typed
        assert asked(around) == ["since:2025"]


def test_a_lone_quotation_mark_does_not_swallow_a_filter() -> None:
    """What a page's buttons go on from is read as what was typed."""
    for typed in ('커피 "맛 by:해봄', '27" 화면 by:해봄', "“맛 by:해봄"):
        read = parse_filters(typed, TODAY, NAMES)
        again = parse_filters(read.written(), TODAY, NAMES)
        assert [one.value for one in again.filters] == ["해봄"]
        assert again.written() == read.written()


def test_many_filters_by_name_are_no_more_work_than_reading_the_names_once() -> None:
    names = KnownNames(tuple(f"글쓴이{number}" for number in range(300)))

    def read(size: int) -> None:
        parse_filters("by:zz " * size, TODAY, names)

    once = steps(lambda: read(1))
    assert steps(lambda: read(40)) < 4 * once


@pytest.mark.parametrize("typed", ["since:150년 전", "until:999년전"])
def test_long_ago_is_a_date(typed: str) -> None:
    (one,) = parse_filters(typed, TODAY, NAMES).filters
    only = post_filter([one], ZoneInfo("Asia/Seoul"))
    assert only.sources is None
    assert (only.since is not None) or (only.before is not None)
