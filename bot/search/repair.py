"""A whole query, mended word by word where posts lack a word; what is found as typed stays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.search.analyse import flat
from bot.search.conjugation import is_short_predicate
from bot.search.endings import OPTIONAL_WORDS
from bot.search.guesses import (
    SHORT,
    Guess,
    guess_beside,
    guess_form,
    guess_half_typed,
    guess_joined,
    guess_layout,
    guess_misheard,
    guess_named_parts,
    guess_scripts,
    guess_shortened,
    guess_slip,
    guess_spacing,
    guess_tail,
    guess_typo,
    guess_verb,
    is_initials,
)
from bot.search.initials import read_initials
from bot.search.query import Word, parse_query
from bot.search.results import READINGS_BETWEEN, Repair, RepairKind
from bot.search.terms import no_lookup
from bot.text.hangul import untangle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.search.corpus import Corpus
    from bot.search.query import Query
    from bot.search.terms import Lookup


class Missing(IntEnum):
    """Whether posts have a word."""

    NO = 0
    YES = 1
    HEARD = 2
    """They have one that sounds like it: only a close guess is better."""


@dataclass(frozen=True, slots=True)
class RepairedQuery:
    """A query and what was done to it; `readings` of initials are searched as alternatives.

    `alternatives` are searched as well as the folded word that they are for.
    """

    query: Query
    repair: Repair | None
    readings: tuple[str, ...] = ()
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def repair_query(
    query: Query, missing: Sequence[Missing], archive: Corpus, names: Lookup = no_lookup
) -> RepairedQuery:
    """The query with every missing word replaced for which there is a good guess."""
    if all(is_initials(word.folded) and not word.quoted for word in query.words):
        mended = _read(query, archive)
        if mended is not None:
            return mended
    words: list[str] = []
    guesses: list[Guess] = []
    place = 0
    while place < len(query.words):
        guess, taken = _guess(query.words, missing, place, archive, names)
        if guess is None:
            words.append(_as_typed(query.words[place]))
        else:
            words.append(guess.text)
            guesses.append(guess)
        place += taken
    return _mended(query, words, guesses)


def loosen_query(query: Query, archive: Corpus) -> RepairedQuery:
    """The query with verbs of one syllable in all their forms, where no post has every word."""
    guesses = {
        word: guess
        for word in query.words
        if is_short_predicate(word.folded) and word.folded not in OPTIONAL_WORDS
        if not word.quoted and archive.in_time and (guess := guess_verb(word.folded, archive))
    }
    words = [guesses[word].text if word in guesses else _as_typed(word) for word in query.words]
    return _mended(query, words, list(guesses.values()))


def _mended(query: Query, words: Sequence[str], guesses: Sequence[Guess]) -> RepairedQuery:
    if not guesses:
        return RepairedQuery(query, None)
    searched = " ".join(words)
    parsed = replace(parse_query(searched), without=query.without)
    alternatives = {guess.text: guess.alternatives for guess in guesses if guess.alternatives}
    repair = Repair(guesses[0].kind, query.text, searched)
    return RepairedQuery(parsed, repair, alternatives=alternatives)


def _as_typed(word: Word) -> str:
    return f'"{word.typed}"' if word.quoted else word.typed


def _read(query: Query, archive: Corpus) -> RepairedQuery | None:
    readings = read_initials([untangle(word.folded) for word in query.words], archive)
    if not readings:
        return None
    repair = Repair(RepairKind.INITIALS, query.text, READINGS_BETWEEN.join(readings))
    return RepairedQuery(query, repair, tuple(readings))


def _readings(word: Word, archive: Corpus) -> list[str]:
    return read_initials([untangle(word.folded)], archive)


def _guess(
    words: Sequence[Word],
    missing: Sequence[Missing],
    place: int,
    archive: Corpus,
    names: Lookup,
) -> tuple[Guess | None, int]:
    """A guess for the word at `place`, and how many words it replaces."""
    word = words[place]
    if not missing[place] or word.quoted or not archive.in_time:
        return None, 1
    if is_initials(word.folded) and (readings := _readings(word, archive)):
        return Guess(RepairKind.INITIALS, readings[0]), 1
    guess = guess_layout(word.typed, archive)
    if missing[place] is Missing.HEARD:
        return guess or guess_slip(word.folded, archive), 1
    if guess is None and place + 1 < len(words) and not words[place + 1].quoted:
        joined = guess_joined(word.folded, words[place + 1].folded, archive)
        if joined is not None:
            return joined, 2
    return guess or _guess_word(words, place, archive, names), 1


def _guess_word(words: Sequence[Word], place: int, archive: Corpus, names: Lookup) -> Guess | None:
    """The first guess at what one word was meant to be, the surest kinds first."""
    folded = words[place].folded
    guesses: tuple[Callable[[], Guess | None], ...] = (
        lambda: guess_spacing(folded, archive),
        lambda: guess_scripts(words[place].typed, archive),
        lambda: guess_tail(folded, archive),
        lambda: guess_named_parts(folded, archive, names),
        lambda: guess_misheard(folded, archive),
        lambda: guess_form(folded, archive),
        lambda: guess_half_typed(folded, archive),
        lambda: _beside(words, place, archive),
        lambda: guess_typo(folded, archive),
        lambda: guess_shortened(folded, archive),
    )
    for guess in guesses:
        found = guess() if archive.in_time else None
        if found is not None:
            return found
    return None


def _beside(words: Sequence[Word], place: int, archive: Corpus) -> Guess | None:
    """Neighbours tell what a short word was meant to be; a long one tells itself."""
    if len(words[place].folded) > SHORT:
        return None
    left = flat(words[place - 1].folded) if place else ""
    right = flat(words[place + 1].folded) if place + 1 < len(words) else ""
    return guess_beside(words[place].folded, left, right, archive)
