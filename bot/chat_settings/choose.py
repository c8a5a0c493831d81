"""What an administrator may choose, by name: typed or pressed, one reading of it (pure).

Errors: InputError with the message that says what the choice takes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.chat_settings.editions import parse_country, parse_monthly, parse_weekly
from bot.chat_settings.filters import read_filter
from bot.chat_settings.languages import parse_language
from bot.chat_settings.typed_times import parse_days, parse_quiet, parse_times
from bot.chat_settings.words import means_later, means_off, means_on, normal
from bot.chat_settings.zones import parse_zone
from bot.errors import InputError
from storage.models import Night, PushMode, Repeats, SourceFilter, VoteButtons

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.models import ChatSettings, SourceId

    _Read = Callable[[ChatSettings, str], ChatSettings]
_Value = TypeVar("_Value")

PUSH = ((means_on, PushMode.ON), (means_later, PushMode.DIGEST), (means_off, PushMode.OFF))
_CLEANUP = {
    10: "10 10분 10m 10min 10mins 10minutes 십분",
    1440: "1440 하루 1일 day 1day aday 24h 24시간",
}
_NIGHT = {
    Night.WAIT: "wait 기다리기 기다려 기다림 나중에 아침에 아침까지",
    Night.SILENT: "silent silently 조용히 무음 소리없이",
}
_REPEATS = {
    Repeats.FULL: "full 모두 전부 그대로 다시",
    Repeats.BRIEF: "brief short 짧게 짧은줄 한줄 한줄로 간단히",
    Repeats.NONE: "빼기 빼고 새것만",
}
_VOTES = {
    VoteButtons.AUTO: "auto automatic automatically 자동 자동으로 필요할때",
    VoteButtons.ALWAYS: "always 항상 늘 언제나",
}
_FULL = {
    True: "here room inroom 여기 여기서 여기에서 방 방에서",
    False: "private privately inprivate 개인 개인으로 개인대화방 따로",
}


def choose(settings: ChatSettings, name: str, typed: str) -> ChatSettings:
    """`settings` with the choice `name` (a key of CHOICES) as typed. Raises InputError."""
    return CHOICES[name](settings, typed.strip())


def choose_words(settings: ChatSettings, source_id: SourceId, typed: str) -> ChatSettings:
    """`settings` with words for one source as typed; `off`: the chat's own count again.

    Raises InputError.
    """
    read = read_filter(typed.strip())
    rest = tuple(one for one in settings.source_filters if one.source_id != source_id)
    if any(read):
        rest = (*rest, SourceFilter(source_id, read.words, read.without))
    return replace(settings, source_filters=rest)


def _times(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, digest_times=parse_times(typed))


def _days(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, digest_days=parse_days(typed))


def _weekly(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, weekly=parse_weekly(typed))


def _monthly(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, monthly=parse_monthly(typed))


def _holidays(settings: ChatSettings, typed: str) -> ChatSettings:
    return replace(settings, holidays=parse_country(typed, settings.timezone))


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


def _one_of(
    name: str,
    words: dict[_Value, str],
    *,
    field: str = "",
    on: _Value | None = None,
    off: _Value | None = None,
) -> _Read:
    """Reads one of a few values, by the words for each; `on` and `off` are those for on and off."""

    def read(settings: ChatSettings, typed: str) -> ChatSettings:
        return _with(settings, field or name, _meant(name, words, typed, on=on, off=off))

    return read


def _meant(
    name: str, words: dict[_Value, str], typed: str, *, on: _Value | None, off: _Value | None
) -> _Value:
    if on is not None and means_on(typed):
        return on
    if off is not None and means_off(typed):
        return off
    said = normal(typed).replace(" ", "").rstrip(".!")
    for value, known in words.items():
        if said in known.split():
            return value
    raise InputError(f"settings.usage.{name}", typed=typed)


def _cleanup(settings: ChatSettings, typed: str) -> ChatSettings:
    if means_off(typed):
        return replace(settings, cleanup_minutes=None)
    return _one_of("cleanup", _CLEANUP, field="cleanup_minutes")(settings, typed)


def _switch(name: str) -> _Read:
    return _one_of(name, {}, on=True, off=False)


def _with(settings: ChatSettings, field: str, value: object) -> ChatSettings:
    changes: dict[str, Any] = {field: value}
    return replace(settings, **changes)


CHOICES: dict[str, _Read] = {
    "time": _times,
    "days": _days,
    "zone": _zone,
    "quiet": _quiet,
    "language": _language,
    "push": _push,
    "filter": _filter,
    "weekly": _weekly,
    "monthly": _monthly,
    "holidays": _holidays,
    "night": _one_of("night", _NIGHT),
    "repeats": _one_of("repeats", _REPEATS, off=Repeats.NONE),
    "full": _one_of("full", _FULL, field="full_here", on=True, off=False),
    "cleanup": _cleanup,
    "silent": _switch("silent"),
    "pin": _switch("pin"),
    "previews": _switch("previews"),
    "votes": _one_of("votes", _VOTES, on=VoteButtons.ALWAYS, off=VoteButtons.NEVER),
}
