"""The full text of a post in parts, each as it goes on one page, and as it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.text.characters import is_visible, utf16_length
from bot.text.graphemes import index_at
from bot.text.html import html_to_rich
from bot.text.inert import inert
from bot.text.nesting import nest
from bot.text.paging import pages
from bot.text.rich import Entity, Kind, Rich, plain

if TYPE_CHECKING:
    from storage.models import PostId

PAGE_UNITS = 3_000
"""Shorter than a message may be, so that the head and the foot fit and a page is one screen."""
PAGE_LINKS = 90
"""Fewer than a message may have entities: none of a page is lost, the head's included."""
RENDERING = 2
"""Grows with every change of what is made of a text: what was kept before is made anew."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a full text; `number` counts from 0."""

    text: Rich
    number: int
    total: int
    onward: tuple[tuple[PostId, str], ...] = ()
    """Posts to read on with, by their titles: on the last page."""


def render_leaves(html: str | None, link: str | None, body: str) -> list[tuple[str, str]]:
    """The text with what formatting its source gave it, or else plain, in parts to be kept.

    At least one, which may be empty. Each is its text and its entities as JSON.
    """
    rich = html_to_rich(html, link) if html else Rich()
    whole = rich if is_visible(rich.text) else plain(body)
    parts = [one for part in pages(inert(whole), PAGE_UNITS) for one in _by_links(part)] or [Rich()]
    return [(part.text, json.dumps([_kept(one) for one in part.entities])) for part in parts]


def _by_links(part: Rich) -> list[Rich]:
    """A part in several, of `PAGE_LINKS` links at most, each from a line on if that can be."""
    edges, held = [0], list[int]()
    for one in nest(part.entities):
        if one.kind is not Kind.LINK:
            continue
        if len(held) >= PAGE_LINKS:
            line = _line_start(part, one.offset)
            edges.append(line if line > held[0] else one.offset)
            held = [offset for offset in held if offset >= edges[-1]]
        held.append(one.offset)
    if len(edges) == 1:
        return [part]
    return [one.strip() for one in part.cut(list(pairwise([*edges, part.length])))]


def _line_start(rich: Rich, unit: int) -> int:
    before = rich.text[: index_at(rich.text, unit)]
    return utf16_length(before[: before.rfind("\n") + 1])


def _kept(one: Entity) -> tuple[object, ...]:
    """As `dataclasses.astuple` has it, which takes as long as all the rest of a page."""
    return one.kind, one.offset, one.length, one.url, one.language


def kept_leaf(text: str, entities: str, number: int, total: int) -> Leaf:
    """A part as `render_leaves` made it."""
    styled = tuple(Entity(Kind(kind), *rest) for kind, *rest in json.loads(entities))
    return Leaf(Rich(text, styled), number, total)
