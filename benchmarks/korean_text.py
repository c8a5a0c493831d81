"""Made-up Korean of the right size and shape: a seeded, Zipfian vocabulary with its particles.

The words mean nothing. What matters for an index is true to life: few words that are everywhere and
many that are rare, syllables of very unequal frequency, particles and endings glued to words, Latin
names, numbers, and about 612 characters a post.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text.hangul import join_syllable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CHARACTERS = 612
HALF_A_SENTENCE = 20
"""A text ends with its sentence, so much later than asked on average."""
WORDS = 60_000
LATIN_WORDS = 4_000
SYLLABLES = 900

_PARTICLES = [
    "",
    "",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "에서",
    "으로",
    "와",
    "도",
    "까지",
]
_ENDINGS = [
    "했습니다.",
    "합니다.",
    "하는",
    "하고",
    "한",
    "된다.",
    "했지만",
    "할 수 있다.",
    "하면서",
]
_COMMON = """
    그리고 하지만 그래서 또한 이런 그런 있는 없는 있습니다. 없습니다. 것입니다. 것은 것이 수 때
    때문에 대한 위해 통해 많은 다른 같은 이렇게 우리는 우리가 사람들이 생각합니다. 필요합니다.
    중요한 새로운 가장 더 모든 경우 어떤 않습니다. 됩니다. 하는 대해 예를 들어 이는 사실 정도
    이후 현재 특히 다시 함께
""".split()  # noqa: SIM905  # a table of words
"""Words that every text has: about a quarter of it."""
_COMPOSER = "etaoinshrdlcumwfgypbvk"


@dataclass(frozen=True, slots=True)
class MadePost:
    """A post that nobody wrote."""

    title: str
    body: str


class Writer:
    """Writes posts; the same seed has the same words, and the same `telling` writes the same."""

    def __init__(self, seed: int, telling: int = 0) -> None:
        self._random = random.Random(seed)
        syllables = self._syllables()
        weights = _zipf(len(syllables), 1.0)
        self.words = self._distinct(
            WORDS, lambda: "".join(self._random.choices(syllables, weights, k=self._length()))
        )
        self.latin = self._distinct(
            LATIN_WORDS,
            lambda: "".join(self._random.choices(_COMPOSER, k=self._random.randint(2, 9))),
        )
        self._random.seed(f"{seed} {telling}")
        self._word_weights = list(itertools.accumulate(_zipf(WORDS, 1.0)))
        self._latin_weights = list(itertools.accumulate(_zipf(LATIN_WORDS, 1.0)))

    def posts(self, count: int) -> Iterator[MadePost]:
        """So many posts."""
        for _ in range(count):
            length = self._random.gauss(CHARACTERS, CHARACTERS / 4)
            title = " ".join(self._nouns(self._random.randint(2, 5)))
            yield MadePost(title, self._text(max(60, int(length) - HALF_A_SENTENCE)))

    def _text(self, characters: int) -> str:
        written: list[str] = []
        length = 0
        while length < characters:
            for word in self._sentence():
                written.append(word)
                length += len(word) + 1
        return " ".join(written)

    def _sentence(self) -> list[str]:
        words = [
            noun + particle
            for noun, particle in zip(
                self._nouns(self._random.randint(3, 9)),
                self._random.choices(_PARTICLES, k=9),
                strict=False,
            )
        ]
        for _ in range(self._random.randint(1, 4)):
            words.insert(self._random.randrange(len(words) + 1), self._random.choice(_COMMON))
        return [*words, self._nouns(1)[0] + self._random.choice(_ENDINGS)]

    def _nouns(self, count: int) -> list[str]:
        nouns = self._random.choices(self.words, cum_weights=self._word_weights, k=count)
        place = self._random.randrange(count * 3)
        if place < count:
            latin = self._random.choices(self.latin, cum_weights=self._latin_weights)[0]
            nouns[place] = (
                latin if self._random.random() < 0.8 else str(self._random.randrange(3000))
            )
        return nouns

    def _length(self) -> int:
        return self._random.choices((2, 3, 4, 5), (55, 27, 14, 4))[0]

    def _syllables(self) -> list[str]:
        shapes = [
            join_syllable(initial, vowel, final)
            for initial in (0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18)
            for vowel in (0, 1, 4, 5, 6, 8, 9, 11, 12, 13, 16, 18, 19, 20)
            for final in (0, 0, 1, 4, 8, 16, 17, 21)
        ]
        distinct = list(dict.fromkeys(shapes))
        return self._random.sample(distinct, min(SYLLABLES, len(distinct)))

    def _distinct(self, count: int, make: Callable[[], str]) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            found[make()] = None
        return list(found)


def _zipf(count: int, exponent: float) -> Sequence[float]:
    return [1 / (rank + 2) ** exponent for rank in range(count)]
