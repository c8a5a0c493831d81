"""Every RSS and Atom there is, and JSON Feed, as entries. Pure, and slow: call it in a thread."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from bot.sources.addresses import absolute_link
from bot.sources.charsets import decode
from bot.sources.dates import parse_date
from bot.sources.entries import Entry, Fetched
from bot.sources.errors import FormatError
from bot.sources.jsonfeed import parse_json_feed
from bot.sources.words import LONGEST_HTML, as_html, name_line, title_line
from storage.models import BlogCounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_MARKUP = {"text/html", "application/xhtml+xml"}
_MOST_ENTRIES = 1000
_MOST_COMMENTS = 10**9


def parse_feed(data: bytes, *, address: str, content_type: str = "") -> Fetched:
    """The entries of a feed, in its order, with links made absolute by its `address`.

    Raises FormatError: `source.format.empty`, `.page` (HTML in a feed's place) or `.not_feed`.
    """
    text = decode(data, content_type)
    if not text.strip("\0 \t\r\n"):
        raise FormatError("source.format.empty")
    if text.lstrip().startswith(("{", "[")):
        return parse_json_feed(text, address)
    if _HTML.match(text):
        raise FormatError("source.format.page")
    parsed = _parsed(text)
    if not parsed.version and not parsed.entries:
        raise FormatError("source.format.not_feed")
    feed = parsed.feed
    author = name_line(_author(feed))
    return Fetched(
        tuple(_entry(item, address, author) for item in parsed.entries[:_MOST_ENTRIES]),
        title=title_line(feed.get("title", ""), is_html=_is_markup(feed.get("title_detail"))),
        tagline=title_line(feed.get("subtitle", ""), is_html=True),
    )


def _parsed(text: str) -> Any:  # noqa: ANN401  # feedparser has no types
    """What feedparser makes of it.

    Its sanitising and resolving cost ten times the parsing, and nothing
    here needs them: bodies become text and entities by a list of what is allowed.
    """
    import feedparser  # noqa: PLC0415  # 0.1 s that only a poll needs

    return feedparser.parse(
        text.encode("utf-8", "replace"),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _entry(item: Mapping[str, Any], address: str, author: str) -> Entry:
    links = (item.get("feedburner_origlink"), item.get("link"), *_alternates(item))
    return Entry(
        title=title_line(item.get("title", ""), is_html=_is_markup(item.get("title_detail"))),
        html=_html(item)[:LONGEST_HTML],
        link=next((link for one in links if one and (link := absolute_link(address, one))), None),
        guid=(item.get("id") or "").strip()[:1000] or None,
        author=name_line(_author(item)) or author,
        published_at=next(filter(None, map(parse_date, _dates(item))), None),
        blog=_counts(item),
    )


def _alternates(item: Mapping[str, Any]) -> Iterator[str | None]:
    for link in item.get("links", ()):
        if link.get("rel", "alternate") == "alternate":
            yield link.get("href")


def _dates(item: Mapping[str, Any]) -> Iterator[str | None]:
    for name in ("published", "created", "updated"):
        yield item.get(name)


def _html(item: Mapping[str, Any]) -> str:
    """The longest of what an entry says of itself."""
    summary = item.get("summary_detail")
    said = [*item.get("content", ()), *([summary] if summary else ())]
    return max((_as_markup(one) for one in said), key=len, default="")


def _as_markup(said: Mapping[str, Any]) -> str:
    value: str = said.get("value") or ""
    if not _is_markup(said):
        return as_html(value)
    return value if "<" in value else as_html(unescape(value))


def _is_markup(detail: Mapping[str, Any] | None) -> bool:
    return detail is not None and detail.get("type") in _MARKUP


def _author(item: Mapping[str, Any]) -> str:
    detail = item.get("author_detail") or {}
    return detail.get("name") or item.get("author") or ""


def _counts(item: Mapping[str, Any]) -> BlogCounts | None:
    """The comments, where the feed counts them (RSS's slash module, Atom's threading)."""
    said = str(item.get("slash_comments") or item.get("thr_total") or "").strip()
    if not said.isascii() or not said.isdigit() or int(said[:12]) > _MOST_COMMENTS:
        return None
    return BlogCounts(comments=int(said))
