"""The part of a text that shows why it was found, and what is bold in it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.search.matching import find_form, read_text
from bot.search.results import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.search.matching import Text
    from bot.search.rank import Weighted
    from bot.search.results import Span

PASSAGE_LENGTH = 140
"""Characters of a passage, give or take what it takes to end at a word."""
LEAD = 30
"""Of these, before the first match where the text runs on to the left."""
MOST_MATCHES = 60
"""Matches of one term that are looked at."""

_SENTENCE_END = re.compile(r"[.!?。…][\"'”’)\]]*\s+|\n+")
_JOINER = "\u200d"
_GOES_ON = re.compile(
    "[\u0300-\u036f\u200d\u20e3\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
_WEAK = 0.3
"""A match inside a word, beside one that opens it."""


def find_spans(text: str, terms: Sequence[Weighted]) -> tuple[Span, ...]:
    """Where the terms are in a text, overlaps joined."""
    return _merge([(start, end) for start, end, _, _ in _matches(read_text(text), terms)])


def make_passage(body: str, terms: Sequence[Weighted], length: int = PASSAGE_LENGTH) -> Passage:
    """The window of the body with the most and the rarest terms; its beginning without any."""
    matches = sorted(_matches(read_text(body), terms))
    start, end = _window(body, _best_start(matches, length), length)
    inside = [(max(s, start), min(e, end)) for s, e, _, _ in matches if s < end and e > start]
    spans = tuple((s - start, e - start) for s, e in _merge(inside))
    return Passage(body[start:end], spans, cut_before=start > 0, cut_after=end < len(body.rstrip()))


def _matches(text: Text, terms: Sequence[Weighted]) -> Iterator[tuple[int, int, int, float]]:
    """Start, end, number of the term, worth."""
    for number, weighted in enumerate(terms):
        for form in weighted.term.forms:
            for count, place in enumerate(find_form(text, form)):
                if count == MOST_MATCHES:
                    break
                if not place.opens and len(form.text) == 1:
                    continue
                worth = weighted.weight * form.weight * (1.0 if place.opens else _WEAK)
                yield place.start, place.end, number, worth


def _best_start(matches: Sequence[tuple[int, int, int, float]], length: int) -> int:
    """The first match of the window that is worth most; the earliest of equals."""
    best, best_start = 0.0, 0
    for place, (start, *_) in enumerate(matches):
        worth: dict[int, float] = {}
        extra = 0
        for other in matches[place:]:
            if other[1] > start + length - LEAD:
                break
            extra += 1
            worth[other[2]] = max(worth.get(other[2], 0.0), other[3])
        total = sum(worth.values()) + 0.01 * min(extra, 5)
        if total > best + 1e-9:
            best, best_start = total, start
    return best_start


def _window(body: str, match: int, length: int) -> tuple[int, int]:
    """From the sentence's start, or a word shortly before the match, to the end of a word."""
    if len(body) <= length:
        return 0, len(body)
    floor = max(0, match - LEAD)
    ends = [m.end() for m in _SENTENCE_END.finditer(body, floor, match)]
    start = ends[-1] if ends else _word_start(body, floor, match)
    start = min(start, _word_start(body, max(0, len(body) - length), match))
    end = min(len(body), start + length)
    space = body.rfind(" ", start + length // 2, end + 1)
    return start, _whole(body, end) if end == len(body) or space < 0 else space


def _whole(body: str, end: int) -> int:
    """Not inside a character of several code points: marks, joined and coloured emoji go along."""
    while end < len(body) and (_GOES_ON.match(body[end]) or body[end - 1] == _JOINER):
        end += 1
    return end


def _word_start(body: str, floor: int, match: int) -> int:
    if floor == 0 or body[floor - 1].isspace():
        return floor
    space = body.find(" ", floor, match)
    return space + 1 if space >= 0 else floor


def _merge(spans: Sequence[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
