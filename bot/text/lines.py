"""Writes text with styles as a browser lays it out: white space collapsed, blocks on lines.

Breaks and spaces are held back until something follows them, so that no entity begins or ends with
white space and nothing trails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text.characters import clean, utf16_length
from bot.text.nesting import nest
from bot.text.rich import Entity, Kind, Rich
from bot.text.tags import RULE

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BREAKS = 2
FOLDED_QUOTE_UNITS = 500
"""Quotations longer than this show three lines until they are tapped."""

_SPACES = re.compile("[\t\n\r\f][ \t\n\r\f]*| [ \t\n\r\f]+")
"""White space that is not one space already: most of a text is not looked at twice."""


@dataclass(slots=True)
class Style:
    """A style that is open; it starts with the first character written in it."""

    kind: Kind
    url: str | None = None
    language: str | None = None
    start: int | None = None


class Lines:
    """Text that grows line by line; `measure` says how long a piece is, by its entities' units."""

    def __init__(self, measure: Callable[[str], int] = utf16_length) -> None:
        self._measure = measure
        self.units = 0
        """What was written, by that measure: UTF-16 units, as Telegram counts."""
        self.prefix = ""
        """Goes before the next text: a bullet, a picture's sign."""
        self.indent = ""
        """Begins every line that has no prefix of its own."""
        self.feeds = 0
        """Line feeds written between texts."""
        self._parts: list[str] = []
        self._entities: list[Entity] = []
        self._open: list[Style] = []
        self._breaks = 0
        self._gap = ""
        self._at_start = True
        self._rule = False

    def add(self, text: str) -> None:
        """Write text whose white space means nothing but a gap."""
        collapsed = clean(_SPACES.sub(" ", text))
        body = collapsed.strip(" ")
        if not body.strip():
            self._gap = self._gap or (collapsed[:1] and " ")
            return
        if collapsed[0] == " ":
            self._gap = self._gap or " "
        self._write(body)
        if collapsed[-1] == " ":
            self._gap = " "

    def add_as_it_is(self, text: str) -> None:
        """Write text whose spaces and line feeds count."""
        body = clean(text).strip("\n").rstrip()
        if body:
            self._write(body)

    def mark(self, sign: str) -> None:
        """Write a sign before the text that follows, which stays in its line."""
        if self.prefix:
            self.prefix += sign
        elif self._breaks or self._at_start:
            self.prefix = self.indent + sign
        else:
            self.add(sign)

    def break_line(self, breaks: int) -> None:
        """The next text begins after at least so many line feeds."""
        self._breaks = max(self._breaks, breaks)
        self._gap = ""

    def feed_line(self) -> None:
        """One line feed more, as `<br>` does; never more than a blank line."""
        self.break_line(min(self._breaks + 1, MOST_BREAKS))

    @property
    def feeds_ahead(self) -> int:
        """Line feeds that come before the next text."""
        return self._breaks if self.units else 0

    def next_line(self) -> None:
        """The next text begins the next line, with no blank one between."""
        self._breaks, self._gap = 1, ""

    def join_by(self, gap: str) -> None:
        """The next text goes on in this line, after `gap`."""
        self._breaks = 0
        self._gap = gap

    def rule_off(self) -> None:
        """A line is drawn before the next text."""
        self._rule = True

    def open(self, style: Style) -> bool:
        """Begin a style; False when one of its kind is open already, and goes on."""
        if any(style.kind is other.kind for other in self._open):
            return False
        self._open.append(style)
        return True

    def close(self, kind: Kind) -> None:
        """End the style of this kind; a long quotation is folded."""
        style = next(style for style in self._open if style.kind is kind)
        self._open.remove(style)
        if style.start is None:
            return
        length = self.units - style.start
        if kind is Kind.QUOTE and length > FOLDED_QUOTE_UNITS:
            kind = Kind.EXPANDABLE_QUOTE
        self._entities.append(Entity(kind, style.start, length, style.url, style.language))

    def rich(self) -> Rich:
        """All that was written, by entities that Telegram takes."""
        return Rich(self.text(), nest(self._entities))

    def text(self) -> str:
        """All that was written, without its entities."""
        return "".join(self._parts)

    def _write(self, body: str) -> None:
        if self._rule and self.units:
            self._put("\n\n" + RULE)
            self._breaks = MOST_BREAKS
        if self.units and self._breaks:
            self._put("\n" * self._breaks)
            self.feeds += self._breaks
            self._at_start = True
        if self.prefix:
            self._put(self.prefix)
        elif self._at_start:
            self._put(self.indent)
        else:
            self._put(self._gap)
        for style in self._open:
            if style.start is None:
                style.start = self.units
        self._put(body)
        self.prefix, self._gap = "", ""
        self._breaks, self._at_start, self._rule = 0, False, False

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.units += self._measure(text)
