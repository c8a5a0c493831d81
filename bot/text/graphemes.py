"""Where text may be cut: between the characters that a reader sees.

Those are Unicode's extended grapheme clusters (UAX #29), as `regex` finds them: combining marks,
emoji sequences, flags, Hangul in jamo and Indic conjuncts stay whole.
"""

from __future__ import annotations

import re

import regex

from bot.text.characters import utf16_length

ELLIPSIS = "…"

_AFTER_CLUSTER = regex.compile(r"(?<=\X)")
"""Looked for behind a place, so that what is before it counts, and what follows is not read."""

_ALONE = re.compile("[ -~\uac00-\ud7a3]{2}")
"""Two printable ASCII characters or Hangul syllables: GB4, GB5 and GB999 of UAX #29 part them all,
for none is a control, extends another, or is half of a jamo's syllable."""


def is_boundary(text: str, index: int) -> bool:
    """Whether a reader sees a border between `text[index - 1]` and `text[index]`."""
    return not 0 < index < len(text) or _is_inner_boundary(text, index)


def _is_inner_boundary(text: str, index: int) -> bool:
    return bool(_ALONE.match(text, index - 1) or _AFTER_CLUSTER.match(text, index))


def boundary_before(text: str, index: int) -> int:
    """The last border at or before `index`; 0 when one cluster reaches from the start to there."""
    if not 0 < index < len(text):
        return index
    return next((one for one in range(index, 0, -1) if _is_inner_boundary(text, one)), 0)


def index_at(text: str, units: int) -> int:
    """How many characters of `text` fit into so many UTF-16 units."""
    head = text[:units]
    if head.isascii():
        return len(head)
    return len(head.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def cut_before(text: str, units: int) -> int:
    """The last border within so many UTF-16 units of the start.

    A cluster that is longer than that is cut after its last whole character.
    """
    index = index_at(text, units)
    return boundary_before(text, index) or index


def shorten(text: str, units: int) -> str:
    """`text` within so many UTF-16 units, with an ellipsis where it was cut."""
    if utf16_length(text) <= units:
        return text
    return text[: cut_before(text, units - 1)].rstrip() + ELLIPSIS
