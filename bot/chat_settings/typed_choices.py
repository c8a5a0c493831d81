"""Editions and countries as people type them, in Korean and English. Pure."""

from __future__ import annotations

import re
from functools import cache

from bot.chat_settings.cities import country_of
from bot.chat_settings.typed_times import parse_days, parse_times
from bot.chat_settings.words import means_off, means_on, normal
from bot.errors import InputError
from bot.locales import all_texts
from storage.models import Edition

_EVERY = re.compile(r"\b(?:every|each|on|at)\b|매주|매월|매달|마다")
_FIRST_OF_MONTH = re.compile(r"(?<!\d)1일에?\s|\bthe\s+1st\b|\bfirst\b")
_COUNTRIES = {
    "KR": "한국 남한 korea rok",
    "US": "미국 usa america",
    "GB": "영국 uk england britain",
}
"""Names that people type and the CLDR does not give, without spaces and in lower case."""


def parse_weekly(typed: str) -> Edition | None:
    """A day and a time (`일 19:00`, `Sunday 7pm`); None for `off`. Raises InputError."""
    if means_off(typed):
        return None
    words = _EVERY.sub(" ", normal(typed)).split()
    for at in range(1, len(words)):
        try:
            (day,), (minute,) = parse_days(" ".join(words[:at])), parse_times(" ".join(words[at:]))
        except (InputError, ValueError):
            continue
        return Edition(day, minute)
    raise InputError("settings.usage.weekly", typed=typed)


def parse_monthly(typed: str) -> int | None:
    """A time of day on the first of the month, in minutes after midnight; None for `off`.

    Raises InputError.
    """
    if means_off(typed):
        return None
    said = _FIRST_OF_MONTH.sub(" ", _EVERY.sub(" ", normal(typed)))
    try:
        (minute,) = parse_times(said)
    except (InputError, ValueError):
        raise InputError("settings.usage.monthly", typed=typed) from None
    return minute


def parse_country(typed: str, zone: str) -> str | None:
    """A country's two letters (ISO 3166-1), by its name or `on` for the zone's; None for `off`.

    Raises InputError.
    """
    if means_off(typed):
        return None
    found = country_of(zone) if means_on(typed) else _countries().get(_joined(typed))
    if found is None:
        raise InputError("settings.usage.holidays", typed=typed)
    return found


@cache
def _countries() -> dict[str, str]:
    """Every name of a country that we know, in each language that we speak."""
    found: dict[str, str] = {}
    for texts in all_texts().values():
        found |= {_joined(name): code for code, name in texts.countries().items()}
    found |= {code.casefold(): code for code in found.values()}
    return found | {name: code for code, names in _COUNTRIES.items() for name in names.split()}


def _joined(typed: str) -> str:
    return normal(typed).replace(" ", "")
