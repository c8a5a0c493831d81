from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from bot.chat_settings.cities import POPULAR, REGIONS, zones_in
from bot.chat_settings.zones import parse_zone
from bot.locales import get_texts, languages

OFFERED = [*POPULAR, *(zone for region in REGIONS for zone in zones_in(region))]


def test_every_zone_that_is_offered_is_one_and_short_enough_for_a_button() -> None:
    assert set(OFFERED) <= available_timezones()
    assert all(parse_zone(zone) == zone for zone in OFFERED)
    assert max(map(len, OFFERED)) <= 32


@pytest.mark.parametrize("region", REGIONS)
def test_a_part_of_the_world_has_its_cities(region: str) -> None:
    assert len(zones_in(region)) > 20
    assert zones_in("Mars") == ()


def test_zones_that_begin_with_another_word_are_with_what_lies_near() -> None:
    assert "Australia/Sydney" in zones_in("Pacific")
    assert "Indian/Mauritius" in zones_in("Africa")


@pytest.mark.parametrize("lang", languages())
def test_no_two_cities_of_a_part_of_the_world_have_one_name(lang: str) -> None:
    texts = get_texts(lang)
    for region in REGIONS:
        names = [texts.city(zone) for zone in zones_in(region)]
        assert len(set(names)) == len(names)
