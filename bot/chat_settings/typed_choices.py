"""Words to filter by, editions and countries as people type them, in Korean and English. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.chat_settings.cities import country_of
from bot.chat_settings.typed_times import parse_days, parse_times
from bot.chat_settings.words import means_off, means_on, normal
from bot.errors import InputError
from bot.locales import all_texts
from storage.models import Edition

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_WORDS, LONGEST_WORD = 20, 40
"""Of words that must be there, and of words that must not; a word in characters."""
_WORD = re.compile(r'([-−]?)(?:"([^"]+)"|([^\s,]+))')
_EVERY = re.compile(r"\b(?:every|each|on|at)\b|매주|매월|매달|마다")
_FIRST_OF_MONTH = re.compile(r"(?<!\d)1일에?\s|\bthe\s+1st\b|\bfirst\b")
_COUNTRIES = {
    "KR": "한국 남한 korea rok",
    "US": "미국 usa america",
    "GB": "영국 uk england britain",
}
"""Names that people type and the CLDR does not give, without spaces and in lower case."""


def parse_words(typed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that must be there, and behind a minus those that must not; both empty for `off`.

    Quotes keep words together. Raises InputError for none, too many, or one that is too long.
    """
    if means_off(typed):
        return (), ()
    found = [(minus, quoted or bare) for minus, quoted, bare in _WORD.findall(typed)]
    wanted = _distinct(word for minus, word in found if not minus)
    unwanted = _distinct(word for minus, word in found if minus)
    lengths = {len(word) for word in (*wanted, *unwanted)}
    too_many = max(len(wanted), len(unwanted)) > MOST_WORDS
    # on, but for which words?
    if not lengths or too_many or max(lengths) > LONGEST_WORD or means_on(typed):
        raise InputError("settings.usage.filter", typed=typed, most=MOST_WORDS)
    return wanted, unwanted


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


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
