from __future__ import annotations

import pytest

from bot.locales import get_texts
from bot.pages.chat_filter import DAYS, preview_lines
from bot.posts import PREVIEWED
from bot.search.sieve import Preview
from bot.text.inert import UNSEEN

KO, EN = get_texts("ko"), get_texts("en")


def test_the_days_are_those_of_the_preview() -> None:
    assert PREVIEWED.days == DAYS


@pytest.mark.parametrize(
    ("found", "korean", "english"),
    [
        (
            Preview(41, 12, ()),
            "지난 30일 글 41편 가운데 12편이 와요.",
            "Of the 41 posts of the last 30 days, 12 come.",
        ),
        (
            Preview(41, 1, ()),
            "지난 30일 글 41편 가운데 1편이 와요.",
            "Of the 41 posts of the last 30 days, 1 comes.",
        ),
        (
            Preview(41, 0, ()),
            "지난 30일 글 41편 가운데 오는 글이 없어요.",
            "Of the 41 posts of the last 30 days, none comes.",
        ),
        (
            Preview(1, 1, ()),
            "지난 30일 글 1편이 모두 와요.",
            "All comes: the one post of the last 30 days.",
        ),
        (
            Preview(1000, 999, (), is_cut=True),
            "최근 글 1,000편 가운데 999편이 와요.",
            "Of the 1,000 newest posts, 999 come.",
        ),
        (
            Preview(0, 0, ()),
            "지난 30일 동안 올라온 글이 없어요.",
            "There was no post in the last 30 days.",
        ),
    ],
)
def test_how_many_come_is_said(found: Preview, korean: str, english: str) -> None:
    assert preview_lines(KO, found).text == korean
    assert preview_lines(EN, found).text == english


def test_titles_are_shown_on_a_line_each_and_call_nobody() -> None:
    found = Preview(41, 12, ("환율이\n오른다", "", "@sosik 에게 " + "긴 제목 " * 50))
    lines = preview_lines(KO, found).text.splitlines()
    assert lines[1:3] == ["· 환율이 오른다", "· 제목 없는 글"]
    assert lines[3].startswith(f"· @{UNSEEN}sosik 에게 긴 제목")
    assert len(lines) == 4
    assert len(lines[3]) < 130
