"""Large archives grown from small ones: their sentences, with made-up words among them.

Real sentences have what made-up ones lack: verbs in their forms, numbers, names, words of which
one opens the other. A few dozen posts have few words, though, and each would be in every hundredth
post; so one word in `ONE_IN` becomes a made-up one, most of which are rare.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.korean_text import CHARACTERS, MadePost, Writer
from bot.sources.formats.archive import parse_archive
from bot.text.hangul import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.models import NewPost

DATA = Path(__file__).parent / "data"
ARCHIVES = {
    "sample": Path(__file__).parents[1] / "bot" / "demo" / "samples" / "archive.txt",
    "daily": DATA / "daily_archive.txt",
}
"""By the name of what is grown from it."""
QUERIES = {
    "sample": ("sample_queries.json", "phone_queries.json"),
    "daily": ("daily_queries.json",),
}
ONE_IN = 6
PARTICLES = ("", "", "은", "는", "이", "가", "을", "를", "의", "에", "에서", "도")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LATIN = re.compile("[A-Za-z]{2,}")


class Grown:
    """Writes posts like those of an archive; the same seed and `telling` write the same."""

    def __init__(self, archive: str, seed: int, telling: int = 0) -> None:
        posts = parse_archive(ARCHIVES[archive].read_bytes()).posts
        made = Writer(seed)
        self._random = random.Random(f"{archive} {seed} {telling}")
        self._made = made.words
        self._weights = list(
            itertools.accumulate(1 / (rank + 2) for rank in range(len(made.words)))
        )
        self._titles = [post.title for post in posts]
        self._sentences = [_sentences(post) for post in posts]
        text = "\n".join(f"{post.title}\n{post.body}" for post in posts)
        self.words = [*_by_count(filter(_is_word, text.split())), *made.words]
        self.latin = _by_count(_LATIN.findall(text))

    def posts(self, count: int) -> Iterator[MadePost]:
        """So many posts, each of sentences of two posts of the archive."""
        for _ in range(count):
            places = self._random.choices(range(len(self._titles)), k=2)
            length = max(60, self._random.gauss(CHARACTERS, CHARACTERS / 4))
            title = self._changed(self._titles[places[0]])
            yield MadePost(title, self._body(places, int(length)))

    def _body(self, places: list[int], characters: int) -> str:
        written: list[str] = []
        while sum(map(len, written)) < characters:
            sentence = self._random.choice(self._sentences[self._random.choice(places)])
            written.append(self._changed(sentence))
        return " ".join(written)

    def _changed(self, sentence: str) -> str:
        return " ".join(
            word if self._random.randrange(ONE_IN) else self._word() for word in sentence.split()
        )

    def _word(self) -> str:
        word = self._random.choices(self._made, cum_weights=self._weights)[0]
        return word + self._random.choice(PARTICLES)


def judged_queries(archive: str) -> list[tuple[str, str]]:
    """(kind, query) of what was judged on an archive."""
    rows = (json.loads((DATA / name).read_text(encoding="utf-8")) for name in QUERIES[archive])
    return [("judged", row["query"]) for row in itertools.chain.from_iterable(rows)]


def _sentences(post: NewPost) -> list[str]:
    return [one for one in _SENTENCE.split(post.body) if one.strip()] or [post.title]


def _by_count(words: Iterator[str] | list[str]) -> list[str]:
    return [word for word, _ in Counter(words).most_common()]


def _is_word(word: str) -> bool:
    return 1 < len(word) < 5 and all(map(is_syllable, word))
