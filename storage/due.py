"""Times that a clock wrote down which was ahead, moved to where they would be by the clock of now.

A due time is believed for as long as it was meant to last, counted from when it was set. What was
seen later than now was seen by now: else a chat has no news, and a post is none, until that day.
Digests and editions are planned anew (bot.delivery.digest, editions), by the rules of each chat.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.times import to_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Transaction

LONGEST_HINT = timedelta(hours=27)
"""No source is put off longer (bot.sources.http.hints): of those whose planning was not noted."""
LONGEST_AGAIN = timedelta(days=1)
"""No answer that is the same is looked at later than that (bot.sources.decide)."""
LONGEST_EDIT = timedelta(hours=1)
"""An edit that Telegram put off for longer is tried again now."""
MOMENT = timedelta(minutes=1)
"""A chat joined before what is queued for it, also in the moment before the jump was seen."""

_SET_BACK = (
    """
    UPDATE sources SET next_poll_at = next_poll_at - (planned_at - :now), planned_at = :now
    WHERE planned_at > :now AND next_poll_at IS NOT NULL
    """,
    """
    UPDATE sources SET next_poll_at = :now, planned_at = :now
    WHERE planned_at IS NULL AND next_poll_at > :now + :hint
    """,
    """
    UPDATE outbox SET not_before = not_before - (changed_at - :now), changed_at = :now
    WHERE state IN ('pending', 'sending', 'unknown') AND changed_at > :now
    """,
    """
    UPDATE sources SET first_fetched_at = min(first_fetched_at, :now),
        filled_at = min(filled_at, :now), oldest_at = min(oldest_at, :now), read_anew_at = :now
    WHERE first_fetched_at > :now OR filled_at > :now OR read_anew_at > :now + :again
    """,
    "UPDATE quiet_posts SET taken_at = :now WHERE taken_at > :now",
    "UPDATE messages SET refresh_at = :now WHERE refresh_at > :now + :edit",
    "UPDATE messages SET delete_at = :now WHERE delete_at > :now + :edit",
    "UPDATE chats SET last_digest_at = :now WHERE last_digest_at > :now",
    "UPDATE spreads SET announced_at = :now WHERE announced_at > :now",
    "UPDATE editions SET claimed_at = :now WHERE claimed_at > :now",
    "UPDATE chats SET joined_at = :now - :moment WHERE joined_at > :now",
    """
    UPDATE posts SET first_seen_at = :now, sort_at = min(sort_at, :now) WHERE first_seen_at > :now
    """,
)


async def set_back(tx: Transaction, now: datetime) -> int:
    """Set back what was set later than `now`; how many rows that were."""
    values = {
        "now": to_seconds(now),
        "hint": int(LONGEST_HINT.total_seconds()),
        "again": int(LONGEST_AGAIN.total_seconds()),
        "edit": int(LONGEST_EDIT.total_seconds()),
        "moment": int(MOMENT.total_seconds()),
    }
    return sum([await tx.execute(statement, values) for statement in _SET_BACK])
