"""One search, from what was typed to a page of hits; runs in a reader connection's thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.search.answer import LONG, Found, Plan, Question, answer, answer_without_words
from bot.search.corpus import Corpus
from bot.search.matching import Term
from bot.search.query import parse_query
from bot.search.rank import Weighted, weigh
from bot.search.repair import Missing, RepairedQuery, loosen_query, repair_query
from bot.search.results import Narrowed, Near, SearchResult
from bot.search.suggest import list_near_words, suggest
from bot.search.terms import (
    CONJUGATED_WEIGHT,
    build_terms,
    is_syllable,
    name_form,
    no_lookup,
    open_syllable,
)
from storage.search_filters import EVERY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from bot.search.matching import Form
    from bot.search.query import Query
    from bot.search.terms import Lookup

READING_STEP = 0.25
"""What a less likely reading of initials is worth less."""
MOST_OPENED = 2
"""With more words of one syllable, each is looked for as a word only: longer words are too many."""


def run_search(
    db: sqlite3.Connection, question: Question, lookup: Lookup, *, seconds: float
) -> SearchResult:
    """Answer a question; about `seconds` at most are spent on repairing it."""
    archive = Corpus(db, seconds=seconds, only=question.only)
    query = parse_query(question.text)
    if not archive.posts or (not query.words and question.only == EVERY):
        return _empty(question, query)
    if not query.words:
        query = parse_query("")
        mended, found = RepairedQuery(query, None), answer_without_words(archive, question)
    else:
        mended, found = _best(archive, question, query, no_lookup if question.exact else lookup)
    narrowed = Narrowed(undated=found.undated)
    if not found.total:
        near = suggest(query, archive) if query.words else None
        return replace(_empty(question, query), near=near, narrowed=narrowed)
    return SearchResult(
        query=query.text,
        searched=mended.repair.searched if mended.repair else query.text,
        repair=mended.repair,
        partial=not found.any_complete,
        total=found.total,
        hits=found.hits,
        order=question.order,
        offset=question.offset,
        near=None if found.any_complete else _instead(archive, query, found),
        also=found.also,
        narrowed=narrowed,
    )


def _instead(archive: Corpus, query: Query, found: Found) -> Near | None:
    """What is near to the words that none of these posts has."""
    lacking = {word for hit in found.hits for word in hit.lacks}
    lacking.intersection_update(*(hit.lacks for hit in found.hits))
    absent = [word for word in query.words if word.typed in lacking and not word.quoted]
    words = list_near_words(absent, archive)
    return Near((), words) if words else None


def _best(
    archive: Corpus, question: Question, query: Query, lookup: Lookup
) -> tuple[RepairedQuery, Found]:
    """The answer: mended where posts lack a word, else as typed, else with words in other forms."""
    plan = make_plan(archive, query, _terms(archive, query, lookup))
    missing = [] if question.exact else _missing(archive, plan)
    if any(missing):
        mended = repair_query(query, missing, archive, lookup)
        if mended.repair is not None:
            found = answer(archive, question, _mended_plan(archive, mended, lookup))
            if found.total:
                return mended, found
    typed = RepairedQuery(query, None), answer(archive, question, plan)
    if question.exact or typed[1].any_complete or len(query.words) == 1:
        return typed
    loose = loosen_query(query, archive)
    if loose.repair is not None:
        found = answer(archive, question, _mended_plan(archive, loose, lookup))
        if found.any_complete:
            return loose, found
    return typed


def _missing(archive: Corpus, plan: Plan) -> list[Missing]:
    """How far each word is from being found."""
    return [
        Missing.HEARD
        if count and weighted.term.unsure and not archive.has(weighted.term.sure)
        else Missing(not count and weighted.term.required)
        for count, weighted in zip(plan.counts, plan.terms, strict=True)
    ]


def make_plan(archive: Corpus, query: Query, terms: Sequence[Term]) -> Plan:
    """The terms with their weights, by how many posts have each."""
    if sum(is_syllable(term) for term in terms) <= MOST_OPENED:
        terms = [open_syllable(term, archive.opened_by) for term in terms]
    counts = tuple(archive.count(term, roughly=len(terms) >= LONG) for term in terms)
    weighted = tuple(
        Weighted(term, weigh(term, count, archive.posts))
        for term, count in zip(terms, counts, strict=True)
    )
    return Plan(weighted, counts, build_terms(query.without))


def _terms(archive: Corpus, query: Query, lookup: Lookup) -> tuple[Term, ...]:
    return build_terms(query.words, lookup, archive.is_noun)


def _mended_plan(archive: Corpus, mended: RepairedQuery, lookup: Lookup) -> Plan:
    return make_plan(archive, mended.query, _mended_terms(archive, mended, lookup))


def _mended_terms(archive: Corpus, mended: RepairedQuery, lookup: Lookup) -> tuple[Term, ...]:
    if not mended.readings:
        terms = _terms(archive, mended.query, lookup)
        return tuple(_widened(term, mended.alternatives.get(term.typed, ())) for term in terms)
    forms = tuple(
        name_form(reading, 1 - READING_STEP * place)
        for place, reading in enumerate(mended.readings)
    )
    return (Term(mended.readings[0], forms),)


def _widened(term: Term, others: Sequence[str]) -> Term:
    """The term with other forms of its word."""
    if not others:
        return term
    forms = (replace(form, runs_on=True) for form in (*term.forms, *map(_other_form, others)))
    return replace(term, forms=tuple(forms))


def _other_form(word: str) -> Form:
    return name_form(word, CONJUGATED_WEIGHT)


def _empty(question: Question, query: Query) -> SearchResult:
    return SearchResult(
        query=query.text,
        searched=query.text,
        repair=None,
        partial=False,
        total=0,
        hits=(),
        order=question.order,
        offset=question.offset,
        near=None,
    )
