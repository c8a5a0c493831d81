"""How people shorten: 데센 for 데이터센터, 국연 for 국민연금, 코리 for 코드 리뷰.

The syllables are in order, and each opens a part of a compound, or one of neighbouring words. What
titles and most posts have is the likeliest.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from bot.search.endings import base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.search_words import KnownWord

LONGEST = 4
"""Syllables of what is taken for a short form."""
SECOND = 2
"""Where a second part may start."""
HEADS = 40
"""First parts that are tried, the most common."""
IN_TITLE = 6
_HANGUL = re.compile("[가-힣]+\\Z")
_GAP, _REST = r"[ \-·]?", "[가-힣]{0,10}?"
"""Between the parts of a name, and of a part what its syllable opens."""


class Compounds(Protocol):
    """Words by their first syllable, and texts by what stands in them side by side."""

    def opening(self, syllable: str) -> list[KnownWord]:
        """Words that begin with it, the most common first."""

    def word(self, word: str) -> KnownWord | None:
        """This word, if it is known."""

    def texts_across(self, heads: Sequence[str], right: str) -> list[tuple[str, str]]:
        """Folded titles and bodies of posts where one of `heads` goes on with this syllable."""

    @property
    def in_time(self) -> bool:
        """Whether there is time for another attempt."""


def read_short(folded: str, compounds: Compounds) -> str | None:
    """What a short form most likely stands for; None where nothing in the posts fits."""
    if not 1 < len(folded) <= LONGEST or not _HANGUL.match(folded) or not compounds.in_time:
        return None
    heads = [word for word in compounds.opening(folded[0]) if len(word.word) > 1]
    worth: Counter[str] = Counter()
    for head in heads:
        worth.update(_of_compound(folded, head, compounds))
    worth.update(_of_neighbours(folded, [head.word for head in heads[:HEADS]], compounds))
    likely = [name for name in worth if name != folded]
    return min(likely, key=lambda name: (-worth[name], len(name), name), default=None)


def _of_compound(folded: str, head: KnownWord, compounds: Compounds) -> dict[str, int]:
    """What a word written as one is worth, if its parts open with these syllables.

    Of three, the first part may be whole: 공정위 is 공정거래위원회.
    """
    if len(head.word) < 2 * len(folded) - 1:
        return {}
    whole_part = len(folded) > SECOND and head.word.startswith(folded[:SECOND])
    if not _parts(folded[1:], head.word, SECOND, compounds) and not (
        whole_part and _parts(folded[SECOND:], head.word, SECOND + 1, compounds)
    ):
        return {}
    return {head.word: IN_TITLE * head.titles + head.posts}


def _parts(rest: str, word: str, start: int, compounds: Compounds) -> bool:
    """Whether the other syllables open parts of the word from `start` on.

    A part has two syllables, or what is before it is a word by itself; the third and those after
    it may be one: 종소세 is 종합소득세.
    """
    if not rest:
        return True
    places = (place for place in range(start, len(word)) if word[place] == rest[0])
    return any(
        (len(rest) > 1 or len(word) - place > 1 or start > SECOND or compounds.word(word[:place]))
        and _parts(rest[1:], word, place + 1, compounds)
        for place in places
    )


def _of_neighbours(folded: str, heads: Sequence[str], compounds: Compounds) -> Counter[str]:
    """What stands in the posts after a first part, and opens with the other syllables."""
    others = "".join(f"{_GAP}{syllable}{_REST}" for syllable in folded[1:])
    pattern = re.compile(rf"(?<![가-힣])({folded[0]}{_REST})({others})(?![가-힣])")
    known, found = set(heads), Counter[str]()
    for title, body in compounds.texts_across(heads, folded[1]):
        for text, points in ((title, IN_TITLE), (body, 1)):
            for match in pattern.finditer(text):
                if match[1] in known:
                    before, space, last = match.group().rpartition(" ")
                    found[before + space + base(last)] += points
    return found
