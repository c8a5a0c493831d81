"""Days, months and years as people type them, in Korean and English. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.chat_settings.words import normal

if TYPE_CHECKING:
    from collections.abc import Callable


class Span(StrEnum):
    """How long what was typed is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A day; or a week, a month or a year by its first day."""

    first: date
    span: Span = Span.DAY

    @property
    def last(self) -> date:
        """Its last day."""
        if self.span in {Span.DAY, Span.WEEK}:
            return self.first + timedelta(days=6 * (self.span is Span.WEEK))
        month = self.first.month if self.span is Span.MONTH else _MONTHS
        return date(self.first.year, month, calendar.monthrange(self.first.year, month)[1])

    def written(self, *, to_its_end: bool = False) -> str:
        """2025, 2025-03 or 2025-03-01 (ISO 8601), which `parse_date` reads again.

        A week is its first day, or its last one.
        """
        day = self.last if to_its_end and self.span is Span.WEEK else self.first
        return day.isoformat()[: _WRITTEN.get(self.span)]


_MONTHS = 12
_YEARS_AHEAD = 10
_EARLIEST = date(1900, 1, 1)
"""The first day that can be written as `parse_date` reads it."""
_WRITTEN = {Span.YEAR: 4, Span.MONTH: 7}
_MARK = r"\s*(?:[-–./]|년도?)\s*"
_NUMBERS = re.compile(
    rf"(?P<year>(?:19|20)\d\d)(?:{_MARK}(?P<month>\d{{1,2}})(?:\s*[-–./월]\s*(?P<day>\d{{1,2}}))?)?"
    r"\s*(?:년도?|[월일.])?"
)
_JOINED = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)?")
_SHORT = re.compile(
    r"'?(?P<year>\d\d)\s*년(?:\s*(?P<month>\d{1,2})\s*월(?:\s*(?P<day>\d{1,2})\s*일)?)?"
)
_NO_YEAR = re.compile(r"(?P<month>\d{1,2})\s*월(?:\s*(?P<day>\d{1,2})\s*일)?")
_ENGLISH = re.compile(r"(?P<month>[a-z]{3,9})\.?,?\s*(?P<year>(?:19|20)\d\d)")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_AGO = re.compile(
    r"(?:지난|최근|last|past)?\s*(?P<number>\d{1,3}|한|두|세|석|네|넉|일|a|an|one|two|three)\s*"
    r"(?P<unit>일|주일|주|달|개월|년|days?|weeks?|months?|years?|d|w|m|y)\s*(?:전|간|동안|ago)?"
)
_COUNTED = {
    **dict.fromkeys(("한", "일", "a", "an", "one"), 1),
    **dict.fromkeys(("두", "two"), 2),
    **dict.fromkeys(("세", "석", "three"), 3),
    **dict.fromkeys(("네", "넉"), 4),
}
_UNIT_DAYS = {
    **dict.fromkeys(("일", "d", "day"), 1),
    **dict.fromkeys(("주일", "주", "w", "week"), 7),
    **dict.fromkeys(("달", "개월", "m", "month"), 30),
    **dict.fromkeys(("년", "y", "year"), 365),
}


def _week(today: date, back: int) -> TypedDate:
    return TypedDate(today - timedelta(days=today.weekday() + 7 * back), Span.WEEK)


def _month(today: date, back: int) -> TypedDate:
    months = today.year * _MONTHS + today.month - 1 - back
    return TypedDate(date(months // _MONTHS, months % _MONTHS + 1, 1), Span.MONTH)


def _year(today: date, back: int) -> TypedDate:
    return TypedDate(date(today.year - back, 1, 1), Span.YEAR)


def _day(today: date, back: int) -> TypedDate:
    return TypedDate(today - timedelta(days=back))


_CALENDAR: dict[Callable[[date, int], TypedDate], tuple[str, ...]] = {
    _day: ("오늘 today 하루 당일", "어제 yesterday", "그제 그저께 엊그제"),
    _week: ("이번주 금주 thisweek", "지난주 저번주 lastweek pastweek", "지지난주 저저번주"),
    _month: (
        "이번달 이달 금월 thismonth",
        "지난달 저번달 lastmonth pastmonth",
        "지지난달 저저번달",
    ),
    _year: ("올해 금년 이번해 thisyear", "작년 지난해 lastyear pastyear", "재작년"),
}
"""What the calendar calls them, without spaces: now, the one before, and the one before that."""
_CALLED = {
    word: (unit, back)
    for unit, rows in _CALENDAR.items()
    for back, words in enumerate(rows)
    for word in words.split()
}

_YEAR_AND_MORE = re.compile(r"(?P<year>올해|금년|작년|지난 ?해|재작년) ?(?P<rest>\d.*)")


def parse_date(typed: str, today: date) -> TypedDate | None:
    """What was typed, or None where it is no date.

    A week begins on Monday; `3일 전` and `최근 7일` for the day so long ago. A
    month without a year is the last one of that name.
    """
    text = _with_year(normal(typed).removeprefix("the "), today)
    if called := _CALLED.get(text.replace(" ", "")):
        return called[0](today, called[1])
    readers = (_NUMBERS, _JOINED, _SHORT, _NO_YEAR)
    for match in filter(None, (reader.fullmatch(text) for reader in readers)):
        return _of_numbers(match.groupdict(), today)
    return _of_english(text) or _ago(text, today)


def _with_year(text: str, today: date) -> str:
    """`작년 3월` with the year's number."""
    match = _YEAR_AND_MORE.fullmatch(text)
    if match is None:
        return text
    unit, back = _CALLED[match["year"].replace(" ", "")]
    return f"{unit(today, back).first.year}년 {match['rest']}"


def _of_numbers(found: dict[str, str | None], today: date) -> TypedDate | None:
    month, day = (found.get(name) or "" for name in ("month", "day"))
    span = Span.DAY if day else Span.MONTH if month else Span.YEAR
    numbers = int(month or 1), int(day or 1)
    year = int(found.get("year") or today.year - (numbers > (today.month, today.day)))
    if year < 100:  # noqa: PLR2004  # '25, and '98, which is no time to come
        year += 2000 - 100 * (2000 + year > today.year + _YEARS_AHEAD)
    try:
        return TypedDate(date(year, *numbers), span)
    except ValueError:
        return None


def _of_english(text: str) -> TypedDate | None:
    """`march 2025`, `mar 2025`."""
    match = _ENGLISH.fullmatch(text)
    name = match["month"] if match else "-"
    for number, month in enumerate(_MONTH_NAMES, 1):
        if match and month.startswith("sep" if name == "sept" else name):
            return TypedDate(date(int(match["year"]), number, 1), Span.MONTH)
    return None


def _ago(text: str, today: date) -> TypedDate | None:
    """`3일 전`, `최근 7일`, `2 weeks ago`: months have thirty days here."""
    match = _AGO.fullmatch(text)
    if match is None:
        return None
    number = _COUNTED.get(match["number"]) or int(match["number"])
    day = _day(today, number * _UNIT_DAYS[match["unit"].removesuffix("s")])
    return day if day.first >= _EARLIEST else TypedDate(_EARLIEST)
