"""Dates as feeds write them. Pure.

Lenient parsers make a date of anything (month 13, Korean text), or leave out what they do not know,
and are hours off: here a date is what is written, every word of it, or None. What people read in
two ways (09/01/2026, IST) is None as well.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

SEOUL = timezone(timedelta(hours=9))
_LONGEST = 80
_ORDERLY = re.compile(
    r"(?<![\d+-])(?P<year>\d{4}|\d\d(?=\s?년))\s?[-./년]\s?(?P<month>\d{1,2})\s?[-./월]\s?"
    r"(?P<day>\d{1,2})(?:\s?[.일])?(?!\d)"
)
_COMPACT = re.compile(r"(?<!\d)(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?!\d)")
_YEAR_FIRST = re.compile(
    r"(?<![\d+-])(?P<year>\d{4})[\s-](?P<month>\d{1,2}월|[a-z]{3,9})\.?[\s-](?P<day>\d{1,2})(?!\d)",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\.\s|[\s./-])(?P<month>\d{1,2}월|[a-z]{3,9})"
    r"(?:[.,]\s|[\s./-])(?P<year>\d{4}|\d\d)(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?<![^\W\d])(?P<month>[a-z]{3,9})\.?\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?:at\s)?"
    r"(?P<clock>\0[^\0]{0,20}?\s)?(?P<year>\d{4})(?!\d)",
    re.IGNORECASE,
)
_DATES = (_ORDERLY, _COMPACT, _YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST)
_SHORT = re.compile(r"(?<!\d)(?P<year>\d\d)\.\s?(?P<month>\d{1,2})\.\s?(?P<day>\d{1,2})(?!\d)\.?")
"""As Koreans write; elsewhere the day comes first."""
_HALF = r"오전|오후|[ap]\.?\s?m\b\.?"
_COLONS = re.compile(
    rf"(?<![\d:+-])(?:(?P<half>{_HALF})\s?)?(?<!\d)(?P<hour>\d{{1,2}}):(?P<minute>\d\d)"
    rf"(?::(?P<second>\d\d)(?:[.,]\d+)?)?(?![\d:])(?:\s?(?P<late>{_HALF}))?",
    re.IGNORECASE,
)
_WORDS = re.compile(
    rf"(?:(?P<half>{_HALF})\s?)?(?<!\d)(?P<hour>\d{{1,2}})\s?시(?:\s?(?P<minute>\d{{1,2}})\s?분)?"
    r"(?:\s?(?P<second>\d{1,2})\s?초)?",
    re.IGNORECASE,
)
_HOUR = re.compile(rf"(?<![\d:+-])(?P<hour>\d{{1,2}})\s?(?P<late>{_HALF})", re.IGNORECASE)
_AFTER_T = re.compile(
    r"(?<=\d)T(?P<hour>\d\d)(?:(?P<minute>\d\d)(?P<second>\d\d)?)?(?:[.,]\d+)?(?!\d)", re.IGNORECASE
)
_TIMES = (_COLONS, _WORDS, _HOUR, _AFTER_T)
_COMMENT = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_OFFSET = re.compile(r"(?:(?:GMT|UTC?)\s?)?([+-])(\d{1,2})(?::?(\d\d))?(?!\d)", re.IGNORECASE)
_KOREAN = re.compile("[가-힣]")
_BETWEEN = re.compile(r"[\s,.;\0]+")
_USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?"
    r"(?P<day>\d\d?) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4}) "
    r"(?P<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d) (?P<zone>GMT|[+-](?:0\d|1[0-3])[0-5]\d)"
)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?"
    r"(Z|[+-](?:0\d|1[0-3]):?[0-5]\d)"
)
"""What nearly all feeds write, in a fifth of the time that everything else takes."""
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_WEEKDAYS = {
    *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "tues", "weds", "thur", "thurs"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *(day + more for day in "월화수목금토일" for more in ("", "요일")),
}
_SAYS_NOTHING = _WEEKDAYS | {"", "t", "at"}
_OFFSETS: dict[float, str] = {
    0: "z ut utc gmt wet",
    1: "bst west cet met",
    2: "cest mest sast eet",
    3: "eest msk",
    7: "ict wib",
    8: "hkt sgt awst",
    9.5: "acst",
    10: "aest",
    11: "aedt",
    12: "nzst",
    13: "nzdt",
    9: "kst jst asia/seoul asia/tokyo 한국표준시 대한민국표준시",
    -3: "brt",
    -4: "edt",
    -5: "est cdt",
    -6: "cst mdt",
    -7: "mst pdt",
    -8: "pst akdt",
    -9: "akst",
    -10: "hst",
}
"""Hours before UTC; those of RFC 822 mean what it says. The letters of the military are left out:
what they mean was written down wrongly there (RFC 2822, 4.3)."""
_ZONES = {name: hours for hours, names in _OFFSETS.items() for name in names.split()}
_FARTHEST = timedelta(hours=14)
_NOON = 12
_CENTURY = 100
_TURN = 50
"""Years of two digits below are of this century (RFC 2822, 4.3)."""


def parse_date(text: str | None) -> datetime | None:
    """The time that `text` names, in UTC. Without a zone it is UTC's; in Korean words, Seoul's."""
    text = text or ""
    if usual := _usual(text):
        return usual
    text = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).split())
    try:
        return _read(text)
    except (ValueError, OverflowError):
        return None


def _usual(text: str) -> datetime | None:
    """The time of a date as RFC 822 and ISO 8601 want it; None for any other."""
    found = _ISO.fullmatch(text)
    if found is not None:
        said, zone = found.groups()
    elif (found := _USUAL.fullmatch(text)) and found["month"].lower() in _MONTHS:
        month = _MONTHS.index(found["month"].lower()) + 1
        said = f"{found['year']}-{month:02}-{int(found['day']):02}T{found['time']}"
        zone = found["zone"].replace("GMT", "Z")
    else:
        return None
    try:
        return datetime.fromisoformat(said + zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class _Clock(NamedTuple):
    """A time of the day; `days` is 1 for the midnight that ends it."""

    at: time
    days: int


def _read(text: str) -> datetime | None:
    """The same; ValueError for a time or a day that does not exist."""
    comments = [first or second for first, second in _COMMENT.findall(text)]
    found, rest = _take(_TIMES, _COMMENT.sub(" ", text))
    clock = _Clock(time(), 0) if found is None else _clock(found)
    is_korean = _KOREAN.search(text) is not None
    found, rest = _take((*_DATES, _SHORT) if is_korean else _DATES, " ".join(rest.split()))
    if found is None:
        return None
    zone = _zone((found.groupdict().get("clock") or "") + rest, comments)
    if zone is None:
        return None
    zone = SEOUL if zone is _UNSAID and is_korean else zone
    at = datetime.combine(_day(found), clock.at, zone)
    return (at + timedelta(days=clock.days)).astimezone(UTC)


def _take(patterns: tuple[re.Pattern[str], ...], text: str) -> tuple[re.Match[str] | None, str]:
    """What the first pattern that fits finds, and the text with a sign in its place."""
    for pattern in patterns:
        if (found := pattern.search(text)) is not None:
            return found, f"{text[: found.start()]} \0 {text[found.end() :]}"
    return None, text


def _clock(found: re.Match[str]) -> _Clock:
    said = found.groupdict()
    hour, minute, second = (int(said.get(name) or 0) for name in ("hour", "minute", "second"))
    if half := (said.get("half") or said.get("late") or "").lower():
        hour = _of_day(hour, is_late=half == "오후" or half.startswith("p"))
    if (hour, minute, second) == (24, 0, 0):
        return _Clock(time(), 1)
    return _Clock(time(hour, minute, 59 if second == _LEAP else second), 0)


_LEAP = 60


def _of_day(hour: int, *, is_late: bool) -> int:
    if hour > _NOON and not is_late:
        raise ValueError(hour)
    return hour if hour > _NOON else hour % _NOON + _NOON * is_late


def _day(found: re.Match[str]) -> date:
    year, month = int(found["year"]), found["month"].lower().removesuffix("월")
    if len(found["year"]) < len("2026"):
        year += 20 * _CENTURY if year < _TURN else 19 * _CENTURY
    return date(year, int(month) if month.isdigit() else _month(month), int(found["day"]))


def _month(name: str) -> int:
    if name == "sept" or name in _MONTHS or name in _MONTH_NAMES:
        return _MONTHS.index(name[:3]) + 1
    raise ValueError(name)


_UNSAID = timezone(timedelta(0), "unsaid")


def _zone(rest: str, comments: list[str]) -> timezone | None:
    """The one zone in what is left of a date; None where anything there is not understood."""
    offset = _OFFSET.search(rest)
    if offset is not None:
        rest = rest[: offset.start()] + " " + rest[offset.end() :]
        comments = []
    said = [*_BETWEEN.split(rest.lower()), *(one.lower().replace(" ", "") for one in comments)]
    named = {_ZONES.get(word) for word in said if word not in _SAYS_NOTHING}
    zones = {None if hours is None else timezone(timedelta(hours=hours)) for hours in named}
    zones |= set() if offset is None else {_of_offset(offset)}
    if not zones:
        return _UNSAID
    return zones.pop() if len(zones) == 1 else None


def _of_offset(offset: re.Match[str]) -> timezone:
    away = timedelta(hours=int(offset[2]), minutes=time(minute=int(offset[3] or 0)).minute)
    if away > _FARTHEST:
        raise ValueError(away)
    return timezone(-away if offset[1] == "-" else away)
