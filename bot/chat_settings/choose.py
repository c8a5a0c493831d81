"""What an administrator may choose, by name: typed or pressed, one reading of it (pure).

Errors: InputError with the message that says what the choice takes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat_settings.filters import read_filter
from bot.chat_settings.languages import parse_language
from bot.chat_settings.typed_times import parse_days, parse_quiet, parse_times
from bot.chat_settings.words import means_later, means_off, means_on
from bot.chat_settings.zones import parse_zone
from bot.errors import InputError
from storage.models import PushMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.models import ChatSettings

PUSH = ((means_on, PushMode.ON), (means_later, PushMode.DIGEST), (means_off, PushMode.OFF))


def choose(settings: ChatSettings, name: str, typed: str) -> ChatSettings:
    """`settings` with the choice `name` (a key of CHOICES) as typed. Raises InputError."""
    return CHOICES[name](settings, typed.strip())


def _times(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, digest_times=parse_times(typed))


def _days(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, digest_days=parse_days(typed))


def _zone(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, timezone=parse_zone(typed))


def _quiet(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, quiet=parse_quiet(typed))


def _language(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, language=parse_language(typed))


def _push(settings: ChatSettings, typed: str) -> ChatSettings:
    for means, mode in PUSH:
        if means(typed):
            return replace(settings, push=mode)
    raise InputError("settings.usage.push", typed=typed)


def _filter(settings: ChatSettings, typed: str) -> ChatSettings:
    read = read_filter(typed)
    return replace(settings, words=read.words, without=read.without)


CHOICES: dict[str, Callable[[ChatSettings, str], ChatSettings]] = {
    "time": _times,
    "days": _days,
    "zone": _zone,
    "quiet": _quiet,
    "language": _language,
    "push": _push,
    "filter": _filter,
}
