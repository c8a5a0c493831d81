from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat_settings.choose import CHOICES, choose, choose_words
from bot.errors import InputError
from bot.locales import get_texts
from storage.models import (
    Edition,
    Night,
    PushMode,
    QuietHours,
    Repeats,
    SourceFilter,
    SourceId,
    VoteButtons,
)
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
        ("filter", "off", {"words": (), "without": ()}),
        ("filter", "AI -광고", {"words": ("AI",), "without": ("광고",)}),
        ("weekly", "일 19:00", {"weekly": Edition(6, 1140)}),
        ("monthly", "매월 1일 9시", {"monthly": 540}),
        ("holidays", "한국", {"holidays": "KR"}),
        ("holidays", "on", {"holidays": "KR"}),
        ("night", "조용히", {"night": Night.SILENT}),
        ("night", "wait", {"night": Night.WAIT}),
        ("repeats", "짧게", {"repeats": Repeats.BRIEF}),
        ("repeats", "none", {"repeats": Repeats.NONE}),
        ("votes", "항상", {"votes": VoteButtons.ALWAYS}),
        ("votes", "off", {"votes": VoteButtons.NEVER}),
        ("silent", "켜기", {"silent": True}),
        ("pin", "on", {"pin": True}),
        ("previews", "끄기", {"previews": False}),
        ("cleanup", "10분", {"cleanup_minutes": 10}),
        ("cleanup", "하루", {"cleanup_minutes": 1440}),
        ("cleanup", "A day.", {"cleanup_minutes": 1440}),
        ("cleanup", "off", {"cleanup_minutes": None}),
        ("full", "개인", {"full_here": False}),
        ("full", "here", {"full_here": True}),
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


def test_a_source_may_have_words_of_its_own() -> None:
    own = choose_words(SETTINGS, SourceId(2), "금리 -투자")
    assert own.source_filters == (SourceFilter(SourceId(2), ("금리",), ("투자",)),)
    other = choose_words(own, SourceId(3), "환율")
    changed = choose_words(other, SourceId(2), "물가")
    assert {one.source_id: one.words for one in changed.source_filters} == {
        2: ("물가",),
        3: ("환율",),
    }
    assert choose_words(changed, SourceId(2), "off").source_filters == other.source_filters[1:]
