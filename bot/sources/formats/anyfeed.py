"""Any feed at all, by feedparser: every version of RSS, broken XML, markup in odd places. Slow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sources.formats.bounds import whole_entries
from bot.sources.formats.raw_feed import Channel, Item, Link, Said, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MARKUP = {"text/html", "application/xhtml+xml"}
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{6,20})|([0-9]{7,20}))")
_LAST_CHARACTER = 0x10FFFF
_LINK = re.compile(r"<link\s[^<>]*[^<>/\s]\s?>(?=\s?[^\s<])")
"""A link of RSS with attributes, of which feedparser may take one for the address."""


def parse_any_feed(text: str) -> Channel | None:
    """The feed in `text`, or None where even feedparser sees none; of a large one, a part.

    Its sanitising and resolving cost ten times the parsing, and nothing here needs them: bodies
    become text and entities by a list of what is allowed.
    """
    import feedparser  # noqa: PLC0415  # 0.1 s that few feeds need

    text = _LINK.sub("<link>", _REFERENCE.sub(_known, whole_entries(text)))
    data = text.encode("utf-8", "replace")
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
        links=in_order("", _links(feed)),
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
    is_guid = is_atom or item.get("guidislink")  # feedparser takes any guid for a link
    original = item.get("feedburner_origlink") or ""
    return Item(
        title=_title(item, is_atom=is_atom),
        bodies=tuple(_said(dict(one)) for one in said),
        links=in_order(original, [*_links(item), *_files(item)], guid if is_guid else ""),
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
    if not is_atom:
        return thing.get("author") or ""
    names = (dict(author).get("name") for author in thing.get("authors", ()))
    return next(filter(None, names), "")


def _links(thing: Mapping[str, Any]) -> list[Link]:
    links = map(dict, thing.get("links", ()))
    return [
        Link(link.get("href") or "", link.get("rel") or "", link.get("type") or "")
        for link in links
    ]


def _files(item: Mapping[str, Any]) -> list[Link]:
    """Sounds and pictures, and texts that lie elsewhere: an item may be no more than that."""
    media = [one.get("url") for one in map(dict, item.get("media_content", ()))]
    elsewhere = [one.get("src") for one in map(dict, item.get("content", ()))]
    return [Link(address, "enclosure") for address in (*media, *elsewhere) if address]


def _strings(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(value for value in values if value)
