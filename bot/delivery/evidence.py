"""What an update says of messages of ours whose fate nobody knows. Pure.

A message that comes back whole (under a press, a reply or an automatic forward) shows its text and
its buttons, whose data names the attempt that sent it. They are read from the message itself, which
Telegram shows, and not from what was pressed, which can be forged. Shapes: Bot API, "Update",
"CallbackQuery", "Message".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from bot.text.inert import UNSEEN
from storage.models import ChatId, MessageId

DIGEST_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message of ours was seen."""

    chat_id: ChatId
    message_id: MessageId
    token: str
    """The attempt that its buttons name; empty where they name none."""
    text_digest: str
    is_touched: bool
    """Somebody pressed a button of it or replied."""


def digest(text: str) -> str:
    """Stands for a text, whatever Telegram does to its blanks and line ends; never the text.

    What makes words of others inert does not count: without entities there is more of it.
    """
    whole = "".join(text.replace(UNSEEN, "").split()).encode(errors="surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:DIGEST_CHARACTERS]


def sighting_in(raw: dict[str, Any], me: int) -> Sighting | None:
    """The message of ours that an update shows; None where it shows none. `me`: the bot's id."""
    pressed = _part(raw.get("callback_query"), "message")
    if pressed is not None:
        return _sighting(pressed, pressed, is_touched=True)
    message = raw.get("message")
    answered = _part(message, "reply_to_message")
    if answered is not None and _is_ours(answered, me):
        return _sighting(answered, answered, is_touched=True)
    if isinstance(message, dict) and message.get("is_automatic_forward"):
        origin = _part(message, "forward_origin")
        return None if origin is None else _sighting(origin, message, is_touched=False)
    return None


def _is_ours(message: dict[str, Any], me: int) -> bool:
    return (_part(message, "from") or {}).get("id") == me


def _sighting(place: dict[str, Any], shown: dict[str, Any], *, is_touched: bool) -> Sighting | None:
    chat_id, message_id = (_part(place, "chat") or {}).get("id"), place.get("message_id")
    if not isinstance(chat_id, int) or not isinstance(message_id, int):
        return None
    text = shown.get("text")
    return Sighting(
        ChatId(chat_id),
        MessageId(message_id),
        token=_token_in(shown.get("reply_markup")),
        text_digest=digest(text) if isinstance(text, str) else "",
        is_touched=is_touched,
    )


def _token_in(markup: object) -> str:
    rows = _list(markup.get("inline_keyboard")) if isinstance(markup, dict) else []
    for row in rows:
        for button in _list(row):
            data = button.get("callback_data") if isinstance(button, dict) else None
            if isinstance(data, str) and (token := data.partition("~")[2]):
                return token
    return ""


def _part(holder: object, name: str) -> dict[str, Any] | None:
    found = holder.get(name) if isinstance(holder, dict) else None
    return found if isinstance(found, dict) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
