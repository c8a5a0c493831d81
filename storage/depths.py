"""How much there is, waits and is late, counted cheaply: for figures that are asked for often.

Nothing here reads a table that grows with time, but for `count_finished`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from storage import inbox, posts
from storage.models import ChatState, OutboxState
from storage.outbox import AT_NIGHT
from storage.times import from_seconds, from_seconds_or_none, to_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.database import Connection

OPEN = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)
"""States of pushes that did not end; each has an index of its own."""
MOST_HEADS = 1_000
"""So many chats' next pushes are looked at for the oldest, the first due first."""
_FOR_SOMEBODY = ("muted: %", "topic closed")
"""Why a push waits for somebody in its chat to let the bot write."""


class Depth(NamedTuple):
    """How many there are, and since when the first of them."""

    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Depths:
    """Counts at one moment."""

    posts: int
    chats: Mapping[ChatState, int]
    inbox: Depth
    """Updates that are not handled yet."""
    set_aside: int
    skipped: int
    outbox: Mapping[OutboxState, int]
    """Pushes that did not end, each state of OPEN."""
    due: int
    """Pushes whose time has come, whatever their chat waits for."""
    oldest_due_at: datetime | None
    """Since when the push that waits longest could have gone."""
    unknown_since: datetime | None
    sources: int
    failing: Depth
    """Sources whose last poll failed; of those that are polled, the longest ago a success."""
    polled_at: datetime | None
    """The last success of the source that is read least recently."""
    late: Mapping[str, Depth]
    """Digests and editions whose time is over, by kind."""
    troubles: Mapping[str, int]
    """What stops delivery now, by kind."""


async def read_depths(db: Connection, now: datetime) -> Depths:
    """Count, in one view of the data."""
    at = to_seconds(now)
    return Depths(
        posts=await posts.count_posts(db),
        chats=await _chats(db),
        inbox=await _depth(db, "SELECT count(*), min(received_at) FROM inbox"),
        set_aside=await inbox.count_set_aside(db),
        skipped=await inbox.count_skipped(db),
        outbox={one: await _one(db, _STATES[one]) or 0 for one in OPEN},
        due=await _one(db, _DUE, at) or 0,
        oldest_due_at=await _oldest_due_at(db, at),
        unknown_since=from_seconds_or_none(await _one(db, _UNKNOWN_SINCE)),
        sources=await _one(db, "SELECT count(*) FROM sources") or 0,
        failing=await _depth(db, _FAILING),
        polled_at=from_seconds_or_none(await _one(db, _POLLED_AT)),
        late={kind: await _depth(db, _LATE.format(column), at) for kind, column in _DUE_AT.items()},
        troubles=await _troubles(db),
    )


async def count_finished(db: Connection) -> dict[OutboxState, int]:
    """How many pushes ended in each state: reads all that are kept, 0.3 s for a million."""
    rows = await db.fetch_all("SELECT state, count(*) AS number FROM outbox GROUP BY state")
    found = {OutboxState(row["state"]): row["number"] for row in rows}
    return {one: found.get(one, 0) for one in OutboxState if one not in OPEN}


_STATES = {
    OutboxState.PENDING: "SELECT count(*) FROM outbox WHERE state = 'pending'",
    OutboxState.SENDING: "SELECT count(*) FROM outbox WHERE state = 'sending'",
    OutboxState.UNKNOWN: "SELECT count(*) FROM outbox WHERE state = 'unknown'",
}
_DUE = "SELECT count(*) FROM outbox WHERE state = 'pending' AND not_before <= ?"
_OLDEST_DUE = f"""
    SELECT min(iif(error IS NULL OR error = '{AT_NIGHT}', outbox.not_before, created_at))
    FROM (
        SELECT head_id FROM outbox_heads WHERE NOT is_held ORDER BY not_before, head_id LIMIT ?
    ) CROSS JOIN outbox ON id = head_id
    WHERE iif(error IS NULL OR error = '{AT_NIGHT}',
        outbox.not_before <= ?, error NOT LIKE ? AND error <> ?)
"""  # noqa: S608  # a constant of ours
"""What was tried in vain has waited since it was queued; what is muted waits for a person."""
_UNKNOWN_SINCE = "SELECT min(changed_at) FROM outbox WHERE state = 'unknown'"
_FAILING = """
    SELECT count(*), min(iif(ended_at IS NULL, coalesce(last_fetched_at, error_told_at), NULL))
    FROM sources WHERE failures > 0
"""
_POLLED_AT = "SELECT min(last_fetched_at) FROM sources WHERE next_poll_at IS NOT NULL"
_DUE_AT = {"digest": "digest_due_at", "weekly": "weekly_due_at", "monthly": "monthly_due_at"}
_LATE = """
    SELECT count(*), min({0}) FROM chats
    WHERE {0} IS NOT NULL AND state = 'served' AND can_write AND {0} <= ?
"""


async def _chats(db: Connection) -> dict[ChatState, int]:
    rows = await db.fetch_all("SELECT state, count(*) AS number FROM chats GROUP BY state")
    found = {row["state"]: row["number"] for row in rows}
    return {one: found.get(one, 0) for one in ChatState}


async def _troubles(db: Connection) -> dict[str, int]:
    rows = await db.fetch_all("SELECT kind, count(*) AS number FROM troubles GROUP BY kind")
    return {row["kind"]: row["number"] for row in rows}


async def _oldest_due_at(db: Connection, at: int) -> datetime | None:
    oldest = await _one(db, _OLDEST_DUE, MOST_HEADS, at, *_FOR_SOMEBODY)
    return from_seconds_or_none(oldest)


async def _one(db: Connection, sql: str, *values: object) -> int | None:
    rows = await db.fetch_all(sql, values)
    found: int | None = rows[0][0]
    return found


async def _depth(db: Connection, sql: str, *values: object) -> Depth:
    number, since = (await db.fetch_all(sql, values))[0]
    return Depth(number, None if since is None else from_seconds(since))
