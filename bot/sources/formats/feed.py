"""Every RSS and Atom there is, and JSON Feed, as entries. Pure, and slow: call it in a thread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.sources.addresses import absolute_link
from bot.sources.entries import Entry, Fetched
from bot.sources.errors import FormatError
from bot.sources.formats.anyfeed import parse_any_feed
from bot.sources.formats.cleaning import (
    body_html,
    cut_html,
    name_line,
    title_line,
    without_marks,
)
from bot.sources.formats.dates import parse_date
from bot.sources.formats.jsonfeed import parse_json_feed
from bot.sources.formats.newest import newest
from bot.sources.formats.xmlfeed import parse_xml_feed
from bot.text.charsets import decode
from bot.text.elements import is_web_page, without_entities
from storage.models import BlogCounts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.sources.formats.raw_feed import Channel, Item, Said

_CLOSING_TAG = re.compile(r"</[a-zA-Z]\w*>")
_LONGEST_GUID = 1000
_MOST_COMMENTS = 10**9


def parse_feed(data: bytes, *, address: str, content_type: str = "") -> Fetched:
    """The entries of a feed, in its order, with links made absolute by its `address`.

    Raises FormatError: `source.format.empty`, `.page` (HTML in a feed's place), `.entities` (a DTD
    that builds some of others), `.too_hard` (nothing of it within the bounds) or `.not_feed`.
    """
    text = decode(data, content_type)
    if not text.strip("\0 \t\r\n"):
        raise FormatError("source.format.empty")
    if text.lstrip().startswith(("{", "[")):
        return parse_json_feed(text, address)
    if is_web_page(text):
        raise FormatError("source.format.page")
    plain = without_entities(text)
    if plain is None:
        raise FormatError("source.format.entities")
    channel = parse_xml_feed(plain) or parse_any_feed(plain)
    if channel is None:
        raise FormatError("source.format.not_feed")
    return fetched_from(channel, address)


def fetched_from(channel: Channel, address: str) -> Fetched:
    """A channel's items as entries, cleaned."""
    author = name_line(channel.author)
    base = _first(address, channel.links) or address
    items, gap = newest(channel.items, _date)
    return Fetched(
        tuple(_entry(item, base, author) for item in items),
        title=_title(channel.title),
        tagline=title_line(channel.tagline, is_html=True),
        gap=None if gap is None else _entry(gap, base, author),
    )


def _date(item: Item) -> datetime | None:
    return next(filter(None, map(parse_date, item.dates)), None)


def _first(base: str, links: Iterable[str]) -> str | None:
    """The first that is a web address; relative ones are seen from a feed's site."""
    whole = (absolute_link(base, without_marks(link)) for link in links)
    return next(filter(None, whole), None)


def _entry(item: Item, base: str, author: str) -> Entry:
    html = max(map(_html, item.bodies), key=len, default="")
    kept, is_cut = cut_html(html)
    return Entry(
        title=_title(item.title),
        html=kept,
        link=_first(base, item.links),
        guid=item.guid.strip()[:_LONGEST_GUID] or None,
        author=name_line(item.author) or author,
        published_at=_date(item),
        blog=_counts(item.comments.strip()),
        cut=is_cut,
    )


def _title(said: Said) -> str:
    is_html = said.is_html
    if is_html is None:
        is_html = _CLOSING_TAG.search(said.text) is not None
    return title_line(said.text, is_html=is_html)


def _html(said: Said) -> str:
    return body_html(said.text, is_html=bool(said.is_html))


def _counts(said: str) -> BlogCounts | None:
    """The comments, where the feed counts them (RSS's slash module, Atom's threading)."""
    if not said.isascii() or not said.isdigit() or int(said[:12]) > _MOST_COMMENTS:
        return None
    return BlogCounts(comments=int(said))
