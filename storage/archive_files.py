"""Archive files of SOURCES that an operator was asked about, and what they said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from storage.database import Connection, Transaction


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file by its name in SOURCES, with what it was when somebody was asked about it."""

    id: int
    file: str
    title: str
    posts: int
    asked_at: datetime
    is_wanted: bool | None
    """What was said; None while nobody has said anything."""


async def get_file(db: Connection, file_id: int) -> ArchiveFile | None:
    """The file that a button names, or None."""
    row = await db.fetch_one("SELECT * FROM archive_files WHERE id = ?", (file_id,))
    return None if row is None else _file(row)


async def get_by_name(db: Connection, file: str) -> ArchiveFile | None:
    """The file of this name, or None where nobody was asked about it."""
    row = await db.fetch_one("SELECT * FROM archive_files WHERE file = ?", (file,))
    return None if row is None else _file(row)


async def list_answers(db: Connection) -> Mapping[str, bool | None]:
    """What was said of each file, by its name; None where nobody has said anything."""
    rows = await db.fetch_all("SELECT * FROM archive_files")
    return {one.file: one.is_wanted for one in map(_file, rows)}


async def set_asked(
    tx: Transaction, file: str, title: str, posts: int, now: datetime
) -> ArchiveFile:
    """Somebody is to be asked about a file as it is now, whatever was said before.

    Each time has an `asked_at` of its own, within a second, too.
    """
    row = await tx.fetch_one(
        """
        INSERT INTO archive_files (file, title, posts, asked_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (file) DO UPDATE SET title = excluded.title, posts = excluded.posts,
            asked_at = max(excluded.asked_at, asked_at + 1), is_wanted = NULL
        RETURNING *
        """,
        (file, title, posts, to_seconds(now)),
    )
    assert row is not None  # noqa: S101  # RETURNING gives the row that was written
    return _file(row)


async def set_wanted(tx: Transaction, file_id: int, *, is_wanted: bool) -> None:
    """Somebody said whether they want a file."""
    await tx.execute(
        "UPDATE archive_files SET is_wanted = ? WHERE id = ?", (int(is_wanted), file_id)
    )


async def set_all_wanted(tx: Transaction, title: str, *, is_wanted: bool) -> None:
    """The same for every file that is the listing of this title."""
    await tx.execute(
        "UPDATE archive_files SET is_wanted = ? WHERE title = ?", (int(is_wanted), title)
    )


async def set_posts(tx: Transaction, file_id: int, posts: int) -> None:
    """A file that is wanted has so many posts by now."""
    await tx.execute("UPDATE archive_files SET posts = ? WHERE id = ?", (posts, file_id))


def _file(row: sqlite3.Row) -> ArchiveFile:
    wanted = row["is_wanted"]
    return ArchiveFile(
        row["id"],
        row["file"],
        row["title"],
        row["posts"],
        from_seconds(row["asked_at"]),
        None if wanted is None else bool(wanted),
    )
