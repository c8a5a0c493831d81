"""JSON Feed 1.0 and 1.1 (jsonfeed.org), read with some patience. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.sources.addresses import absolute_link
from bot.sources.entries import Entry, Fetched
from bot.sources.errors import FormatError
from bot.sources.formats.cleaning import as_html, body_html, cut_html, name_line, title_line
from bot.sources.formats.dates import parse_date
from bot.sources.formats.newest import newest
from bot.sources.formats.raw_feed import as_links

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime


def parse_json_feed(text: str, address: str) -> Fetched:
    """The items of a JSON Feed. Raises FormatError for JSON that is no such feed."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError("source.format.not_feed") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not isinstance(feed, dict):
        raise FormatError("source.format.not_feed")
    author = _author(feed)
    base = absolute_link(address, _text(feed, "home_page_url")) or address
    listed, gap = newest([item for item in items if isinstance(item, dict)], _date)
    return Fetched(
        tuple(_entry(item, base, author) for item in listed),
        title=title_line(_text(feed, "title")),
        tagline=title_line(_text(feed, "description")),
        gap=None if gap is None else _entry(gap, base, author),
    )


def _date(item: Mapping[str, Any]) -> datetime | None:
    return parse_date(_text(item, "date_published") or _text(item, "date_modified"))


def _entry(item: Mapping[str, Any], base: str, author: str) -> Entry:
    html = body_html(_text(item, "content_html"), is_html=True) or as_html(
        _text(item, "content_text") or _text(item, "summary")
    )
    links = (absolute_link(base, link) for link in _links(item))
    guid = item.get("id")
    kept, is_cut = cut_html(html)
    return Entry(
        title=title_line(_text(item, "title")),
        html=kept,
        link=next((link for link in links if link), None),
        guid=_whole(str(guid))[:1000]
        if isinstance(guid, str | int | float) and guid != ""
        else None,
        author=_author(item) or author,
        published_at=_date(item),
        cut=is_cut,
    )


def _links(item: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of an item, the best first: an episode without a page is its sound."""
    yield from (_text(item, name) for name in ("url", "external_url"))
    yield from as_links(_text(item, "id"))
    attachments = item.get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        if isinstance(one, dict):
            yield _text(one, "url")


def _author(thing: Mapping[str, Any]) -> str:
    authors = thing.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else thing.get("author")
    return name_line(_text(first, "name")) if isinstance(first, dict) else ""


def _text(thing: Mapping[str, Any], name: str) -> str:
    value = thing.get(name)
    return _whole(value) if isinstance(value, str) and value.strip() else ""


def _whole(text: str) -> str:
    """A text without halves of characters, which JSON can write and no database keeps."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()
