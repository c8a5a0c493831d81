"""One language: its messages, numbers and dates."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.core import get_global
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_day_names,
    match_skeleton,
)
from babel.numbers import format_decimal

from bot.locales.templates import render_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.text.rich import Rich

_COUNTRY_LETTERS = 2
_ABBREVIATED = re.compile("E+|M{3,}")
"""Weekdays and months by their names, in a pattern of the CLDR."""
_UNGROUPED = 1000
"""Numbers below this are written alike with and without grouping."""


class MissingTextWarning(UserWarning):
    """A message or a value is missing; the tests turn this warning into an error."""


class Texts:
    """The messages of one language.

    What is missing is taken from `fallback` (Korean), and where that lacks it too, the key itself
    is shown; either way with a MissingTextWarning.

    Args:
        lang: a language of the CLDR, such as `ko`.
        messages: the forms of each message by its key; one form where it has no plural.
        plural_form: which form goes with a number.
        fallback: whose messages stand in for missing ones.
    """

    def __init__(
        self,
        lang: str,
        messages: Mapping[str, tuple[str, ...]],
        plural_form: Callable[[int], int],
        fallback: Texts | None = None,
    ) -> None:
        self.lang = lang
        self.messages = messages
        self._plural_form = plural_form
        self._fallback = fallback
        self._locale = Locale.parse(lang)

    def __call__(self, key: str, /, **values: object) -> str:
        """A message as plain text."""
        return self.rich(key, **values).text

    def rich(self, key: str, /, **values: object) -> Rich:
        """A message with its styles; values may be rich."""
        return self._render(key, None, values)

    def count(self, key: str, number: int, /, **values: object) -> str:
        """A message in the form that `number` takes, which it may show as `{n}`."""
        return self.rich_count(key, number, **values).text

    def rich_count(self, key: str, number: int, /, **values: object) -> Rich:
        """`count` with its styles."""
        return self._render(key, number, {"n": number, **values})

    def number(self, value: float) -> str:
        """1234567 as 1,234,567, or as the language writes it."""
        if isinstance(value, int) and 0 <= value < _UNGROUPED:
            return str(value)
        return _grouped(value, self._locale)

    def date(self, moment: dt.datetime, zone: dt.tzinfo) -> str:
        """2026년 11월 23일."""
        return _date(moment.astimezone(zone).date(), self._locale)

    def part_of_date(self, written: str) -> str:
        """2025, 2025-03 or 2025-03-01 as 2025년, 2025년 3월, 2025년 3월 1일."""
        day = _to_day(written)
        skeleton = {4: "y", 7: "yMMMM"}.get(len(written))
        if skeleton is None:
            return _date(day, self._locale)
        return str(format_skeleton(skeleton, day, locale=self._locale))

    def datetime(self, moment: dt.datetime, zone: dt.tzinfo) -> str:
        """11월 23일 (월) 오전 9:00, without the year; midnight as `time` has it."""
        local = moment.astimezone(zone)
        day = format_skeleton("MMMEd", local, locale=self._locale)
        pattern = str(self._locale.datetime_formats["medium"])
        return pattern.format(self._clock(local.time()), day)

    def moment(self, moment: dt.datetime, zone: dt.tzinfo, now: dt.datetime) -> str:
        """12월 1일 화요일 오전 9:00, and the year with it where it is another one than now's.

        Midnight is the day's beginning, not its end, and is said so that nobody can take it so.
        """
        local = moment.astimezone(zone)
        is_of_now = local.year == now.astimezone(zone).year
        day = _whole_day(local.date(), "MMMMEEEEd" if is_of_now else "yMMMMEEEEd", self._locale)
        pattern = str(self._locale.datetime_formats["medium"])
        return pattern.format(self._clock(local.time(), "time.midnight.dated"), day)

    def time(self, moment: dt.datetime, zone: dt.tzinfo) -> str:
        """오전 9:00, and 자정 for midnight, which no number of the clock says plainly."""
        return self._clock(moment.astimezone(zone).time())

    def _clock(self, time: dt.time, midnight: str = "time.midnight") -> str:
        is_midnight = (time.hour, time.minute) == (0, 0)
        return self(midnight) if is_midnight else _time(time, self._locale)

    def weekday(self, number: int) -> str:
        """The name of a weekday; 0 is Monday: 월요일."""
        return str(get_day_names("wide", locale=self._locale)[number])

    def short_weekday(self, number: int) -> str:
        """Likewise, shortened: 월."""
        return str(get_day_names("abbreviated", locale=self._locale)[number])

    def city(self, zone: str) -> str:
        """What a time zone of the IANA is called by: 서울 for `Asia/Seoul`, Seoul in English."""
        known = _cities(self._locale).get(str(get_global("zone_aliases").get(zone, zone)))
        return known or zone.rpartition("/")[2].replace("_", " ")

    def territory(self, code: str) -> str:
        """A country or a part of the world by its code in the CLDR: 대한민국 for `KR`."""
        return str(self._locale.territories.get(code, code))

    def countries(self) -> dict[str, str]:
        """Every country's name by its two letters (ISO 3166-1)."""
        names = self._locale.territories
        return {code: str(name) for code, name in names.items() if len(code) == _COUNTRY_LETTERS}

    def language_name(self, lang: str) -> str:
        """What a language of the CLDR is called in this one: 영어 for `en`."""
        return Locale.parse(lang).get_display_name(self._locale) or lang

    def _render(self, key: str, number: int | None, given: Mapping[str, object]) -> Rich:
        values = {name: self._in_words(value) for name, value in given.items()}
        forms = self.messages.get(key)
        if forms is None:
            warnings.warn(f"no {self.lang} message {key}", MissingTextWarning, stacklevel=3)
            if self._fallback is None:
                return render_template("{key}", {"key": key}, self.number)
            return self._fallback._render(key, number, values)  # noqa: SLF001  # of the same class
        template = forms[0 if number is None else min(self._plural_form(number), len(forms) - 1)]
        try:
            return render_template(template, values, self.number)
        except KeyError as missing:
            warnings.warn(f"{key} lacks {missing}", MissingTextWarning, stacklevel=3)
            name = str(missing.args[0])
            return self._render(key, number, {**values, name: f"{{{name}}}"})

    def _in_words(self, value: object) -> object:
        """A value; one that is a message itself (`bot.errors.message`) in this language."""
        if isinstance(value, dict) and "key" in value:
            return self.rich(value["key"], **value["values"])
        return value


