"""What the buttons of a menu set: a whole setting, or one item of it (a time, a word, a source).

Pure. A button carries the state that it leads to, so that a second press, or a late one, changes
nothing more: what it says to change and is not there any more stays gone.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat_settings.choose import choose
from bot.chat_settings.typed_times import MOST_TIMES, parse_days
from bot.errors import InputError
from storage.models import Edition, SourceFilter, SourceId, ThreadId

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.models import ChatSettings, QuietHours

MINUTES_A_DAY, DAYS_A_WEEK = 24 * 60, 7
IDS = 2**63
OFF, ON = "off", "on"
DAYS = ("daily", "weekdays", "weekends")
ONLY_PRESSED = frozenset({"weekly", "monthly", "here"})
"""Whole settings whose buttons carry another form than the one that is typed."""


def press(settings: ChatSettings, name: str, item: str, value: str) -> ChatSettings:
    """`settings` as a button leaves them; `item` is empty for the whole of a setting.

    Raises InputError for what cannot be any more, and ValueError for what no button carries.
    """
    if item or name in ONLY_PRESSED:
        if name not in PRESSED:
            raise ValueError(name)
        return PRESSED[name](settings, item, value)
    try:
        return choose(settings, name, value)
    except (InputError, KeyError) as error:
        raise ValueError(name) from error


def state_of(settings: ChatSettings, name: str) -> str:
    """The value that a button of a whole setting carries where it changes nothing."""
    return STATES[name](settings)


def source_filter(settings: ChatSettings, source_id: SourceId) -> SourceFilter:
    """The words of one source, or with 0 the chat's own; empty where it has none."""
    if not source_id:
        return SourceFilter(source_id, settings.words, settings.without)
    found = (one for one in settings.source_filters if one.source_id == source_id)
    return next(found, SourceFilter(source_id))


def word_item(source_id: SourceId, word: str, *, is_wanted: bool) -> str:
    """What names a word of a filter on a button: the words themselves may be too long."""
    return f"{source_id}{'+' if is_wanted else '-'}{zlib.crc32(word.encode()):08x}"


def quiet_value(quiet: QuietHours) -> str:
    """Quiet hours as a button carries them: `22:00-08:00`."""
    ends = (quiet.start, quiet.end)
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in ends)


def edition_value(edition: Edition) -> str:
    """A weekly edition as a button carries it: `6.1140` is Sunday at 19:00."""
    return f"{edition.day}.{edition.minute}"


def _time(settings: ChatSettings, item: str, value: str) -> ChatSettings:
    """A digest time comes (on), goes (off), or becomes another one (its minute)."""
    minute, rest = _minute(item), {*settings.digest_times} - {_minute(item)}
    if value == ON:
        rest.add(minute)
    elif value != OFF:
        moved = _minute(value)
        if minute in settings.digest_times:
            rest.add(moved)
    if len(rest) > MOST_TIMES:
        raise InputError("settings.most.time", most=MOST_TIMES)
    return replace(settings, digest_times=tuple(sorted(rest)))


def _days(settings: ChatSettings, item: str, value: str) -> ChatSettings:
    day = frozenset({_whole(item, DAYS_A_WEEK)})
    days = settings.digest_days - day if value == OFF else settings.digest_days | day
    if not days:
        raise InputError("settings.least.days")
    return replace(settings, digest_days=days)


def _weekly(settings: ChatSettings, _: str, value: str) -> ChatSettings:
    if value == OFF:
        return replace(settings, weekly=None)
    day, _, minute = value.partition(".")
    return replace(settings, weekly=Edition(_whole(day, DAYS_A_WEEK), _minute(minute)))


def _monthly(settings: ChatSettings, _: str, value: str) -> ChatSettings:
    return replace(settings, monthly=None if value == OFF else _minute(value))


def _filter(settings: ChatSettings, item: str, value: str) -> ChatSettings:
    """A word goes; or, where the item is a source alone, all of its words."""
    if value != OFF:
        raise ValueError(value)
    source_id = SourceId(_whole(item.partition("+")[0].partition("-")[0], IDS))
    known = source_filter(settings, source_id)
    words = tuple(w for w in known.words if not _names(item, source_id, w, is_wanted=True))
    without = tuple(w for w in known.without if not _names(item, source_id, w, is_wanted=False))
    if not source_id:
        return replace(settings, words=words, without=without)
    rest = tuple(one for one in settings.source_filters if one.source_id != source_id)
    own = (SourceFilter(source_id, words, without),) if words or without else ()
    return replace(settings, source_filters=(*rest, *own))


def _names(item: str, source_id: SourceId, word: str, *, is_wanted: bool) -> bool:
    return item in {str(source_id), word_item(source_id, word, is_wanted=is_wanted)}


def _source(settings: ChatSettings, item: str, value: str) -> ChatSettings:
    source = frozenset({SourceId(_whole(item, IDS))})
    left = settings.left_out | source if value == OFF else settings.left_out - source
    return replace(settings, left_out=left)


def _here(settings: ChatSettings, _: str, value: str) -> ChatSettings:
    thread = _whole(value, IDS)
    return replace(settings, thread_id=ThreadId(thread) if thread else None)


def _minute(value: str) -> int:
    return _whole(value, MINUTES_A_DAY)


LONGEST_NUMBER = 19
"""Digits; a longer one begins with zeros, and no button carries it."""


def _whole(value: str, limit: int) -> int:
    if not (
        value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER and int(value) < limit
    ):
        raise ValueError(value)
    return int(value)


def _switch(*, is_on: bool) -> str:
    return ON if is_on else OFF


def _none_or(value: object) -> str:
    return OFF if value is None else str(value)


PRESSED: dict[str, Callable[[ChatSettings, str, str], ChatSettings]] = {
    "time": _time,
    "days": _days,
    "weekly": _weekly,
    "monthly": _monthly,
    "filter": _filter,
    "sources": _source,
    "here": _here,
}
STATES: dict[str, Callable[[ChatSettings], str]] = {
    "push": lambda one: str(one.push),
    "days": lambda one: next((n for n in DAYS if parse_days(n) == one.digest_days), ""),
    "quiet": lambda one: OFF if one.quiet is None else quiet_value(one.quiet),
    "night": lambda one: str(one.night),
    "zone": lambda one: one.timezone,
    "language": lambda one: one.language,
    "weekly": lambda one: OFF if one.weekly is None else edition_value(one.weekly),
    "monthly": lambda one: _none_or(one.monthly),
    "holidays": lambda one: _none_or(one.holidays),
    "repeats": lambda one: str(one.repeats),
    "silent": lambda one: _switch(is_on=one.silent),
    "pin": lambda one: _switch(is_on=one.pin),
    "previews": lambda one: _switch(is_on=one.previews),
    "votes": lambda one: str(one.votes),
    "cleanup": lambda one: _none_or(one.cleanup_minutes),
    "full": lambda one: "here" if one.full_here else "private",
    "here": lambda one: str(one.thread_id or 0),
}
