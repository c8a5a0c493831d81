"""What became of calls and pushes, as the figures say it, and how long a chat waited. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery.failures import (
    TOPIC_CLOSED,
    Ambiguous,
    AnotherInstance,
    NotModified,
    NotSent,
    Throttled,
    TokenRejected,
)
from bot.delivery.next_step import FLOODED, Again, Doubt, GiveUp, Leave, Move
from bot.figures import Outcome, Pushed
from storage.outbox import AT_NIGHT, muted

if TYPE_CHECKING:
    from datetime import datetime

    from bot.delivery.failures import Failure
    from bot.delivery.next_step import Next
    from storage.models import OutboxRow, Post

_BY_HAND = timedelta(hours=1)
"""A post that was queued so long after its first sight was not queued because of it."""
_PUSHED: dict[type[Next], Pushed] = {
    Doubt: Pushed.UNKNOWN,
    Leave: Pushed.DROPPED,
    Move: Pushed.MOVED,
    GiveUp: Pushed.FAILED,
}


def outcome_of(failure: Failure) -> Outcome:
    """What became of a call that failed so."""
    match failure:
        case NotModified():
            return Outcome.OK
        case Throttled():
            return Outcome.FLOOD
        case NotSent() | TokenRejected() | AnotherInstance():
            return Outcome.RETRY
        case Ambiguous():
            return Outcome.UNKNOWN
        case _:
            return Outcome.REFUSED


def pushed_as(following: Next) -> Pushed:
    """What became of a push's turn, where this was decided of it."""
    return _put_off(following.reason) if isinstance(following, Again) else _PUSHED[type(following)]


def _put_off(reason: str) -> Pushed:
    if reason == AT_NIGHT:
        return Pushed.NIGHT
    if reason == TOPIC_CLOSED or reason.startswith(muted("")):
        return Pushed.MUTED
    return Pushed.FLOOD if reason == FLOODED else Pushed.RETRY


def waited_seconds(row: OutboxRow, shown: Post | None, now: datetime) -> float:
    """How long a chat waited for a push: since its post was first seen, or since it was queued.

    What it was to wait for (a digest's hour, the end of a night) is no waiting.
    """
    since = row.created_at
    if shown is not None and row.created_at - shown.first_seen_at < _BY_HAND:
        since = shown.first_seen_at
    if not row.attempts:
        since = max(since, row.not_before)
    return (now - since).total_seconds()
