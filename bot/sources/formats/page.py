"""One page as a post: by its OpenGraph, JSON-LD or article markup. Slow: call it in a thread."""

from __future__ import annotations

import json
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lxml import html as lxml_html
from lxml.etree import LxmlError

from bot.sources.addresses import absolute_link
from bot.sources.entries import Entry
from bot.sources.errors import FormatError
from bot.sources.formats.cleaning import cut_html, name_line, title_line
from bot.sources.formats.dates import parse_date
from bot.sources.formats.page_bounds import LONGEST, Reading, beginning, group_siblings, measure
from bot.sources.formats.page_parts import (
    known_authors,
    known_body,
    known_dates,
    marked_body,
    without_host,
)
from bot.text.charsets import decode
from bot.text.elements import list_elements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_MANY_TAGS, _MOST_TAGS = 3_000, 20_000
"""Beyond the one trafilatura asks no second opinion, which takes quadratic time; beyond the other
it is not asked at all."""
_DATE_NAMES = {"article:published_time", "og:published_time", "datepublished", "date", "pubdate"}
_TITLE_NAMES = {"og:title", "twitter:title"}
_AUTHOR_NAMES = {
    *("author", "article:author", "og:article:author", "og.article.author", "dc.creator", "by"),
}
_FRAMES = {"mainframe", "screenframe"}
_ARTICLE = re.compile(r"Article|Posting|Report")
_HEADING = re.compile(r"<h[1-3]>(.*?)</h[1-3]>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Found:
    """What trafilatura says of a page."""

    title: str | None = None
    author: str | None = None
    date: str | None = None


def parse_page(
    data: bytes, *, address: str, content_type: str = "", with_text: bool = True
) -> Entry:
    """The post on a page; of one that is very large, only what it says of itself.

    Raises FormatError `source.page.unreadable` where there is none.
    """
    text = decode(data, content_type)
    root, tags = _root(text), text.count("<")
    with_text = with_text and len(text) <= LONGEST and tags <= _MOST_TAGS
    reading = measure(root) if with_text else Reading()
    with_text = with_text and reading.is_bounded
    found = _about(root, address) if with_text else _Found()
    said = _structured(root)
    titles = [found.title, *(one.get("headline") for one in said), *_metas(root, _TITLE_NAMES)]
    titles += () if with_text else (one.text for one in root.iter("title"))
    title = next((title_line(one) for one in titles if isinstance(one, str) and one.strip()), "")
    if not title:
        raise FormatError("source.page.unreadable", address=urlsplit(address).hostname or "")
    fast = tags > _MANY_TAGS or not reading.is_short
    body = _body(root, address, fast=fast) if with_text else ""
    dates = (parse_date(one) for one in _dates(root, said) if isinstance(one, str))
    return Entry(
        title=title,
        html=cut_html(_without_title(body, title))[0],
        link=_canonical(root, address),
        author=_first((*_authors(root, said), (found.author or "").split(";")[0])),
        published_at=next(filter(None, dates), None) or parse_date(found.date),
        cut=not with_text,
    )


def find_frame(data: bytes, address: str, content_type: str = "") -> str | None:
    """The page of the same host that a page is only a frame around, as Naver's are; else None."""
    root = _root(decode(data, content_type))
    host = _site(address)
    for one in root.iter("iframe", "frame"):
        names = {(one.get("id") or "").lower(), (one.get("name") or "").lower()}
        inner = absolute_link(address, one.get("src"))
        is_main = bool(names & _FRAMES) or (one.tag == "frame" and "main" in " ".join(names))
        if is_main and inner is not None and inner != address and _site(inner) == host:
            return inner
    return None


def _site(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return host.removeprefix("www.").removeprefix("m.")


def _about(root: lxml_html.HtmlElement, address: str) -> _Found:
    import trafilatura  # noqa: PLC0415  # 0.5 s that only a page needs

    try:
        found = trafilatura.extract_metadata(root, default_url=address, extensive=False)
    except Exception:  # noqa: BLE001  # what it stumbles over is a page that says nothing
        return _Found()
    return _Found(found.title, found.author, found.date)


def _body(root: lxml_html.HtmlElement, address: str, *, fast: bool) -> str:
    """The post's text as HTML: trafilatura's where no host is known, since that takes longest."""
    return known_body(root) or _extract(marked_body(root), address, fast=fast)


def _extract(root: lxml_html.HtmlElement, address: str, *, fast: bool) -> str:
    """What trafilatura's `extract` gives, without the fingerprint that takes it longest."""
    from trafilatura import bare_extraction  # noqa: PLC0415  # see above
    from trafilatura.htmlprocessing import build_html_output  # noqa: PLC0415  # see above
    from trafilatura.settings import Document  # noqa: PLC0415  # see above

    group_siblings(root)
    try:
        document = bare_extraction(
            root,
            url=address,
            fast=fast,
            output_format="html",
            include_formatting=True,
            include_links=True,
            include_comments=False,
        )
        html = build_html_output(document) if isinstance(document, Document) else ""
    except Exception:  # noqa: BLE001  # what it stumbles over is a page without a text
        return ""
    body = next((inner for _, inner in list_elements(html, "body")), "")
    return unicodedata.normalize("NFC", body).strip()


def _without_title(body: str, title: str) -> str:
    """The body without a heading that only says the title again."""
    heading = _HEADING.match(body)
    is_title = heading is not None and title_line(heading[1], is_html=True) == title
    return body[heading.end() :].lstrip() if heading is not None and is_title else body


def _root(text: str) -> lxml_html.HtmlElement:
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
        return lxml_html.fromstring(beginning(text).encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError) as error:
        raise FormatError("source.page.unreadable", address="") from error


def _canonical(root: lxml_html.HtmlElement, address: str) -> str:
    """What the page calls itself, when that is on its own host; else where it was found."""
    named = [one.get("href") for one in root.iter("link") if one.get("rel") == "canonical"]
    link = absolute_link(address, named[0]) if named else None
    is_own = link is not None and urlsplit(link).hostname == urlsplit(address).hostname
    return link if link is not None and is_own else address


def _dates(root: lxml_html.HtmlElement, said: list[dict[str, Any]]) -> Iterator[str | None]:
    yield from _metas(root, _DATE_NAMES)
    yield from (one.get("datePublished") for one in said)
    yield from (time.get("datetime") for time in root.iter("time"))
    yield from known_dates(root)


def _authors(root: lxml_html.HtmlElement, said: list[dict[str, Any]]) -> Iterator[str | None]:
    for one in said:
        author = one.get("author")
        for named in author if isinstance(author, list) else [author]:
            yield named.get("name") if isinstance(named, dict) else named
    yield from (without_host(name or "") for name in _metas(root, _AUTHOR_NAMES))
    yield from known_authors(root)


def _metas(root: lxml_html.HtmlElement, names: Collection[str]) -> Iterator[str | None]:
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in names:
            yield meta.get("content")


def _structured(root: lxml_html.HtmlElement) -> list[dict[str, Any]]:
    """What the page's JSON-LD says of articles, one level of nesting in."""
    found: list[object] = []
    for script in root.iter("script"):
        if script.get("type") == "application/ld+json":
            with suppress(ValueError, RecursionError):
                said = json.loads(script.text or "")
                found += said if isinstance(said, list) else [said]
    graphs = [one["@graph"] for one in found if isinstance(one, dict) and "@graph" in one]
    found += [one for graph in graphs if isinstance(graph, list) for one in graph]
    return [
        one
        for one in found
        if isinstance(one, dict) and _ARTICLE.search(json.dumps(one.get("@type")))
    ]


def _first(said: Iterable[str | None]) -> str:
    """The first name that is one: no address, no mail address."""
    names = (name_line(one) for one in said if isinstance(one, str) and "://" not in one)
    return next(filter(None, names), "")
