"""Search by first consonants: ㅇㅈㅇ for 애자일, ㅌㅈ ㅈㄹ for 투자 전략. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from bot.search.analyse import fold, normalise
from bot.search.endings import base
from bot.text.hangul import initials, is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.search_words import KnownWord

MOST = 3
"""Readings that are searched together."""
CLOSE = 0.4
"""A reading worth less than this share of the best one is left out."""
IN_TITLE = 6.0
INSIDE = 0.2
LONGEST = 12
"""First consonants that are tried as several words."""
COMBINED = 10
"""Words tried for each of several."""


class Openings(Protocol):
    """The words and titles of the posts, by their first consonants."""

    def words_with_initials(self, consonants: str) -> list[KnownWord]:
        """Words of exactly these."""

    def words_opening(self, consonants: str) -> list[KnownWord]:
        """Words that begin with these."""

    def titles_with_initials(self, consonants: str) -> list[str]:
        """Titles that may have these in a row."""

    def holds(self, name: str) -> int:
        """How many posts have this name."""

    @property
    def in_time(self) -> bool:
        """Whether there is time for another attempt."""


def read_initials(groups: Sequence[str], openings: Openings) -> list[str]:
    """What the consonants, a group a word, most likely stand for, best first."""
    joined = "".join(groups)
    worth: dict[str, float] = {}
    for title in openings.titles_with_initials(joined):
        for reading, sure in _in_title(title, joined):
            worth[reading] = worth.get(reading, 0.0) + IN_TITLE * sure
    if len(groups) == 1:
        for word in openings.words_with_initials(joined):
            worth[word.word] = IN_TITLE * word.titles + math.sqrt(word.posts)
    if not worth:
        worth = dict(_across(groups, openings))
    if not worth and len(groups) == 1:
        for word in openings.words_opening(joined)[:MOST]:
            worth[word.word] = IN_TITLE * word.titles + math.sqrt(word.posts)
    best = max(worth.values(), default=0.0)
    likely = [reading for reading in worth if worth[reading] >= CLOSE * best]
    return sorted(likely, key=lambda reading: (-worth[reading], reading))[:MOST]


def _in_title(title: str, consonants: str) -> Iterator[tuple[str, float]]:
    """Parts of the title with these consonants in a row, and how sure each is."""
    folded = fold(normalise(title))
    places = [place for place, character in enumerate(folded) if is_syllable(character)]
    opening = initials(folded)
    at = opening.find(consonants)
    while at >= 0:
        start, end = places[at], places[at + len(consonants) - 1] + 1
        if start == 0 or not is_syllable(folded[start - 1]):
            yield folded[start:end], 1.0 if _ends_word(folded, start, end) else INSIDE
        at = opening.find(consonants, at + 1)


def _ends_word(folded: str, start: int, end: int) -> bool:
    """Whether a word ends here, or only a particle follows."""
    after = end
    while after < len(folded) and is_syllable(folded[after]):
        after += 1
    first = max(folded.rfind(" ", start, end) + 1, start)
    return after == end or base(folded[first:after]) == folded[first:end]


def _across(groups: Sequence[str], openings: Openings) -> Iterator[tuple[str, float]]:
    """Neighbouring words for several groups, or for one group in two parts."""
    if sum(map(len, groups)) > LONGEST:
        return
    parts = [groups] if len(groups) > 1 else _halves(groups[0])
    for part in parts:
        if not openings.in_time:
            break
        heads = [""]
        for group in part:
            words = [w.word for w in openings.words_with_initials(group)[:COMBINED]]
            heads = [
                f"{head} {word}".strip()
                for head in heads
                for word in words
                if not head or _neighbours(head, word, openings)
            ]
        for reading in heads:
            yield reading, math.sqrt(openings.holds(reading.replace(" ", "")))


def _neighbours(head: str, word: str, openings: Openings) -> bool:
    return openings.in_time and openings.holds(head.replace(" ", "") + word) > 0


def _halves(consonants: str) -> list[list[str]]:
    shortest = 2
    places = range(shortest, len(consonants) - shortest + 1)
    return [[consonants[:place], consonants[place:]] for place in places]
