"""Single values that outlive a restart: the offset, the bot's own name, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.database import Connection, Transaction


async def get_fact(db: Connection, key: str) -> str | None:
    """The value of `key`, or None."""
    row = await db.fetch_one("SELECT value FROM facts WHERE key = ?", (key,))
    return None if row is None else str(row["value"])


async def set_fact(tx: Transaction, key: str, value: str) -> None:
    """Keep `value` under `key`, in place of what was there."""
    await tx.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", (key, value))
