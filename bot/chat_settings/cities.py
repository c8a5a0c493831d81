"""The time zones that a menu offers, by part of the world. Pure.

The CLDR says which zones there are, and what their cities are called.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

POPULAR = (
    "Asia/Seoul",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
)
REGIONS = {"Asia": "142", "Europe": "150", "America": "019", "Pacific": "009", "Africa": "002"}
"""Parts of the world, by the zones' first word, and what they are called in the CLDR."""
_SAME = {"Australia": "Pacific", "Indian": "Africa", "Atlantic": "Europe", "Arctic": "Europe"}
"""What few zones begin with is shown with what lies near."""


def zones_in(region: str) -> tuple[str, ...]:
    """The zones of a part of the world; none for what is no key of REGIONS."""
    return _by_region().get(region, ())


@cache
def _by_region() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {region: [] for region in REGIONS}
    known = available_timezones()
    for zone in sorted(get_global("zone_territories")):
        first = zone.partition("/")[0]
        region = _SAME.get(first, first)
        if region in found and zone in known:
            found[region].append(zone)
    return {region: tuple(zones) for region, zones in found.items()}
