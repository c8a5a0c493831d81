"""The posts that answer a plan: those with every word, best first, then those with some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from bot.search.corpus import POOL, has_term
from bot.search.highlight import find_spans, make_passage
from bot.search.matching import find_form, read_text
from bot.search.rank import Ranked, rank
from bot.search.results import Hit, Order
from bot.search.terms import index_group
from storage import search
from storage.search_filters import EVERY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.search.corpus import Corpus
    from bot.search.matching import Form, Term
    from bot.search.rank import Weighted
    from storage.search import FoundText, Group
    from storage.search_filters import PostFilter

FEW = 10
"""With fewer posts that have every word, those that have some of them follow."""
MOST_PARTIAL = 20
PARTIAL_POOL = 60
PARTIAL = 0.5
"""What the score of a post that lacks a word counts beside one that has them all."""
LEAST_SHARE = 0.25
"""Of the query, by weight, that a post with some of the words must have."""
DENSE = 20
"""One post in so many matches: then reading texts from the newest on beats sorting the matches."""
MOST_TOLD = 12
LONG = 4
"""Words from which on the rarest ones tell which posts come near to having all."""
PHRASES_READ = 600
"""Posts whose text is read for a quoted phrase, those added last first."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the engine."""

    text: str
    order: Order = Order.BEST
    offset: int = 0
    limit: int = 5
    exact: bool = False
    only: PostFilter = EVERY


@dataclass(frozen=True, slots=True)
class Plan:
    """A query ready to be run: terms with their weights, and how many posts have each."""

    terms: tuple[Weighted, ...]
    counts: tuple[int, ...]
    unwanted: tuple[Term, ...]

    @property
    def without(self) -> list[Group]:
        """What no answer has, for the index."""
        return [index_group(term) for term in self.unwanted]

    @property
    def lacking(self) -> bool:
        """Whether no post has one of the required words."""
        pairs = zip(self.counts, self.terms, strict=True)
        return any(not count and weighted.term.required for count, weighted in pairs)

    @property
    def required(self) -> list[Group]:
        """What every complete answer has, for the index."""
        return [index_group(weighted.term) for weighted in self.terms if weighted.term.required]

    @property
    def by_rarity(self) -> list[Group]:
        """What the index is asked for of the required words that posts have, the rarest first."""
        found = [
            (count, index_group(weighted.term))
            for count, weighted in zip(self.counts, self.terms, strict=True)
            if count and weighted.term.required
        ]
        return [group for _, group in sorted(found, key=lambda pair: pair[0])]

    @property
    def literal(self) -> bool:
        """Whether a phrase was quoted: the index knows no phrases, so every text is read."""
        return any(weighted.term.literal for weighted in self.terms)

    @property
    def is_long(self) -> bool:
        """Whether the rarest words tell which posts come near to having all."""
        return not self.literal and len(self.by_rarity) >= LONG


@dataclass(frozen=True, slots=True)
class Found:
    """One page, and what there is in all."""

    hits: tuple[Hit, ...]
    total: int
    any_complete: bool
    also: tuple[str, ...] = ()
    """Names that were searched too, where a hit has one and not what was typed."""
    undated: int = 0
    """Posts that would be complete answers and lack the date that was asked for."""


def answer(archive: Corpus, question: Question, plan: Plan) -> Found:
    """The page that `question` asks for."""
    ids, total = _complete_ids(archive, plan)
    weighed = rank(archive.texts(ids[:POOL]), plan.terms)
    ranked = [r for r in weighed if r.complete]
    ranked += [Ranked(text, 0.0, complete=True) for text in archive.texts(ids[POOL:])]
    if total <= POOL or plan.literal:
        total = len(ranked)
    any_complete = total > 0
    if total < FEW and len(plan.terms) > 1:
        ranked += _partial(archive, plan, weighed)
        ranked.sort(key=lambda r: -r.score * (1.0 if r.complete else PARTIAL))
        total = len(ranked)
    if question.order is Order.NEWEST:
        ranked = _by_time(archive, question, plan, ranked, total)
    elif total > len(ranked) < question.offset + question.limit:
        ranked += _rest(archive, question, plan, ranked)
    page = ranked[question.offset : question.offset + question.limit]
    named = [_found_as(one.found, plan.terms) for one in page]
    hits = tuple(_hit(one, plan.terms, best) for one, best in zip(page, named, strict=True))
    also = dict.fromkeys(form.told for best in named for form in best if form and form.told)
    undated = _count_undated(archive, plan)
    return Found(hits, total, any_complete, tuple(also)[:MOST_TOLD], undated)


