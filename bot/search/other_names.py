"""Other names for a name: from operators, the glossary, the posts themselves, and by sound."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from bot.search.letter_names import read_letters, spell_letters
from bot.search.matching import UNSURE
from bot.search.sounds import (
    PART,
    SHORTEST,
    has_tense,
    is_spelt,
    partings,
    sound,
    sounds_alike,
    word_sound,
)
from bot.search.terms import name_tokens
from storage import search, search_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from bot.search.synonyms import Glossary

OPERATOR = 1.0
GLOSSARY = 0.9
GIVEN = 0.85
"""A name that posts give in brackets; one post alone may have been careless."""
GIVEN_ONCE = 0.7
SPELT = 0.8
"""Letters by their names."""
MOST_SOUNDING = 4
SHORTEST_LATIN = 4
"""Letters from which a Latin word of two consonants is heard."""
OPENED = 60
"""Longer words that are compared with a name, the most common."""


class Names:
    """Looks names up for one search; sources are tried from the surest to the least sure."""

    def __init__(
        self, db: sqlite3.Connection, glossaries: Sequence[tuple[Glossary, float]]
    ) -> None:
        self._db = db
        self._glossaries = glossaries
        self._sounded: dict[tuple[str, bool], list[str]] = {}

    def __call__(self, name: str) -> Iterator[tuple[str, float]]:
        """Other names of a flat name, each with how sure it is; one may come twice."""
        for glossary, weight in self._glossaries:
            for other in glossary.get(name, ()):
                yield other, weight
        for other, posts in search_words.list_paired(self._db, name):
            yield other, GIVEN if posts > 1 else GIVEN_ONCE
        for spelt in (read_letters(name), spell_letters(name)):
            if spelt is not None:
                yield spelt, SPELT
        for other in self._heard(name):
            yield other, UNSURE

    def _heard(self, name: str) -> list[str]:
        """What sounds alike: words, else two words, else what opens a compound: nobel 노벨상."""
        skeleton = sound(name) or self._short(name)
        if skeleton is None or (has_tense(name) and search_words.get_word(self._db, name)):
            return []
        heard = self._sounding(skeleton, latin=not name.isascii())
        alike = [word for word in heard if sounds_alike(name, word)]
        if skeleton.startswith(PART):
            return [word for word in alike if is_spelt(name, word)]
        found = alike or self._phrases(name, skeleton) or self._opening(name, skeleton)
        return found[:MOST_SOUNDING]

    def _short(self, name: str) -> str | None:
        """The skeleton of two consonants of a Latin word that posts do not have: guitar."""
        if not name.isascii() or len(name) < SHORTEST_LATIN:
            return None
        return None if search_words.get_word(self._db, name) else word_sound(name)

    def _opening(self, name: str, skeleton: str) -> list[str]:
        """Beginnings of longer words in Hangul that sound like a Latin name."""
        if not name.isascii() or len(skeleton) < SHORTEST:
            return []
        longer = search_words.list_words_sounding_from(self._db, skeleton, OPENED)
        heads = (w.word[:end] for w in longer for end in range(2, len(w.word)))
        alike = (one for one in heads if sounds_alike(name, one) and is_spelt(name, one))
        return list(dict.fromkeys(alike))

    def _sounding(self, skeleton: str, *, latin: bool) -> list[str]:
        """Words of one script: those of the name's own are never another name for it."""
        if (skeleton, latin) not in self._sounded:
            most = OPENED if skeleton.startswith(PART) else MOST_SOUNDING * 4
            found = search_words.list_words_sounding(self._db, skeleton, most, latin=latin)
            self._sounded[skeleton, latin] = [one.word for one in found]
        return self._sounded[skeleton, latin]

    def _phrases(self, name: str, skeleton: str) -> list[str]:
        """Two words that posts have and that sound like the name together: 코드 리뷰."""
        latin = not name.isascii()
        pairs = (
            (first, second)
            for left, right in partings(skeleton)
            for first in self._sounding(left, latin=latin)
            for second in self._sounding(right, latin=latin)
        )
        alike = (pair for pair in pairs if sounds_alike(name, "".join(pair)))
        found = (" ".join(pair) for pair in islice(alike, MOST_SOUNDING * 2))
        return [phrase for phrase in found if self._in_posts(phrase)][:MOST_SOUNDING]

    def _in_posts(self, phrase: str) -> bool:
        return bool(search.list_matching(self._db, search.expression([name_tokens(phrase)]), 1))
