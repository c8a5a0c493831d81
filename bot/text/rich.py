"""Text with entities, the form in which Sosik writes to Telegram.

Text and entities cannot be refused for a stray `<`, as a parse mode can. Offsets and lengths are in
UTF-16 code units, as in the Bot API's MessageEntity.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.text.characters import clean, utf16_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MESSAGE_UNITS = 4096
"""The longest message text, in UTF-16 units (Bot API, sendMessage)."""
MESSAGE_ENTITIES = 100
"""The most entities in a message (Bot API)."""


class Kind(StrEnum):
    """The Bot API's `MessageEntity.type`, as far as a bot may set it."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKETHROUGH = "strikethrough"
    SPOILER = "spoiler"
    CODE = "code"
    PRE = "pre"
    LINK = "text_link"
    QUOTE = "blockquote"
    EXPANDABLE_QUOTE = "expandable_blockquote"


@dataclass(frozen=True, slots=True)
class Entity:
    """A style or a link on a stretch of text, in UTF-16 units."""

    kind: Kind
    offset: int
    length: int
    url: str | None = None
    language: str | None = None

    @property
    def end(self) -> int:
        """The first unit after it."""
        return self.offset + self.length

    def moved(self, units: int) -> Entity:
        """The same, so many units further on."""
        return Entity(self.kind, self.offset + units, self.length, self.url, self.language)

    def within(self, start: int, end: int) -> Entity | None:
        """The part between two units, counted from the first; None when there is none."""
        left, right = max(self.offset, start), min(self.end, end)
        if left >= right:
            return None
        return Entity(self.kind, left - start, right - left, self.url, self.language)


@dataclass(frozen=True, slots=True)
class Rich:
    """Clean text and its entities, in order of offset, the outer before the inner."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    @property
    def length(self) -> int:
        """In UTF-16 units."""
        return utf16_length(self.text)

    def __bool__(self) -> bool:
        return bool(self.text)

    def __add__(self, other: Rich | str) -> Rich:
        return concat((self, other))

    def __radd__(self, other: str) -> Rich:
        return concat((other, self))

    def join(self, parts: Iterable[Rich | str]) -> Rich:
        """The parts with this between them."""
        return concat(_between(self, parts))

    def styled(self, kind: Kind, *, url: str | None = None, language: str | None = None) -> Rich:
        """All of it in one more entity, outside those it has."""
        if not self.text:
            return self
        outer = Entity(kind, 0, self.length, url, language)
        return Rich(self.text, (outer, *self.entities))

    def mark(self, kind: Kind, spans: Iterable[tuple[int, int]]) -> Rich:
        """With a style on each span of UTF-16 units, start and end."""
        marks = (Entity(kind, start, end - start) for start, end in spans if start < end)
        return Rich(self.text, in_order((*self.entities, *marks)))

    def slice(self, start: int, end: int | None = None) -> Rich:
        """The part between two UTF-16 units with its entities; neither cuts a surrogate pair."""
        return self.cut([(start, self.length if end is None else end)])[0]

    def cut(self, spans: Sequence[tuple[int, int]]) -> list[Rich]:
        """The parts between pairs of UTF-16 units, which ascend and do not overlap.

        A unit inside a surrogate pair counts as the pair's first.
        """
        data = self.text.encode("utf-16-le")
        whole = [(_whole(data, start), _whole(data, end)) for start, end in spans]
        texts = [data[2 * start : 2 * end].decode("utf-16-le") for start, end in whole]
        return [
            Rich(text, found)
            for text, found in zip(texts, _clipped(self.entities, whole), strict=True)
        ]

    def strip(self) -> Rich:
        """Without white space at both ends."""
        if not self.text[:1].isspace() and not self.text[-1:].isspace():
            return self
        body = self.text.strip()
        before = utf16_length(self.text[: len(self.text) - len(self.text.lstrip())])
        return self.slice(before, before + utf16_length(body))


def plain(text: str) -> Rich:
    """`text`, cleaned for Telegram."""
    return Rich(clean(text))


def concat(parts: Iterable[Rich | str]) -> Rich:
    """The parts in a row; takes time in proportion to their sum."""
    texts: list[str] = []
    entities: list[Entity] = []
    units = 0
    for part in parts:
        rich = as_rich(part)
        if rich.entities:
            entities += (
                [entity.moved(units) for entity in rich.entities] if units else rich.entities
            )
        texts.append(rich.text)
        units += utf16_length(rich.text)
    return Rich("".join(texts), tuple(entities))


def as_rich(text: Rich | str) -> Rich:
    """`text` itself, or cleaned."""
    return text if isinstance(text, Rich) else plain(text)


def bold(text: Rich | str) -> Rich:
    """In bold."""
    return as_rich(text).styled(Kind.BOLD)


def italic(text: Rich | str) -> Rich:
    """In italics."""
    return as_rich(text).styled(Kind.ITALIC)


def struck(text: Rich | str) -> Rich:
    """Struck through."""
    return as_rich(text).styled(Kind.STRIKETHROUGH)


def code(text: Rich | str) -> Rich:
    """As code in a line; a tap copies it."""
    return as_rich(text).styled(Kind.CODE)


def link(text: Rich | str, url: str | None) -> Rich:
    """Linked; as it is where there is no address."""
    return as_rich(text).styled(Kind.LINK, url=url) if url else as_rich(text)


def quote(text: Rich | str, *, expandable: bool = False) -> Rich:
    """As a quotation; an expandable one shows three lines until it is tapped."""
    return as_rich(text).styled(Kind.EXPANDABLE_QUOTE if expandable else Kind.QUOTE)


def marked(text: str, spans: Iterable[tuple[int, int]], kind: Kind = Kind.BOLD) -> Rich:
    """Clean `text` with a style on spans of characters (not units), which ascend."""
    parts: list[Rich | str] = []
    done = 0
    for start, end in spans:
        parts += (Rich(text[done:start]), Rich(text[start:end]).styled(kind))
        done = end
    return concat((*parts, Rich(text[done:])))


def in_order(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """By offset, the longer first: the order in which they nest."""
    return tuple(sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def _between(separator: Rich, parts: Iterable[Rich | str]) -> Iterator[Rich | str]:
    for number, part in enumerate(parts):
        if number:
            yield separator
        yield part


def _whole(data: bytes, unit: int) -> int:
    """`unit`, or the first of the surrogate pair that it would cut."""
    unit = max(0, min(unit, len(data) // 2))
    second = data[2 * unit + 1 : 2 * unit + 2]
    return unit - 1 if b"\xdc" <= second <= b"\xdf" else unit


def _clipped(
    entities: tuple[Entity, ...], spans: Iterable[tuple[int, int]]
) -> Iterator[tuple[Entity, ...]]:
    """What is left of the entities in each span, in one pass over both."""
    carried: list[Entity] = []
    following = 0
    for start, end in spans:
        while following < len(entities) and entities[following].offset < end:
            carried.append(entities[following])
            following += 1
        carried = [entity for entity in carried if entity.end > start]
        yield tuple(part for entity in carried if (part := entity.within(start, end)))
