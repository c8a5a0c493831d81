"""What a search answers with. Pure.

Spans are pairs of code points (places in a Python str), half open, ascending and disjoint; whoever
renders them counts UTF-16 units.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from bot.search.filters import NOTHING, Filtered

if TYPE_CHECKING:
    from storage.models import PostId

Span: TypeAlias = tuple[int, int]

READINGS_BETWEEN = ", "
"""Stands between what initials are read as, in `Repair.searched`."""


class Order(StrEnum):
    """Which hit comes first."""

    BEST = "best"
    NEWEST = "newest"


class RepairKind(StrEnum):
    """What was wrong with a query that found nothing as it was."""

    LAYOUT = "layout"
    INITIALS = "initials"
    TYPO = "typo"
    SPACING = "spacing"
    HALF_TYPED = "half_typed"
    SHORTENED = "shortened"
    FORM = "form"
    """Another form of what may be a verb or a noun of one syllable: 심기, 칩은."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The whole query as typed, and as it was searched instead."""

    kind: RepairKind
    typed: str
    searched: str


@dataclass(frozen=True, slots=True)
class Passage:
    """The part of a post's text that matters; `spans` are places in `text`."""

    text: str
    spans: tuple[Span, ...]
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that was found; not `complete`: `lacks` are the words that are not in it."""

    post_id: PostId
    title: str
    score: float
    title_spans: tuple[Span, ...]
    passage: Passage
    complete: bool
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """What to try when nothing was found, or nothing with every word (then no posts)."""

    posts: tuple[tuple[PostId, str], ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index is: so many posts of so many; `anew`: beside one that answers."""

    done: int
    total: int
    anew: bool


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What stood beside the words of a query, and what came of it."""

    asked: Filtered = NOTHING
    undated: int = 0
    """Posts that have every word and no date, where dates were asked for."""
    outside: int = 0
    """Where nothing was found: posts that there are without the filters."""
    authors: tuple[str, ...] = ()
    """Where a filter names nobody: whom it may name."""
    sources: tuple[str, ...] = ()
    """Likewise, for sources."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits. `partial`: none of them has every word; `total` counts all pages.

    `also` are other names that were searched, as they are written, where a hit of the page has one.
    """

    query: str
    searched: str
    repair: Repair | None
    partial: bool
    total: int
    hits: tuple[Hit, ...]
    order: Order
    offset: int
    near: Near | None
    also: tuple[str, ...] = ()
    progress: Progress | None = None
    """Where nothing was found: what the index still lacks, so that it may be there all the same."""
    onward: tuple[tuple[PostId, str], ...] = ()
    """Where nothing was found: posts to read on with, after the one whose title is nearest."""
    meant: tuple[tuple[PostId, str], ...] = ()
    """Posts that mean what was asked, where no post has every word (bot.search.meaning)."""
    narrowed: Narrowed = Narrowed()
    """The filters of the query (bot.search.filters); `query` is the words without them."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A search that found nothing, asked by `people` of us."""

    query: str
    people: int
    offers: tuple[Synonym, ...] = ()
    """Names that the posts have (`right`) for what it asked (`left`), the nearest first."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """Two names for one thing, added by an operator."""

    left: str
    right: str
