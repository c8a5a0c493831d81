"""A vocabulary in memory, as repair and initials ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.text.hangul import initials, keys
from storage.search_words import KnownWord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class FakeLexicon:
    """Knows `words`, one post each; `texts` hold names (a flat name is in one of them)."""

    def __init__(
        self, *words: str, texts: tuple[str, ...] = (), titles: tuple[str, ...] = ()
    ) -> None:
        self._words = [KnownWord(word, keys(word), 1, 0) for word in words]
        self._texts = (*texts, *words)
        self._titles = titles
        self.in_time = True

    def word(self, word: str) -> KnownWord | None:
        return next(iter(self._with(lambda known: known.word == word)), None)

    def spelt(self, start: str, lengths: tuple[int, int]) -> list[KnownWord]:
        return self._with(lambda w: w.keys.startswith(start) and _in(lengths, w))

    def ending(self, end: str, lengths: tuple[int, int]) -> list[KnownWord]:
        return self._with(lambda w: w.keys.endswith(end) and _in(lengths, w))

    def alike(self, spelling: str) -> list[KnownWord]:
        if spelling.isascii():
            return self._with(lambda w: w.word.startswith(spelling[:2]))
        return self._with(lambda w: initials(w.word) == initials(spelling))

    def words_with_initials(self, consonants: str) -> list[KnownWord]:
        return self._with(lambda w: initials(w.word) == consonants)

    def words_opening(self, consonants: str) -> list[KnownWord]:
        return self._with(lambda w: initials(w.word).startswith(consonants))

    def titles_with_initials(self, consonants: str) -> list[str]:
        return [title for title in self._titles if consonants in initials(title)]

    def completing(self, typed: str) -> list[KnownWord]:
        return self._with(lambda w: w.keys.startswith(typed))

    def opening(self, syllable: str) -> list[KnownWord]:
        return self._with(lambda w: w.word.startswith(syllable))

    def opens(self, beginning: str) -> bool:
        return any(word.startswith(beginning) for text in self._texts for word in text.split())

    def beside(self, left: str, right: str) -> bool:
        return any(f"{left} {right}" in text for text in self._texts)

    def texts_across(self, heads: Sequence[str], right: str) -> list[tuple[str, str]]:
        across = [head + right for head in heads]
        return [
            (text if text in self._titles else "", text)
            for text in (*self._titles, *self._texts)
            if any(one in text.replace(" ", "") for one in across)
        ]

    def texts_with(self, pair: str) -> list[str]:
        return [text for text in self._texts if pair in text]

    def has_syllable(self, syllable: str) -> bool:
        return syllable in " ".join(self._texts).split()

    def holds(self, name: str) -> int:
        return sum(name in text.replace(" ", "") for text in self._texts)

    def _with(self, wanted: Callable[[KnownWord], bool]) -> list[KnownWord]:
        return [word for word in self._words if wanted(word)]


def _in(lengths: tuple[int, int], word: KnownWord) -> bool:
    return lengths[0] <= len(word.keys) <= lengths[1]
