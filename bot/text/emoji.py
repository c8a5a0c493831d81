"""Emoji: as they are shown, from what reactions are counted under, and in runs of several.

Shapes are those of Unicode TS 51 (emoji sequences): presentation selectors, skin tones, zero width
joiners, keycaps, flags of two letters, flags of tags.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PICTURE = "\ufe0f"
"""The variation selector that asks for the picture (Unicode TS 51); counting leaves it out."""
_CUSTOM, _PAID = "custom:", "paid"
_STAND_INS = {_CUSTOM: "✨", _PAID: "⭐"}
"""For reactions that have no character of their own."""

# Emoji whose plain form is text: Emoji=Yes, Emoji_Presentation=No (Unicode, emoji-data.txt).
_TEXT_FIRST = re.compile(
    "([\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u2328\u23cf\u23ed-\u23ef\u23f1\u23f2"
    "\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb\u25fc\u2600-\u2604\u260e\u2611\u2618\u261d"
    "\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u265f\u2660\u2663\u2665"
    "\u2666\u2668\u267b\u267e\u2692\u2694-\u2697\u2699\u269b\u269c\u26a0\u26a7\u26b0\u26b1\u26c8"
    "\u26cf\u26d1\u26d3\u26e9\u26f0\u26f1\u26f4\u26f7-\u26f9\u2702\u2708\u2709\u270c\u270d\u270f"
    "\u2712\u2714\u2716\u271d\u2721\u2733\u2734\u2744\u2747\u2763\u2764\u27a1\u2934\u2935"
    "\u2b05-\u2b07\u3030\u303d\u3297\u3299\u00a9\u00ae"
    "\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f202\U0001f237\U0001f321\U0001f324-\U0001f32c"
    "\U0001f336\U0001f37d\U0001f396\U0001f397\U0001f399-\U0001f39b\U0001f39e\U0001f39f"
    "\U0001f3cb-\U0001f3ce\U0001f3d4-\U0001f3df\U0001f3f3\U0001f3f5\U0001f3f7\U0001f43f\U0001f441"
    "\U0001f4fd\U0001f549\U0001f54a\U0001f56f\U0001f570\U0001f573-\U0001f579\U0001f587"
    "\U0001f58a-\U0001f58d\U0001f590\U0001f5a5\U0001f5a8\U0001f5b1\U0001f5b2\U0001f5bc"
    "\U0001f5c2-\U0001f5c4\U0001f5d1-\U0001f5d3\U0001f5dc-\U0001f5de\U0001f5e1\U0001f5e3\U0001f5e8"
    "\U0001f5ef\U0001f5f3\U0001f5fa\U0001f6cb\U0001f6cd-\U0001f6cf\U0001f6e0-\U0001f6e5\U0001f6e9"
    "\U0001f6f0\U0001f6f3])(?![\ufe0e\ufe0f\U0001f3fb-\U0001f3ff])"
)

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


@lru_cache(maxsize=512)
def shown_emoji(key: str) -> str:
    """The character for what a reaction is counted under, so that every client draws it."""
    stand_in = next((shown for start, shown in _STAND_INS.items() if key.startswith(start)), None)
    return stand_in or _TEXT_FIRST.sub(rf"\1{_PICTURE}", key)


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
