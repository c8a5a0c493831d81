"""How much of a page trafilatura is asked for, which takes quadratic time on some. Pure.

What it does again and again: it reads the text of each element with all that is in it, looks for
what is around each, and joins a paragraph with each that is inside it. libxml2 counts siblings one
by one where it puts elements of several kinds in order (XPath's `|`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LONGEST = 2_000_000
"""Characters of a page that are parsed."""
MOST_PARSED_TAGS = 60_000
MOST_LETTERS_TWICE = 500_000
"""Beyond so many it asks no second opinion."""
MOST_NESTED_LETTERS_TWICE = 10_000_000
"""Nor beyond so many, each counted as deep as it is."""
MOST_NESTED_LETTERS = 100_000_000
MOST_NESTED_TAGS = 600_000
"""Elements, each counted as deep as it is: ten thousand that are sixty deep."""
MOST_JOINED = 100_000_000
"""Letters of paragraphs, each paragraph's as often as there are some in it."""
MOST_PARAGRAPHS = 10_000
"""As many as a page within the bounds has where each of them is closed."""
MOST_SIBLINGS = 3_000
GROUP = 500
_SIGN = re.compile("<")
_LINES = {"br", "p", "div", "ul", "ol", "dl", "blockquote", "table", "pre", "q"}
_HOLDERS = {"body", "div", "article", "section", "main", "center", "td", "blockquote"}


def beginning(text: str) -> str:
    """The page; of a very large one, its beginning, where it says what it is."""
    beyond = next(islice(_SIGN.finditer(text, 0, LONGEST), MOST_PARSED_TAGS, None), None)
    return text[: LONGEST if beyond is None else beyond.start()]


@dataclass(slots=True)
class Reading:
    """How much of a page there is to read."""

    letters: int = 0
    nested_letters: int = 0
    nested_tags: int = 0
    joined: int = 0
    paragraphs: int = 0

    @property
    def is_bounded(self) -> bool:
        """Whether trafilatura may be asked at all."""
        is_flat = self.nested_letters <= MOST_NESTED_LETTERS and self.joined <= MOST_JOINED
        is_small = self.nested_tags <= MOST_NESTED_TAGS and self.paragraphs <= MOST_PARAGRAPHS
        return is_flat and is_small

    @property
    def is_short(self) -> bool:
        """Whether it may ask for second opinions."""
        is_flat = self.nested_letters <= MOST_NESTED_LETTERS_TWICE
        return is_flat and self.letters <= MOST_LETTERS_TWICE

    def add(self, one: HtmlElement, depth: int) -> None:
        """An element, which is so deep, the outermost being 1."""
        inside, after = len(one.text or ""), len(one.tail or "")
        self.letters += inside + after
        self.nested_letters += inside * depth + after * (depth - 1)
        self.nested_tags += depth
        self.paragraphs += one.tag == "p"

    def join(self, paragraph: HtmlElement) -> None:
        """A paragraph that is in no other one."""
        inner = sum(1 for _ in paragraph.iter("p")) - 1
        self.joined += inner and inner * len(paragraph.text_content())


def measure(root: HtmlElement) -> Reading:
    """What there is to read in a page: each element is looked at a few times."""
    reading = Reading()
    left = [(root, 1, False)]
    while left:
        one, depth, is_inside = left.pop()
        reading.add(one, depth)
        if one.tag == "p" and not is_inside:
            reading.join(one)
        left += [(child, depth + 1, is_inside or one.tag == "p") for child in one]
    return reading


def group_siblings(root: HtmlElement) -> None:
    """Where thousands of lines have the same parent, put each few hundred into a block."""
    for one in [one for one in root.iter(*_HOLDERS) if len(one) > MOST_SIBLINGS]:
        group = one
        for child in list(one):
            if group is one or (len(group) >= GROUP and child.tag in _LINES):
                group = one.makeelement("div")
                child.addprevious(group)
            group.append(child)
