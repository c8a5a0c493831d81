from __future__ import annotations

import pytest

from bot.text.emoji import parse_emoji_run, shown_emoji, strip_emoji_end


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("👍", "👍"),
        ("❤", "❤️"),
        ("❤️", "❤️"),
        ("❤‍🔥", "❤️‍🔥"),
        ("🤷‍♂", "🤷‍♂️"),
        ("✍🏽", "✍🏽"),
        ("🕊", "🕊️"),
        ("custom:5312016608254762256", "✨"),
        ("paid", "⭐"),
    ],
)
def test_a_reaction_is_shown_as_a_picture(key: str, shown: str) -> None:
    assert shown_emoji(key) == shown


@pytest.mark.parametrize(
    ("line", "emoji"),
    [
        ("👍", ("👍",)),
        ("👍👍🏻", ("👍", "👍🏻")),
        ("❤️👍", ("❤", "👍")),
        ("🇰🇷🇺🇸", ("🇰🇷", "🇺🇸")),
        ("👩🏽‍💻👨‍👩‍👧", ("👩🏽‍💻", "👨‍👩‍👧")),
        ("🏳️‍🌈", ("🏳‍🌈",)),
        ("1️⃣#️⃣", ("1⃣", "#⃣")),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", ("🏴󠁧󠁢󠁥󠁮󠁧󠁿",)),
        ("👍 🥲", ("👍", "🥲")),
    ],
)
def test_a_run_comes_apart_into_what_a_person_sees(line: str, emoji: tuple[str, ...]) -> None:
    assert parse_emoji_run(line) == emoji


@pytest.mark.parametrize("line", ["", "3", "👍 좋아요", "좋아요", "#", " ", "👍" * 401])
def test_other_lines_are_no_run(line: str) -> None:
    assert parse_emoji_run(line) is None


def test_a_long_run_with_a_wrong_end_is_refused_at_once() -> None:
    assert parse_emoji_run("🇰" * 300 + "x") is None


def test_an_ending_of_emoji_is_stripped() -> None:
    assert strip_emoji_end("고마워요 🙂❤️ ") == "고마워요"
    assert strip_emoji_end("그대로.") == "그대로."
