"""Why a push waits, or did not go, as messages for people. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.delivery.failures import TOPIC_CLOSED, AnotherInstance, Loss, TokenRejected, TooLong
from bot.errors import message
from storage.models import ChatState, NoticePush, OutboxState, PostPush
from storage.outbox import AT_NIGHT
from storage.outbox_by_hand import BY_HAND

if TYPE_CHECKING:
    from datetime import datetime

    from storage.models import Chat, OutboxRow

_MUTED = "muted: "
_REASON = re.compile(r"""\w+\(reason=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.DOTALL)
"""A failure (bot.delivery.failures) as its `str()` writes it."""
_PROGRAM = re.compile(r"\w+ in the program")
_DROPPED = {
    BY_HAND: "waits.dropped.hand",
    "nobody wants it any more": "waits.dropped.unwanted",
    "taken down": "waits.dropped.down",
}
_HELD = {
    TOPIC_CLOSED: "waits.topic",
    "flooded": "waits.flooded",
    TokenRejected.__name__: "waits.token",
    AnotherInstance.__name__: "waits.another",
}


def why(row: OutboxRow, chat: Chat | None, now: datetime) -> dict[str, Any]:
    """What a push waits for, or why it did not go: a message of the catalogues (bot.errors).

    `chat` is where it goes, None where that is not known (any more).
    """
    match row.state:
        case OutboxState.PENDING:
            return message(*_waiting(row, chat, now))
        case OutboxState.FAILED:
            return _failed(row.error or "")
        case OutboxState.DROPPED:
            return _dropped(row.error or "")
        case _:
            return message(f"waits.{row.state}")


def _waiting(row: OutboxRow, chat: Chat | None, now: datetime) -> tuple[str]:
    error = row.error or ""
    waits = row.not_before > now
    is_told = isinstance(row.push, NoticePush)  # of trouble, wherever that is
    if chat is not None and not is_told and chat.state is not ChatState.SERVED:
        return (f"waits.{chat.state}",)
    if (chat is not None and not chat.can_write) or (waits and error.startswith(_MUTED)):
        return ("waits.mute",)
    if not waits:
        return ("waits.due",)
    if isinstance(row.push, PostPush) and error in {"", AT_NIGHT}:
        return ("waits.night",)
    return (_HELD.get(error, "waits.again"),)


def _failed(error: str) -> dict[str, Any]:
    if error == str(TooLong()):
        return message("waits.failed.long")
    if _PROGRAM.fullmatch(error):
        return message("waits.failed.program")
    if error.startswith("this Sosik cannot read"):
        return message("waits.failed.unreadable")
    found = _REASON.match(error)
    return message("waits.failed", reason=found[1][1:-1] if found else error)


def _dropped(error: str) -> dict[str, Any]:
    if error in _DROPPED:
        return message(_DROPPED[error])
    loss = error.partition(":")[0]
    if loss in {one.value for one in Loss}:
        return message(f"waits.dropped.{loss}")
    return message("waits.dropped", reason=error)
