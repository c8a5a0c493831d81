"""The addresses that a message has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram import MessageEntity

from bot.sources.addresses import link_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram import Message

_SPELT_OUT = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LINKS: list[str | None] = [MessageEntity.URL, MessageEntity.TEXT_LINK]
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_BEHIND = frozenset(".,;:!?'…`*_|~”’»」』》〉】。、，！？") | _BRACKETS.keys()
"""Signs of the sentence around an address rather than of the address."""


def links_of(message: Message | None) -> list[str]:
    """The addresses in a message, each once: those that Telegram marked, then those spelt out.

    Telegram knows best where an address ends: what it marked is not looked at again. Of addresses
    that name one post (`link_key`) the first is kept.
    """
    if message is None:
        return []
    found = message.parse_entities(_LINKS) | message.parse_caption_entities(_LINKS)
    links = [entity.url or text for entity, text in found.items()]
    rest = _without(message.text or message.caption or "", found)
    links += map(_bare, _SPELT_OUT.findall(rest))
    kept: dict[str, str] = {}
    for one in links:
        address = one if _SCHEME.match(one) else f"https://{one}"
        kept.setdefault(link_key(address) or address, address)
    return list(kept.values())


def _without(text: str, marked: Iterable[MessageEntity]) -> str:
    """The text with blanks for what is marked; Telegram counts UTF-16 code units.

    What an entity has beyond the text is none of it, however long it says that it is.
    """
    units = bytearray(text.encode("utf-16-le", "surrogatepass"))
    for entity in marked:
        start = 2 * max(entity.offset, 0)
        end = min(2 * (entity.offset + entity.length), len(units))
        if start < end:
            units[start:end] = " ".encode("utf-16-le") * ((end - start) // 2)
    return units.decode("utf-16-le", "surrogatepass")


def _bare(address: str) -> str:
    """An address less the signs behind it; a bracket that it opens itself is its own."""
    while address[-1] in _BEHIND:
        opening = _BRACKETS.get(address[-1])
        if opening and address.count(opening) >= address.count(address[-1]):
            break
        address = address[:-1]
    return address
