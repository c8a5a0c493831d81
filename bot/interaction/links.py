"""The addresses that a message has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram import MessageEntity

if TYPE_CHECKING:
    from telegram import Message

_SPELT_OUT = re.compile(r"https?://\S+", re.IGNORECASE)
_LINKS: list[str | None] = [MessageEntity.URL, MessageEntity.TEXT_LINK]


def links_of(message: Message | None) -> list[str]:
    """The addresses in a message, each once: those that Telegram marked, then those spelt out."""
    if message is None:
        return []
    found = message.parse_entities(_LINKS) | message.parse_caption_entities(_LINKS)
    links = [entity.url or text for entity, text in found.items()]
    links += _SPELT_OUT.findall(message.text or message.caption or "")
    return list(dict.fromkeys(one if "://" in one else f"https://{one}" for one in links))
