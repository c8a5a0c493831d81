"""What an import of an archive listing brought: its posts came at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.models import PostId, SourceId
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Import:
    """Posts that one import brought and that no other source has: how many, and when."""

    source_id: SourceId
    title: str
    at: datetime
    posts: int


async def get_last(db: Connection, address: str | None = None) -> Import | None:
    """The last import that brought posts which are still there, of any listing or of one."""
    row = await db.fetch_one(
        """
        SELECT source_id, sources.title, first_seen_at, count(*) AS number
        FROM sources JOIN posts ON posts.listing_id = sources.id AND source_id = sources.id
        WHERE kind = 'archive' AND (:address IS NULL OR address = :address)
        AND fingerprint IS NULL AND removed_at IS NULL
        GROUP BY source_id, first_seen_at ORDER BY first_seen_at DESC, source_id DESC LIMIT 1
        """,
        {"address": address},
    )
    if row is None:
        return None
    return Import(
        SourceId(row["source_id"]), row["title"], from_seconds(row["first_seen_at"]), row["number"]
    )


async def list_brought(db: Connection, one: Import) -> list[PostId]:
    """The posts of an import, the oldest first."""
    rows = await db.fetch_all(
        """
        SELECT id FROM posts WHERE listing_id = :id AND source_id = :id AND first_seen_at = :at
        AND fingerprint IS NULL AND removed_at IS NULL ORDER BY sort_at, id
        """,
        {"id": one.source_id, "at": to_seconds(one.at)},
    )
    return [PostId(row["id"]) for row in rows]


async def has_posts(db: Connection, source_id: SourceId) -> bool:
    """Whether a listing has posts that are there."""
    row = await db.fetch_one(
        "SELECT 1 FROM posts WHERE listing_id = ? AND removed_at IS NULL", (source_id,)
    )
    return row is not None
