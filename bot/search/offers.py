"""What a search in vain may have meant: names that the posts have, for operators to accept.

Nearer than what a search dares to take for the same by itself: whoever reads it decides.
"""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from bot.search.analyse import analyse_text, flat, fold
from bot.search.answer import Question
from bot.search.corpus import Corpus
from bot.search.endings import OPTIONAL_WORDS, strip_particle
from bot.search.engine import run_search
from bot.search.guesses import near_words
from bot.search.query import parse_query
from bot.search.results import Miss, Synonym
from bot.search.sounds import sound
from bot.search.suggest import list_near_words
from bot.search.synonyms import LONGEST
from bot.text.hangul import is_syllable, keys
from storage import profiles, search_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bot.search.query import Word
    from bot.search.synonyms import Glossary
    from bot.search.terms import Lookup
    from storage.models import PostId

MOST_OFFERED = 3
"""Names for one search in vain."""
WORDS_TRIED = 4
MOST_SEARCHED = 100
SOUNDING = 8
_PARTICLES = frozenset("을를은는에")
SHORTEST_KEYS = 6
"""Keystrokes of a name of the glossary that is found in spite of a slip."""


def list_unanswered(
    db: sqlite3.Connection,
    rows: Iterable[tuple[str, int]],
    own: Glossary,
    lookup: Lookup,
    *,
    seconds: float,
) -> Iterator[Miss]:
    """Searches in vain, but for those that an operator's synonym answers by now.

    `rows`: the words and how many people asked them; `own`: the operators' synonyms. At most
    MOST_SEARCHED are asked anew: a synonym for a common word may answer thousands.
    """
    searched = 0
    for query, people in rows:
        asked = flat(fold(query))
        if any(name in asked for name in own):
            searched += 1
            if searched > MOST_SEARCHED:
                continue
            found = run_search(db, Question(query, limit=1), lookup, seconds=seconds)
            if found.total:
                continue
        yield Miss(query, people)


def list_offers(
    db: sqlite3.Connection, query: str, glossary: Glossary, *, seconds: float
) -> tuple[Synonym, ...]:
    """For each word that no post has, the nearest that posts have: `left` was asked for."""
    archive = Corpus(db, seconds=seconds)
    offers: list[Synonym] = []
    for word, name in absent_names(query, archive):
        if not archive.in_time:
            break
        near = [list(some) for some in _near(word, name, archive, glossary)]
        nearest = [some[0] for some in near if some]
        others: dict[str, str] = {}
        for other in chain(nearest, *near):
            others.setdefault(flat(fold(other)), other)
        offers += [Synonym(name, others[key]) for key in others if _is_another(key, name)]
    return tuple(offers[:MOST_OFFERED])


def absent_names(query: str, archive: Corpus) -> list[tuple[Word, str]]:
    """The words of a query that no post has, each with its name: flat, without its particle."""
    words = [word for word in parse_query(query).words[:WORDS_TRIED] if not word.quoted]
    named = [(word, _name_of(word)) for word in words if word.folded not in OPTIONAL_WORDS]
    return [(word, name) for word, name in named if name and not archive.holds(name)]


def offer_by_meaning(
    db: sqlite3.Connection, query: str, post_ids: Sequence[PostId]
) -> tuple[Synonym, ...]:
    """The first absent word of the query as the most telling word of posts that mean the same."""
    archive = Corpus(db, seconds=1.0)
    absent = absent_names(query, archive)
    found = (_told_by(one.title, one.keys) for one in profiles.list_profiles(db, post_ids))
    words = dict.fromkeys(word for word in found if word)
    return tuple(Synonym(name, word) for _, name in absent[:1] for word in words)[:MOST_OFFERED]


def _told_by(title: str, keys: Sequence[str]) -> str:
    """The first telling word of a post that its title has."""
    titled = analyse_text(title).words
    return next((word for word in keys if word in titled), "")


def _name_of(word: Word) -> str:
    """Without a particle that ends no noun: 이 in 주식쟁이 may be of the word."""
    text = flat(word.folded)
    bare = strip_particle(text)
    particle = text[len(bare) :]
    name = bare if len(particle) > 1 or particle in _PARTICLES else text
    return name if 1 < len(name) <= LONGEST else ""


def _is_another(other: str, name: str) -> bool:
    return len(other) > 1 and other != name


def _near(word: Word, name: str, archive: Corpus, glossary: Glossary) -> Iterator[Iterable[str]]:
    """Names by glossary, as a short form, by sound, by spelling, by beginning, each in order."""
    yield (other for other in _by_glossary(name, glossary) if archive.holds(other))
    yield _opened_out(name, archive)
    yield _sounding(name, archive)
    yield near_words(name, archive, doubtful=True)[:MOST_OFFERED]
    yield list_near_words([word], archive)


def _by_glossary(name: str, glossary: Glossary) -> Iterator[str]:
    """What the glossary has for the name, or for one that is a slip away."""
    yield from glossary.get(name, ())
    typed = keys(name)
    if len(typed) >= SHORTEST_KEYS:
        for known, others in glossary.items():
            if known != name and OSA.distance(typed, keys(known), score_cutoff=1) <= 1:
                yield from (known, *others)


def _sounding(name: str, archive: Corpus) -> list[str]:
    """Words of the same consonants; in the same script half of the keystrokes agree, too."""
    skeleton = sound(name)
    if not skeleton:
        return []
    found = [
        one
        for latin in (False, True)
        for one in search_words.list_words_sounding(archive.db, skeleton, SOUNDING, latin=latin)
    ]
    most = len(keys(name)) // 2
    return [
        one.word
        for one in sorted(found, key=attrgetter("posts"), reverse=True)
        if one.word.isascii() != name.isascii() or OSA.distance(keys(name), one.keys) <= most
    ]


def _opened_out(name: str, archive: Corpus) -> Collection[str]:
    """Words that have all the syllables of the name, in order, from the first: 김찌, 김치찌개."""
    if not all(is_syllable(c) for c in name):
        return ()
    return [one.word for one in archive.opening(name[0]) if _has_in_order(one.word, name)]


def _has_in_order(word: str, syllables: str) -> bool:
    rest = iter(word)
    return all(syllable in rest for syllable in syllables)
