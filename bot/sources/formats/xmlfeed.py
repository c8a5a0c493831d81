"""RSS 2.0 and Atom that keep to their rules, read by lxml in a tenth of feedparser's time. Pure.

Most feeds do. One that does not (not well-formed, with a DTD, RDF, markup as elements, relative to
an xml:base) is left to feedparser, which takes anything; a test holds the two to one answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from bot.sources.formats.raw_feed import Channel, Item, Link, Said, as_meant, in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sized

    from lxml.etree import _Element as Element

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_TERMS = "{http://purl.org/dc/terms/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_COMMENTS = "{http://purl.org/rss/1.0/modules/slash/}comments"
_TOTAL = "{http://purl.org/syndication/thread/1.0}total"
_ORIGINAL = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"
_KNOWN = {name.strip("{}") for name in (_ATOM, _DC, _ITUNES, _MEDIA, _XHTML, _TERMS)}
_LOWERED = {name.lower() for name in _KNOWN}
"""Namespaces, which feedparser takes in capitals, too."""
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
    if any(uri.lower() in _LOWERED and uri not in _KNOWN for uri in root.nsmap.values()):
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
    items = channel.findall("item")
    _hold_apart(channel, _OF_RSS_CHANNEL)
    _count(channel, items)
    return Channel(
        title=Said(_text(channel, "title")),
        tagline=_last(channel, _TAGLINES),
        author=_last(channel, _EDITORS),
        items=tuple(_rss_item(item) for item in items),
        links=in_order("", _links(channel)),
    )


_AUTHORS = ("author", f"{_DC}creator", f"{_ITUNES}author")
_EDITORS = ("managingEditor", *_AUTHORS)
_TAGLINES = ("description", f"{_ITUNES}subtitle")
_RSS_FIELDS = {
    **{name: name for name in ("title", "guid", "description")},
    _CONTENT: "content",
    _ORIGINAL: "original",
    _COMMENTS: "comments",
    _TOTAL: "total",
    **dict.fromkeys(("pubDate", f"{_TERMS}issued", f"{_ATOM}published"), "published"),
    f"{_TERMS}created": "created",
    **dict.fromkeys((f"{_DC}date", f"{_TERMS}modified", f"{_ATOM}updated"), "updated"),
}
_OF_RSS_CHANNEL = {"title": "title"}


def _rss_item(item: Element) -> Item:
    said = _hold_apart(item, _RSS_FIELDS)
    bodies = [said[name] for name in ("content", "description") if said.get(name)]
    _outweigh(item, bodies, has_title=bool(said.get("title")))
    guid = said.get("guid", "")
    return Item(
        title=Said(said.get("title", "")),
        bodies=tuple(Said(body, is_html=True) for body in bodies),
        links=in_order(said.get("original", ""), _links(item), guid if _is_link(item) else ""),
        guid=guid,
        author=_last(item, _AUTHORS),
        dates=tuple(filter(None, map(said.get, _DATES))),
        comments=said.get("comments") or said.get("total", ""),
    )


_DATES = ("published", "created", "updated")


def _is_link(item: Element) -> bool:
    guid = item.find("guid")
    return guid is not None and guid.get("isPermaLink", "true") == "true"


# --- Atom ---


def _atom(feed: Element) -> Channel:
    entries = feed.findall(f"{_ATOM}entry")
    _hold_apart(feed, {}, _OF_ATOM_FEED)
    _count(feed, entries)
    return Channel(
        title=_said(feed.find(f"{_ATOM}title")) or Said(""),
        tagline=(_said(feed.find(f"{_ATOM}subtitle")) or Said("")).text,
        author=_text(feed, f"{_ATOM}author/{_ATOM}name"),
        items=tuple(_atom_item(entry) for entry in entries),
        links=in_order("", _links(feed)),
    )


_OF_ATOM_FEED = {f"{_ATOM}{name}" for name in ("title", "subtitle", "id", "updated")}
_ATOM_FIELDS = {
    **{f"{_ATOM}{name}": name for name in ("id", "published", "updated")},
    _ORIGINAL: "original",
    _TOTAL: "total",
    _COMMENTS: "comments",
}
_TEXTS = {f"{_ATOM}{name}" for name in ("title", "content", "summary")}


def _atom_item(entry: Element) -> Item:
    said = _hold_apart(entry, _ATOM_FIELDS, _TEXTS)
    texts = [_said(entry.find(f"{_ATOM}{name}")) for name in ("content", "summary")]
    bodies = tuple(text for text in texts if text is not None)
    title = _said(entry.find(f"{_ATOM}title")) or Said("")
    _outweigh(entry, [body.text for body in bodies], has_title=bool(title.text))
    guid = said.get("id", "")
    return Item(
        title=title,
        bodies=bodies,
        links=in_order(said.get("original", ""), _links(entry), guid),
        guid=guid,
        author=_text(entry, f"{_ATOM}author/{_ATOM}name"),
        dates=tuple(filter(None, map(said.get, _DATES))),
        comments=said.get("comments") or said.get("total", ""),
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


_CONFUSING = {
    *(f"{_DC}{name}" for name in ("title", "description")),
    *(f"{_MEDIA}{name}" for name in ("title", "description")),
    *(f"{_ITUNES}title", f"{_XHTML}body"),
    *("summary", "content", "body", "fullitem", "abstract", "info", "tagline", "subtitle"),
    *("id", "published", "updated", "issued", "modified", "created", "name", "url"),
    *(f"{_ATOM}{name}" for name in ("title", "id", "content", "summary", "subtitle", "tagline")),
    *(f"{_ATOM}{name}" for name in ("description", "body", "issued", "modified", "created")),
}
"""What says again, for feedparser, what another element says: it decides by their order."""
_MORE_BODIES = (f"{_ITUNES}summary", f"{_MEDIA}description")
_ESCAPES = 6
"""A text has so many times its letters at most as HTML (`&quot;` for one)."""


def _hold_apart(
    parent: Element, fields: Mapping[str, str], others: Collection[str] = ()
) -> dict[str, str]:
    """The texts of the elements in `fields`, by what they say; unusual where two say the same."""
    said: dict[str, str] = {}
    seen: set[str] = set()
    for child in parent:
        tag = str(child.tag)
        name = fields.get(tag)
        if name is not None:
            if name in said:
                raise UnusualError
            said[name] = _plain(child)
        elif tag in others:
            if tag in seen:
                raise UnusualError
            seen.add(tag)
        elif tag in _CONFUSING:
            raise UnusualError
    return said


def _count(parent: Element, found: Sized) -> None:
    """Unusual where there are entries elsewhere, too: in others, or by another name."""
    if sum(1 for _ in parent.iter("{*}item", "{*}entry")) != len(found):
        raise UnusualError


def _outweigh(item: Element, bodies: Collection[str], *, has_title: bool) -> None:
    """Unusual where there is no body, or what feedparser might take for it, or for the title."""
    longest = max(map(len, bodies), default=0)
    others = (len(one.text or "") for one in item.iter(*_MORE_BODIES))
    if not longest or any(_ESCAPES * other > longest for other in others):
        raise UnusualError
    if not has_title and next(item.iter(f"{_MEDIA}title"), None) is not None:
        raise UnusualError


def _links(parent: Element) -> list[Link]:
    """Those of RSS and of Atom in either, in their order, and files."""
    links = [_link(child) for child in parent.iterchildren("link", f"{_ATOM}link", "enclosure")]
    if not links and next(parent.iter(f"{_MEDIA}content"), None) is not None:
        raise UnusualError
    return links


def _link(element: Element) -> Link:
    if element.tag == "enclosure":
        return Link(element.get("url", ""), "enclosure")
    if element.tag == "link":
        if not _ADDRESSES.isdisjoint(element.keys()):
            raise UnusualError
        return Link(_plain(element))
    rel, media_type = element.get("rel", "alternate"), element.get("type", "")
    return Link(element.get("href", ""), rel, media_type)


_ADDRESSES = {"href", "url", "uri", "rel"}


def _text(parent: Element, path: str) -> str:
    element = parent.find(path)
    return "" if element is None else _plain(element)


def _plain(element: Element) -> str:
    """The text of an element; markup inside of it, not escaped, is unusual."""
    if len(element):
        raise UnusualError
    return as_meant((element.text or "").strip())


def _last(parent: Element, names: Iterable[str]) -> str:
    """The text of the last of the elements that say the same thing."""
    found = [child for child in parent.iterchildren(*names) if child.text or len(child)]
    return _plain(found[-1]) if found else ""
