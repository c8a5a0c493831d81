"""How much of an ill-formed feed feedparser is given, which takes quadratic time on some. Pure."""

from __future__ import annotations

import re
from itertools import islice

from bot.sources.errors import FormatError
from bot.text.elements import first_tag

LONGEST = 2_000_000
"""In characters."""
MOST_REFERENCES = 150_000
"""Each `&` costs feedparser as much as a line of text."""
MOST_TAGS = 20_000
LONGEST_TAG = 200_000
"""In characters; feedparser's patterns keep a note of each character of one that does not end."""
DEEPEST = 500
"""Elements that are open at once."""
_PIECE = re.compile(r"<!--|<!\[CDATA\[|<(?P<end>/?)(?P<name>(?:[a-zA-Z][^<>\s/]*)?)[^<>]*>?")
_REFERENCE = re.compile("&")
_ENDS = {"<!--": "-->", "<![CDATA[": "]]>"}
_ENTRIES = {"item", "entry"}
_EMPTY = {"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col", "embed", "area"}
"""Elements that are not closed where they are HTML's."""


def whole_entries(feed: str) -> str:
    """The feed from its first tag on; beyond the bounds above, up to its last whole entry.

    What stands before the first tag says nothing about entries. Raises FormatError
    `source.format.too_hard` where there is none.
    """
    feed = feed[first_tag(feed) :]
    longest = _longest(feed)
    outline = _Outline(longest)
    place = 0
    while place <= longest and (found := _PIECE.search(feed, place)) is not None:
        place = found.end()
        if found[0] in _ENDS:
            place = feed.find(_ENDS[found[0]], place) % (len(feed) + 1)  # never ends: at the end
        elif not outline.take(found):
            return outline.cut(feed)
    return feed if len(feed) <= longest else outline.cut(feed)


def _longest(feed: str) -> int:
    """How many of its characters may be given."""
    if feed.count("&", 0, LONGEST) <= MOST_REFERENCES:
        return LONGEST
    return [found.start() for found in islice(_REFERENCE.finditer(feed), MOST_REFERENCES)][-1]


class _Outline:
    """The tags so far: how many, how deep, and where the last whole entry ended."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._tags = 0
        self._depth = 0
        self._outside = 0
        self._whole = 0

    def take(self, tag: re.Match[str]) -> bool:
        """Note a tag; False where it is beyond the bounds."""
        name = tag["name"].rpartition(":")[2].lower()
        self._tags += 1
        if tag["name"] and len(tag[0]) > LONGEST_TAG:
            return False
        if not name:
            return self._tags <= MOST_TAGS
        if tag["end"]:
            self._close(name, tag.end())
        elif name not in _EMPTY and not tag[0].endswith("/>"):
            self._outside = self._depth if name in _ENTRIES else self._outside
            self._depth += 1
        return self._tags <= MOST_TAGS and self._depth <= DEEPEST

    def _close(self, name: str, end: int) -> None:
        self._depth = max(self._depth - 1, 0)
        if name in _ENTRIES:
            self._depth = self._outside
            self._whole = end if end <= self._longest else self._whole

    def cut(self, feed: str) -> str:
        """The feed up to its last whole entry."""
        if not self._whole:
            raise FormatError("source.format.too_hard")
        return feed[: self._whole]
