"""Whether what is found holds what was asked: every noun of an archive, and nouns that it lacks.

Nouns are what kiwipiepy takes for NNG and NNP; `make bench` installs it. A hit is wrong when its
post holds neither the noun nor a name that the answer says it searched too, and nothing marks it
as a repair or as lacking a word. Who typed 경기 and gets 환경을 trusts no other answer, either.
"""

from __future__ import annotations

import random
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bot.search.analyse import flat, fold, normalise
from bot.text.hangul import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.search.results import Hit, SearchResult
    from bot.search.service import SearchService
    from storage.models import NewPost

FIRST = 5
ABSENT = 2000
"""Nouns of the dictionary that are asked though no post has them."""
LENGTHS = range(2, 7)
VERBAL = tuple("기고지면게며")
"""Syllables that end many nouns and many verbs: 경기, 사고, 바지, 라면, 가게, 명함이며."""
_NOUNS = ("NNG", "NNP")
_DICTIONARY = 200_000


@dataclass
class Precision:
    """Of the nouns that were asked: their first hits, how many are wrong, and examples."""

    nouns: str
    asked: int = 0
    answered: int = 0
    hits: int = 0
    wrong: int = 0
    nouns_with_wrong: int = 0
    examples: tuple[str, ...] = ()

    @property
    def wrong_percent(self) -> float:
        """Of the first hits."""
        return 100 * self.wrong / max(self.hits, 1)

    @property
    def nouns_with_wrong_percent(self) -> float:
        """Of the nouns."""
        return 100 * self.nouns_with_wrong / max(self.asked, 1)

    def row(self) -> dict[str, Any]:
        """What is printed."""
        shown = {**asdict(self), "examples": ", ".join(self.examples[:6])}
        shown["wrong %"], shown["nouns %"] = self.wrong_percent, self.nouns_with_wrong_percent
        shown["examples"] = shown.pop("examples")
        return shown


async def measure_precision(
    service: SearchService, posts: Sequence[NewPost]
) -> list[Precision] | None:
    """Nouns that posts have, those of them that a verb may end like, and absent ones.

    None where kiwipiepy is not installed.
    """
    try:
        known, dictionary = read_nouns(posts)
    except ImportError:
        return None
    folded = [fold(normalise(f"{post.title}\n{post.body}")) for post in posts]
    joined = "\n".join(flat(text) for text in folded)
    absent = [noun for noun in dictionary if noun not in joined]
    asked = {
        "of the archive": known,
        "of these, two syllables ending like verbs": [n for n in known if _is_verbal(n)],
        "absent": random.Random(7).sample(absent, min(ABSENT, len(absent))),
    }
    texts = {post.title: text for post, text in zip(posts, folded, strict=True)}
    return [await _ask(service, name, nouns, texts) for name, nouns in asked.items()]


def read_nouns(posts: Sequence[NewPost]) -> tuple[list[str], list[str]]:
    """The nouns of the posts, and those of the dictionary; Hangul only, each sorted."""
    from kiwipiepy import Kiwi  # noqa: PLC0415  # only `make bench` installs it

    kiwi = Kiwi()
    found = {
        token.form
        for post in posts
        for token in kiwi.tokenize(f"{post.title}\n{post.body}")
        if token.tag in _NOUNS
    }
    return sorted(filter(_is_asked, found)), sorted(set(filter(_is_asked, _dictionary(kiwi))))


def _dictionary(kiwi: Any) -> Iterator[str]:  # noqa: ANN401  # kiwipiepy has no types here
    for number in range(_DICTIONARY):
        try:
            entry = kiwi.morpheme(number)
        except (IndexError, ValueError):
            return
        if entry.tag in _NOUNS:
            yield entry.form


def _is_asked(noun: str) -> bool:
    return len(noun) in LENGTHS and all(is_syllable(c) for c in noun)


def _is_verbal(noun: str) -> bool:
    return len(noun) == LENGTHS.start and noun.endswith(VERBAL)


async def _ask(
    service: SearchService, name: str, nouns: Iterable[str], texts: dict[str, str]
) -> Precision:
    counted = Precision(name)
    for noun in nouns:
        result = await service.search(noun, limit=FIRST)
        wrong = [hit for hit in result.hits if not _is_right(result, hit, texts[hit.title])]
        counted.asked += 1
        counted.answered += result.total > 0
        counted.hits += len(result.hits)
        counted.wrong += len(wrong)
        counted.nouns_with_wrong += bool(wrong)
        if wrong:
            counted.examples += (noun,)
    return counted


def _is_right(result: SearchResult, hit: Hit, text: str) -> bool:
    if result.repair is not None or result.partial or not hit.complete:
        return True
    return any(_holds(text, name) for name in (result.query, *result.also))


def _holds(text: str, name: str) -> bool:
    """Whether a folded text has the name; across spaces only where a word starts."""
    wanted = flat(fold(name))
    if wanted in text:
        return True
    pattern = r"\b" + r"[\s\-·‧,]?".join(re.escape(character) for character in wanted)
    return re.search(pattern, text) is not None
