"""A run of emoji without separators, taken apart into the emoji that a person sees.

Shapes are those of Unicode TS 51 (emoji sequences): presentation selectors, skin tones, zero width
joiners, keycaps, flags of two letters, flags of tags.
"""

from __future__ import annotations

import re

_PICTOGRAPH = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe"
    "\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_ELEMENT = f"{_PICTOGRAPH}\ufe0f?[\U0001f3fb-\U0001f3ff]?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_EMOJI = (
    "(?>[0-9#*]\ufe0f?\u20e3"
    "|[\U0001f1e6-\U0001f1ff]{1,2}"
    "|[\U0001f3fb-\U0001f3ff]"
    f"|{_ELEMENT}(?:\u200d{_ELEMENT})*)"
)
_ONE = re.compile(_EMOJI)
_RUN = re.compile(rf"{_EMOJI}(?:[ \ufe0f]*{_EMOJI})*[\ufe0f\u200d]*")
_LAST = re.compile(rf"(?:{_EMOJI}|[\s\ufe0f\u200d])+\Z")
_LONGEST_RUN = 400
_LONGEST_ENDING = 80


def parse_emoji_run(line: str) -> tuple[str, ...] | None:
    """Each emoji of a line that holds nothing else, in order; None for any other line.

    U+FE0F is stripped, so that one emoji has one spelling; skin tones stay distinct.
    """
    if len(line) > _LONGEST_RUN or _RUN.fullmatch(line) is None:
        return None
    return tuple(match.replace("\ufe0f", "") for match in _ONE.findall(line))


def strip_emoji_end(text: str) -> str:
    """The text without the emoji and spaces at its very end."""
    ending = text[-_LONGEST_ENDING:]
    return text[: len(text) - len(ending)] + _LAST.sub("", ending)
