"""A whole query, mended word by word where posts lack a word; what is found as typed stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.search.analyse import flat
from bot.search.guesses import (
    SHORT,
    Guess,
    guess_beside,
    guess_joined,
    guess_layout,
    guess_slip,
    guess_spacing,
    guess_typo,
    is_initials,
)
from bot.search.initials import read_initials
from bot.search.query import Word, parse_query
from bot.search.results import Repair, RepairKind
from bot.text.hangul import untangle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.search.corpus import Corpus
    from bot.search.query import Query

_ALTERNATIVES = ", "


class Missing(IntEnum):
    """Whether posts have a word."""

    NO = 0
    YES = 1
    HEARD = 2
    """They have one that sounds like it: only a close guess is better."""


@dataclass(frozen=True, slots=True)
class RepairedQuery:
    """A query and what was done to it; `readings` of initials are searched as alternatives."""

    query: Query
    repair: Repair | None
    readings: tuple[str, ...] = ()


def repair_query(query: Query, missing: Sequence[Missing], archive: Corpus) -> RepairedQuery:
    """The query with every missing word replaced for which there is a good guess."""
    if all(is_initials(word.folded) and not word.quoted for word in query.words):
        mended = _read(query, archive)
        if mended is not None:
            return mended
    words: list[str] = []
    kinds: list[RepairKind] = []
    place = 0
    while place < len(query.words):
        guess, taken = _guess(query.words, missing, place, archive)
        if guess is None:
            words.append(_as_typed(query.words[place]))
        else:
            words.append(guess.text)
            kinds.append(guess.kind)
        place += taken
    if not kinds:
        return RepairedQuery(query, None)
    searched = " ".join(words)
    parsed = replace(parse_query(searched), without=query.without)
    return RepairedQuery(parsed, Repair(kinds[0], query.text, searched))


def _as_typed(word: Word) -> str:
    return f'"{word.typed}"' if word.quoted else word.typed


def _read(query: Query, archive: Corpus) -> RepairedQuery | None:
    readings = read_initials([untangle(word.folded) for word in query.words], archive)
    if not readings:
        return None
    repair = Repair(RepairKind.INITIALS, query.text, _ALTERNATIVES.join(readings))
    return RepairedQuery(query, repair, tuple(readings))


def _readings(word: Word, archive: Corpus) -> list[str]:
    return read_initials([untangle(word.folded)], archive)


def _guess(
    words: Sequence[Word], missing: Sequence[Missing], place: int, archive: Corpus
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
    guess = guess or guess_spacing(word.folded, archive)
    guess = guess or _beside(words, place, archive)
    return guess or guess_typo(word.folded, archive), 1


def _beside(words: Sequence[Word], place: int, archive: Corpus) -> Guess | None:
    """Neighbours tell what a short word was meant to be; a long one tells itself."""
    if len(words[place].folded) > SHORT:
        return None
    left = flat(words[place - 1].folded) if place else ""
    right = flat(words[place + 1].folded) if place + 1 < len(words) else ""
    return guess_beside(words[place].folded, left, right, archive)
