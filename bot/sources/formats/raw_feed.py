"""What the parsers find in a feed, before anything is cleaned or decided."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text.characters import without_controls

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    links: tuple[str, ...] = ()
    """Of its site, the best first."""


def as_links(guid: str) -> tuple[str, ...]:
    """A guid as a link, where it is a web address."""
    return (guid,) if guid.startswith(("http://", "https://")) else ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an item, as RSS's `<link>`, Atom's, or RSS's `<enclosure>` say it."""

    address: str
    rel: str = "alternate"
    media_type: str = ""


_PAGES = {"", "text/html", "application/xhtml+xml", "html", "xhtml"}


def in_order(original: str, links: Sequence[Link], guid: str = "") -> tuple[str, ...]:
    """The addresses that an item may have, the best first.

    What a service for feeds replaced, pages, what only machines read, the guid, and last of all a
    file: an episode without a page is its sound.
    """
    named = [link for link in links if _relation(link) in {"alternate", ""}]
    pages = [link.address for link in named if _is_page(link)]
    others = [link.address for link in named if not _is_page(link)]
    files = [link.address for link in links if _relation(link) == "enclosure"]
    return tuple(filter(None, (*as_links(original), *pages, *others, *as_links(guid), *files)))


def _relation(link: Link) -> str:
    """What an Atom link is to its entry (RFC 4287, 4.2.7.2, which has a long form, too)."""
    return link.rel.strip().lower().removeprefix("http://www.iana.org/assignments/relation/")


def _is_page(link: Link) -> bool:
    return link.media_type.partition(";")[0].strip().lower() in _PAGES


_BEYOND_LATIN = re.compile("[^\0-\xff]")


def as_meant(text: str) -> str:
    """A text whose UTF-8 was taken for Latin-1, or Windows-1252 for that, as it was before."""
    if text.isascii():
        return text
    if not _BEYOND_LATIN.search(text):
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode()
    return without_controls(text)
