"""The archive as one search sees it: counted, listed, its words looked up; in limited time."""

from __future__ import annotations

import re
import time
from copy import copy
from typing import TYPE_CHECKING

from bot.search.analyse import INITIALS_MARK, OFTEN_MARK, TITLE_MARK, fold
from bot.search.conjugation import read_fused_stems
from bot.search.endings import noun_forms, past_forms, strip_ending
from bot.search.matching import Term, find_form, read_text
from bot.search.terms import index_group, name_form, name_tokens
from bot.text.hangul import initials
from storage import search, search_filters, search_words
from storage.search_filters import EVERY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.search.matching import Form, Occurrence
    from storage.search import FoundText, Group
    from storage.search_filters import PostFilter
    from storage.search_words import KnownWord

CHECKED = 30
"""Posts that are read before a term counts as found: pairs of characters can agree by chance."""
COUNTED = 1500
"""Posts that are counted from each end of the archive: a common word weighs little anyway."""
COMMON = 10
"""One post in so many, of the last ones, has a common word."""
NEIGHBOURS = 2000
"""Words that a spelling is compared with, the most common of its range."""
ALIKE = 400
SMALL = 3000
OPENED = 4
READINGS = 30
OPENING = 60
LONGEST_KEYS = 64
_BESIDE = r"{}(?:\([^()\n]{{1,40}}\))?\s?{}"
TITLES = 100
WAITS = 10
"""How many times longer than it works a search may wait for the disk and for a core."""
POOL = 60
"""Candidates that are ranked on their text."""
TELLING = (3, 5, 8, 12)
"""So many of the rarest words of a long query are asked for, until few posts have them all."""
ENOUGH = 8
"""The rarest words that are asked for where it is not yet known that all have to be there."""
NEAR = 30
"""Posts that lack a word of a long query and are ranked: more than are shown."""
KEPT = 300
"""Texts that a search keeps at a time."""


