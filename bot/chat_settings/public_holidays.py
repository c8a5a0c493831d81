"""Public holidays, by country: lunar and substitute days and elections included. Pure.

As the package `holidays` knows them for a whole country, without what only some parts of it have;
days on which only banks or schools close are none. It loads a country when it is asked for.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel.core import get_global

if TYPE_CHECKING:
    from datetime import date


def is_holiday(country: str | None, day: date) -> bool:
    """Whether this is a public holiday there; `country` as in ISO 3166-1, two letters.

    None, and a country that is not known (any more), have none.
    """
    return country is not None and day in _holidays(country, day.year)


@cache
def countries() -> frozenset[str]:
    """Those whose holidays are known, in two letters."""
    from holidays.registry import EntityLoader  # noqa: PLC0415  # half a second

    return frozenset(EntityLoader.get_country_codes(include_aliases=False))


def country_of(zone: str) -> str | None:
    """The country of a zone of the IANA database, by the CLDR; None for UTC and its like."""
    named = get_global("zone_aliases").get(zone, zone)
    country = get_global("zone_territories").get(named)
    return country if country in countries() else None


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415  # half a second

    if country not in countries():
        return frozenset()
    return frozenset(country_holidays(country, years=year, expand=False))
