"""What an administrator may choose, by name: typed or pressed, one reading of it (pure).

Errors: InputError with the message that says what the choice takes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat_settings.typed_times import parse_days, parse_quiet, parse_times
from bot.chat_settings.zones import parse_zone
from bot.errors import InputError
from storage.models import PushMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.models import ChatSettings

OFF = frozenset({"off", "끄기", "꺼", "꺼줘", "끔", "없음", "안 받기", "none", "x"})
PUSH = {
    "on": PushMode.ON,
    **dict.fromkeys(("켜기", "켜", "켜줘", "켬", "바로"), PushMode.ON),
    "digest": PushMode.DIGEST,
    **dict.fromkeys(("다이제스트", "요약", "모아서", "모아보기", "모아 보기"), PushMode.DIGEST),
    **dict.fromkeys(OFF, PushMode.OFF),
}
LANGUAGES = {
    "ko": "ko",
    "한국어": "ko",
    "한글": "ko",
    "korean": "ko",
    "en": "en",
    "english": "en",
    "영어": "en",
}
MOST_WORDS, LONGEST_WORD = 20, 40


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
    if (language := LANGUAGES.get(typed.lower())) is None:
        raise InputError("settings.usage.language", typed=typed)
    return replace(settings, language=language)


def _push(settings: ChatSettings, typed: str) -> ChatSettings:
    if (mode := PUSH.get(typed.lower())) is None:
        raise InputError("settings.usage.push", typed=typed)
    return replace(settings, push=mode)


def _filter(settings: ChatSettings, typed: str) -> ChatSettings:
    if typed.lower() in OFF:
        return replace(settings, words=())
    words = tuple(dict.fromkeys(typed.replace(",", " ").split()))
    if not words or len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        raise InputError("settings.usage.filter", typed=typed, most=MOST_WORDS)
    return replace(settings, words=words)


CHOICES: dict[str, Callable[[ChatSettings, str], ChatSettings]] = {
    "time": _times,
    "days": _days,
    "zone": _zone,
    "quiet": _quiet,
    "language": _language,
    "push": _push,
    "filter": _filter,
}
