"""What can be read off a raw update before anything is parsed, and what of it is kept.

An administrator bot is shown everybody's conversation. What no handler wants is reduced to its ids
and date before it is committed (pure functions; the shapes are those of the Bot API's `Update`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from storage.models import ChatId, MessageId

Raw: TypeAlias = dict[str, Any]

ALLOWED_UPDATES = (
    "message",
    "channel_post",
    "inline_query",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "message_reaction_count",
)
"""Named in each getUpdates: when they are left out, the previous setting stays."""

MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
ALWAYS = frozenset(ALLOWED_UPDATES) - set(MESSAGES)
SERVICE = ("migrate_to_chat_id", "migrate_from_chat_id")
NEEDLESS = ("reply_markup", "pinned_message", "external_reply", "quote", "photo", "video")
"""Parts of a wanted message that no handler reads."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is."""

    id: int
    username: str


def message_of(raw: Raw) -> Raw | None:
    """The message that an update carries, whatever its kind."""
    for kind in MESSAGES:
        if isinstance(message := raw.get(kind), dict):
            return message
    return None


def chat_id_of(raw: Raw) -> ChatId | None:
    """The chat whose order an update keeps; a person's own for inline queries."""
    for name, value in raw.items():
        if name == "update_id" or not isinstance(value, dict):
            continue
        holder = value.get("message") if name == "callback_query" else value
        place = (holder or {}).get("chat") or value.get("from")
        if isinstance(place, dict) and isinstance(place.get("id"), int):
            return ChatId(place["id"])
    return None


def message_id_of(raw: Raw) -> MessageId | None:
    """The id of the message that an update carries, or is about."""
    for value in raw.values():
        if isinstance(value, dict) and isinstance(value.get("message_id"), int):
            return MessageId(value["message_id"])
    return None


def is_wanted(raw: Raw, me: Identity, aliases: frozenset[str]) -> bool:
    """Whether a handler may want the update; `aliases` are words that stand for a command."""
    if ALWAYS.intersection(raw):
        return True
    if isinstance(post := raw.get("channel_post"), dict):
        return _has_link(post)
    message = raw.get("message")
    return isinstance(message, dict) and _is_wanted_message(message, me, aliases)


def _is_wanted_message(message: Raw, me: Identity, aliases: frozenset[str]) -> bool:
    if message.get("chat", {}).get("type") == "private":
        return True
    if message.get("is_automatic_forward") or any(name in message for name in SERVICE):
        return True
    if (message.get("via_bot") or {}).get("id") == me.id:
        return True
    replied = message.get("reply_to_message") or {}
    if (replied.get("from") or {}).get("id") == me.id:
        return True
    text = message.get("text")
    return isinstance(text, str) and is_command(text, me, aliases)


def is_command(text: str, me: Identity, aliases: frozenset[str]) -> bool:
    """Whether `text` begins with a command for this bot, or a word that stands for one."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    if not first.startswith("/"):
        return False
    name, at, bot = first[1:].partition("@")
    if at and bot.lower() != me.username.lower():
        return False
    return name.isascii() or name in aliases


def _has_link(message: Raw) -> bool:
    entities = message.get("entities") or message.get("caption_entities") or ()
    return any(
        isinstance(one, dict) and one.get("type") in {"url", "text_link"} for one in entities
    )


def trimmed(raw: Raw) -> Raw:
    """A wanted update less what no handler reads; of a message replied to, ids and author."""
    return {
        kind: _trim_message(value) if kind in MESSAGES and isinstance(value, dict) else value
        for kind, value in raw.items()
    }


def _trim_message(message: Raw) -> Raw:
    kept = {name: value for name, value in message.items() if name not in NEEDLESS}
    if isinstance(replied := kept.get("reply_to_message"), dict):
        kept["reply_to_message"] = {
            name: replied[name]
            for name in ("message_id", "date", "chat", "from", "message_thread_id")
            if name in replied
        }
    return kept
