"""The full text of a post in parts, each as it goes on one page, and as it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.text.characters import is_visible
from bot.text.html import html_to_rich
from bot.text.inert import inert
from bot.text.paging import pages
from bot.text.rich import Entity, Kind, Rich, plain

PAGE_UNITS = 3_000
"""Shorter than a message may be, so that the head and the foot fit and a page is one screen."""
RENDERING = 1
"""Grows with every change of what is made of a text: what was kept before is made anew."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a full text; `number` counts from 0."""

    text: Rich
    number: int
    total: int


def render_leaves(html: str | None, link: str | None, body: str) -> list[tuple[str, str]]:
    """The text with what formatting its source gave it, or else plain, in parts to be kept.

    At least one, which may be empty. Each is its text and its entities as JSON.
    """
    rich = html_to_rich(html, link) if html else Rich()
    whole = rich if is_visible(rich.text) else plain(body)
    parts = pages(inert(whole), PAGE_UNITS) or [Rich()]
    return [(part.text, json.dumps([_kept(one) for one in part.entities])) for part in parts]


def _kept(one: Entity) -> tuple[object, ...]:
    """As `dataclasses.astuple` has it, which takes as long as all the rest of a page."""
    return one.kind, one.offset, one.length, one.url, one.language


def kept_leaf(text: str, entities: str, number: int, total: int) -> Leaf:
    """A part as `render_leaves` made it."""
    styled = tuple(Entity(Kind(kind), *rest) for kind, *rest in json.loads(entities))
    return Leaf(Rich(text, styled), number, total)
