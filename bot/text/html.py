"""HTML as blogs write it, as text with entities: all that Telegram can show, nothing else.

The parser reports elements one by one and no tree is built, so that nesting, however deep, costs
neither stack nor time (a tree of libxml2 ends at 2,048 levels and silently loses the rest).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from bot.text import tags
from bot.text.blocks import Figures, Lists, Tables
from bot.text.characters import clean, utf16_length
from bot.text.embeds import TAGS, Embeds
from bot.text.hidden import Formulas, is_hidden
from bot.text.lines import Lines, Style
from bot.text.links import web_link
from bot.text.rich import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.text.rich import Rich

_LANGUAGE = re.compile(r"\b(?:language|lang|highlight-source)-([\w+#.-]{1,32})")
_BLOCK = re.compile(r"\bdisplay\s?:\s?(?:block|flex|grid)\b", re.IGNORECASE)
_CHECKED = {"checked": tags.DONE, "unchecked": tags.TO_DO}
_ROOM = 100_000
"""Characters that the addresses of links may have, beside twice those of the document."""


def html_to_rich(html: str, base: str | None = None) -> Rich:
    """The text of `html`; links are seen from `base`. `.text` alone is the plain text.

    Takes whatever it is given: tags that do not close, cross or do not exist, entities of any kind.
    Time and what is written grow with the length only.
    """
    walker = _Walker(base, room=2 * len(html) + _ROOM, measure=utf16_length)
    return _walked(walker, html).rich().strip()


def html_to_text(html: str) -> str:
    """The plain text of `html`: no entity begins in it, so that nothing is measured in UTF-16."""
    walker = _Walker(None, room=2 * len(html) + _ROOM, measure=len)
    return _walked(walker, html).text().strip()


def _walked(walker: _Walker, html: str) -> Lines:
    """What the walker wrote of `html`."""
    parser = etree.HTMLParser(
        encoding="utf-8",
        huge_tree=True,
        recover=True,
        target=walker,  # type: ignore[arg-type]  # the stubs ask for str and bytes at once
    )
    parser.feed(clean(html.replace("\t", "    ")).encode())
    parser.close()
    return walker.written()


@dataclass(slots=True)
class _Code:
    """An open `<pre>`: its text so far, and what is open in it."""

    language: str | None
    parts: list[str] = field(default_factory=list)
    blocks: list[bool] = field(default_factory=list)
    """Of each element that is open in it: whether it has lines of its own."""
    is_line_over: bool = False

    def add(self, text: str) -> None:
        """Text, on a line of its own where a block ended before it."""
        is_fed = text.startswith("\n") or not self.parts or self.parts[-1].endswith("\n")
        if self.is_line_over and not is_fed:
            self.parts.append("\n")
        self.is_line_over = False
        self.parts.append(text)


class _Walker:
    """The parser's target (lxml, "The target parser interface"): every start has its end."""

    def __init__(self, base: str | None, *, room: int, measure: Callable[[str], int]) -> None:
        self.lines = Lines(measure)
        self._base = base
        self._room = room
        self._lists = Lists(self.lines)
        self._tables = Tables(self.lines)
        self._figures = Figures(self.lines)
        self._embeds = Embeds(self.lines, self._link)
        self._formulas = Formulas()
        self._opened: list[Kind | None] = []
        self._hidden = 0
        self._code: _Code | None = None
        self._script: dict[int, int] = {}
        self._pieces: list[str] = []
        """The text since the last tag: a reference or a stray sign is a piece of its own."""
        self.data = self._pieces.append

    def written(self) -> Lines:
        """All that was written."""
        self._write_pieces()
        return self.lines

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._write_pieces()
        if self._hidden:
            self._hidden += 1
        elif self._embeds.depth:
            self._embeds.begin(tag, attributes)
        elif attributes and (is_hidden(tag, attributes) or self._formulas.is_repeated(attributes)):
            self._hidden += 1
        elif self._code is None and tag in TAGS:
            self._embeds.begin(tag, attributes)
        elif tag in tags.DROPPED:
            self._check(tag, attributes)
            self._hidden += 1
        elif self._code is not None:
            _start_in_code(self._code, tag, attributes)
        else:
            self._break(tags.BREAKS.get(tag, 0))
            self._begin(tag, attributes)
            self._opened.append(self._open(tag, attributes))
            if tag in tags.AROUND:
                self.lines.add(tags.AROUND[tag][0])
            self._script = tags.SCRIPTS.get(tag, self._script)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._write_pieces()
        if self._hidden:
            self._hidden -= 1
        elif self._embeds.depth:
            self._embeds.end()
        elif self._code is not None and self._code.blocks:
            self._code.is_line_over |= self._code.blocks.pop()
        else:
            if tag in tags.AROUND:
                self.lines.add(tags.AROUND[tag][1])
            self._script = {} if tag in tags.SCRIPTS else self._script
            self._finish(tag)
            if (kind := self._opened.pop()) is not None:
                self.lines.close(kind)
            self._break(tags.BREAKS.get(tag, 0))

    def _write_pieces(self) -> None:
        if not self._pieces:
            return
        text = "".join(self._pieces)
        self._pieces.clear()
        if not self._hidden and not self._embeds.depth:
            self._write_text(text)

    def _write_text(self, text: str) -> None:
        if self._code is not None:
            self._code.add(text)
        elif self._script and all(ord(character) in self._script for character in text.strip()):
            self.lines.add(text.translate(self._script))
        else:
            self.lines.add(text)

    def comment(self, text: str | bytes) -> None:
        """A comment: nothing to show."""

    def close(self) -> None:
        """The document ends."""

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: C901  # one case an element
        match tag:
            case "br" if not self._begun():
                self.lines.feed_line()
            case "hr":
                self._lists.interrupt()
                self.lines.rule_off()
            case "img":
                self._figures.picture(attributes)
            case "ul" | "ol" | "menu" | "dir":
                self._lists.begin(tag, attributes)
            case "li":
                self._lists.item(attributes)
                self._check(tag, attributes)
            case "pre":
                self._code = _Code(_language(attributes))
            case "table":
                self._tables.begin()
            case "tr":
                self._tables.row()
            case "td" | "th":
                self._tables.cell()
            case "figure":
                self._figures.begin()
            case "figcaption":
                self._figures.caption()
            case "summary":
                self.lines.prefix = self.lines.indent + tags.UNFOLDED

    def _check(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A box that is ticked or is to be; of lists, Quill writes it beside the item."""
        is_box = tag == "input" and attributes.get("type", "").lower() == "checkbox"
        if is_box and self._code is None:
            self.lines.mark(tags.DONE if "checked" in attributes else tags.TO_DO)
        elif (said := attributes.get("data-list")) in _CHECKED:
            self.lines.mark(_CHECKED[said])

    def _finish(self, tag: str) -> None:
        match tag:
            case "ul" | "ol" | "menu" | "dir":
                self._lists.end()
            case "li":
                self._lists.item_end()
            case "pre" if self._code is not None:
                self._write_code(self._code)
            case "table":
                self._tables.end()
            case "td" | "th":
                self._tables.cell_end()
            case "figure":
                self._figures.end()
            case "figcaption":
                self._figures.caption_end()
            case "summary":
                self.lines.prefix = ""

    def _open(self, tag: str, attributes: Mapping[str, str]) -> Kind | None:
        """Begin the element's style; None where it has none, or one that is open already."""
        kind, url = tags.STYLES.get(tag), None
        if tag == "a":
            url = self._link(attributes.get("href"))
            kind = Kind.LINK if url else None
        elif tag == "span" and "tg-spoiler" in attributes.get("class", "").split():
            kind = Kind.SPOILER
        return kind if kind is not None and self.lines.open(Style(kind, url)) else None

    def _link(self, address: str | None) -> str | None:
        """Where it leads; None beyond what all links of a document may take."""
        url = web_link(address, self._base)
        if url is None or len(url) > self._room:
            return None
        self._room -= len(url)
        return url

    def _begun(self) -> bool:
        """Whether the line has only begun, with a bullet or a cell, and stays as it is."""
        return bool(self.lines.prefix) or self._tables.in_empty_cell()

    def _break(self, breaks: int) -> None:
        if breaks and not self._begun():
            self.lines.break_line(1 if self._lists else breaks)

    def _write_code(self, code: _Code) -> None:
        self._code = None
        self.lines.open(Style(Kind.PRE, language=code.language))
        self.lines.add_as_it_is("".join(code.parts))
        self.lines.close(Kind.PRE)


def _start_in_code(code: _Code, tag: str, attributes: Mapping[str, str]) -> None:
    code.blocks.append(tag in tags.BREAKS or _BLOCK.search(attributes.get("style", "")) is not None)
    code.language = code.language or _language(attributes)
    code.is_line_over |= code.blocks[-1]
    if tag == "br":
        code.add("\n")


def _language(attributes: Mapping[str, str]) -> str | None:
    """What a block of code is written in, by the class that highlighters use (HTML, 4.5.15)."""
    found = _LANGUAGE.search(attributes.get("class", ""))
    return found[1] if found else None
