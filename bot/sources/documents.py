"""What is done to foreign documents in a process apart: each function here is work for a Worker.

It imports little, so that such a process starts quickly; what a kind of document needs is imported
with it.
"""

from __future__ import annotations

import copyreg
from dataclasses import fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from bot.sources.entries import Entry, Fetched, new_post
from bot.sources.identity import Keys, identify
from storage.models import BlogCounts, NewPost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def _pickle_by_values(kind: type) -> None:
    """Have a dataclass pickled as a call with its values, in a third of the usual time."""
    values = attrgetter(*(one.name for one in fields(kind)))
    copyreg.pickle(kind, lambda one: (kind, values(one)))


for _kind in (Entry, Fetched, Keys, NewPost, BlogCounts):  # what goes to and fro, by the dozen
    _pickle_by_values(_kind)


class Document(NamedTuple):
    """What a source's answer holds, and its entries with what tells them apart."""

    fetched: Fetched
    identified: tuple[tuple[Entry, Keys], ...]


def read_feed(data: bytes, address: str, content_type: str) -> Document:
    """A feed of any kind. Raises FormatError."""
    from bot.sources.formats.feed import parse_feed  # noqa: PLC0415  # see above

    return _identified(parse_feed(data, address=address, content_type=content_type))


def read_listing(data: bytes, address: str) -> Document:
    """A Slashpage listing's JSON. Raises FormatError."""
    from bot.sources.formats.slashpage import parse_listing  # noqa: PLC0415  # see above

    return _identified(parse_listing(data, address=address), has_ids=True)


def read_slashpage(data: bytes, address: str, content_type: str) -> Document:
    """The listing that a Slashpage site's page brings along. Raises FormatError."""
    from bot.sources.formats.slashpage import parse_page  # noqa: PLC0415  # see above

    return _identified(parse_page(data, address=address, content_type=content_type), has_ids=True)


def read_post(about: bytes, content: bytes, address: str) -> Entry:
    """A whole post of Slashpage, with its text. Raises FormatError."""
    from bot.sources.formats.slashpage import parse_post  # noqa: PLC0415  # see above
    from bot.text.html import html_to_text  # noqa: PLC0415  # see above

    entry = parse_post(about, content, address=address)
    return replace(entry, body=html_to_text(entry.html))


def read_texts(html_to_text: Callable[[str], str], entries: Sequence[Entry]) -> list[NewPost]:
    """Each entry as a post, with its text."""
    return [new_post(entry, html_to_text) for entry in entries]


def read_page(data: bytes, address: str, content_type: str, *, with_text: bool = True) -> Entry:
    """A page as a post, with its text or without. Raises FormatError."""
    from bot.sources.formats.page import parse_page  # noqa: PLC0415  # see above
    from bot.text.html import html_to_text  # noqa: PLC0415  # see above

    entry = parse_page(data, address=address, content_type=content_type, with_text=with_text)
    return replace(entry, body=html_to_text(entry.html))


def _identified(fetched: Fetched, *, has_ids: bool = False) -> Document:
    return Document(fetched, tuple(identify(fetched.entries, has_ids=has_ids)))
