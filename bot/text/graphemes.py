"""Where text may be cut: between the characters that a reader sees.

A small form of Unicode's extended grapheme clusters (UAX #29): combining marks, emoji sequences,
flags, Hangul in jamo and Indic conjuncts stay whole. It may keep together a little more than the
standard asks, never less in the scripts above.
"""

from __future__ import annotations

import unicodedata

from bot.text.characters import utf16_length

ELLIPSIS = "…"

_JOINER = "\u200d"
_NON_JOINER = "\u200c"
_VIRAMA_CLASS = 9


def is_boundary(text: str, index: int) -> bool:
    """Whether a reader sees a border between `text[index - 1]` and `text[index]`."""
    if not 0 < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    if before.isascii() and after.isascii():
        return True
    if _extends(after) or before == _JOINER:
        return False
    if _is_flag_letter(after):
        return _flag_letters_before(text, index) % 2 == 0
    if unicodedata.combining(before) == _VIRAMA_CLASS:
        return not after.isalpha()
    return not _joins_jamo(before, after)


def boundary_before(text: str, index: int) -> int:
    """The last border at or before `index`; 0 when one cluster reaches from the start to there."""
    while not is_boundary(text, index):
        index -= 1
    return index


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


def _extends(character: str) -> bool:
    """Extend, SpacingMark and ZWJ of UAX #29; tags and skin tones belong to their emoji."""
    if character in (_JOINER, _NON_JOINER) or unicodedata.category(character)[0] == "M":
        return True
    return (
        "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
        or character in "\uff9e\uff9f\u0e33\u0eb3"
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_letters_before(text: str, index: int) -> int:
    start = index
    while start and _is_flag_letter(text[start - 1]):
        start -= 1
    return index - start


def _joins_jamo(before: str, after: str) -> bool:
    """GB6-GB8 of UAX #29: leading consonant, vowel, final consonant."""
    if "\u1160" <= after <= "\u11a7":
        return "\u1100" <= before <= "\u11a7" or (_is_syllable(before) and not _has_final(before))
    if "\u11a8" <= after <= "\u11ff":
        return "\u1160" <= before <= "\u11ff" or _is_syllable(before)
    return "\u1100" <= before <= "\u115f" and ("\u1100" <= after <= "\u115f" or _is_syllable(after))


def _is_syllable(character: str) -> bool:
    return "가" <= character <= "힣"


def _has_final(syllable: str) -> bool:
    return (ord(syllable) - ord("가")) % 28 > 0
