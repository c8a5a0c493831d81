"""What is being queued for more chats than one transaction should hold: posts, and how far it came.

The chats take their turns by their ids. Spreads go strictly one after the other, so that in each
chat posts keep their order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.models import ChatId, PostId
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from storage.database import Connection, Transaction


@dataclass(frozen=True, slots=True)
class Spread:
    """Posts on their way into the outbox."""

    id: int
    posts: tuple[PostId, ...]
    """The oldest first."""
    number: int | None
    """Which push of its one post it is; None: the first of each post."""
    announced_at: datetime
    after: ChatId | None
    """Chats up to this id are done; None: it has not begun."""
    besides: tuple[ChatId, ...]
    """Chats whose id was behind that one, and is before it since: groups became supergroups."""
    in_doubt: bool = False
    """A copy was restored: chats that it does not know to be done may have got the posts."""


async def add_spread(
    tx: Transaction, posts: Sequence[PostId], number: int | None, now: datetime
) -> None:
    """Have posts queued, behind all that is being queued."""
    await tx.execute(
        "INSERT INTO spreads (posts, number, announced_at) VALUES (?, ?, ?)",
        (json.dumps(posts), number, to_seconds(now)),
    )


async def get_first(db: Connection) -> Spread | None:
    """The one whose turn it is; None where nothing is being queued."""
    row = await db.fetch_one("SELECT * FROM spreads ORDER BY id LIMIT 1")
    return None if row is None else _spread(row)


async def count_spreads(db: Connection) -> int:
    """How many are being queued, or wait for their turn."""
    rows = await db.fetch_all("SELECT count(*) FROM spreads")
    return int(rows[0][0])


async def set_done(tx: Transaction, spread_id: int, after: ChatId) -> None:
    """The chats up to this id are done, and those besides."""
    await tx.execute(
        "UPDATE spreads SET after_id = ?, besides = '[]' WHERE id = ?", (after, spread_id)
    )


async def delete_spread(tx: Transaction, spread_id: int) -> None:
    """All chats are done."""
    await tx.execute("DELETE FROM spreads WHERE id = ?", (spread_id,))


async def withdraw_post(tx: Transaction, post_id: PostId) -> list[Spread]:
    """A post is queued no further; the spreads that had it, as they were."""
    rows = await tx.fetch_all(
        "SELECT * FROM spreads WHERE ? IN (SELECT value FROM json_each(posts)) ORDER BY id",
        (post_id,),
    )
    found = [_spread(row) for row in rows]
    for one in found:
        rest = [other for other in one.posts if other != post_id]
        await tx.execute("UPDATE spreads SET posts = ? WHERE id = ?", (json.dumps(rest), one.id))
    await tx.execute("DELETE FROM spreads WHERE posts = '[]'")
    return found


def _spread(row: sqlite3.Row) -> Spread:
    after = row["after_id"]
    return Spread(
        id=row["id"],
        posts=tuple(map(PostId, json.loads(row["posts"]))),
        number=row["number"],
        announced_at=from_seconds(row["announced_at"]),
        after=None if after is None else ChatId(after),
        besides=tuple(map(ChatId, json.loads(row["besides"]))),
        in_doubt=bool(row["in_doubt"]),
    )
