"""What the parsers find in a feed, before anything is cleaned or decided."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A text and whether it is HTML; None where the format leaves that to the reader."""

    text: str
    is_html: bool | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What one item says."""

    title: Said
    bodies: tuple[Said, ...]
    links: tuple[str, ...]
    """The best first."""
    guid: str
    author: str
    dates: tuple[str, ...]
    """Of publishing first, of changes last."""
    comments: str


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says of itself, and its items in its order."""

    title: Said
    tagline: str
    author: str
    items: tuple[Item, ...]


def as_links(guid: str) -> tuple[str, ...]:
    """A guid as a link, where it is a web address."""
    return (guid,) if guid.startswith(("http://", "https://")) else ()
