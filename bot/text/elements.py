"""Elements looked for in foreign markup, each character of it read once.

A pattern for a whole element tries again from every place where one might begin, which takes
quadratic time on what never ends. These look on from where they stopped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = re.compile(r"[\s\0\ufeff]*")
_PAGE = re.compile(r"<(?:!doctype\s{1,20}html|html|head|body)\b", re.IGNORECASE)
_OF_PAGES = re.compile(
    r"<(?:html|head|body|meta|title|link|script|style|base|noscript|iframe|header|main|nav|section"
    r"|article|div|p|a|b|i|em|strong|br|hr|span|font|center|table|form|img|ul|ol|pre|h[1-6])\b",
    re.IGNORECASE,
)
_OF_FEEDS = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_FIRST_TAG = re.compile(r"<\w")
_ROOT = re.compile(r"<!--|<\?|<\w")
_IN_PROLOG = re.compile(r"<!--|<\?|<!DOCTYPE|<\w", re.IGNORECASE)
_IN_DOCTYPE = re.compile(r"<!--|<\?|<!ENTITY|[\"'>\[\]]", re.IGNORECASE)
_SHORT = re.compile(
    r"<!ENTITY\s{1,20}([A-Za-z_][\w.-]{0,39})\s{1,20}"
    r"(?:\"([^\"'<&%]{0,32}|&#\w{1,8};)\"|'([^\"'<&%]{0,32}|&#\w{1,8};)')\s{0,20}>"
)
_BORROWED = re.compile(r"<!ENTITY\s{1,20}%\s{1,20}[\w.-]{1,40}\s{1,20}(?:PUBLIC|SYSTEM)\b")
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]{0,39});")
_QUOTED = {'"': '"', "'": "'", "<!--": "-->", "<?": "?>"}


def list_elements(markup: str, name: str) -> Iterator[tuple[str, str]]:
    """What stands in the start tag, and what between it and the next end tag, of each `name`."""
    start = re.compile(rf"<{name}\b", re.IGNORECASE)
    end = re.compile(rf"</{name}\b", re.IGNORECASE)
    opened = start.search(markup)
    while opened is not None:
        inside = markup.find(">", opened.end()) + 1
        closed = end.search(markup, inside) if inside else None
        if closed is None:
            return
        yield markup[opened.end() : inside - 1], markup[inside : closed.start()]
        opened = start.search(markup, closed.end())


def skip_comments(markup: str, place: int = 0) -> int:
    """The first place from there on that is neither white space nor in a comment."""
    place = _beyond_space(markup, place)
    while markup.startswith("<!--", place) and (end := markup.find("-->", place)) > 0:
        place = _beyond_space(markup, end + len("-->"))
    return place


def _beyond_space(markup: str, place: int) -> int:
    found = _SPACE.match(markup, place)
    return place if found is None else found.end()


def is_web_page(markup: str) -> bool:
    """Whether a document begins as HTML does, after comments, or its first element is HTML's.

    What begins with a message of the server's language may be a feed nonetheless.
    """
    if _PAGE.match(markup, skip_comments(markup)) is not None:
        return True
    is_html = _OF_PAGES.match(markup, first_tag(markup)) is not None
    return is_html and _OF_FEEDS.search(markup) is None


def first_tag(markup: str) -> int:
    """Where the first start tag lies, behind comments and instructions; the end without one."""
    sign, end = next(_signs(markup, _ROOT, 0), ("", len(markup)))
    return end - len(sign)


def declares_entities(markup: str) -> bool:
    """Whether a document's own DTD (XML 1.0, 2.8, the internal subset) names entities.

    Each may hold many of another, so that a few hundred bytes become gigabytes in a parser.
    """
    tag = _FIRST_TAG.search(markup)
    if _ENTITY.search(markup, 0, len(markup) if tag is None else tag.start()):
        return True  # feedparser looks for them there, in a DTD or not
    first = next(_signs(markup, _IN_PROLOG, 0), None)
    return first is not None and len(first[0]) > len("<a") and _declares(markup, first[1])


def without_entities(markup: str) -> str | None:
    """The document with the short entities of its own DTD written out, and without the DTD.

    Old feeds name a few characters there (`<!ENTITY nbsp "&#160;">`), or have a list of names read
    from elsewhere, which is not fetched. None: one is built of others, is long, or is a file.
    """
    if not declares_entities(markup):
        return markup
    sign, place = next(_signs(markup, _IN_PROLOG, 0), ("", 0))
    end = _doctype_end(markup, place)
    subset = markup[place:end]
    short = {name: first or second for name, first, second in _SHORT.findall(subset)}
    known = len(_SHORT.findall(subset)) + len(_BORROWED.findall(subset))
    if sign.lower() != "<!doctype" or known != len(_ENTITY.findall(subset)):
        return None
    written = _REFERENCE.sub(lambda found: short.get(found[1], found[0]), markup[end:])
    return markup[: place - len(sign)] + written


def _doctype_end(markup: str, place: int) -> int:
    """Where a document type declaration ends, from its name on; where the text does without."""
    is_inside = False
    for sign, end in _signs(markup, _IN_DOCTYPE, place):
        if sign in {"[", "]"}:
            is_inside = sign == "["
        elif sign == ">" and not is_inside:
            return end
    return len(markup)


def _declares(markup: str, place: int) -> bool:
    """The same of a document type declaration, from its name on."""
    is_inside = False
    for sign, _ in _signs(markup, _IN_DOCTYPE, place):
        if sign in {"[", "]"}:
            is_inside = sign == "["
        elif sign != ">":
            return True
        elif not is_inside:
            return False
    return False


def _signs(markup: str, wanted: re.Pattern[str], place: int) -> Iterator[tuple[str, int]]:
    """What is found, and where it ends; what is quoted, or in a comment, is passed."""
    while (found := wanted.search(markup, place)) is not None:
        sign, place = found[0], found.end()
        if (quoted := _QUOTED.get(sign)) is None:
            yield sign, place
        elif (end := markup.find(quoted, place)) < 0:
            return
        else:
            place = end + len(quoted)