def answer_without_words(archive: Corpus, question: Question) -> Found:
    """The posts that pass, the newest first."""
    ids = archive.newest(question.limit, question.offset)
    hits = tuple(_hit(Ranked(one, 0.0, complete=True), (), ()) for one in archive.texts(ids))
    undated = archive.among(archive.only.of_undated()).passing() if archive.only.is_dated else 0
    return Found(hits, archive.passing(), any_complete=True, undated=undated)


def _count_undated(archive: Corpus, plan: Plan) -> int:
    if not archive.only.is_dated:
        return 0
    undated = archive.among(archive.only.of_undated())
    ids, total = _complete_ids(undated, plan)
    if total > POOL:
        return total
    if plan.literal:
        match = search.expression(plan.required, without=plan.without)
        is_cut = len(undated.listed(match, PHRASES_READ)) == PHRASES_READ
        return 0 if is_cut else total  # how many there are beyond is not known
    required = [weighted.term for weighted in plan.terms if weighted.term.required]
    return sum(all(has_term(one, term) for term in required) for one in undated.texts(ids))


def _found_as(found: FoundText, terms: Sequence[Weighted]) -> list[Form | None]:
    """For each term the form under which the post has it: another name only where it must be."""
    parts = read_text(found.title), read_text(found.body)
    return [
        next(
            (
                form
                for form in weighted.term.forms_by_telling
                if any(next(find_form(part, form), None) is not None for part in parts)
            ),
            None,
        )
        for weighted in terms
    ]


def _as_shown(weighted: Weighted, best: Form | None) -> Weighted:
    """A term in the forms that are bold: other names only where they are told."""
    term, told = weighted.term, {"", best.told if best else ""}
    forms = tuple(form for form in term.forms if form.told in told)
    return weighted._replace(term=replace(term, forms=forms))


def _complete_ids(archive: Corpus, plan: Plan) -> tuple[list[int], int]:
    if plan.is_long:
        ids, total = archive.gather_near(plan.by_rarity, plan.without)
        return ids, 0 if plan.lacking else total
    if plan.lacking:
        return [], 0
    if not plan.literal:
        return archive.gather(plan.required, plan.without)
    ids = _ids_with_phrases(archive, plan)
    return ids, len(ids)


def _ids_with_phrases(archive: Corpus, plan: Plan) -> list[int]:
    """Complete answers by their texts, at most PHRASES_READ; titles that have a phrase first."""
    match = search.expression(plan.required, without=plan.without)
    required = [weighted.term for weighted in plan.terms if weighted.term.required]
    phrases = [term for term in required if term.literal]
    found: dict[bool, list[int]] = {True: [], False: []}
    for text in archive.texts(archive.listed(match, PHRASES_READ)):
        if all(has_term(text, term) for term in required):
            titled = any(has_term(replace(text, body=""), phrase) for phrase in phrases)
            found[titled].append(text.post_id)
    return found[True] + found[False]


