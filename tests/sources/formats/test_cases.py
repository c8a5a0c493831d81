"""What feeds, dates and HTML say, by cases from outside."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from bot.sources.formats.dates import parse_date
from bot.sources.formats.feed import parse_feed
from bot.text.html import html_to_rich, html_to_text
from bot.text.rich import Kind
from tests.sources.cases import body_of, cases


@pytest.mark.parametrize("case", cases("date"))
def test_dates(case: dict[str, Any]) -> None:
    right = case["right"]
    utc = right["utc"] and datetime.fromisoformat(right["utc"])
    found = parse_date(case["text"])
    assert found == utc or (found is None and right["or_none"])


@pytest.mark.parametrize("case", cases("html"))
def test_html(case: dict[str, Any]) -> None:
    rich = html_to_rich(case["html"])
    right = case["right"]
    assert rich.text == right.get("text", rich.text)
    assert re.search(right.get("text~", ""), rich.text)
    links = [entity.url or "" for entity in rich.entities if entity.kind is Kind.LINK]
    assert "link~" not in right or any(re.search(right["link~"], url) for url in links)


@pytest.mark.parametrize("case", cases("feed"))
def test_feeds(case: dict[str, Any]) -> None:
    fetched = parse_feed(body_of(case), address=case["address"], content_type=case["content_type"])
    assert len(fetched.entries) == len(case["right"]["entries"])
    for entry, right in zip(fetched.entries, case["right"]["entries"], strict=True):
        said = {
            "title": entry.title,
            "link": entry.link,
            "author": entry.author,
            "guid": entry.guid,
            "text": html_to_text(entry.html),
        }
        for name, value in right.items():
            if name.endswith("~"):
                assert re.search(value, said[name[:-1]] or "")
            else:
                assert said[name] == value
