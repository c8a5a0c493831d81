"""Long texts in parts: an excerpt, and pages that end where a reader pauses."""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING

from bot.text.characters import clean_line, utf16_length
from bot.text.graphemes import ELLIPSIS, boundary_before, cut_before, index_at, is_boundary
from bot.text.sentences import sentence_ends

if TYPE_CHECKING:
    from bot.text.rich import Rich

LOOKED_AT = 8
"""So many times its length of a text is looked at for an excerpt."""


def excerpt(text: str, units: int, sentences: int = 2) -> str:
    """The first sentences on one line, within so many UTF-16 units.

    Where they do not fit it is the first alone, if that fills half; else they are cut at a word.
    """
    head = text[: units * LOOKED_AT].lstrip()
    ends = list(islice(sentence_ends(head), sentences))
    whole = clean_line(head[: ends[-1]]) if ends else ""
    if utf16_length(whole) <= units:
        return whole
    first = clean_line(head[: ends[0]])
    if units // 2 <= utf16_length(first) <= units:
        return first
    return shorten_at_word(whole, units)


def shorten_at_word(text: str, units: int) -> str:
    """`text` within so many UTF-16 units; cut after a word, or within one that is very long."""
    if utf16_length(text) <= units:
        return text
    limit = index_at(text, units - 1)
    space = text.rfind(" ", limit // 2, limit + 1)
    end = space if space > 0 else cut_before(text, units - 1)
    return text[: boundary_before(text, end) or end].rstrip() + ELLIPSIS


def pages(rich: Rich, units: int) -> list[Rich]:
    """`rich` in parts of at most so many UTF-16 units (2 or more), without white space between.

    Parts end with a sentence; one that is longer than a part is cut between words, and a word that
    is longer, between the characters that a reader sees. Entities go on in the next part.
    """
    text = rich.text
    ends = [end for end in sentence_ends(text) if is_boundary(text, end)]
    spans: list[tuple[int, int]] = []
    start = units_before = counted = 0
    while (start := _skip_space(text, start)) < len(text):
        end = _part_end(text, start, units, ends)
        first = units_before + utf16_length(text[counted:start])
        units_before = first + utf16_length(text[start:end])
        spans.append((first, units_before))
        start = counted = end
    return [part.strip() for part in rich.cut(spans)]


def _part_end(text: str, start: int, units: int, ends: list[int]) -> int:
    """Where the part that begins at `start` ends."""
    window = text[start : start + units + 1]
    limit = start + index_at(window, units)
    if limit >= len(text):
        return len(text)
    last = bisect_right(ends, limit) - 1
    if last >= 0 and ends[last] > start:
        return ends[last]
    for index in range(limit, start, -1):
        if text[index].isspace() and is_boundary(text, index):
            return index
    return start + (cut_before(window, units) or 1)


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
