from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.chat_settings.press import (
    STATES,
    press,
    quiet_value,
    source_filter,
    state_of,
    word_item,
)
from bot.errors import InputError
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
from tests.pages.test_settings import FULL, SETTINGS

if TYPE_CHECKING:
    from storage.models import ChatSettings

OWN = SourceFilter(SourceId(2), ("금리",), ("투자",))


@pytest.mark.parametrize(
    ("name", "item", "value", "changed"),
    [
        ("push", "", "digest", {"push": PushMode.DIGEST}),
        ("time", "", "off", {"digest_times": ()}),
        ("time", "1110", "on", {"digest_times": (540, 1110)}),
        ("time", "540", "on", {"digest_times": (540,)}),
        ("time", "540", "off", {"digest_times": ()}),
        ("time", "540", "570", {"digest_times": (570,)}),
        ("time", "600", "630", {"digest_times": (540,)}),
        ("time", "600", "off", {"digest_times": (540,)}),
        ("days", "", "weekdays", {"digest_days": frozenset(range(5))}),
        ("days", "6", "off", {"digest_days": frozenset(range(6))}),
        ("days", "6", "on", {}),
        ("weekly", "", "6.1140", {"weekly": Edition(6, 1140)}),
        ("weekly", "", "off", {"weekly": None}),
        ("monthly", "", "540", {"monthly": 540}),
        ("monthly", "", "off", {"monthly": None}),
        ("holidays", "", "KR", {"holidays": "KR"}),
        ("quiet", "", "21:30-08:00", {"quiet": QuietHours(1290, 480)}),
        ("quiet", "", "off", {"quiet": None}),
        ("night", "", "silent", {"night": Night.SILENT}),
        ("repeats", "", "none", {"repeats": Repeats.NONE}),
        ("votes", "", "never", {"votes": VoteButtons.NEVER}),
        ("silent", "", "on", {"silent": True}),
        ("cleanup", "", "1440", {"cleanup_minutes": 1440}),
        ("cleanup", "", "off", {"cleanup_minutes": None}),
        ("full", "", "private", {"full_here": False}),
        ("zone", "", "America/New_York", {"timezone": "America/New_York"}),
        ("language", "", "en", {"language": "en"}),
        ("sources", "3", "off", {"left_out": frozenset({SourceId(3)})}),
        ("sources", "3", "on", {}),
        ("here", "", "7", {"thread_id": 7}),
        ("here", "", "0", {"thread_id": None}),
    ],
)
def test_a_button_leads_to_its_state_however_often_it_is_pressed(
    name: str, item: str, value: str, changed: dict[str, Any]
) -> None:
    once = press(SETTINGS, name, item, value)
    assert once == replace(SETTINGS, **changed)
    assert press(once, name, item, value) == once


@pytest.mark.parametrize(
    ("item", "changed"),
    [
        (word_item(SourceId(0), "자율 주행", is_wanted=True), {"words": ("AI",)}),
        (word_item(SourceId(0), "광고", is_wanted=False), {"without": ()}),
        (word_item(SourceId(0), "광고", is_wanted=True), {}),
        ("0", {"words": (), "without": ()}),
        (
            word_item(SourceId(2), "금리", is_wanted=True),
            {"source_filters": (replace(OWN, words=()),)},
        ),
        ("2", {"source_filters": ()}),
        ("9", {}),
    ],
)
def test_a_word_is_taken_away(item: str, changed: dict[str, Any]) -> None:
    assert press(FULL, "filter", item, "off") == replace(FULL, **changed)


def test_a_source_without_words_of_its_own_has_those_of_the_chat() -> None:
    left = press(FULL, "filter", word_item(SourceId(2), "금리", is_wanted=True), "off")
    assert source_filter(left, SourceId(2)) == SourceFilter(SourceId(2), (), ("투자",))
    gone = press(left, "filter", word_item(SourceId(2), "투자", is_wanted=False), "off")
    assert gone.source_filters == ()
    assert source_filter(gone, SourceId(0)).words == FULL.words


@pytest.mark.parametrize(
    ("name", "item", "value"),
    [
        *(("volume", "", "11"), ("volume", "1", "on"), ("push", "1", "on"), ("push", "", "often")),
        *(
            ("time", "1440", "on"),
            ("time", "-1", "on"),
            ("time", "540", "9"[:0]),
            ("time", "x", "on"),
        ),
        *(("days", "7", "on"), ("weekly", "", "7.0"), ("weekly", "", "6"), ("monthly", "", "x")),
        *(("filter", "0", "on"), ("filter", "x", "off"), ("sources", "-3", "off")),
        *(("here", "", ""), ("here", "", "٣"), ("sources", "9" * 30, "off"), ("zone", "", "x")),
    ],
)
def test_what_no_button_carries_is_an_error(name: str, item: str, value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever part is wrong
        press(SETTINGS, name, item, value)


@pytest.mark.parametrize(
    ("before", "name", "item", "value"),
    [
        (replace(SETTINGS, digest_times=(1, 2, 3, 4, 5, 6)), "time", "7", "on"),
        (replace(SETTINGS, digest_days=frozenset({3})), "days", "3", "off"),
    ],
)
def test_what_cannot_be_any_more_says_why(
    before: ChatSettings, name: str, item: str, value: str
) -> None:
    with pytest.raises(InputError):
        press(before, name, item, value)


@pytest.mark.parametrize("settings", [SETTINGS, FULL])
@pytest.mark.parametrize("name", STATES)
def test_the_state_of_a_setting_is_what_its_button_carries(
    settings: ChatSettings, name: str
) -> None:
    state = state_of(settings, name)
    assert state == "" or press(settings, name, "", state) == settings


def test_quiet_hours_are_carried_as_they_are_typed() -> None:
    assert quiet_value(QuietHours(1320, 485)) == "22:00-08:05"


@pytest.mark.parametrize(
    ("name", "item", "value"),
    [
        ("time", "0" * 20 + "99999", "on"),
        ("days", "0" * 20 + "9", "on"),
        ("time", "9" * 40, "on"),
    ],
)
def test_a_number_is_read_whole_or_not_at_all(name: str, item: str, value: str) -> None:
    with pytest.raises(ValueError, match=item):
        press(SETTINGS, name, item, value)
