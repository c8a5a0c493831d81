"""Addresses behind words, written out where no link can be. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bot.text.characters import utf16_length
from bot.text.rich import Kind, Rich, concat

if TYPE_CHECKING:
    from collections.abc import Iterable

MORE = "\n🔗 +{count}"
"""Addresses for which there was no room."""
_ROOM_FOR_MORE = 12


def spelt_out(rich: Rich, units: int) -> Rich:
    """`rich` with the address of each link behind its words, within so many UTF-16 units.

    An address is written once; those that find no room are counted on a last line.
    """
    ends = {one.url: one.end for one in reversed(rich.entities) if one.kind is Kind.LINK}
    named = ((end, url) for url, end in ends.items() if url and url not in rich.text)
    places = sorted(named)
    room = units - rich.length - _ROOM_FOR_MORE
    fitting = list(_fitting(places, room))
    edges = [0, *(end for end, _ in fitting), rich.length]
    pieces = rich.cut(list(pairwise(edges)))
    addresses = [f" ({url})" for _, url in fitting]
    whole = concat(part for pair in zip(pieces, [*addresses, ""], strict=True) for part in pair)
    left = len(places) - len(fitting)
    return whole + MORE.format(count=left) if left else whole


def _fitting(places: Iterable[tuple[int, str]], room: int) -> Iterable[tuple[int, str]]:
    for end, url in places:
        taken = utf16_length(url) + len(" ()")
        if taken <= room:
            room -= taken
            yield end, url
