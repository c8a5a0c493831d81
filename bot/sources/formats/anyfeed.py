"""Any feed at all, by feedparser: every version of RSS, broken XML, markup in odd places. Slow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sources.formats.bounds import whole_entries
from bot.sources.formats.raw_feed import Channel, Item, Said, as_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MARKUP = {"text/html", "application/xhtml+xml"}
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{6,20})|([0-9]{7,20}))")
_LAST_CHARACTER = 0x10FFFF


def parse_any_feed(text: str) -> Channel | None:
    """The feed in `text`, or None where even feedparser sees none; of a large one, a part.

    Its sanitising and resolving cost ten times the parsing, and nothing here needs them: bodies
    become text and entities by a list of what is allowed.
    """
    import feedparser  # noqa: PLC0415  # 0.1 s that few feeds need

    data = _REFERENCE.sub(_known, whole_entries(text)).encode("utf-8", "replace")
    if not data:
        return None
    try:
        parsed = feedparser.parse(
            data,
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # noqa: BLE001  # what it stumbles over is no feed
        return None
    if not parsed.version and not parsed.entries:
        return None
    feed, is_atom = dict(parsed.feed), parsed.version.startswith("atom")
    return Channel(
        title=_title(feed, is_atom=is_atom),
        tagline=feed.get("subtitle") or "",
        author=_author(feed, is_atom=is_atom),
        items=tuple(_item(one, is_atom=is_atom) for one in map(dict, parsed.entries)),
    )


def _known(reference: re.Match[str]) -> str:
    """A reference to a character, or the sign for none: feedparser gives up a whole feed there."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if number <= _LAST_CHARACTER else "&#xfffd"


def _item(item: Mapping[str, Any], *, is_atom: bool) -> Item:
    """An item, looked at without feedparser's aliases, which search and warn."""
    summary = item.get("summary_detail")
    said = [*item.get("content", ()), *([summary] if summary else ())]
    guid = item.get("id") or ""
    named = (item.get("feedburner_origlink"), item.get("link"), *_alternates(item))
    is_guid = item.get("guidislink")  # feedparser takes any guid for a link
    links = [link for link in named if link != guid or not is_guid]
    links += as_links(guid) if is_guid else ()
    return Item(
        title=_title(item, is_atom=is_atom),
        bodies=tuple(_said(dict(one)) for one in said),
        links=_strings(links),
        guid=guid,
        author=_author(item, is_atom=is_atom),
        dates=_strings(item.get(name) for name in ("published", "created", "updated")),
        comments=str(item.get("slash_comments") or item.get("thr_total") or ""),
    )


def _title(thing: Mapping[str, Any], *, is_atom: bool) -> Said:
    """A title; of RSS, feedparser only guesses whether it is HTML."""
    said = _said(dict(thing.get("title_detail") or {}))
    return said if is_atom else Said(said.text)


def _said(detail: Mapping[str, Any]) -> Said:
    return Said(detail.get("value") or "", is_html=detail.get("type") in _MARKUP)


def _author(thing: Mapping[str, Any], *, is_atom: bool) -> str:
    detail = dict(thing.get("author_detail") or {})
    return (detail.get("name") if is_atom else thing.get("author")) or ""


def _alternates(item: Mapping[str, Any]) -> Iterator[str | None]:
    for link in map(dict, item.get("links", ())):
        if link.get("rel", "alternate") == "alternate":
            yield link.get("href")


def _strings(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(value for value in values if value)
