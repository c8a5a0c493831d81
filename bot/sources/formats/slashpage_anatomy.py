"""What a Slashpage listing has and lacks, counted for whoever has to mend it. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.sources.formats.slashpage import parse_listing, post_hash, snapshots

KNOWN = frozenset(
    (
        *("text", "heading", "list", "orderedList", "quote", "divider", "code", "codeSource"),
        *("table", "tableCell", "image", "file"),
    )
)
"""Kinds of blocks of which it is known how they are shown; of others, their words are."""
_SITE = "https://slashpage.com/"


@dataclass(frozen=True, slots=True)
class Anatomy:
    """How many posts a listing has, and how many of them have what."""

    posts: int
    titles: int
    texts: int
    partial: int
    dates: int
    authors: int
    blocks: str
    unknown: str
    """Kinds of blocks with their counts; `-` for none."""
    first: str | None
    """What the first post is called that has a place of its own."""


def anatomy(listing: bytes, *, address: str) -> Anatomy:
    """Count. Raises FormatError `source.slashpage.changed` with what the answer lacks."""
    entries = parse_listing(listing, address=address).entries
    kinds = Counter(kind for snapshot in snapshots(listing) for kind in snapshot)
    hashes = [found for one in entries if (found := post_hash(one.link or "", _SITE))]
    return Anatomy(
        posts=len(entries),
        titles=sum(bool(one.title) for one in entries),
        texts=sum(bool(one.html) for one in entries),
        partial=sum(one.partial for one in entries),
        dates=sum(one.published_at is not None for one in entries),
        authors=sum(bool(one.author) for one in entries),
        blocks=_counted({kind: n for kind, n in kinds.items() if kind in KNOWN}),
        unknown=_counted({kind: n for kind, n in kinds.items() if kind not in KNOWN}),
        first=next(iter(hashes), None),
    )


def _counted(kinds: dict[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) or "-"
