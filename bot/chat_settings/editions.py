"""Editions and holidays as people type them, in Korean and English. Pure.

`일 19:00`, `Sunday 7pm`, `매주 일요일 오후 7시`; `매월 1일 9시`; `한국`, `KR`, `Korea`.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale
from babel.core import get_global

from bot.chat_settings.public_holidays import countries, country_of
from bot.chat_settings.typed_times import parse_days, parse_times
from bot.chat_settings.words import means_off, means_on, normal
from bot.errors import InputError
from bot.locales import languages
from storage.models import Edition

_EVERY = re.compile(r"\b(?:every|each|weekly|monthly)\b|매주|주마다|매월|매달|달마다|매번|마다")
_FIRST_DAY = re.compile(
    r"(?<!\d)(?:1|첫째?)\s*(?:일날?|날)(?:에|의|\b)|\b(?:on\s+)?(?:the\s+)?(?:1st|first)\b"
    r"(?:\s+day)?(?:\s+of\s+(?:the|each|every)\s+month|\s+of\s+month)?|\bmonth\b"
)
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=요일)(?=\S)")
"""일19:00, 일요일오후7시."""
_COUNTRIES = {
    "KR": "한국 남한 우리나라 korea rok republicofkorea",
    "US": "미국 america states",
    "GB": "영국 uk england britain greatbritain",
    "CN": "중국",
    "NL": "holland",
    "CZ": "체코 czechrepublic",
    "TR": "터키 turkey turkiye",
    "AE": "uae",
    "AU": "호주",
    "HK": "홍콩 hongkong",
    "MO": "마카오 macau macao",
    "TW": "타이완",
    "ZA": "남아공",
    "IT": "이태리",
}
"""Names that people type and the CLDR does not give, without spaces and in lower case."""
_ALPHA_2 = 2
MOST_WORDS = 12
"""A day and a time have no more; each place between words is tried."""


def parse_weekly(typed: str) -> Edition | None:
    """A day and a time of day, in either order; None for `off` and its like.

    Raises InputError for what is not one of each.
    """
    if means_off(typed):
        return None
    words = _EVERY.sub(" ", _LETTER_DIGIT.sub(" ", normal(typed))).split()
    for place in range(1, len(words)) if len(words) <= MOST_WORDS else ():
        parts = " ".join(words[:place]), " ".join(words[place:])
        for day_part, time_part in (parts, parts[::-1]):
            day, minute = _day(day_part), _minute(time_part)
            if day is not None and minute is not None:
                return Edition(day, minute)
    raise InputError("settings.usage.weekly", typed=typed)


def parse_monthly(typed: str) -> int | None:
    """A time on the first of the month, in minutes after midnight; None for `off` and its like.

    Raises InputError for what is none, and for another day.
    """
    if means_off(typed):
        return None
    minute = _minute(_FIRST_DAY.sub(" ", _EVERY.sub(" ", normal(typed))))
    if minute is None:
        raise InputError("settings.usage.monthly", typed=typed)
    return minute


def parse_country(typed: str, zone: str) -> str | None:
    """The country whose holidays are meant (ISO 3166-1): `on` for that of the zone, None for `off`.

    Raises InputError for what is no country, or one whose holidays nobody knows.
    """
    if means_off(typed):
        return None
    name = _joined(typed)
    named = _names().get(name) or _names().get(name.removeprefix("the"))
    country = country_of(zone) if means_on(typed) else named
    if country is None or country not in countries():
        raise InputError("settings.usage.holidays", typed=typed)
    return country


def _day(typed: str) -> int | None:
    try:
        days = parse_days(typed)
    except InputError:
        return None
    return next(iter(days)) if len(days) == 1 else None


def _minute(typed: str) -> int | None:
    try:
        times = parse_times(typed)
    except InputError:
        return None
    return times[0] if len(times) == 1 else None


@cache
def _names() -> dict[str, str]:
    """Every name of a country: the CLDR's in each language that we speak, ISO's, and ours."""
    found: dict[str, str] = {}
    for lang in languages():
        territories = Locale.parse(lang).territories
        found |= {_joined(name): code for code, name in territories.items()}
    found |= {code.casefold(): new[0] for code, new in get_global("territory_aliases").items()}
    found |= {code.casefold(): code for code in list(found.values())}
    found |= {name: code for code, names in _COUNTRIES.items() for name in names.split()}
    return {name: code for name, code in found.items() if len(code) == _ALPHA_2}


def _joined(typed: str) -> str:
    return re.sub(r"[\s.,'’()-]+", "", normal(typed))
