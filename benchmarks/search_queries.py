"""Mixed and hostile queries over made-up posts."""

from __future__ import annotations

import random
import unicodedata
from typing import TYPE_CHECKING, Protocol

from bot.text.hangul import initials, is_syllable, join_syllable, keys, split_syllable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.korean_text import MadePost

PARTICLES = ("은", "을", "에서", "으로", "의")
RARE = 20_000
"""From this rank on a word is in few posts, if in any."""
LONG = 12


class Vocabulary(Protocol):
    """The words of an archive, the most common first."""

    words: list[str]
    latin: list[str]


def mixed_queries(
    writer: Vocabulary, posts: Sequence[MadePost], count: int, seed: int
) -> list[tuple[str, str]]:
    """(kind, query): words of all frequencies, as typed in all the ways that search knows."""
    rng = random.Random(seed)
    common = writer.words[:300]

    def word() -> str:
        pool = (common, writer.words[300:5000], _words(rng.choice(posts).body))
        return rng.choice(rng.choice(pool))

    makers: list[tuple[str, Callable[[], str]]] = [
        ("common word", lambda: rng.choice(common)),
        ("word", word),
        ("rare word", lambda: rng.choice(writer.words[RARE:])),
        ("particle", lambda: word() + rng.choice(PARTICLES)),
        ("two words", lambda: " ".join(_of_one_post(rng, posts, 2))),
        ("three words", lambda: " ".join(_of_one_post(rng, posts, 3))),
        ("long", lambda: " ".join(_neighbours(rng, posts, LONG))),
        ("common words", lambda: f"{rng.choice(common)} {rng.choice(common)}"),
        ("phrase", lambda: f'"{" ".join(_neighbours(rng, posts))}"'),
        ("joined", lambda: "".join(_neighbours(rng, posts)[:2])),
        ("without", lambda: f"{word()} -{word()}"),
        ("half-typed", lambda: _half_typed(word())),
        ("typo", lambda: _slip(rng, word())),
        ("layout", lambda: keys(word())),
        ("layout of two", lambda: keys(" ".join(_of_one_post(rng, posts, 2)))),
        ("initials", lambda: initials(word())),
        ("latin", lambda: rng.choice(writer.latin[:1500])),
        ("one syllable", lambda: word()[0]),
        ("nothing", lambda: _nonsense(rng)),
    ]
    made = [(kind, make()) for _ in range(count // len(makers) + 1) for kind, make in makers]
    return made[:count]


def hostile_queries(count: int, seed: int) -> list[str]:
    """Random Unicode, operators of every query language, 4 KB of Hangul taken apart."""
    rng = random.Random(seed)
    makers = [
        lambda: "".join(chr(rng.choice(_PLANES)(rng)) for _ in range(rng.randint(0, 200))),
        lambda: " ".join(rng.choices(_OPERATORS, k=rng.randint(1, 30))),
        lambda: unicodedata.normalize("NFD", "".join(_syllable(rng) for _ in range(500)))[:1400],
        lambda: unicodedata.normalize(
            "NFD",
            " ".join("".join(_syllable(rng) for _ in range(rng.randint(1, 6))) for _ in range(120)),
        )[:1400],
        lambda: "".join(
            rng.choices("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㅏㅓㅗㅜㄳㅄ ", k=rng.randint(1, 60))
        ),
        lambda: " ".join(_syllable(rng) for _ in range(rng.randint(1, 40))),
        lambda: "".join(rng.choices("abcdefghijklmnopqrstuvwxyz ", k=rng.randint(1, 300))),
        lambda: rng.choice(("'", '"', "*", "-", "(", "%", "_", "\\")) * rng.randint(1, 4000),
    ]
    return [rng.choice(makers)() for _ in range(count)]


_OPERATORS = (
    *("AND", "OR", "NOT", "NEAR(", "NEAR/2", "(", ")", '"', '""', "*", "^", ":", "-", "--", "+"),
    *("title:", "tokens:", "'", "';", "DROP TABLE posts;", "\\", "%", "_", "?", "검색*", "-검색"),
    *('"검색 검색"', "가", "나다", "c++", "a:b", "rowid:1", "\0", "\u200b", "\U0001f600", "ㄱ"),
    *("ㅏ", "ㄳ", "1", "1,000", "-1", "/* */", "<b>", "&amp;", "{", "}"),
)
_PLANES: tuple[Callable[[random.Random], int], ...] = (
    lambda rng: rng.randrange(0x20, 0x7F),
    lambda rng: rng.randrange(0xAC00, 0xD7A4),
    lambda rng: rng.randrange(0x1100, 0x1200),
    lambda rng: rng.randrange(0x300, 0x370),
    lambda rng: rng.randrange(0x0, 0xD800),
    lambda rng: rng.randrange(0xE000, 0x110000),
    lambda rng: rng.randrange(0xD800, 0xE000),
)


def _syllable(rng: random.Random) -> str:
    return chr(rng.randrange(0xAC00, 0xD7A4))


def _words(body: str) -> list[str]:
    return [w for w in body.split() if 1 < len(w) < 5 and all(is_syllable(c) for c in w)] or [
        "가나"
    ]


def _of_one_post(rng: random.Random, posts: Sequence[MadePost], count: int) -> list[str]:
    words = _words(rng.choice(posts).body)
    return rng.sample(words, min(count, len(words)))


def _neighbours(rng: random.Random, posts: Sequence[MadePost], count: int = 3) -> list[str]:
    words = rng.choice(posts).body.split()
    place = rng.randrange(max(1, len(words) - count))
    return words[place : place + count]


def _half_typed(word: str) -> str:
    """The word with the first consonant of its last syllable only: 회의ㄹ."""
    return word[:-1] + initials(word[-1])


def _slip(rng: random.Random, word: str) -> str:
    """The word with another vowel in one place."""
    place = rng.randrange(len(word))
    if not is_syllable(word[place]):
        return word + word[-1]
    initial, vowel, final = split_syllable(word[place])
    return word[:place] + join_syllable(initial, (vowel + 4) % 21, final) + word[place + 1 :]


def _nonsense(rng: random.Random) -> str:
    return "".join(_syllable(rng) for _ in range(rng.randint(2, 8)))
