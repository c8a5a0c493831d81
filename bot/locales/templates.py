"""Messages with places for values: `{name}`, `{name:particle}`, and a little markup. Pure.

A place with a particle renders only the particle: `'{words}'{words:으로} 찾았어요`. Numbers are
grouped as the language does; `{id:d}` writes bare digits. `<b> <i> <code> <quote>` style text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING, TypeAlias

from bot.text.particles import PARTICLES, choose_particle
from bot.text.rich import Kind, Rich, concat, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TAG = re.compile(r"(</?(?:b|i|code|quote)>)")
_KINDS = {"b": Kind.BOLD, "i": Kind.ITALIC, "code": Kind.CODE, "quote": Kind.QUOTE}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value goes."""

    name: str
    spec: str


@dataclass(frozen=True, slots=True)
class Tag:
    """Where a style begins or ends."""

    kind: Kind
    closing: bool


Part: TypeAlias = str | Slot | Tag


@lru_cache(maxsize=4096)
def parse_template(template: str) -> tuple[Part, ...]:
    """The parts of a message.

    Raises:
        ValueError: a brace or a tag stands alone, or a place asks for something unknown.
    """
    parts: list[Part] = []
    for literal, name, spec, conversion in Formatter().parse(template):
        parts += [_tag(piece) or piece for piece in _TAG.split(literal) if piece]
        if name is None:
            continue
        if not name.isidentifier() or conversion or not (spec in {"", "d"} or spec in PARTICLES):
            raise ValueError(f"a place that cannot be filled in: {template}")
        parts.append(Slot(name, spec or ""))
    _check_tags(template, [part for part in parts if isinstance(part, Tag)])
    return tuple(parts)


def render_template(
    template: str, values: Mapping[str, object], number: Callable[[int], str]
) -> Rich:
    """A message with its values; `number` writes an integer.

    Raises:
        KeyError: a value is missing.
    """
    open_parts: list[list[Rich | str]] = [[]]
    for part in parse_template(template):
        if isinstance(part, str):
            open_parts[-1].append(Rich(part))
        elif isinstance(part, Slot):
            open_parts[-1].append(_fill(part, values[part.name], number))
        elif part.closing:
            inner = concat(open_parts.pop())
            open_parts[-1].append(inner.styled(part.kind))
        else:
            open_parts.append([])
    return concat(open_parts[0])


def _fill(place: Slot, value: object, number: Callable[[int], str]) -> Rich:
    if isinstance(value, int):
        value = str(value) if place.spec == "d" else number(value)
    rich = value if isinstance(value, Rich) else plain(str(value))
    if place.spec in PARTICLES:
        return Rich(choose_particle(rich.text, place.spec))
    return rich


def _tag(piece: str) -> Tag | None:
    if not _TAG.fullmatch(piece):
        return None
    return Tag(_KINDS[piece.strip("</>")], closing=piece.startswith("</"))


def _check_tags(template: str, tags: list[Tag]) -> None:
    opened: list[Kind] = []
    for tag in tags:
        if not tag.closing:
            opened.append(tag.kind)
        elif not opened or opened.pop() is not tag.kind:
            raise ValueError(f"a tag that closes nothing: {template}")
    if opened:
        raise ValueError(f"a tag that is not closed: {template}")
