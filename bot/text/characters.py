"""Characters as Telegram takes them: cleaning, and lengths in UTF-16 code units.

Telegram drops or replaces some characters itself; doing the same first keeps offsets and lengths
true. Rules from `clean_input_string` and `is_empty_string` in tdlib's td/telegram/misc.cpp.
"""

from __future__ import annotations

import re
import unicodedata

MARKS_IN_A_ROW = 30
"""Combining marks kept on one letter (Unicode's stream-safe format, UAX #15 D3)."""

_SURROGATE = "\ud800-\udfff"
_BLANK = "\x00-\x09\x0b\x0c\x0e-\x1f"
_DROP = (
    "\r\x7f-\x9f"
    "\u00ad\u200b\u2060\ufeff"  # soft hyphen and zero-width spaces: invisible, and break words
    "\u2028-\u202e\u2066-\u2069"  # separators, overrides, isolates: they turn what follows around
    "\u0333\u033f\u030a"  # Telegram drops these marks when they stand alone
)
_SURROGATES = re.compile(f"[{_SURROGATE}]")
_BLANKED = re.compile(f"[{_BLANK}]")
_DROPPED = re.compile(f"[{_DROP}]")
_MEANT_BY_CONTROLS = {
    code: character
    for code in range(0x80, 0xA0)
    if (character := bytes([code]).decode("cp1252", "ignore"))
}
"""What C1 controls mean (HTML, 13.2.5.80): `&#146;` was an apostrophe of Windows-1252."""
_CONTROLS = re.compile("[\x80-\x9f]")
_LEADS_CONTROLS = b"\xc2"
"""Every C1 control begins with it in UTF-8, and no Korean: found at the speed of memory."""
_DIRECTION_MARKS = re.compile("[\u200e\u200f]+(?=[\u200e\u200f])")
_PERHAPS_MARKS = re.compile(rf"[^\w\s]{{{MARKS_IN_A_ROW + 1},}}")
_UNCLEAN = re.compile(f"[{_SURROGATE}{_BLANK}{_DROP}\u200e\u200f]")
_INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffc\U000e0000-\U000e0fff]*"
)


def utf16_length(text: str) -> int:
    """How many UTF-16 code units `text` takes: what Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_visible(text: str) -> bool:
    """Whether there is anything to see; Telegram refuses a message in which there is not."""
    match = _INVISIBLE.match(text)
    return match is not None and match.end() < len(text)


def clean(text: str) -> str:
    """`text` in NFC, without what Telegram refuses, drops or is fooled by.

    Pairs of surrogates become the character they stand for and lone ones go; control characters
    become spaces or what browsers take them for, carriage returns line feeds. Joiners stay: emoji
    and Persian need them.
    """
    if not _UNCLEAN.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = without_controls(text)
    text = _PERHAPS_MARKS.sub(_thin_marks, text)
    text = unicodedata.normalize("NFC", text)
    text = _DROPPED.sub("", _BLANKED.sub(" ", text))
    return unicodedata.normalize("NFC", _DIRECTION_MARKS.sub("", text))


def without_controls(text: str) -> str:
    """`text` with what was meant by C1 controls in their places."""
    if _LEADS_CONTROLS not in text.encode("utf-8", "surrogatepass"):
        return text
    return text.translate(_MEANT_BY_CONTROLS) if _CONTROLS.search(text) else text


def clean_line(text: str) -> str:
    """`clean` on one line: every run of white space is one space, none at the ends."""
    return " ".join(clean(text).split())


def _thin_marks(run: re.Match[str]) -> str:
    """Drop marks beyond the limit: normalising a long run of them takes quadratic time."""
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
