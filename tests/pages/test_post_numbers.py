from __future__ import annotations

import pytest

from bot.pages.post_numbers import TypedNumber, parse_typed, parse_written, written
from storage.models import PostId


def test_what_is_written_is_read_again() -> None:
    assert written(PostId(42)) == "p42"
    assert parse_written(written(PostId(42))) == 42


@pytest.mark.parametrize("text", ["", "p", "42", "#p42", "p42 ", "p-1", "p" + "9" * 19, "p٤٢"])
def test_other_words_are_no_link(text: str) -> None:
    assert parse_written(text) is None


@pytest.mark.parametrize("text", ["42", "42번", "42 번 글", "４２", "42번째", "42번째 글"])
def test_members_type_a_number_as_they_like(text: str) -> None:
    assert parse_typed(text) == TypedNumber(42, is_own=False)


@pytest.mark.parametrize("text", ["#42", "# 42", "＃42", "p42", "#p42", "#42번 글", "No. 42"])
def test_a_posts_own_number_is_told_from_that_of_a_list(text: str) -> None:
    assert parse_typed(text) == TypedNumber(42, is_own=True)


@pytest.mark.parametrize("text", ["", "#", "p#42", "42개", "-42", "9" * 19, "٤٢", "pp42", "번"])
def test_other_words_are_no_number(text: str) -> None:
    assert parse_typed(text) is None