def _partial(archive: Corpus, plan: Plan, weighed: Sequence[Ranked]) -> list[Ranked]:
    """Posts with some of the words: all but one, then any of them, the rarest first.

    Of a long query, those with all but one are among the `weighed`, and FEW of these will do.
    """
    is_long = plan.is_long
    known = {r.found.post_id for r in weighed if is_long or r.complete}
    some = [r for r in weighed if is_long and not r.complete and r.share >= LEAST_SHARE]
    if len(some) < (FEW if is_long else MOST_PARTIAL):
        wanted = PARTIAL_POOL - len(some)
        relaxed = ([group] for group in plan.by_rarity) if is_long else _relaxed(plan)
        ids = _gather_until(archive, plan, relaxed, wanted)
        texts = archive.texts(one for one in ids if one not in known)
        ranked = rank(texts[:wanted], plan.terms)
        some += [r for r in ranked if r.share >= LEAST_SHARE]
        some.sort(key=lambda r: -r.score)
    return some[:MOST_PARTIAL]


def _gather_until(
    archive: Corpus, plan: Plan, relaxed: Iterable[list[Group]], wanted: int
) -> Iterable[int]:
    """Ids for one set of groups after the other, until they are enough or the time is up."""
    ids: dict[int, None] = {}
    for groups in relaxed:
        if len(ids) >= wanted or (ids and not archive.in_time):
            break
        ids.update(dict.fromkeys(archive.gather(groups, plan.without)[0]))
    return ids


def _relaxed(plan: Plan) -> Iterable[list[Group]]:
    groups = plan.by_rarity
    if 1 < len(groups) < len(plan.required) or len(groups) == len(plan.required) == 1:
        yield groups
    if len(groups) > 2:  # noqa: PLR2004  # of two words, all but one is one
        for left_out in reversed(range(len(groups))):
            yield groups[:left_out] + groups[left_out + 1 :]
    for group in groups:
        yield [group]


def _by_time(
    archive: Corpus, question: Question, plan: Plan, ranked: list[Ranked], total: int
) -> list[Ranked]:
    """Newest first, complete answers before the others."""
    if total <= len(ranked):
        return sorted(ranked, key=lambda r: (not r.complete, -r.found.sort_at, -r.found.post_id))
    wanted = question.offset + question.limit
    if total < archive.posts / DENSE:
        match = search.expression(plan.required, without=plan.without)
        texts = archive.texts(search.list_newest_matching(archive.db, match, wanted, archive.only))
    else:
        texts = list(islice(_walk_newest(archive, plan), wanted))
    return [Ranked(text, 0.0, complete=True) for text in texts]


def _walk_newest(archive: Corpus, plan: Plan) -> Iterator[FoundText]:
    """Complete answers, newest first, by reading every text: quick where most of them answer."""
    required = [weighted.term for weighted in plan.terms if weighted.term.required]
    for post_id in search.iterate_newest(archive.db, archive.only):
        for text in archive.texts([post_id]):
            if all(has_term(text, term) for term in required) and not any(
                has_term(text, term) for term in plan.unwanted
            ):
                yield text


def _rest(
    archive: Corpus, question: Question, plan: Plan, ranked: Sequence[Ranked]
) -> list[Ranked]:
    """What follows the ranked ones: as the index gives it, those added last first."""
    known = {r.found.post_id for r in ranked}
    match = search.expression(plan.required, without=plan.without)
    wanted = question.offset + question.limit
    ids = [one for one in archive.listed(match, wanted + len(known)) if one not in known]
    return [Ranked(t, 0.0, complete=True) for t in archive.texts(ids[: wanted - len(known)])]


def _hit(ranked: Ranked, terms: Sequence[Weighted], best: Sequence[Form | None]) -> Hit:
    """A hit, with the forms under which it has the terms."""
    found = ranked.found
    shown = [_as_shown(*pair) for pair in zip(terms, best, strict=True)]
    return Hit(
        post_id=found.post_id,
        title=found.title,
        score=round(ranked.score, 4),
        title_spans=find_spans(found.title, shown),
        passage=make_passage(found.body, shown),
        complete=ranked.complete,
        lacks=() if ranked.complete else _lacking(found, terms),
    )


def _lacking(found: FoundText, terms: Sequence[Weighted]) -> tuple[str, ...]:
    required = (weighted.term for weighted in terms if weighted.term.required)
    return tuple(term.typed for term in required if not has_term(found, term))
