"""What becomes of a push after its attempt: decisions only. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from bot.backoff import Backoff, spread
from bot.delivery.failures import (
    TOPIC_CLOSED,
    Ambiguous,
    AnotherInstance,
    CannotWrite,
    Loss,
    Migrated,
    NotSent,
    Throttled,
    TokenRejected,
)
from storage.outbox import muted

if TYPE_CHECKING:
    from datetime import datetime

    from bot.delivery.failures import Failure
    from storage.models import ChatId

RETRIES = Backoff.doubling(4.0, longest=300.0)
OPERATOR_WAIT_SECONDS = 60.0
"""Nothing goes until somebody acts."""
FLOODED = "flooded"
"""Why a push waits that Telegram refused for flooding."""
MUTED_WAIT_SECONDS = 3600.0
"""Until then at the latest; sooner where Telegram tells that the bot may write again."""


@dataclass(frozen=True, slots=True)
class Again:
    """It did not go; it is tried again then."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """It may have gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The chat is lost, and with it all that waits for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """The chat has another id; it goes there."""

    chat_id: ChatId


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It cannot be sent, now or later."""

    reason: str


Next: TypeAlias = Again | Doubt | Leave | Move | GiveUp


def decide_next(failure: Failure, attempts: int, now: datetime, luck: float) -> Next:  # noqa: PLR0911  # a table, one line a failure
    """What to do after attempt number `attempts` failed; `luck`, from 0 to 1, spreads the tries."""
    match failure:
        case NotSent(reason):
            wait = spread(RETRIES.after(attempts), luck, least=0.5, most=1.0)
            return Again(_after(now, wait), reason)
        case Throttled(seconds):
            return Again(_after(now, seconds), FLOODED)
        case Ambiguous(reason):
            return Doubt(reason)
        case CannotWrite(Loss.FORBIDDEN, reason):
            wait = spread(MUTED_WAIT_SECONDS, luck, least=0.75, most=1.25)
            return Again(_after(now, wait), reason if reason == TOPIC_CLOSED else muted(reason))
        case CannotWrite(loss, reason):
            return Leave(f"{loss}: {reason}")
        case Migrated(chat_id):
            return Move(chat_id)
        case TokenRejected() | AnotherInstance():
            return Again(_after(now, OPERATOR_WAIT_SECONDS), type(failure).__name__)
        case _:
            return GiveUp(str(failure))


def _after(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)
