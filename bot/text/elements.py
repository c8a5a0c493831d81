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
    """Whether a document begins as HTML does, after comments."""
    return _PAGE.match(markup, skip_comments(markup)) is not None
