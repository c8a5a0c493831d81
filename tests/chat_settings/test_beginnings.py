from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat_settings.beginnings import BEGINNINGS, begin, how_of
from storage.models import PushMode
from tests.storage.rows import SETTINGS


@pytest.mark.parametrize("how", BEGINNINGS)
def test_what_is_asked_for_is_what_comes_and_asking_again_changes_nothing(how: str) -> None:
    begun = begin(SETTINGS, how)
    assert how_of(begun) == how
    assert begin(begun, how) == begun
    assert begun.quiet == SETTINGS.quiet


def test_a_group_starts_with_both() -> None:
    assert begin(SETTINGS, "both") == SETTINGS


@pytest.mark.parametrize("push", [PushMode.OFF, PushMode.DIGEST])
def test_where_nothing_comes_none_of_them_is_chosen(push: PushMode) -> None:
    assert how_of(replace(SETTINGS, push=push, digest_times=())) is None
    assert how_of(replace(SETTINGS, push=PushMode.OFF)) is None
