"""The blogs that are followed, and how their last polls went."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.models import Baseline, NewestEnd, Source, SourceId, SourceKind
from storage.times import from_seconds_or_none, to_seconds, to_seconds_or_none

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import datetime

    from storage.database import Connection, Transaction


async def get_source(db: Connection, source_id: SourceId) -> Source | None:
    """The source, an ended one too, or None."""
    row = await db.fetch_one("SELECT * FROM sources WHERE id = ?", (source_id,))
    return None if row is None else _source(row)


async def get_by_address(db: Connection, address: str) -> Source | None:
    """The source that was added under this address, or None."""
    row = await db.fetch_one("SELECT * FROM sources WHERE address = ?", (address,))
    return None if row is None else _source(row)


async def list_sources(db: Connection) -> list[Source]:
    """Every source, ended ones too, in the order of adding."""
    return [_source(row) for row in await db.fetch_all("SELECT * FROM sources ORDER BY id")]


async def list_ids(db: Connection, kinds: Collection[SourceKind]) -> list[SourceId]:
    """The sources of these kinds."""
    rows = await db.fetch_all(
        "SELECT id FROM sources WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(kinds)),),
    )
    return [SourceId(row["id"]) for row in rows]


async def get_next_poll_at(db: Connection) -> datetime | None:
    """When the next source falls due; None where none is polled."""
    rows = await db.fetch_all("SELECT min(next_poll_at) FROM sources")
    return from_seconds_or_none(rows[0][0])


async def add_source(
    tx: Transaction, address: str, kind: SourceKind, *, next_poll_at: datetime | None = None
) -> SourceId:
    """Follow an address. One that is known is followed again, as if for the first time.

    Its posts stay, and what its next fetch brings is no news: it comes in quietly.
    """
    row = await tx.fetch_one(
        """
        INSERT INTO sources (address, kind, next_poll_at, planned_at) VALUES (?1, ?2, ?3, ?3)
        ON CONFLICT (address) DO UPDATE SET
            kind = excluded.kind, next_poll_at = excluded.next_poll_at,
            planned_at = excluded.planned_at, fetched_from = NULL,
            etag = NULL, last_modified = NULL, first_fetched_at = NULL,
            filled_at = NULL, oldest_at = NULL, newest_end = NULL, shown = NULL,
            read_anew_at = NULL, held_at = NULL, is_accepted = 0,
            failures = 0, last_error = NULL, error_told_at = NULL, ended_at = NULL
        RETURNING id
        """,
        (address, kind, to_seconds_or_none(next_poll_at)),
    )
    assert row is not None  # noqa: S101  # RETURNING gives the row that was written
    return SourceId(row["id"])


async def claim_due(tx: Transaction, now: datetime, *, until: datetime, limit: int) -> list[Source]:
    """At most `limit` sources whose poll is due, those that waited longest.

    Nobody else gets them before `until`.
    """
    rows = await tx.fetch_all(
        """
        UPDATE sources SET next_poll_at = ?, planned_at = ? WHERE id IN (
            SELECT id FROM sources WHERE next_poll_at <= ? ORDER BY next_poll_at, id LIMIT ?
        )
        RETURNING *
        """,
        (to_seconds(until), to_seconds(now), to_seconds(now), limit),
    )
    return [_source(row) for row in rows]


async def set_fetched(
    tx: Transaction,
    source_id: SourceId,
    at: datetime,
    *,
    next_poll_at: datetime | None,
    etag: str | None,
    last_modified: str | None,
) -> None:
    """A fetch that went well: what to send next time, and when that is."""
    await tx.execute(
        """
        UPDATE sources SET
            last_fetched_at = :at, first_fetched_at = coalesce(first_fetched_at, :at),
            next_poll_at = :next_poll_at, planned_at = :at,
            etag = :etag, last_modified = :last_modified,
            failures = 0, last_error = NULL, error_told_at = NULL
        WHERE id = :id
        """,
        {
            "id": source_id,
            "at": to_seconds(at),
            "next_poll_at": to_seconds_or_none(next_poll_at),
            "etag": etag,
            "last_modified": last_modified,
        },
    )


async def set_baseline(tx: Transaction, source_id: SourceId, baseline: Baseline) -> None:
    """What the next answer is held against."""
    await tx.execute(
        """
        UPDATE sources SET filled_at = ?, oldest_at = ?, newest_end = ?, shown = ? WHERE id = ?
        """,
        (
            to_seconds_or_none(baseline.filled_at),
            to_seconds_or_none(baseline.oldest_at),
            baseline.newest_end,
            baseline.shown,
            source_id,
        ),
    )


async def set_reading(
    tx: Transaction, source_id: SourceId, reading: int, *, read_anew_at: datetime | None
) -> None:
    """Which version of the parsers read the answer, and when it is to be looked at again."""
    await tx.execute(
        "UPDATE sources SET reading = ?, read_anew_at = ? WHERE id = ?",
        (reading, to_seconds_or_none(read_anew_at), source_id),
    )


async def set_held(tx: Transaction, source_id: SourceId, held_at: datetime | None) -> None:
    """Its edits are held back since then; None: they are taken in, and no yes is kept."""
    await tx.execute(
        "UPDATE sources SET held_at = ?, is_accepted = 0 WHERE id = ?",
        (to_seconds_or_none(held_at), source_id),
    )


async def accept_held(
    tx: Transaction, source_id: SourceId, held_at: datetime, now: datetime
) -> None:
    """Take in at the next poll what is held back since `held_at`, unless that is over."""
    await tx.execute(
        "UPDATE sources SET is_accepted = 1, read_anew_at = ? WHERE id = ? AND held_at = ?",
        (to_seconds(now), source_id, to_seconds(held_at)),
    )


async def set_profile(tx: Transaction, source_id: SourceId, *, title: str, tagline: str) -> None:
    """What the source calls itself."""
    await tx.execute(
        "UPDATE sources SET title = ?, tagline = ? WHERE id = ?", (title, tagline, source_id)
    )


async def set_found(tx: Transaction, source_id: SourceId, address: str, kind: SourceKind) -> None:
    """Where the feed itself lies, and what it is: found by the site's page, or moved for good."""
    await tx.execute(
        "UPDATE sources SET fetched_from = ?, kind = ? WHERE id = ?", (address, kind, source_id)
    )


