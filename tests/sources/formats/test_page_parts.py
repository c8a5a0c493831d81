from __future__ import annotations

import pytest
from lxml import html as lxml_html

from bot.sources.formats.page_parts import _DATES, known_dates


@pytest.mark.parametrize("name", _DATES)
def test_dates_of_a_host_come_in_their_order_with_the_zone_of_korea(name: str) -> None:
    """A page may have several such places, and one of them none."""
    said = ("2026. 9. 1. 15:00", "어제", "2026. 9. 2.")
    page = "".join(f"<span class='{name}'>{one}</span>" for one in said)
    dates = list(known_dates(lxml_html.fromstring(f"<div>{page}</div>")))
    assert dates == ["2026-9-1 15:00+09:00", "2026-9-2 00:00+09:00"]
