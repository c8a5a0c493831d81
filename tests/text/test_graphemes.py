from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.characters import clean, utf16_length
from bot.text.graphemes import _AFTER_CLUSTER, cut_before, index_at, is_boundary, shorten
from tests.text.strategies import hostile_text

CLUSTERS = (
    "a",
    "한",
    "é",
    "e\u0301\u0323",
    "👍🏽",
    "👨‍👩‍👧‍👦",
    "❤️‍🔥",
    "1️⃣",
    "🇰🇷",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\u1112\u1161\u11ab",
    "\u1100\u1100\u1161",
    "\u1100가",
    "가\u11a8",
    "각\u11a8",
    "가\u1161",
    "क्षि",
    "ｶﾞ",
    "กำ",
    "क\u094d\u0301ष",
    "\u0600\u0661",
    "\ua960\u1161\ud7cb",
    "가\ud7cb",
)


def clusters(text: str) -> list[str]:
    """`text` cut at every border."""
    borders = [index for index in range(len(text) + 1) if is_boundary(text, index)]
    return [text[one:two] for one, two in pairwise(borders)]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_what_a_reader_sees_as_one_stays_one(cluster: str) -> None:
    assert clusters(f"글{cluster}x") == ["글", cluster, "x"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("🇰🇷🇯🇵", ["🇰🇷", "🇯🇵"]),
        ("각\u1161", ["각", "\u1161"]),
        ("a\u11a8", ["a", "\u11a8"]),
        ("\u1161\u1100", ["\u1161", "\u1100"]),
        ("क् x", ["क्", " ", "x"]),
        ("한글", ["한", "글"]),
        ("a\u200db", ["a\u200d", "b"]),
        ("க்க", ["க்", "க"]),
        ("क्한", ["क्", "한"]),
        ("a\n\u0301", ["a", "\n", "\u0301"]),
    ],
)
def test_neighbours_are_apart(text: str, expected: list[str]) -> None:
    assert clusters(text) == expected


@pytest.mark.parametrize(("units", "index"), [(0, 0), (1, 1), (2, 1), (3, 2), (9, 3)])
def test_units_count_whole_characters_only(units: int, index: int) -> None:
    assert index_at("가👍나", units) == index


@given(hostile_text(), st.integers(1, 40))
def test_a_cut_lies_on_a_border_within_the_limit(text: str, units: int) -> None:
    cleaned = clean(text)
    index = cut_before(cleaned, units)
    assert utf16_length(cleaned[:index]) <= units
    assert is_boundary(cleaned, index) or not any(
        is_boundary(cleaned, lower) for lower in range(1, index)
    )


def test_a_cluster_longer_than_the_limit_is_cut_at_a_character() -> None:
    assert cut_before("👨‍👩‍👧‍👦", 4) == 2


@given(hostile_text(), st.integers(2, 40))
def test_shortened_text_fits(text: str, units: int) -> None:
    assert utf16_length(shorten(clean(text), units)) <= units


def test_an_ellipsis_marks_where_text_was_cut() -> None:
    assert shorten("가나다라", 4) == "가나다라"
    assert shorten("가나 다라", 4) == "가나…"
    assert shorten("가👨‍👩‍👧", 5) == "가…"


@given(hostile_text(40))
def test_the_short_way_finds_the_borders_that_the_long_way_finds(text: str) -> None:
    inner = range(1, len(text))
    assert [index for index in inner if is_boundary(text, index)] == [
        index for index in inner if _AFTER_CLUSTER.match(text, index)
    ]
