"""Deleting what has had its time, a slice at a time: in between the writer is free for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from storage.database import Transaction

EVERY = -1
"""As a `limit`: all of it."""


async def delete_slice(
    tx: Transaction, table: str, key: str, condition: str, values: Sequence[object], limit: int
) -> int:
    """Delete at most `limit` rows of a table for which a condition holds; how many that were.

    `key` names the columns of the table's primary key, `condition` is SQL, its `values` in order.
    """
    found = f"SELECT {key} FROM {table} WHERE {condition} LIMIT ?"  # noqa: S608  # words of ours
    one = " AND ".join(f"{column} = ?" for column in key.split(", "))

    def delete(db: sqlite3.Connection) -> int:
        keys = db.execute(found, (*values, limit)).fetchall()
        db.executemany(f"DELETE FROM {table} WHERE {one}", keys)  # noqa: S608  # likewise
        return len(keys)

    return await tx.run(delete)  # by an IN of several columns, SQLite finds no text in an index