def _to_day(written: str) -> dt.date:
    return dt.date.fromisoformat(written + "-01-01"[len(written) - 4 :])


@cache
def _cities(locale: Locale) -> dict[str, str]:
    """The CLDR's cities by the IANA's names of today: the CLDR keeps those of before."""
    aliases, zones = get_global("zone_aliases"), locale.time_zones
    named = {zone: names["city"] for zone, names in zones.items() if "city" in names}
    return {str(aliases.get(zone, zone)): city for zone, city in named.items()}


@lru_cache(maxsize=1024)
def _grouped(value: float, locale: Locale) -> str:
    return str(format_decimal(value, locale=locale))


@lru_cache(maxsize=1024)
def _date(day: dt.date, locale: Locale) -> str:
    return format_date(day, "long", locale=locale)


@lru_cache(maxsize=1024)
def _whole_day(day: dt.date, skeleton: str, locale: Locale) -> str:
    """As the language writes it, with the whole names of its month and weekday."""
    known = locale.datetime_skeletons
    pattern = known[match_skeleton(skeleton, known)].pattern
    whole = _ABBREVIATED.sub(lambda found: found[0][0] * 4, pattern)
    return format_date(day, whole, locale=locale)


@lru_cache(maxsize=2048)
def _time(moment: dt.time, locale: Locale) -> str:
    pattern = locale.time_formats["short"].pattern.replace("a", "aaaa")  # 오전, not AM
    return format_time(moment, pattern, locale=locale).replace("\u202f", " ")
