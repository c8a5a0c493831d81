"""What a word is on its way to: half-typed, with stray jamo, with a syllable twice.

A phone sends what stands in the field, and an inline query is asked at every key. In keystrokes a
half-typed word is a beginning: 도작 is `ehwkr`, and 도자기 `ehwkrl`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from bot.search.endings import base
from bot.text.hangul import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.search_words import KnownWord

FEWEST_KEYS = 3
"""Fewer begin too many words."""
LEAST_TYPED = 0.5
"""Of the word's keystrokes, where nothing shows that it is not all typed."""
IN_TITLE = 6
_JAMO = re.compile("[ㄱ-ㅣ]+")
_ONE_JAMO_AT_END = re.compile("[가-힣]+[ㄱ-ㅎ]\\Z")
_TYPED = re.compile("[가-힣ㄱ-ㅣ]+\\Z")


class Endings(Protocol):
    """The words of the posts, by how their spelling begins."""

    def completing(self, typed: str) -> list[KnownWord]:
        """Words whose keystrokes begin so, the most common first."""

    def holds(self, name: str) -> int:
        """How many posts have this name."""


def has_jamo(text: str) -> bool:
    """Whether there are jamo that are in no syllable."""
    return _JAMO.search(text) is not None


def clear_up(folded: str, words: Endings) -> str | None:
    """A word with stray jamo as it is meant: 회의ㄹ is 회의록, 키오스ㅋ크 is 키오스크."""
    if not has_jamo(folded) or not _TYPED.match(folded):
        return None
    if _ONE_JAMO_AT_END.match(folded) and (whole := complete(folded, words, sure=True)):
        return whole
    clear = _JAMO.sub("", folded)
    if not clear:
        return None
    for text in (clear, *once(clear)):
        if len(text) > 1 and (words.holds(text) or words.holds(base(text))):
            return text
    return complete(clear, words, sure=True)


def complete(folded: str, words: Endings, *, sure: bool = False) -> str | None:
    """The most common word that a half-typed one begins; `sure` that it is only half typed."""
    typed = keys(folded)
    if len(typed) < FEWEST_KEYS or not _TYPED.match(folded):
        return None
    longest = len(typed) / LEAST_TYPED
    found = [w for w in words.completing(typed) if sure or len(w.keys) <= longest]
    best = max(found, key=lambda w: (w.posts + IN_TITLE * w.titles, -len(w.word)), default=None)
    return best.word if best and best.word != folded else None


def once(folded: str) -> Iterator[str]:
    """The word with one syllable less where it stands twice, or half and then whole: 회의로록."""
    for place in range(len(folded) - 1):
        if keys(folded[place + 1]).startswith(keys(folded[place])):
            yield folded[:place] + folded[place + 1 :]
