"""Whom and what setup looks for among the updates that wait. Pure.

The shapes are those of the Bot API's `Update`; nothing here fails on another one.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.updates.raw import id_of, part_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.updates.raw import Raw


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody or something that an update shows, and what it is called."""

    id: int
    name: str


def opener_of(raw: Raw, code: str) -> Seen | None:
    """Who opened the link with this code, in private; None for everybody and everything else."""
    message = part_of(raw, "message")
    person, text = part_of(message, "from"), part_of(message, "text")
    if part_of(part_of(message, "chat"), "type") != "private" or not isinstance(text, str):
        return None
    command, _, given = text.partition(" ")
    is_it = hmac.compare_digest(given.encode("utf-8", "replace"), code.encode())
    number = id_of(part_of(person, "id"))
    if command != "/start" or not is_it or number is None or part_of(person, "is_bot") is True:
        return None
    return Seen(number, str(part_of(person, "first_name") or ""))


def channel_of(raw: Raw, operators: Collection[int]) -> Seen | None:
    """The channel to which an operator brought the bot, or of which one forwarded a post to it."""
    change, message = part_of(raw, "my_chat_member"), part_of(raw, "message")
    if id_of(part_of(part_of(change or message, "from"), "id")) not in operators:
        return None
    channel = part_of(change, "chat") if change else _forwarded_from(message)
    if change and part_of(part_of(change, "new_chat_member"), "status") != "administrator":
        return None
    number = id_of(part_of(channel, "id"))
    if number is None or part_of(channel, "type") != "channel":
        return None
    return Seen(number, str(part_of(channel, "title") or ""))


def _forwarded_from(message: object) -> object:
    """Where a message in private comes from; of a channel alone it has a `chat` (MessageOrigin)."""
    is_private = part_of(part_of(message, "chat"), "type") == "private"
    return part_of(part_of(message, "forward_origin"), "chat") if is_private else None
