"""Times, days and quiet hours as people type them, in Korean and English. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.chat_settings.words import means_off, normal
from bot.chat_settings.zones import parse_zone
from bot.errors import InputError
from storage.models import QuietHours

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["parse_days", "parse_quiet", "parse_times", "parse_zone"]

MOST_TIMES = 6
_NOON = 12
_LATE = {"점심": range(10), "낮": range(10), "밤": range(6, 13)}
"""밤 1시 is at night and 밤 9시 in the evening; 낮 11시 is before noon and 낮 2시 after."""
_HOURS_A_DAY, _MINUTES_AN_HOUR, _DAYS_A_WEEK = 24, 60, 7

_HOUR_WORDS = ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두")
_HOUR_WORD = re.compile(f"({'|'.join(sorted(_HOUR_WORDS, key=len, reverse=True))})(?=\\s*시)")
_TIME = re.compile(
    r"""
    (?: (?P<word> 정오 | 자정 | noon | midnight )
    | (?P<half> 오전 | 오후 | 새벽 | 아침 | 점심 | 낮 | 저녁 | 밤 | [ap]\.?m(?![a-z])\.? )? \s*
      (?: (?P<compact> \d{3,4} ) (?!\d)
        | (?P<hour> \d{1,2} ) (?!\d)
          (?: \s* : \s* (?P<minute> \d{2} ) (?!\d) (?: :00 )?
            | \s* (?: 시 | h(?![a-z]) | o'?clock(?![a-z]) )
              (?: \s* (?: (?P<korean> \d{1,2} ) \s* 분 | (?P<thirty> 반 ) ) )?
          )?
      )
      \s* (?P<later> [ap]\.?m(?![a-z])\.? )?
    )
    """,
    re.VERBOSE,
)
_BETWEEN = re.compile(r"(?:[\s,;/·&+、]|그리고|와|과|하고|랑|에|\band\b|\bat\b)*")
_TO = re.compile(r"\s*(?:[-~〜–—]|부터|에서|\bto\b|\buntil\b|\btill\b)\s*")
_UNTIL = re.compile(r"\s*(?:까지|에)\s*$|^\s*(?:from|between)\b")

_DAY_NAMES = (
    ("월", r"mon(?:days?)?"),
    ("화", r"tue(?:s(?:days?)?)?"),
    ("수", r"wed(?:s|nesdays?)?"),
    ("목", r"thu(?:rs?|rsdays?)?"),
    ("금", r"fri(?:days?)?"),
    ("토", r"sat(?:urdays?)?"),
    ("일", r"sun(?:days?)?"),
)
_GROUPS = {
    frozenset(range(7)): r"매일|날마다|every\s*days?|daily|all|전체|월화수목금토일",
    frozenset(range(5)): r"평일|주중|weekdays?|work(?:ing)?\s*days?",
    frozenset({5, 6}): r"주말|weekends?",
}
_DAY = re.compile(
    "|".join(
        [
            *(f"(?P<group{number}>{words})" for number, words in enumerate(_GROUPS.values())),
            *(
                f"(?P<day{number}>{korean}|{english}(?![a-z]))"
                for number, (korean, english) in enumerate(_DAY_NAMES)
            ),
            r"(?P<to>[-~〜–—]|부터|에서|\bto\b|\bthrough\b)",
            r"(?P<nothing>[\s,;/·&+、]|까지|마다|에만|에|과|와|\band\b|\bon\b)",
        ]
    )
)


def parse_times(typed: str) -> tuple[int, ...]:
    """Minutes after midnight, ascending; empty for `off` and its like.

    Raises InputError for what is no time, and for more than six.
    """
    text = normal(typed)
    if means_off(text):
        return ()
    times = sorted(set(_times(text, typed)))
    if not 1 <= len(times) <= MOST_TIMES:
        raise InputError("settings.usage.time", typed=typed)
    return tuple(times)


def parse_quiet(typed: str) -> QuietHours | None:
    """From when to when; None for `off` and its like.

    Raises InputError for what is not two times, or twice the same.
    """
    text = normal(typed)
    if means_off(text):
        return None
    ends = [_UNTIL.sub("", part) for part in _TO.split(text)]
    try:
        (start,), (end,) = (tuple(_times(part, typed)) for part in ends)
    except (InputError, ValueError):
        raise InputError("settings.usage.quiet", typed=typed) from None
    if start == end:
        raise InputError("settings.usage.quiet", typed=typed)
    return QuietHours(start, end)


def parse_days(typed: str) -> frozenset[int]:
    """Days of the week, 0 Monday to 6 Sunday; a range may go over the week's end.

    Raises InputError for what is none.
    """
    text = normal(typed).replace("요일", "")
    days: set[int] = set()
    last: int | None = None
    ranging = False
    for kind, number in _day_tokens(text, typed):
        if kind == "to" and last is not None and not ranging:
            ranging = True
        elif kind == "day":
            days |= _range(last, number) if ranging and last is not None else {number}
            last, ranging = number, False
        elif kind == "group" and not ranging:
            days |= tuple(_GROUPS)[number]
            last = None
        else:
            raise InputError("settings.usage.days", typed=typed)
    if not days or ranging:
        raise InputError("settings.usage.days", typed=typed)
    return frozenset(days)


def in_digits(text: str) -> str:
    """A text in which hours that are words are digits: 아홉 시 as 9 시, 한 시간 as 1 시간."""
    return _HOUR_WORD.sub(lambda found: str(_HOUR_WORDS.index(found[1]) + 1), text)


def _times(text: str, typed: str) -> Iterator[int]:
    text = in_digits(text)
    place = _skip(text, 0)
    while place < len(text):
        found = _TIME.match(text, place)
        minute = None if found is None else _minute(found)
        if found is None or minute is None:
            raise InputError("settings.usage.time", typed=typed)
        yield minute
        place = _skip(text, found.end())


def _skip(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return place if found is None else found.end()


def _minute(found: re.Match[str]) -> int | None:
    """Minutes after midnight, or None where there is no such time."""
    if found["word"]:
        return _NOON * _MINUTES_AN_HOUR if found["word"] in {"정오", "noon"} else 0
    if found["half"] and found["later"]:
        return None
    if compact := found["compact"]:
        hour, minute = int(compact[:-2]), int(compact[-2:])
    else:
        hour = int(found["hour"])
        minute = 30 if found["thirty"] else int(found["minute"] or found["korean"] or 0)
    whole = _hour(hour, (found["half"] or found["later"] or "").replace(".", ""))
    if whole is None or minute >= _MINUTES_AN_HOUR or (hour == _HOURS_A_DAY and minute):
        return None
    return whole * _MINUTES_AN_HOUR + minute


def _hour(hour: int, half: str) -> int | None:
    """The hour of the day that `hour` means in the morning, in the evening and so on."""
    if hour > _NOON:
        fits = half in {"", "pm", "오후", "저녁", "밤"} and hour <= _HOURS_A_DAY
        return hour % _HOURS_A_DAY if fits else None
    if half in {"am", "오전", "새벽", "아침"}:
        return hour % _NOON
    if half in {"pm", "오후"}:
        return hour % _NOON + _NOON
    late = half == "저녁" or hour in _LATE.get(half, ())
    return (hour + _NOON) % _HOURS_A_DAY if late else hour


def _day_tokens(text: str, typed: str) -> Iterator[tuple[str, int]]:
    place = 0
    while place < len(text):
        found = _DAY.match(text, place)
        if found is None:
            raise InputError("settings.usage.days", typed=typed)
        kind = found.lastgroup or ""
        if kind != "nothing":
            yield kind.rstrip("0123456789"), int(kind[-1]) if kind[-1].isdigit() else 0
        place = found.end()


def _range(first: int, last: int) -> set[int]:
    return {(first + step) % _DAYS_A_WEEK for step in range((last - first) % _DAYS_A_WEEK + 1)}
