"""Other names for a name: from operators, the glossary, the posts themselves, and by sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.search.letter_names import read_letters, spell_letters
from bot.search.matching import UNSURE
from bot.search.sounds import sound, sounds_alike
from storage import search_words

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
            words = search_words.list_words_sounding(self._db, skeleton, MOST_SOUNDING * 4)
            alike = [word.word for word in words if sounds_alike(name, word.word)]
            for other in alike[:MOST_SOUNDING]:
                yield other, UNSURE
