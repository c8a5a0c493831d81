from __future__ import annotations

import pytest

from bot.rendering.emoji import shown_emoji


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
