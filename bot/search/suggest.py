"""What to try instead: near titles and words after a search in vain, examples before the first."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bot.search.analyse import TITLE_MARK, analyse_text, flat, fold
from bot.search.endings import base
from bot.search.guesses import near_words
from bot.search.results import Near
from bot.text.hangul import initials, is_syllable
from storage import search, search_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from bot.search.corpus import Corpus
    from bot.search.query import Query
    from storage.search_words import KnownWord

MOST_TITLES = 3
MOST_WORDS = 5
LOOKED_AT = 60
WORDS_TRIED = 4
LEAST_ALIKE = 0.2
"""Dice's coefficient of the pairs of a query and a title."""
EXAMPLE_TITLES = 40


def suggest(query: Query, archive: Corpus) -> Near:
    """Titles and words of the posts that are near to a query that found nothing."""
    titles: list[tuple[float, search.FoundText]] = []
    asked = sorted(set(analyse_text(query.text).tokens))
    match = search.expression([tuple((token,) for token in asked)], marked=TITLE_MARK)
    for text in archive.texts(archive.listed(match, LOOKED_AT)):
        alike = _alike(asked, list(analyse_text(text.title).tokens))
        if alike >= LEAST_ALIKE:
            titles.append((alike, text))
    titles.sort(key=lambda pair: (-pair[0], -pair[1].sort_at))
    posts = tuple((text.post_id, text.title) for _, text in titles[:MOST_TITLES])
    return Near(posts, _near_words(query, archive))


def _alike(left: Collection[str], right: Collection[str]) -> float:
    return 2 * len({*left} & {*right}) / (len(left) + len(right))


def _near_words(query: Query, archive: Corpus) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in query.words[:WORDS_TRIED]:
        if not archive.in_time:
            break
        text = flat(word.folded)
        found.update(dict.fromkeys(near_words(text, archive, slips=2)[:2]))
        for length in (3, 2):
            start = base(text)[:length]
            if len(start) == length and all(is_syllable(c) for c in start):
                known = search_words.list_words_starting(archive.db, start, 2)
                found.update((w.word, None) for w in known)
    return tuple(word for word in found if archive.has_passing(word))[:MOST_WORDS]


def list_examples(db: sqlite3.Connection, count: int) -> tuple[str, ...]:
    """Queries that this archive answers: a word, two words of a title, first consonants."""
    ids = [
        post_id
        for post_id, _ in zip(search.iterate_newest(db), range(EXAMPLE_TITLES), strict=False)
    ]
    titles = [(text.title, _telling_words(db, text.title)) for text in search.list_texts(db, ids)]
    words = sorted(
        (w for _, telling in titles for w in telling), key=lambda w: (-w.titles, -w.posts)
    )
    found: dict[str, None] = {}
    found.update((word.word, None) for word in words[:1])
    for title, telling in titles:
        pair = _side_by_side(title, [w.word for w in telling if w.word not in found])
        if pair is not None:
            found[pair] = None
            break
    found.update((initials(w.word), None) for w in words if len(w.word) > 2 and w.word not in found)  # noqa: PLR2004  # two consonants fit too much
    found.update((w.word, None) for w in words)
    return tuple(found)[:count]


def _side_by_side(title: str, words: list[str]) -> str | None:
    """The first two of the words that follow each other in the title."""
    folded = fold(title)
    inside = sorted(words, key=folded.find)
    for left, right in pairwise(inside):
        if f"{left} {right}" in folded:
            return f"{left} {right}"
    return None


def _telling_words(db: sqlite3.Connection, title: str) -> list[KnownWord]:
    """Words of the title that several posts have, Hangul only, the most common first."""
    known = search_words.list_known(db, sorted(analyse_text(title).words))
    telling = [w for w in known if w.posts > 1 and all(is_syllable(c) for c in w.word)]
    return sorted(telling, key=lambda w: (-w.posts, w.word))
