"""A moment to come as people type it, in Korean and English: a day, a time, or in a while. Pure.

A day without a time means its morning, a time without a day the next time that it is so late.
From one to six without a half of the day means the afternoon (3시, friday at 6), but 03:00 is read
as on a clock of 24 hours. A night goes on after midnight: 금요일 밤 12시 is where Saturday begins.
Where the clocks jump over a time of day or go back over it, it is taken as that of a digest is
(bot.chat_settings.schedule.instant).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.chat_settings.schedule import instant
from bot.chat_settings.typed_times import in_digits, parse_days, parse_times
from bot.chat_settings.words import normal
from bot.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

USAGE, PAST, TOO_FAR = "schedule.usage", "schedule.past", "schedule.too_far"
FARTHEST = timedelta(days=366)
MORNING, EVENING = 9 * 60, 19 * 60
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_MINUTES_A_DAY, _HALF_A_DAY, _NIGHTS_END = 24 * 60, 12 * 60, 6 * 60
_JUST_PAST = timedelta(days=60)
"""A date without a year that is no longer past than that is a slip; an older one, next year's."""
_MOST_LETTERS = 80

_SAME = (
    (re.compile(r"half an hour"), "30 minutes"),
    (re.compile(r"반 ?시간"), "30분"),
    (re.compile(r"시간 ?반(?= ?(?:뒤|후|있다))"), "시간 30분"),
    (re.compile(r"\ban? (?=hour|minute|day|week)"), "1 "),
    (re.compile(r"하루(?= ?(?:뒤|후|있다))"), "1일"),
    (re.compile(r"이틀"), "2일"),
    (re.compile(r"사흘"), "3일"),
    (re.compile(r"나흘"), "4일"),
    (re.compile(r"열흘"), "10일"),
    (re.compile(r"일주일"), "7일"),
    (re.compile(r"tonight"), "today evening"),
    (re.compile(r"\bthis (?=morning|afternoon|evening)"), "today "),
    (re.compile(r"\btmrw?\b"), "tomorrow"),
    (re.compile(r"오늘 ?자정|\btoday(?: at)? midnight|\bmidnight today"), "오늘 밤 12시"),
    (re.compile(r"낼"), "내일"),
    (re.compile(r"(?<=[월화수목금토일])욜"), "요일"),
    (re.compile(r"담 ?주"), "다음 주"),
)
"""What else is said for what is read below."""
_AGO = r"(?: ?(?:뒤|후|있다가?|later|from now))"
_WHILE = re.compile(
    r"(?P<lead>in )?(?:(?P<hours>\d{1,4}) ?(?:시간|hours?|hrs?|h)(?![a-z]))?"
    r"(?: ?(?:and )?(?P<minutes>\d{1,5}) ?(?:분|minutes?|mins?|m)(?![a-z]))?"
    rf"(?P<later>{_AGO})?에?"
)
_AFTER = re.compile(
    r"in (?P<in>\d{1,3}) ?(?P<in_unit>days?|weeks?)(?![a-z])"
    rf"|(?<!\d)(?P<later>\d{{1,3}}) ?(?P<later_unit>일|days?|주|weeks?){_AGO}"
)
_NEAR = {
    "그글피": 4,
    "글피": 3,
    "내일모레": 2,
    "내일 모레": 2,
    "모레": 2,
    "내일": 1,
    "오늘": 0,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
    "tomorrow": 1,
    "today": 0,
}
_NEAR_DAY = re.compile("|".join(sorted(_NEAR, key=len, reverse=True)))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ON = r"(?:\bon )?(?:\bthe )?"
_NAMED = (
    rf"(?P<name>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?",
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d:])",
    r"(?:,? (?P<year>(?:19|20)\d\d)(?![\d:]))?",
)
_DATES = (
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d) ?[년./-] ?(?P<month>\d{1,2}) ?[월./-] ?"
        r"(?P<day>\d{1,2})(?![\d:])(?: ?일|\.)?t?"
    ),
    re.compile(r"(?<!\d)(?P<month>\d{1,2}) ?[월./] ?(?P<day>\d{1,2})(?![\d:])(?: ?일|\.)?"),
    re.compile(rf"{_ON}{_NAMED[0]} {_NAMED[1]}{_NAMED[2]}"),
    re.compile(rf"{_ON}(?<!\d){_NAMED[1]} (?:of )?{_NAMED[0]}{_NAMED[2]}"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2}) ?일(?!\w)"),
)
_WEEKDAY = re.compile(
    r"(?:(?P<next>다음 ?주|next(?: week)?)|(?P<this>이번 ?주|this(?: week)?))? ?(?:on )?"
    r"(?P<day>[월화수목금토일]요일|\([월화수목금토일]\)|(?<!\S)[월화수목금토일](?!\S)"
    r"|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}),?(?P<after> next week)?"
)
_PARTS = {
    "아침": ("아침", 9),
    "오전": ("오전", 9),
    "점심": ("점심", 12),
    "낮": ("낮", 12),
    "오후": ("오후", 15),
    "저녁": ("저녁", 19),
    "밤": ("밤", 21),
    "새벽": ("새벽", 6),
    "morning": ("오전", 9),
    "afternoon": ("오후", 15),
    "evening": ("저녁", 19),
    "night": ("밤", 21),
}
"""Parts of the day: as bot.chat_settings.typed_times reads them, and the hour of each alone."""
_PART = re.compile(rf"(?:(?:in the|at) )?(?<![a-z])({'|'.join(_PARTS)})")
_LATE = frozenset({"저녁", "밤"})
_MIDNIGHT = frozenset({"자정", "midnight"})
_AFTERNOON = re.compile(r"[1-6](?!\d)(?!.*[ap]\.?m)")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is read of a text: a day or a weekday, and minutes after midnight; each may be missing.

    `week`: of this week (0), of the next (1); None for the next such day. What a night has after
    midnight is more than a day's minutes.
    """

    day: date | None = None
    weekday: int | None = None
    week: int | None = None
    minute: int | None = None


def parse_moment(typed: str, zone: tzinfo, now: datetime) -> datetime:
    """The moment that is meant, aware, in UTC.

    Raises InputError: for what is no moment, for what is past (with `at`, which moment that was)
    and for what is more than a year ahead.
    """
    text = _spelt_alike(typed)
    at = _in_a_while(text, now) if text else None
    if at is None:
        at = _on_a_day(text, typed, zone, now)
    if at <= now:
        raise InputError(PAST, typed=typed, at=at)
    if at - now > FARTHEST:
        raise InputError(TOO_FAR, typed=typed)
    return at


def this_evening(zone: tzinfo, now: datetime) -> datetime | None:
    """Seven in the evening of today; None once it is past."""
    at = instant(now.astimezone(zone).date(), EVENING, zone)
    return at if at > now else None


def tomorrow_morning(zone: tzinfo, now: datetime) -> datetime:
    """Nine in the morning of tomorrow."""
    return instant(now.astimezone(zone).date() + _DAY, MORNING, zone)


def _spelt_alike(typed: str) -> str:
    """The text as it is read here; empty where it is too long to be a moment."""
    text = normal(typed)
    if len(text) > _MOST_LETTERS:
        return ""
    for said, same in _SAME:
        text = said.sub(same, text)
    return in_digits(text).strip(" ,.")


def _in_a_while(text: str, now: datetime) -> datetime | None:
    """Hours and minutes from now; None where none are said."""
    found = _WHILE.fullmatch(text)
    if found is None or not (found["lead"] or found["later"]):
        return None
    if not (found["hours"] or found["minutes"]):
        return None
    return now + timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))


def _on_a_day(text: str, typed: str, zone: tzinfo, now: datetime) -> datetime:
    """A day, a time of day, or both. Raises InputError where what is left is neither."""
    local = now.astimezone(zone)
    try:
        asked = _read(text, local)
    except (InputError, ValueError):
        raise InputError(USAGE, typed=typed) from None
    later, minute = divmod(MORNING if asked.minute is None else asked.minute, _MINUTES_A_DAY)
    days = [day + later * _DAY for day in _days(asked, local.date())]
    if any(day - local.date() > FARTHEST for day in days):
        raise InputError(TOO_FAR, typed=typed)
    moments = [instant(day, minute, zone) for day in days]
    return next((at for at in moments if at > now), moments[-1])


def _read(text: str, local: datetime) -> _Asked:
    """What a text says. Raises InputError or ValueError where it says something else."""
    day, kept, rest = _take_day(text, local)
    weekday, week = None, None
    if found := _WEEKDAY.search(rest):
        (weekday,) = parse_days(found["day"].strip("()"))
        week = 1 if found["next"] or found["after"] else 0 if found["this"] else None
        rest = _without(rest, found)
    if day is not None and weekday is not None and (week is not None or day.weekday() != weekday):
        raise ValueError(text)
    minute = _minute(rest)
    if day is None and weekday is None and minute is None:
        raise ValueError(text)
    return _Asked(day, weekday, week, kept if minute is None else minute)


def _take_day(text: str, local: datetime) -> tuple[date | None, int | None, str]:
    """The day that is said, the minute that goes with it, and the rest of the text.

    In so many days it is as late as now.
    """
    if found := _AFTER.search(text):
        unit = found["in_unit"] or found["later_unit"]
        days = int(found["in"] or found["later"]) * (7 if unit[0] in "w주" else 1)
        minute = local.hour * 60 + local.minute
        return local.date() + days * _DAY, minute, _without(text, found)
    if found := _NEAR_DAY.search(text):
        return local.date() + _NEAR[found[0]] * _DAY, None, _without(text, found)
    for pattern in _DATES:
        if found := pattern.search(text):
            return _date(found, local.date()), None, _without(text, found)
    return None, None, text


def _date(found: re.Match[str], today: date) -> date:
    """The date that is meant: of this year or the next. Raises ValueError for what is none."""
    said = found.groupdict()
    day = int(said["day"])
    if said.get("name"):
        month = _MONTHS.index(said["name"]) + 1
    elif said.get("month"):
        month = int(said["month"])
    else:
        return _of_month(day, today)
    if said.get("year"):
        return date(int(said["year"]), month, day)
    return _first(lambda year: date(year, month, day), today)


def _of_month(day: int, today: date) -> date:
    """The next such day of a month, today or later. Raises ValueError where there is none."""
    for month in range(today.month, today.month + 3):
        years, index = divmod(month - 1, 12)
        try:
            found = date(today.year + years, index + 1, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(day)


def _first(build: Callable[[int], date], today: date) -> date:
    """That day of this year, or of the next where it is long past."""
    try:
        found = build(today.year)
    except ValueError:
        return build(today.year + 1)
    return found if today - found <= _JUST_PAST else build(today.year + 1)


def _minute(text: str) -> int | None:
    """Minutes after midnight; None where no time is said. Raises ValueError or InputError."""
    text, half = _bare(text), ""
    if not text:
        return None
    if found := _PART.search(text):
        half, hour = _PARTS[found[1]]
        text = _bare(_without(text, found))
        if not text:
            return hour * 60
    if half in _LATE and text in _MIDNIGHT:
        return _MINUTES_A_DAY
    (minute,) = parse_times(f"{half} {text}")
    is_after_midnight = half in _LATE and minute < _NIGHTS_END
    if is_after_midnight or (minute == 0 and "24" in text):
        return minute + _MINUTES_A_DAY
    return minute + _HALF_A_DAY if not half and _AFTERNOON.match(text) else minute


def _days(asked: _Asked, today: date) -> list[date]:
    """The days that may be meant, the first that is ahead of them is."""
    if asked.day is not None:
        return [asked.day]
    if asked.weekday is None:
        return [today - _DAY, today, today + _DAY]
    if asked.week is not None:
        monday = today - today.weekday() * _DAY + asked.week * _WEEK
        return [monday + asked.weekday * _DAY]
    first = today + (asked.weekday - today.weekday()) % 7 * _DAY
    return [first, first + _WEEK]


def _bare(text: str) -> str:
    """A time of day less what binds it to its day."""
    return text.strip(" ,").removeprefix("at ").removesuffix("에").rstrip(" ,")


def _without(text: str, found: re.Match[str]) -> str:
    return " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
