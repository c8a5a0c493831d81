"""RSS 2.0 and Atom that keep to their rules, read by lxml in a tenth of feedparser's time. Pure.

Most feeds do. One that does not (not well-formed, with a DTD, RDF, markup as elements, relative to
an xml:base) is left to feedparser, which takes anything; a test holds the two to one answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from bot.sources.formats.raw_feed import Channel, Item, Said, as_links

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element as Element

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_COMMENTS = "{http://purl.org/rss/1.0/modules/slash/}comments"
_TOTAL = "{http://purl.org/syndication/thread/1.0}total"
_ORIGINAL = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"
_HEAD = 4096


class UnusualError(Exception):
    """The feed does something that is left to feedparser."""


def parse_xml_feed(text: str) -> Channel | None:
    """The feed in `text`, or None where feedparser has to look at it."""
    if "<!DOCTYPE" in text[:_HEAD] or "xml:base" in text:
        return None
    try:
        root = etree.fromstring(_without_declaration(text).encode(), parser=_parser())
    except etree.XMLSyntaxError:
        return None
    try:
        if root.tag == f"{_ATOM}feed":
            return _atom(root)
        channel = root.find("channel") if root.tag == "rss" else None
        return None if channel is None else _rss(channel)
    except UnusualError:
        return None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )


def _without_declaration(text: str) -> str:
    """What its declaration says of the encoding is no longer true."""
    text = text.lstrip("\0 \t\r\n")
    return text.partition("?>")[2].lstrip() if text.startswith("<?xml") else text


# --- RSS ---


def _rss(channel: Element) -> Channel:
    return Channel(
        title=Said(_text(channel, "title")),
        tagline=_text(channel, "description"),
        author=_last(channel, _EDITORS),
        items=tuple(_rss_item(item) for item in channel.iterchildren("item")),
    )


_AUTHORS = ("author", f"{_DC}creator", "{http://www.itunes.com/dtds/podcast-1.0.dtd}author")
_EDITORS = ("managingEditor", *_AUTHORS)
_RSS_DATES = ("pubDate", f"{_TERMS}issued", f"{_TERMS}created", f"{_DC}date", f"{_TERMS}modified")


def _rss_item(item: Element) -> Item:
    said = _children(item)
    bodies = [said[name] for name in (_CONTENT, "description") if said.get(name)]
    if not bodies:
        raise UnusualError
    guid = said.get("guid", "")
    links = [said.get(_ORIGINAL), said.get("link"), *(as_links(guid) if _is_link(item) else ())]
    return Item(
        title=Said(said.get("title", "")),
        bodies=tuple(Said(body, is_html=True) for body in bodies),
        links=tuple(filter(None, links)),
        guid=guid,
        author=_last(item, _AUTHORS),
        dates=tuple(filter(None, map(said.get, _RSS_DATES))),
        comments=said.get(_COMMENTS, ""),
    )


def _is_link(item: Element) -> bool:
    guid = item.find("guid")
    return guid is not None and guid.get("isPermaLink", "true").strip().lower() != "false"


# --- Atom ---


def _atom(feed: Element) -> Channel:
    return Channel(
        title=_said(feed.find(f"{_ATOM}title")) or Said(""),
        tagline=_text(feed, f"{_ATOM}subtitle"),
        author=_text(feed, f"{_ATOM}author/{_ATOM}name"),
        items=tuple(_atom_item(entry) for entry in feed.iterchildren(f"{_ATOM}entry")),
    )


def _atom_item(entry: Element) -> Item:
    said = [_said(entry.find(f"{_ATOM}{name}")) for name in ("content", "summary")]
    if not any(said):
        raise UnusualError
    guid = _text(entry, f"{_ATOM}id")
    links = [
        link.get("href")
        for link in entry.iterchildren(f"{_ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    dates = (_text(entry, f"{_ATOM}{name}") for name in ("published", "updated"))
    return Item(
        title=_said(entry.find(f"{_ATOM}title")) or Said(""),
        bodies=tuple(body for body in said if body is not None),
        links=tuple(filter(None, [_text(entry, _ORIGINAL), *links, *as_links(guid)])),
        guid=guid,
        author=_text(entry, f"{_ATOM}author/{_ATOM}name"),
        dates=tuple(filter(None, dates)),
        comments=_text(entry, _TOTAL),
    )


def _said(element: Element | None) -> Said | None:
    """An Atom text; other media types, and content that lies elsewhere, are unusual."""
    if element is None:
        return None
    kind = element.get("type", "text").strip().lower()
    if kind not in _KINDS or element.get("src"):
        raise UnusualError
    text = _plain(element)
    return Said(text, is_html=_KINDS[kind]) if text else None


_KINDS = {"text": False, "text/plain": False, "html": True, "text/html": True}


# --- elements ---


_WANTED = {"title", "link", "guid", "description", _CONTENT, _ORIGINAL, _COMMENTS, *_RSS_DATES}


def _children(item: Element) -> dict[str, str]:
    """The texts of what is wanted of an RSS item, by name; of several the first."""
    said: dict[str, str] = {}
    for child in item:
        if child.tag in _WANTED and child.tag not in said:
            said[child.tag] = _plain(child)
    return said


def _text(parent: Element, path: str) -> str:
    element = parent.find(path)
    return "" if element is None else _plain(element)


def _plain(element: Element) -> str:
    """The text of an element; markup inside of it, not escaped, is unusual."""
    if len(element):
        raise UnusualError
    return (element.text or "").strip()


def _last(parent: Element, names: Iterable[str]) -> str:
    """The text of the last of the elements that say the same thing."""
    found = [child for child in parent.iterchildren(*names) if child.text]
    return _plain(found[-1]) if found else ""
