"""Where sentences end, in Korean and in English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = re.compile(r"(?P<stop>[.!?…。！？]+)(?P<close>[\"'”’」』〉》)）\]]*)|\n")
_LETTER = re.compile(r"\S")
_NO_WORD = re.compile(r"[^\w.]")
_LONGEST_WORD = 16
_ABBREVIATION = re.compile(
    r"mr|mrs|ms|dr|prof|st|no|vs|vol|fig|eds?|inc|ltd|co|corp|jr|sr|al|cf|approx|ca|dept"
    r"|e\.g|i\.e|u\.s|u\.k|a\.m|p\.m|ph\.d"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec",
    re.IGNORECASE,
)
_KOREAN_ENDINGS = frozenset("다요죠까")
_WIDE_STOPS = frozenset("。！？")


def sentence_ends(text: str) -> Iterator[int]:
    """The indices behind each sentence, closing quotes included; the last is the text's end.

    A line's end is a sentence's. A full stop in a number, in a date, after an abbreviation, an
    initial or the number of an item is none, nor is one that a small letter follows.
    """
    begin = _first_letter(text, 0)
    for match in _END.finditer(text):
        end = match.start() if match["stop"] is None else match.end()
        if begin < end and (match["stop"] is None or _ends_here(text, begin, match)):
            yield end
            begin = _first_letter(text, end)
    if begin < len(text):
        yield len(text)


def _first_letter(text: str, index: int) -> int:
    """The first index from there on that is no white space."""
    found = _LETTER.search(text, index)
    return len(text) if found is None else found.start()


def _ends_here(text: str, begin: int, match: re.Match[str]) -> bool:
    stop, end = match["stop"], match.end()
    following = text[end : end + 1]
    if not following or stop[-1] in _WIDE_STOPS:
        return True
    if not following.isspace():
        return _is_korean_without_space(text, match)
    beyond = text[end : end + _LONGEST_WORD].lstrip()[:1]
    if beyond.islower() and beyond.isascii():
        return False
    return stop != "." or not _is_abbreviated(text, begin, match.start(), beyond)


def _is_korean_without_space(text: str, match: re.Match[str]) -> bool:
    """`…했습니다.그런데`: common where people type in a hurry; in quotes the sentence goes on."""
    before, after = text[match.start() - 1 : match.start()], text[match.end()]
    return not match["close"] and before in _KOREAN_ENDINGS and "가" <= after <= "힣"


def _is_abbreviated(text: str, begin: int, stop: int, beyond: str) -> bool:
    """Whether the full stop at `stop` belongs to the word before it."""
    written = _NO_WORD.split(text[max(begin, stop - _LONGEST_WORD) : stop])[-1]
    if written.isdigit():
        return beyond.isdigit() or begin == stop - len(written)
    if len(written) == 1 and written.isascii() and written.isalpha():
        return True
    return _ABBREVIATION.fullmatch(written) is not None
