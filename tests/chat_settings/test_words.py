"""One vocabulary: each word for off, on and later means the same to every setting, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest

from bot.chat_settings.choose import CHOICES, choose
from bot.chat_settings.words import LATER, OFF, ON
from bot.errors import InputError
from storage.models import ChatSettings, PushMode, Repeats, VoteButtons
from tests.pages.test_settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE = replace(SETTINGS, words=("그전",), push=PushMode.DIGEST)
OFF_IS = {
    "time": replace(BEFORE, digest_times=()),
    "quiet": replace(BEFORE, quiet=None),
    "push": replace(BEFORE, push=PushMode.OFF),
    "filter": replace(BEFORE, words=()),
    **dict.fromkeys(("weekly", "monthly", "holidays", "cleanup", "silent", "pin"), BEFORE),
    "repeats": replace(BEFORE, repeats=Repeats.NONE),
    "votes": replace(BEFORE, votes=VoteButtons.NEVER),
    "previews": replace(BEFORE, previews=False),
    "full": replace(BEFORE, full_here=False),
}
"""What off means; a setting that is not here cannot be off."""
ON_IS = {
    "push": replace(BEFORE, push=PushMode.ON),
    "holidays": replace(BEFORE, holidays="KR"),
    "silent": replace(BEFORE, silent=True),
    "pin": replace(BEFORE, pin=True),
    "previews": BEFORE,
    "votes": replace(BEFORE, votes=VoteButtons.ALWAYS),
    "full": BEFORE,
}
"""What on means; a setting that is not here needs more said."""
WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda word: word,
    "in capitals": lambda word: word.upper(),
    "apart": lambda word: f" {word[:2]} {word[2:]} ",
    "decomposed": lambda word: normalize("NFD", word),
    "with a full stop": lambda word: f"{word}.",
}


def outcome(name: str, typed: str) -> ChatSettings | None:
    """The settings after a choice; None where it was refused."""
    try:
        return choose(BEFORE, name, typed)
    except InputError:
        return None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("word", sorted(OFF))
def test_off_is_off_for_every_setting_that_can_be(word: str, way: str) -> None:
    typed = WAYS[way](word)
    assert {name: outcome(name, typed) for name in CHOICES} == {
        name: OFF_IS.get(name) for name in CHOICES
    }


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("word", "mode"),
    [*((word, PushMode.ON) for word in sorted(ON)), *((w, PushMode.DIGEST) for w in sorted(LATER))],
)
def test_on_and_later_are_ways_to_get_posts(word: str, mode: PushMode, way: str) -> None:
    assert outcome("push", WAYS[way](word)) == replace(BEFORE, push=mode)


@pytest.mark.parametrize("word", sorted(ON))
def test_on_is_on_for_every_setting_that_can_be(word: str) -> None:
    assert {name: outcome(name, word) for name in CHOICES} == {
        name: ON_IS.get(name) for name in CHOICES
    }


def test_no_word_means_two_things() -> None:
    assert not OFF & ON
    assert not OFF & LATER
    assert not ON & LATER
