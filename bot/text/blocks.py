"""Lists, tables and figures on lines of text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text import tags
from bot.text.characters import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.text.lines import Lines

_INDENT = "  "
_DEEPEST = 8
"""Lists in lists are indented so often at most: text would grow by the square of its depth."""
_LARGEST_NUMBER_DIGITS = 6
_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg|heic|avif|bmp)", re.IGNORECASE)
_LONGEST_EMOJI = 12


@dataclass(slots=True)
class _List:
    """A list: the number of its next item, None for bullets, and how many it has."""

    number: int | None
    items: int = 0


class Lists:
    """The lists that are open, an item's bullet or number before its first line."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._lists: list[_List] = []
        self._last: _List | None = None
        """The one that ended last, if it has one item, where nothing was written since."""
        self._ended_at = 0

    def __bool__(self) -> bool:
        return bool(self._lists)

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A list begins; after one of one item, which editors write, it goes on with that."""
        last = self._last if self._ended_at == self._lines.units else None
        first = 1 if tag == "ol" else None
        if last is not None and (last.number is None) == (first is None):
            self._lines.next_line()
            first = last.number
        self._last = None
        number = first if first is None else _number(attributes.get("start"), first)
        self._lists.append(_List(number))

    def interrupt(self) -> None:
        """The next list is another one."""
        self._last = None

    def item(self, attributes: Mapping[str, str]) -> None:
        """An item begins; one that stands in no list is taken as in one of bullets."""
        depth = max(len(self._lists), 1)
        mark = tags.BULLETS[min(depth, len(tags.BULLETS)) - 1]
        current = self._lists[-1] if self._lists else _List(None)
        current.items += 1
        self._last = None
        if current.number is not None:
            number = _number(attributes.get("value"), current.number)
            current.number = number + 1
            mark = f"{number}."
        self._lines.prefix = f"{_INDENT * (min(depth, _DEEPEST) - 1)}{mark} "
        self._lines.indent = _INDENT * min(depth, _DEEPEST)

    def item_end(self) -> None:
        """An item ends; an empty one leaves nothing."""
        self._lines.prefix = ""
        self._lines.indent = _INDENT * min(len(self._lists), _DEEPEST)

    def end(self) -> None:
        """A list ends."""
        ended = self._lists.pop()
        self._last = ended if ended.items == 1 else None
        self._ended_at = self._lines.units
        self.item_end()


@dataclass(slots=True)
class _Row:
    """The row that a table is at, and what had been written when its last cell began."""

    cells: int = 0
    cell_units: int = -1
    cell_feeds: int = 0
    tall: bool = False
    """A cell took more than one line."""


class Tables:
    """The tables that are open: a row on a line, while its cells are of one line each."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._rows: list[_Row] = []

    def begin(self) -> None:
        """A table begins."""
        self._rows.append(_Row())

    def row(self) -> None:
        """A row begins; a blank line goes before it only where cells are tall."""
        if self._rows:
            if self._rows[-1].cells and not self._rows[-1].tall:
                self._lines.next_line()
            self._rows[-1] = _Row()

    def cell(self) -> None:
        """A cell begins: in the line of the one before, unless that took several."""
        if not self._rows:
            return
        row = self._rows[-1]
        if row.cells and not row.tall:
            self._lines.join_by(tags.CELL_GAP)
        row.cell_units = self._lines.units
        row.cell_feeds = self._lines.feeds + self._lines.feeds_ahead

    def cell_end(self) -> None:
        """A cell ends."""
        if self._rows and not self.in_empty_cell():
            row = self._rows[-1]
            row.cells += 1
            row.tall = row.tall or self._lines.feeds > row.cell_feeds
            row.cell_units = -1

    def end(self) -> None:
        """A table ends."""
        self._rows.pop()

    def in_empty_cell(self) -> bool:
        """Whether a cell has begun and nothing is written in it."""
        return bool(self._rows) and self._rows[-1].cell_units == self._lines.units


class Figures:
    """Pictures, as their captions, or else as what stands for them."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._waiting: list[list[str]] = []

    def begin(self) -> None:
        """A figure begins: its pictures wait for a caption."""
        self._waiting.append([])

    def picture(self, attributes: Mapping[str, str]) -> None:
        """A picture; an emoji goes into its line, a file's name says nothing."""
        text = clean_line(attributes.get("alt") or attributes.get("title") or "")
        if not text or _FILE_NAME.fullmatch(text):
            return
        if len(text) <= _LONGEST_EMOJI and not any(map(str.isalnum, text)):
            self._lines.add(text)
        elif self._waiting:
            self._waiting[-1].append(text)
        else:
            self._show(text)

    def caption(self) -> None:
        """A caption begins."""
        if self._waiting and self._waiting[-1]:
            self._lines.prefix = self._lines.indent + tags.PICTURE

    def caption_end(self) -> None:
        """A caption ends; unless it was empty, its pictures are told."""
        if self._waiting and not self._lines.prefix:
            self._waiting[-1].clear()
        self._lines.prefix = ""

    def end(self) -> None:
        """A figure ends: pictures without a caption are shown as what stands for them."""
        for text in self._waiting.pop():
            self._show(text)

    def _show(self, text: str) -> None:
        self._lines.break_line(1)
        self._lines.add(tags.PICTURE + text)
        self._lines.break_line(1)


def _number(written: str | None, default: int) -> int:
    """A list's number as its author wrote it, where that is a sensible one."""
    text = (written or "").strip()
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= _LARGEST_NUMBER_DIGITS:
        return int(text)
    return default