async def set_failed(
    tx: Transaction,
    source_id: SourceId,
    at: datetime,
    error: str,
    *,
    next_poll_at: datetime,
    told_at: datetime | None,
) -> None:
    """A fetch that went wrong; `told_at`: when the operators heard of it, if they did."""
    await tx.execute(
        """
        UPDATE sources SET failures = failures + 1, last_error = ?, next_poll_at = ?,
            planned_at = ?, error_told_at = ?
        WHERE id = ?
        """,
        (
            error,
            to_seconds(next_poll_at),
            to_seconds(at),
            to_seconds_or_none(told_at),
            source_id,
        ),
    )


async def delete_source(tx: Transaction, source_id: SourceId) -> None:
    """Forget a source that never gave a post."""
    await tx.execute(
        """
        DELETE FROM sources WHERE id = :id
        AND NOT EXISTS (SELECT 1 FROM posts WHERE source_id = :id OR listing_id = :id)
        """,
        {"id": source_id},
    )


async def set_ended(
    tx: Transaction, source_id: SourceId, at: datetime, *, error: str | None = None
) -> None:
    """Follow the source no more: it said that it is gone for good, or an operator took it out."""
    await tx.execute(
        "UPDATE sources SET ended_at = ?, next_poll_at = NULL, last_error = ? WHERE id = ?",
        (to_seconds(at), error, source_id),
    )


def _source(row: sqlite3.Row) -> Source:
    return Source(
        id=SourceId(row["id"]),
        address=row["address"],
        kind=SourceKind(row["kind"]),
        title=row["title"],
        tagline=row["tagline"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        next_poll_at=from_seconds_or_none(row["next_poll_at"]),
        first_fetched_at=from_seconds_or_none(row["first_fetched_at"]),
        last_fetched_at=from_seconds_or_none(row["last_fetched_at"]),
        failures=row["failures"],
        last_error=row["last_error"],
        error_told_at=from_seconds_or_none(row["error_told_at"]),
        ended_at=from_seconds_or_none(row["ended_at"]),
        fetched_from=row["fetched_from"],
        baseline=Baseline(
            filled_at=from_seconds_or_none(row["filled_at"]),
            oldest_at=from_seconds_or_none(row["oldest_at"]),
            newest_end=row["newest_end"] and NewestEnd(row["newest_end"]),
            shown=row["shown"],
        ),
        reading=row["reading"],
        read_anew_at=from_seconds_or_none(row["read_anew_at"]),
        held_at=from_seconds_or_none(row["held_at"]),
        is_accepted=bool(row["is_accepted"]),
    )
