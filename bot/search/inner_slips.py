"""A slip inside a part of a compound that the vocabulary has only whole: 중환쟈실. Pure.

The pairs of syllables that the slip left whole, at both ends and in the middle, lead to posts, and
there to what stands in its place.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from rapidfuzz.distance import OSA

from bot.search.analyse import flat
from bot.text.hangul import initials, keys

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 4
"""Syllables: shorter words have neighbours everywhere."""
LONGEST = 16
_HANGUL = re.compile("[가-힣]+\\Z")


class Texts(Protocol):
    """Posts by a pair of syllables."""

    def texts_with(self, pair: str) -> list[str]:
        """Folded texts of some posts that have it."""


def mend_inside(folded: str, texts: Texts) -> str | None:
    """What stands in posts where this has a slip; the most common of those one slip away."""
    if not SHORTEST <= len(folded) <= LONGEST or not _HANGUL.match(folded):
        return None
    found: Counter[str] = Counter()
    typed = keys(folded)
    last = len(folded) - 2
    for place in dict.fromkeys((0, last, last // 2)):
        for text in texts.texts_with(folded[place : place + 2]):
            windows = set(_windows(flat(text), folded, place))
            found.update(one for one in windows if OSA.distance(typed, keys(one)) == 1)
    likely = sorted(found, key=lambda one: (initials(one) != initials(folded), -found[one], one))
    return likely[0] if likely else None


def _windows(text: str, folded: str, place: int) -> Iterator[str]:
    """What is as long as the word, around each place where its pair stands."""
    pair = folded[place : place + 2]
    at = text.find(pair)
    while at >= 0:
        window = text[max(0, at - place) : at - place + len(folded)]
        if len(window) == len(folded) and _HANGUL.match(window):
            yield window
        at = text.find(pair, at + 1)
