"""A source looked at step by step: what came, and what is right or lacking in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sources.addresses import checked_address, shown_address
from bot.sources.errors import SourceError
from bot.sources.formats.slashpage import (
    HOST,
    find_listing,
    is_slashpage,
    parse_post,
    post_places,
)
from bot.sources.formats.slashpage_anatomy import anatomy
from bot.sources.http.fetch import PAGES
from bot.sources.wholes import JSON
from bot.text.charsets import decode

if TYPE_CHECKING:
    from bot.sources.http.fetch import Fetcher

_SITE = f"https://{HOST}/"


@dataclass(frozen=True, slots=True)
class Look:
    """One step: message `key` with `values`, good or not; `body` is what came, named `name`."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    body: bytes = b""
    content_type: str = ""
    good: bool = True


async def look_at(fetcher: Fetcher, address: str, *, allow_private: bool = False) -> list[Look]:
    """What comes from a source's address; of a Slashpage site, also its listing and one post."""
    looks: list[Look] = []
    try:
        page = await fetcher.fetch(
            checked_address(address), allow_private=allow_private, accept=PAGES
        )
        told = {"address": shown_address(address)}
        looks.append(Look("check.source", told, "page", page.body, page.content_type))
        if is_slashpage(page.address, decode(page.body, page.content_type)):
            place = find_listing(page.body, address=page.address, content_type=page.content_type)
            await _look_at_listing(fetcher, place, page.address, looks)
    except SourceError as error:
        looks.append(Look(error.key, error.values, good=False))
    return looks


async def _look_at_listing(fetcher: Fetcher, place: str, site: str, looks: list[Look]) -> None:
    listing = await fetcher.fetch(place, accept=JSON)
    try:
        found = asdict(anatomy(listing.body, address=site))
    except SourceError as error:
        looks.append(Look(error.key, error.values, "listing", listing.body, JSON, good=False))
        return
    looks.append(Look("check.slashpage.listing", found, "listing", listing.body, JSON))
    if found["first"] is not None:
        await _look_at_post(fetcher, found["first"], looks)


async def _look_at_post(fetcher: Fetcher, post: str, looks: list[Look]) -> None:
    bodies: list[bytes] = []
    for name, place in zip(("about", "content"), post_places(post), strict=True):
        try:
            answer = await fetcher.fetch(place, accept=JSON, seen_on=_SITE)
        except SourceError as error:
            looks.append(Look(error.key, error.values, good=False))
            bodies.append(b"")
        else:
            bodies.append(answer.body)
            values = {"address": shown_address(place)}
            looks.append(Look("check.source", values, name, answer.body, JSON))
    try:
        entry = parse_post(*bodies, address=_SITE)
    except SourceError as error:
        looks.append(Look(error.key, error.values, good=False))
    else:
        told = {"title": entry.title or "-", "characters": str(len(entry.html))}
        looks.append(Look("check.slashpage.post", told))
