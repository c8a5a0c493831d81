from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_settings.zones import _CITIES, parse_zone
from bot.errors import InputError


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("서울", "Asia/Seoul"),
        ("서울 시간", "Asia/Seoul"),
        ("Asia/Seoul", "Asia/Seoul"),
        ("asia/seoul", "Asia/Seoul"),
        ("seoul", "Asia/Seoul"),
        ("KST", "Asia/Seoul"),
        ("뉴욕", "America/New_York"),
        ("New York", "America/New_York"),
        ("EST", "America/New_York"),
        ("도쿄시", "Asia/Tokyo"),
        ("L.A.", "America/Los_Angeles"),
        ("미국 서부", "America/Los_Angeles"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("Reykjavik", "Atlantic/Reykjavik"),
        ("UTC", "UTC"),
        ("UTC+9", "Etc/GMT-9"),
        ("utc +09:00", "Etc/GMT-9"),
        ("GMT-3", "Etc/GMT+3"),
        ("+5:30", "Asia/Kolkata"),
        ("UTC-0", "UTC"),
        ("ＵＴＣ＋９", "Etc/GMT-9"),
    ],
)
def test_zones_are_read_as_people_type_them(typed: str, zone: str) -> None:
    assert parse_zone(typed) == zone


@pytest.mark.parametrize(
    "typed", ["", "Atlantis", "UTC+15", "UTC-13", "+1:30", "localtime", "../etc"]
)
def test_what_is_no_zone_is_refused(typed: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_zone(typed)
    assert (raised.value.key, raised.value.values) == ("settings.usage.zone", {"typed": typed})


@given(st.sampled_from(sorted(zone for zone in available_timezones() if "/" in zone)))
def test_every_zone_of_the_database_is_read_back(zone: str) -> None:
    assert parse_zone(zone) == zone
    assert parse_zone(zone.lower().replace("_", " ")) == zone


def test_every_city_leads_to_a_zone_that_there_is() -> None:
    for zone, names in _CITIES.items():
        ZoneInfo(zone)
        for name in names.split():
            assert parse_zone(name) == zone
