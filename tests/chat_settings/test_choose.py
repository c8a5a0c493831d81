from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat_settings.choose import CHOICES, choose
from bot.errors import InputError
from bot.locales import get_texts
from storage.models import PushMode, QuietHours
from tests.pages.test_settings import SETTINGS


@pytest.mark.parametrize(
    ("name", "typed", "changed"),
    [
        ("time", "9시 18:30", {"digest_times": (540, 1110)}),
        ("days", "평일", {"digest_days": frozenset(range(5))}),
        ("zone", "뉴욕", {"timezone": "America/New_York"}),
        ("quiet", "off", {"quiet": None}),
        ("quiet", "23:00-07:00", {"quiet": QuietHours(1380, 420)}),
        ("language", "English", {"language": "en"}),
        ("language", "EN", {"language": "en"}),
        ("language", "영어", {"language": "en"}),
        ("push", "요약", {"push": PushMode.DIGEST}),
        ("push", "OFF", {"push": PushMode.OFF}),
        ("filter", "투자, AI 투자", {"words": ("투자", "AI")}),
        ("filter", "투자 -광고", {"words": ("투자",), "without": ("광고",)}),
        ("filter", "off", {"words": (), "without": ()}),
    ],
)
def test_a_choice_changes_that_setting_alone(
    name: str, typed: str, changed: dict[str, Any]
) -> None:
    before = replace(SETTINGS, words=("그전",))
    after = choose(before, name, f" {typed} ")
    assert after == replace(before, **changed)


@pytest.mark.parametrize("name", CHOICES)
def test_what_cannot_be_read_says_what_the_choice_takes(name: str) -> None:
    typed = "x" * 50
    with pytest.raises(InputError) as caught:
        choose(SETTINGS, name, typed)
    assert caught.value.key == f"settings.usage.{name}"
    assert get_texts("ko")(caught.value.key, **caught.value.values)
    assert choose.__doc__


@pytest.mark.parametrize("typed", ["", ",", " ".join(map(str, range(21)))])
def test_a_filter_takes_one_to_twenty_words(typed: str) -> None:
    with pytest.raises(InputError):
        choose(SETTINGS, "filter", typed)
