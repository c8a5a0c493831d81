"""What to try instead: near titles and words after a search in vain, examples before the first."""

from __future__ import annotations

import math
import re
from itertools import islice
from typing import TYPE_CHECKING

from bot.search.analyse import TITLE_MARK, analyse_text, flat
from bot.search.corpus import Corpus
from bot.search.endings import OPTIONAL_WORDS, base, noun_forms
from bot.search.guesses import near_words
from bot.search.results import Near
from bot.search.terms import name_tokens
from bot.text.hangul import is_syllable
from storage import search, search_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence

    from bot.search.query import Query, Word
    from storage.search_words import KnownWord

MOST_TITLES = 3
MOST_WORDS = 5
LOOKED_AT = 60
WORDS_TRIED = 4
LEAST_ALIKE = 0.2
"""Dice's coefficient of the pairs of a query and a title."""
EXAMPLE_TITLES = 100
EXAMPLE_MATCHES = 60
"""Posts by which two words are told to be of one topic."""
FEWEST_SHARING = 2
_NO_TOPIC = """
    우리 저희 당신 여러분 그들 자신 자기 서로 모두 누군가 무언가 사람 사람들 이것 그것 저것 여기
    지금 오늘 내일 어제 올해 작년 내년 처음 마지막 다음 이번 순간 하루 매일 동안 이후 이전
    하나 둘 셋 번째 가지 여러 모든 다른 새로운 진짜 가장 먼저 정말 바로 아직 이미 함께 혼자
    시작 생각 문제 필요 사실 의미 모습 상황 결과 과정 방식 질문 마음 시간 때문 만약 이상 이하
"""
_OF_NO_TOPIC = frozenset(_NO_TOPIC.split())
"""Words of any text: nobody looks for them alone."""
_HANGUL = re.compile("[가-힣]+")
COMMON = 0.3
"""Of the posts; a word that more of them have says little."""


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
    return Near(posts, list_near_words(query.words, archive))


def _alike(left: Collection[str], right: Collection[str]) -> float:
    return 2 * len({*left} & {*right}) / (len(left) + len(right))


def list_near_words(words: Sequence[Word], archive: Corpus) -> tuple[str, ...]:
    """Words of the posts that are spelt like these, or begin like them."""
    found: dict[str, None] = {}
    for word in words[:WORDS_TRIED]:
        if not archive.in_time:
            break
        text = flat(word.folded)
        found.update(dict.fromkeys(near_words(text, archive, slips=2)[:2]))
        for length in (3, 2):
            start = base(text)[:length]
            if len(start) == length and all(is_syllable(c) for c in start):
                known = search_words.list_words_starting(archive.db, start, 2)
                found.update((w.word, None) for w in known)
    typed = {flat(word.folded) for word in words}
    passing = (word for word in found if word not in typed and archive.has_passing(word))
    return tuple(islice(passing, MOST_WORDS))


def list_examples(db: sqlite3.Connection, count: int, *, seconds: float) -> tuple[str, ...]:
    """Nouns that several posts have and most have not, of different topics, the most telling first.

    Of the newest titles; about `seconds` are spent on it. None where no two posts share a noun.
    """
    archive = Corpus(db, seconds=seconds)
    found: dict[str, set[int]] = {}
    for word in _telling_words(db, archive.posts):
        if len(found) == count or not archive.in_time:
            break
        match = search.expression([name_tokens(word.word)])
        ids = set(search.list_matching(db, match, EXAMPLE_MATCHES))
        if _is_of_its_own(ids, found.values()) and _is_noun(word.word, archive.texts(ids)):
            found[word.word] = ids
    return tuple(found)


def _telling_words(db: sqlite3.Connection, posts: int) -> list[KnownWord]:
    """Words of the newest titles that several posts have, Hangul only, the most telling first."""
    ids = [one for one, _ in zip(search.iterate_newest(db), range(EXAMPLE_TITLES), strict=False)]
    words = {word for text in search.list_texts(db, ids) for word in analyse_text(text.title).words}
    most = max(FEWEST_SHARING, int(posts * COMMON))
    telling = [
        word
        for word in search_words.list_known(db, sorted(words - OPTIONAL_WORDS - _OF_NO_TOPIC))
        if FEWEST_SHARING <= word.posts <= most and len(word.word) > 1
        if all(is_syllable(c) for c in word.word)
    ]
    return sorted(
        telling, key=lambda one: (-one.titles * math.log(1 + posts / one.posts), one.word)
    )


def _is_of_its_own(ids: set[int], others: Iterable[set[int]]) -> bool:
    """Whether a word's posts are not for the greater part those of another one."""
    return not any(2 * len(ids & other) > min(len(ids), len(other)) for other in others)


def _is_noun(word: str, texts: Iterable[search.FoundText]) -> bool:
    """Whether posts use it as an object or with 의; 가 stands behind predicates, too: 나갔다가."""
    forms = noun_forms(word)[::2]
    words = (one for text in texts for one in _HANGUL.findall(f"{text.title}\n{text.body}"))
    return any(one in forms for one in words)
