"""Words of others that act in Telegram, made to do nothing. Pure.

A name with `@` calls a person, and a command can be tapped, wherever a bot writes them. What marks
them is `match_mentions` and `match_bot_commands` in tdlib's td/telegram/MessageEntity.cpp: the
sign, no letter before it, and a Latin letter, digit or underscore right behind it. One character
that nobody sees, put there, undoes it. Linked text, code and addresses are inert as they are, and
stay exact.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from bot.text.characters import utf16_length
from bot.text.rich import Entity, Kind, Rich, as_rich

if TYPE_CHECKING:
    from collections.abc import Sequence

UNSEEN = "\u200c"
"""Zero-width non-joiner: Telegram keeps it, and fonts know that it takes no room."""
_ASLEEP = frozenset({Kind.LINK, Kind.CODE, Kind.PRE})
_SIGN = re.compile(r"(?<!\w)@(?=[A-Za-z0-9_])|(?<![\w/<>])/(?=[A-Za-z0-9_])")
_ADDRESS = re.compile(
    r"(?<![\w.@/-])(?!https?://teiegram\.)"
    r"(?:(?:https?|ftp)://(?:[^\W_](?:[^\W_]|-(?!\.)){0,62}\.){1,9}[^\W\d_]{2,24}(?![\w.-])"
    r"|(?:[^\W_](?:[^\W_]|-(?!\.)){0,62}\.){1,9}"
    r"(?:com|org|net|io|dev|kr|jp|me|app|co|ai|xyz|info|blog)(?![\w.-]))"
    r"(?::[1-9]\d{0,3}(?!\d)|:[1-5]\d{4}(?!\d))?"
    r"(?:[/?#][^\s<>\"'«»()\[\]{}\u2000-\u206f\u3000]*)?",
    re.IGNORECASE,
)
"""What Telegram surely links by itself (`match_urls` and `fix_url`, in the same file of tdlib): it
cuts addresses at brackets, odd ports and labels, and what follows is text again."""


def inert(text: Rich | str) -> Rich:
    """`text`, looking the same, in which no name and no command can be tapped."""
    return _broken(as_rich(text), asleep=False)


def bared(rich: Rich) -> Rich:
    """The text without its entities, in which what slept in them does not wake up."""
    return Rich(_broken(rich, asleep=True).text)


def _broken(rich: Rich, *, asleep: bool) -> Rich:
    """With UNSEEN behind each sign that links and code hold, or behind each that they do not."""
    if not _SIGN.search(rich.text):
        return rich
    stretches = _merged([(one.offset, one.end) for one in rich.entities if one.kind in _ASLEEP])
    addresses = [match.span() for match in _ADDRESS.finditer(rich.text)]
    parts: list[str] = []
    units: list[int] = []
    done = place = 0
    for sign in _SIGN.finditer(rich.text):
        piece = rich.text[done : sign.end()]
        place, done = place + utf16_length(piece), sign.end()
        parts.append(piece)
        if _covers(stretches, place - 1) is asleep and not _covers(addresses, sign.start()):
            parts.append(UNSEEN)
            units.append(place)
    text = "".join((*parts, rich.text[done:]))
    return Rich(text, tuple(_moved(one, units) for one in rich.entities))


def _moved(entity: Entity, units: Sequence[int]) -> Entity:
    """The entity where something was put in at each of `units`, which ascend."""
    start = entity.offset + bisect_right(units, entity.offset)
    end = entity.end + bisect_left(units, entity.end)
    return Entity(entity.kind, start, end - start, entity.url, entity.language)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that may overlap, as spans that ascend and do not."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _covers(spans: Sequence[tuple[int, int]], place: int) -> bool:
    """Whether one of the spans, which ascend, holds a place."""
    index = bisect_right(spans, place, key=lambda span: span[0])
    return index > 0 and place < spans[index - 1][1]
