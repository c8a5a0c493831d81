"""Which of the candidates answers best, judged on the original text. Pure.

A post earns, for each term, by how rare the term is: most for the title, less for the text, with
repetition counting less each time; then for words side by side, and for a title that is mostly
query. What lacks a term loses far more than what repeats one gains. Reactions and recency only
decide between posts that are otherwise close.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bot.search.analyse import flat
from bot.search.matching import find_form, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.search.matching import Form, Term, Text
    from storage.search import FoundText

TITLE = 2.2
BODY = 1.0
PART = 0.6
"""A match that opens a longer word, beside the word itself: 이유식 for 이유."""
INNER = 0.35
"""A match inside a word."""
COVERED = (1.0, 0.35, 0.3)
"""How much of a term a post has that holds the word itself; only words that it opens; only words
that it is inside of, or a guess at what the word may stand for."""
INNER_SYLLABLE = 0.05
"""The same for a single syllable, which is inside of everything."""
SATURATION = 1.6
LENGTH = 0.35
"""How much a long text must repeat more to count the same."""
USUAL_LENGTH = 1200
OPTIONAL = 0.25
"""A word that says little, beside one that was required."""
COVERAGE = 2.5
"""Exponent on the share of the query, by weight, that the post has."""
SIDE_BY_SIDE = 0.9
WHOLE_TITLE = 1.2
TITLE_SHARE = 0.6
TIE = 0.15
NOWHERE = 0.15
"""A word that no post has weighs as one that this share has: what is left of the query counts."""
ENOUGH = 24
"""Matches of one form that are counted."""


class Weighted(NamedTuple):
    """A term with its weight: rare ones weigh more."""

    term: Term
    weight: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score; `complete` when it has every required term."""

    found: FoundText
    score: float
    complete: bool
    share: float = 1.0
    """Of the query, by weight, that it has in any way."""


def weigh(term: Term, matching: int, posts: int) -> float:
    """Weight of a term that `matching` of `posts` posts have (BM25's idf, never below .1)."""
    matching = matching or math.ceil(posts * NOWHERE)
    rarity = math.log(1 + (posts - matching + 0.5) / (matching + 0.5)) if posts else 1.0
    return max(rarity, 0.1) * (1.0 if term.required else OPTIONAL)


def rank(candidates: Sequence[FoundText], terms: Sequence[Weighted]) -> list[Ranked]:
    """The candidates that have at least one term, best first."""
    asked = _Asked(terms)
    newest = max((c.sort_at for c in candidates), default=0)
    oldest = min((c.sort_at for c in candidates), default=0)
    ranked = []
    for candidate in candidates:
        score, share, complete = _score(candidate, asked)
        if score > 0:
            age = (newest - candidate.sort_at) / max(newest - oldest, 1)
            liked = 1 - 1 / (1 + candidate.reactions / 5)
            score += TIE * (0.5 * (1 - age) + 0.5 * liked)
            ranked.append(Ranked(candidate, score, complete, share))
    ranked.sort(key=lambda r: (-r.score, -r.found.sort_at, -r.found.post_id))
    return ranked


class _Asked:
    """A query as ranking needs it: worked out once for all candidates."""

    def __init__(self, terms: Sequence[Weighted]) -> None:
        self.terms = terms
        self.total = sum(weighted.weight for weighted in terms)
        self.whole = "".join(flat(weighted.term.forms[0].text) for weighted in terms)
        self.neighbours = [
            (_joined(left.term, right.term), SIDE_BY_SIDE * min(left.weight, right.weight))
            for left, right in pairwise(terms)
        ]


def _joined(left: Term, right: Term) -> list[str]:
    return [flat(a.text) + flat(b.text) for a in left.forms[:2] for b in right.forms[:2]]


def _score(candidate: FoundText, asked: _Asked) -> tuple[float, float, bool]:
    title, body = read_text(candidate.title), read_text(candidate.body)
    earned = covered = had = 0.0
    complete, titled = True, False
    side_by_side, together = _together(title, body, asked)
    for place, (term, weight) in enumerate(asked.terms):
        in_title, shown = _strength(title, term, 0)
        in_body, said = _strength(body, term, len(body.folded))
        if in_title or in_body:
            best = 0 if place in together else min(shown, said)
            part = weight * _quality(term, in_title, in_body)
            had += part
            covered += part * COVERED[best]
            earned += weight * (TITLE * in_title + BODY * in_body)
            titled = titled or in_title > 0
        elif term.required:
            complete = False
    if not covered:
        return 0.0, 0.0, False
    earned += side_by_side
    if titled:
        earned += _of_title(title, asked)
    return earned * (covered / asked.total) ** COVERAGE, had / asked.total, complete


def _quality(term: Term, in_title: float, in_body: float) -> float:
    """A term that only the text has, in a weak form, covers less of the query."""
    return 1.0 if in_title or not term.required else min(1.0, 0.7 + in_body)


def _strength(text: Text, term: Term, length: int) -> tuple[float, int]:
    """0 to 1 by how often and how cleanly the term is in a text, and the place in COVERED.

    `length` is 0 for a title.
    """
    counted, without, best = 0.0, 1.0, len(COVERED) - 1
    for form in term.forms:
        if form.literal or form.text in text.flat:
            count, place = _count(text, form)
            counted += count
            without *= 1 - min(count, 1.0)
            best = min(best, place)
    if not length:
        return 1 - without, best
    stretch = 1 + LENGTH * (length / USUAL_LENGTH - 1) if length > USUAL_LENGTH else 1.0
    return counted / (counted + SATURATION * stretch), best


def _count(text: Text, form: Form) -> tuple[float, int]:
    """What the places of a form add up to, and the best of them as a place in COVERED."""
    inner = INNER_SYLLABLE if len(form.text) == 1 else INNER
    part = INNER if len(form.text) == 1 else PART
    count, best = 0.0, len(COVERED) - 1
    for number, place in enumerate(find_form(text, form)):
        if number == ENOUGH:
            break
        count += 1.0 if place.whole else part if place.opens else inner
        best = min(best, 0 if place.whole or form.literal else 1 if place.opens else best)
    return count * form.weight, len(COVERED) - 1 if form.guessed else best


def _together(title: Text, body: Text, asked: _Asked) -> tuple[float, set[int]]:
    """What neighbouring terms earn where they are neighbours in the text, too; and which are.

    Side by side they are what was meant, in one compound or in two words.
    """
    earned = 0.0
    together: set[int] = set()
    for place, (pairs, weight) in enumerate(asked.neighbours):
        if any(pair in title.flat for pair in pairs):
            earned += 2 * weight
        elif any(pair in body.flat for pair in pairs):
            earned += weight
        else:
            continue
        together |= {place, place + 1}
    return earned, together


def _of_title(title: Text, asked: _Asked) -> float:
    """What a title earns that contains the whole query, or consists of it."""
    matched = 0
    for term, _ in asked.terms:
        lengths = [
            place.end - place.start for form in term.forms for place in find_form(title, form)
        ]
        matched += max(lengths, default=0)
    earned = TITLE_SHARE * asked.total * min(1.0, matched / len(title.flat))
    if len(asked.whole) > 1 and asked.whole in title.flat:
        earned += WHOLE_TITLE * asked.total * (2.0 if asked.whole == title.flat else 1.0)
    return earned
