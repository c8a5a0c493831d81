from __future__ import annotations

from unicodedata import normalize

import pytest

from bot.pages.typed_numbers import parse_count


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("3", 3), ("３", 3), ("3개", 3), ("3 개", 3), ("3편", 3), ("3개만", 3), ("최근 3개", 3),
        ("03", 3), ("0", 0), ("100", 100), ("9" * 18, int("9" * 18)), ("²", 2), ("٣", 3),
        ("열 개", 10), ("열개", 10), ("한 개", 1), ("하나", 1), ("두 편", 2), ("세 개", 3),
        ("네개", 4), ("다섯 편만", 5), ("여덟", 8), ("열다섯 개", 15), ("스무 개", 20),
        ("스물한 개", 21), ("십", 10), ("십오 개", 15), ("이십", 20), ("삼십일", 31), ("오", 5),
        (normalize("NFD", "열 개"), 10), ("３개", 3), ("ten", 10), ("Ten posts", 10), ("1 post", 1),
        ("a post", 1), ("seven items", 7), ("latest 4", 4), ("글 3", None), ("3.", 3),
        ("", None), ("개", None), ("많이", None), ("-3", None), ("3,5", None), ("세상", None),
        ("1e3", None), ("9" * 19, None), ("x" * 5000, None), ("3" * 5000, None), ("3개개", None),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_typed(typed: str, count: int | None) -> None:
    assert parse_count(typed) == count
