"""What tells a post from others: its words by TF-IDF, and the series that its title names. Pure.

Words are those of the vocabulary, which knows how many posts have each; how often a post has one is
read from its pairs of characters, for that is what is counted of a text.
"""

from __future__ import annotations

import math
import re
import struct
import unicodedata
import zlib
from array import array
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING

from bot.search.analyse import analyse_text, flat, fold, normalise, runs, tokens_of_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.search.analyse import Analysed

MOST_READ = 6_000
"""Characters of a text that are read: the beginning says what it is about."""
MOST_WORDS, MOST_OWN_WORDS = 48, 16
MOST_KEYS, MOST_OWN_KEYS = 8, 4
"""Of words that others have, too, and of those that this post alone has: the next may have them."""
IN_TITLE = 2.0
LARGEST = 255
"""Of the weights as they are packed: the most telling word has it."""
SHORTEST_SERIES = 4
"""Letters of a title before its number: with fewer, too many begin so."""
_PACKED = struct.Struct("<IB")
_ORDINAL = {"상": 1.0, "중": 2.0, "하": 3.0}
_NUMBER = re.compile(
    r"(?<![0-9a-z])(?<![a-z]-)[0-9]{1,3}(?![0-9])|[①-⑳ⅰ-ⅻ]|(?<=[(\[])[상중하](?=[)\]])"
)


@dataclass(frozen=True, slots=True)
class Telling:
    """`keys`: the most telling words, the first most; `words`: more of them, packed."""

    keys: tuple[str, ...]
    words: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A title's place in a series: `name` is what comes before its number, folded and flat."""

    name: str
    number: float
    tokens: tuple[str, ...]
    """What `name` is indexed as."""


def tell(title: str, body: str, posts_of: Callable[[str], int], posts: int) -> Telling:
    """The telling words of a post; `posts_of` says how many of the `posts` have a word."""
    of_title, of_body = analyse_text(title), analyse_text(body[:MOST_READ])
    weights = {}
    for word in of_title.words | of_body.words:
        often = 1 + math.log(max(1, _count(word, of_body)))
        rare = math.log((posts + 1) / max(1, posts_of(word)))
        weights[word] = often * rare * (IN_TITLE if word in of_title.words else 1.0)
    ordered = sorted(weights, key=lambda word: (-weights[word], word))
    shared = [word for word in ordered if posts_of(word) > 1]
    own = [word for word in ordered if posts_of(word) <= 1]
    words = shared[:MOST_WORDS] + own[:MOST_OWN_WORDS]
    return Telling((*shared[:MOST_KEYS], *own[:MOST_OWN_KEYS]), _pack(weights, words))


def _count(word: str, text: Analysed) -> int:
    """How often a text has a word, by the rarest of its pairs."""
    tokens = tokens_of_word(word)
    return min(text.tokens[token] for token in tokens)


def tokens_of_word(word: str) -> tuple[str, ...]:
    """What a word of the vocabulary is indexed as."""
    return tuple(token for run in runs(word) for token in tokens_of_run(run)) or (word,)


def _pack(weights: Mapping[str, float], words: Iterable[str]) -> bytes:
    largest = max(weights.values(), default=1.0)
    return b"".join(
        _PACKED.pack(zlib.crc32(word.encode()), max(1, round(LARGEST * weights[word] / largest)))
        for word in words
    )


def likeness(left: bytes, right: bytes) -> float:
    """The cosine of two posts by their packed words: 0 for nothing in common, 1 for the same."""
    one, other = _unpack(left), _unpack(right)
    if not one or not other:
        return 0.0
    common = sum(weight * other.get(word, 0) for word, weight in one.items())
    return common / math.sqrt(_square(one) * _square(other))


def direction(left: bytes, right: bytes) -> float:
    """The cosine of two vectors of signed bytes, as many in each."""
    one, other = array("b", left), array("b", right)
    lengths = math.hypot(*one) * math.hypot(*other)
    return sum(map(mul, one, other)) / lengths if lengths else 0.0


def _unpack(packed: bytes) -> dict[int, int]:
    return dict(_PACKED.iter_unpack(packed))


def _square(words: Mapping[int, int]) -> int:
    return sum(weight * weight for weight in words.values())


def series_of(title: str) -> Place | None:
    """Where a title says that it is a part: `이야기 (2)`, `이야기 2/3`, `이야기 ②`, `이야기 (하)`.

    None where it has no number, or too few letters before the first one. That of a name (GPT-4) is
    none.
    """
    folded = fold(normalise(title))
    found = _NUMBER.search(folded)
    if found is None:
        return None
    parts = runs(folded[: found.start()])
    name = flat("".join(run.text for run in parts))
    if len(name) < SHORTEST_SERIES:
        return None
    tokens = tuple(dict.fromkeys(token for run in parts for token in tokens_of_run(run)))
    return Place(name, _value(found.group()), tokens)


def _value(number: str) -> float:
    if number.isascii():
        return float(number)
    return _ORDINAL[number] if number in _ORDINAL else unicodedata.numeric(number)
