"""Other names for a name: from operators, the glossary, the posts themselves, and by sound."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from bot.search.letter_names import read_letters, spell_letters
from bot.search.matching import UNSURE
from bot.search.sounds import partings, sound, sounds_alike
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


class Names:
    """Looks names up for one search; sources are tried from the surest to the least sure."""

    def __init__(
        self, db: sqlite3.Connection, glossaries: Sequence[tuple[Glossary, float]]
    ) -> None:
        self._db = db
        self._glossaries = glossaries
        self._heard: dict[tuple[str, bool], list[str]] = {}

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
        skeleton = sound(name)
        if skeleton is not None:
            latin = not name.isascii()
            heard = self._sounding(skeleton, latin=latin)
            alike = [word for word in heard if sounds_alike(name, word)]
            for other in alike[:MOST_SOUNDING] or self._phrases(name, skeleton):
                yield other, UNSURE

    def _sounding(self, skeleton: str, *, latin: bool) -> list[str]:
        """Words of one script: those of the name's own are never another name for it."""
        if (skeleton, latin) not in self._heard:
            found = search_words.list_words_sounding(
                self._db, skeleton, MOST_SOUNDING * 4, latin=latin
            )
            self._heard[skeleton, latin] = [one.word for one in found]
        return self._heard[skeleton, latin]

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
