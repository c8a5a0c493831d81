"""What Telegram marks by itself: mentions, hashtags, commands, addresses.

`find_entities` in tdlib/td `td/telegram/MessageEntity.cpp`. Mentions, hashtags and commands follow
its expressions; addresses without a scheme are recognised for common top-level domains only, where
the real server knows them all.
"""

from __future__ import annotations

import re

from bot.simulator.rules.spans import Span, utf16_length

_COMMAND = re.compile(r"(?<![\w/<>])/([a-zA-Z0-9_]{1,64})(?:@([a-zA-Z0-9_]{3,32}))?(?![\w/<>])")
_MENTION = re.compile(r"(?<!\w)@[a-zA-Z0-9_]{2,32}(?!\w)")
_HASHTAG = re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}(?:@[a-zA-Z0-9_]{3,32})?(?!\w*#)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(
    r"(?:(?<![\w.@/-])(?:https?|ftp)://[\w.-]+\.\w{2,}(?::\d+)?"
    r"|(?<![\w.@/-])(?:[\w-]+\.)+(?:com|org|net|io|dev|kr|me|app|co|ai|xyz|info|blog)\b(?::\d+)?)"
    r"(?:[/?#][^\s<>\"'«»]*)?",
    re.IGNORECASE,
)
_TRIGGER = re.compile(r"[/@#.]")
_TRAILING = ".,;:!?)]}"


def found_spans(text: str, *, commands: bool) -> list[Span]:
    """The spans Telegram would add; `commands` is False in channels."""
    if not _TRIGGER.search(text):
        return []
    found: list[tuple[int, int, str]] = []
    for kind, pattern in (("email", _EMAIL), ("url", _URL)):
        found += [(*_trimmed(text, match), kind) for match in pattern.finditer(text)]
    found += [(*match.span(), "mention") for match in _MENTION.finditer(text)]
    found += [(*match.span(), "hashtag") for match in _HASHTAG.finditer(text)]
    if commands:
        found += [(*match.span(), "bot_command") for match in _COMMAND.finditer(text)]
    return _as_spans(text, sorted(found))


def _trimmed(text: str, match: re.Match[str]) -> tuple[int, int]:
    begin, end = match.span()
    while text[end - 1] in _TRAILING:
        end -= 1
    return begin, end


def _as_spans(text: str, found: list[tuple[int, int, str]]) -> list[Span]:
    spans: list[Span] = []
    last = 0
    for begin, end, kind in found:
        if begin < last:
            continue
        offset = utf16_length(text[:begin])
        spans.append(Span(kind, offset, utf16_length(text[begin:end])))
        last = end
    return spans