class Corpus:
    """Reads on one connection, in its thread; one search long.

    `seconds` are those of the thread's processor: beside other programs no repair is given up. A
    slow disk has `WAITS` times as many by the clock. What is found passes `only`; what words there
    are, how common and how they are spelt, all posts tell.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        *,
        seconds: float,
        only: PostFilter = EVERY,
        worked: Callable[[], float] = time.thread_time,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.db = db
        self.only = only
        self.posts = search.get_state(db)[1]
        self._counted: dict[tuple[str, PostFilter], int] = {}
        self._nouns: dict[str, bool] = {}
        self._read: dict[int, FoundText | None] = {}
        self._limits = (worked, worked() + seconds), (passed, passed() + WAITS * seconds)

    @property
    def in_time(self) -> bool:
        """Whether there is time for another attempt."""
        return all(read() < until for read, until in self._limits)

    def count(self, term: Term, *, roughly: bool = False) -> int:
        """How many posts have the term; 0 also where only its pairs of characters are found.

        `roughly`: of common words within some hundredths, where more than 2 * COUNTED posts match.
        """
        match = search.expression([index_group(term)])
        ids = search.list_matching(self.db, match, CHECKED)
        if len(ids) < CHECKED:
            self._counted[match, EVERY] = len(ids)
        if not self._is_seen(term, ids):
            return 0
        if roughly and len(ids) == CHECKED and ids[0] - ids[-1] < COMMON * CHECKED:
            estimated = search.estimate_matching(self.db, match, COUNTED)
            if estimated is not None:
                return min(estimated, self.posts)
        return self._matching(match)

    def has(self, term: Term) -> bool:
        """Whether posts have the term."""
        match = search.expression([index_group(term)])
        return self._is_seen(term, search.list_matching(self.db, match, CHECKED))

    def _is_seen(self, term: Term, ids: Sequence[int]) -> bool:
        """Whether one of these posts has the term in its text."""
        return any(has_term(text, term) for one in ids for text in self.texts([one]))

    def _matching(self, match: str, only: PostFilter = EVERY) -> int:
        """How many posts match and pass; each question is put to the index once."""
        if (match, only) not in self._counted:
            self._counted[match, only] = search.count_matching(self.db, match, only)
        return self._counted[match, only]

    def among(self, only: PostFilter) -> Corpus:
        """The same archive, and the same time, for other posts."""
        other = copy(self)
        other.only = only
        return other

    def holds(self, name: str) -> int:
        """How many posts have this name, written together or apart."""
        form = name_form(name, 1.0)
        return self.count(Term(name, (form,))) if form.tokens else 0

    def is_noun(self, word: str) -> bool:
        """Whether a word is no other one with an ending: as posts use it, or what would be left.

        Nouns are seen with particles that nothing else takes. What ends like a predicate is one
        only where posts use its stem as one.
        """
        if word not in self._nouns:
            self._nouns[word] = self._is_used_as_noun(word)
        return self._nouns[word]

    def _is_used_as_noun(self, word: str) -> bool:
        stem = strip_ending(word)
        if stem != word:
            return not self._any(past_forms(stem)) and (
                not self._any((stem + "는",)) or self._any(noun_forms(stem))
            )
        fused = read_fused_stems(word)
        is_verb = any(self._any((*past_forms(one), one + "는", one + "고")) for one in fused)
        return (bool(fused) and not is_verb) or self._any(noun_forms(word))

    def _any(self, words: Sequence[str]) -> bool:
        forms = tuple(name_form(word, 1.0) for word in words)
        if not forms:
            return False
        return self.has(Term(words[0], forms))

    def opened_by(self, syllable: str) -> Group:
        """What to ask the index for a word of one syllable.

        All that starts with it, where the archive is small enough to merge so many lists; else the
        words of just this syllable, and the most common ones that it opens.
        """
        if self.posts <= SMALL:
            return ((f"{syllable}*",),)
        words = search_words.list_words_starting(self.db, syllable, OPENED)
        longer = tuple(name_form(word.word, 1.0).tokens[0] for word in words)
        return ((syllable,), *longer)

    def gather(self, groups: Sequence[Group], without: Sequence[Group]) -> tuple[list[int], int]:
        """Ids worth ranking, at most POOL, and how many posts match and pass in all."""
        match = search.expression(groups, without=without)
        if (match, self.only) not in self._counted:
            few = self.listed(match, POOL + 1)
            if len(few) <= POOL:
                return few, len(few)
        total = self._matching(match, self.only)
        if total <= POOL:
            return self.listed(match) if total else [], total
        found: dict[int, None] = {}
        for tier in self._tiers(groups, without):
            found.update(dict.fromkeys(self.listed(tier, POOL)))
            if len(found) >= POOL:
                break
        return list(found)[:POOL], total

    def gather_near(
        self, groups: Sequence[Group], without: Sequence[Group]
    ) -> tuple[list[int], int]:
        """Ids worth ranking for many words, the rarest first; and of how many they are.

        Whoever has all of many words has the rarest few, so the common ones are not asked for where
        that leaves POOL posts: these, with the others or without, and some that lack a rare one.
        Where more posts have every word, POOL of those, and how many match and pass in all.
        """
        few, wider = self._gather_few(groups, without)
        if len(few) <= POOL:
            found = self._lacking_one(few, wider, groups, without)
            return found, len(found)
        return self.gather(groups, without)

    def _lacking_one(
        self,
        few: Sequence[int],
        wider: Sequence[int],
        groups: Sequence[Group],
        without: Sequence[Group],
    ) -> list[int]:
        """All of the `few`, and up to NEAR with those that lack a common word, or a rare one."""
        near = dict.fromkeys([*few, *wider[: NEAR // 2]])
        for left_out in reversed(range(TELLING[0])):
            if len(near) >= NEAR or (near and not self.in_time):
                break
            others = [*groups[:left_out], *groups[left_out + 1 :]]
            near.update(dict.fromkeys(self._gather_few(others[:ENOUGH], without)[0]))
        if len(near) < NEAR:
            match = search.two_of_three(groups[:3], without=without)
            near.update(dict.fromkeys([*wider, *self.listed(match, NEAR)]))
        return list(near)[: max(len(few), NEAR)]

    def _gather_few(
        self, groups: Sequence[Group], without: Sequence[Group]
    ) -> tuple[list[int], list[int]]:
        """Ids of posts with so many of the groups that they are few; and with fewer of them."""
        ids: list[int] = []
        wider: list[int] = []
        for asked in TELLING:
            match = search.expression(groups[:asked], without=without)
            wider, ids = ids, self.listed(match, POOL + 1)
            if len(ids) <= POOL or asked >= len(groups):
                break
        return ids, wider

    def listed(self, match: str, limit: int = -1) -> list[int]:
        """Ids of posts that match and pass, those added last first."""
        return search.list_matching(self.db, match, limit, self.only)

    def newest(self, limit: int, offset: int) -> list[int]:
        """Ids of posts that pass, the newest first."""
        return search_filters.list_passing(self.db, self.only, limit, offset)

    def passing(self) -> int:
        """How many posts pass."""
        return search_filters.count_passing(self.db, self.only)

    def has_passing(self, word: str) -> bool:
        """Whether a post that passes has this word."""
        if self.only == EVERY:
            return True
        tokens = name_form(word, 1.0).tokens
        return bool(tokens) and bool(self.listed(search.expression([tokens]), 1))

    def _tiers(self, groups: Sequence[Group], without: Sequence[Group]) -> Iterable[str]:
        """The same query, the most telling postings first."""
        title = search.expression(groups, without=without, marked=TITLE_MARK)
        yield f"({title}) AND ({search.expression(groups, marked=OFTEN_MARK)})"
        yield title
        if len(groups) > 1:
            yield search.expression(groups, without=without, some=TITLE_MARK)
        yield search.expression(groups, without=without, marked=OFTEN_MARK)
        if len(groups) > 1:
            yield search.expression(groups, without=without, some=OFTEN_MARK)
        yield search.expression(groups, without=without)

    def texts(self, ids: Iterable[int]) -> list[FoundText]:
        """The posts' texts, each read once: words side by side are in the same posts."""
        found = []
        for one in ids:
            if one not in self._read:
                if len(self._read) == KEPT:
                    self._read.clear()
                self._read[one] = next(iter(search.list_texts(self.db, [one])), None)
            if text := self._read[one]:
                found.append(text)
        return found

    def word(self, word: str) -> KnownWord | None:
        """The vocabulary's entry for this word."""
        return search_words.get_word(self.db, word)

    def spelt(self, start: str, lengths: tuple[int, int]) -> list[KnownWord]:
        """Words whose keystrokes start so, and are so many."""
        return search_words.list_words_spelt(self.db, start, lengths, NEIGHBOURS)

    def ending(self, end: str, lengths: tuple[int, int]) -> list[KnownWord]:
        """Words whose keystrokes end so, and are so many."""
        return search_words.list_words_ending(self.db, end, lengths, NEIGHBOURS)

    def alike(self, spelling: str) -> list[KnownWord]:
        """Words with the same first consonants, or the same first two letters."""
        if spelling.isascii():
            return self.spelt(spelling[:2], (len(spelling) - 2, len(spelling) + 2))[:ALIKE]
        return search_words.list_words_with_initials(self.db, initials(spelling), ALIKE)

    def completing(self, typed: str) -> list[KnownWord]:
        """Words whose keystrokes begin so, the most common first."""
        return search_words.list_words_spelt(self.db, typed, (len(typed), LONGEST_KEYS), READINGS)

    def opening(self, syllable: str) -> list[KnownWord]:
        """Words that begin with it, the most common first."""
        return search_words.list_words_starting(self.db, syllable, OPENING)

    def texts_across(self, heads: Sequence[str], right: str) -> list[tuple[str, str]]:
        """Folded titles and bodies of posts where one of `heads` goes on with this syllable."""
        if not heads:
            return []
        group = tuple(tokens for head in heads for tokens in name_tokens(head + right))
        ids = search.list_matching(self.db, search.expression([group]), CHECKED)
        return [(fold(text.title), fold(text.body)) for text in self.texts(ids)]

    def texts_with(self, pair: str) -> list[str]:
        """Folded texts of some posts that have this pair of syllables."""
        match = search.expression([((pair,),)])
        found = self.texts(search.list_matching(self.db, match, CHECKED))
        return [fold(f"{text.title}\n{text.body}") for text in found]

    def opens(self, beginning: str) -> bool:
        """Whether a word of the posts begins so."""
        form = name_form(beginning, 1.0)
        ids = search.list_matching(self.db, search.expression([form.tokens]), CHECKED)
        return any(place.opens for text in self.texts(ids) for place in _places(text, form))

    def beside(self, left: str, right: str) -> bool:
        """Whether posts have these two side by side, or with a name in brackets between them."""
        match = search.expression([name_tokens(left), name_tokens(right)])
        pattern = re.compile(_BESIDE.format(re.escape(left), re.escape(right)))
        found = self.texts(search.list_matching(self.db, match, CHECKED))
        return any(pattern.search(fold(f"{text.title}\n{text.body}")) for text in found)

    def has_syllable(self, syllable: str) -> bool:
        """Whether a post has this syllable as a word of its own."""
        return bool(search.list_matching(self.db, search.expression([((syllable,),)]), 1))

    def words_with_initials(self, consonants: str) -> list[KnownWord]:
        """Words of exactly these first consonants."""
        found = search_words.list_words_with_initials(self.db, consonants, READINGS)
        return [word for word in found if self.has_passing(word.word)]

    def words_opening(self, consonants: str) -> list[KnownWord]:
        """Words whose first consonants begin with these."""
        found = search_words.list_words_opening(self.db, consonants, READINGS)
        return [word for word in found if self.has_passing(word.word)]

    def titles_with_initials(self, consonants: str) -> list[str]:
        """Titles that may have these first consonants in a row."""
        pairs = tuple(consonants[i : i + 2] for i in range(len(consonants) - 1))
        match = search.expression([(pairs,)], marked=INITIALS_MARK)
        return [text.title for text in self.texts(self.listed(match, TITLES))]


def _places(text: FoundText, form: Form) -> Iterator[Occurrence]:
    for part in (text.title, text.body):
        yield from find_form(read_text(part), form)


def has_term(text: FoundText, term: Term) -> bool:
    """Whether the text has the term in any form."""
    parts = read_text(text.title), read_text(text.body)
    likely = (
        (part, form)
        for form in term.forms
        for part in parts
        if form.literal or form.text in part.flat
    )
    return any(next(find_form(part, form), None) is not None for part, form in likely)
