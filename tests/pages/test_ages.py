from __future__ import annotations

from datetime import timedelta

import pytest

from bot.locales import get_texts
from bot.pages.ages import age


@pytest.mark.parametrize(
    ("seconds", "korean", "english"),
    [
        (-400 * 86400, "방금", "less than a minute"),
        (0, "방금", "less than a minute"),
        (59, "방금", "less than a minute"),
        (60, "1분", "1 minute"),
        (3599, "59분", "59 minutes"),
        (3600, "1시간", "1 hour"),
        (48 * 3600 - 1, "47시간", "47 hours"),
        (48 * 3600, "2일", "2 days"),
        (400 * 86400, "400일", "400 days"),
    ],
)
def test_how_long_ago_it_was(seconds: int, korean: str, english: str) -> None:
    ago = timedelta(seconds=seconds)
    assert (age(get_texts("ko"), ago), age(get_texts("en"), ago)) == (korean, english)
