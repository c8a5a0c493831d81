"""Posts that an operator was shown and has not published yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.times import to_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Connection, Transaction


async def add_draft(tx: Transaction, link: str, post: str, at: datetime) -> int:
    """Keep a draft, `post` in JSON; its number."""
    return await tx.insert(
        "INSERT INTO drafts (link, post, made_at) VALUES (?, ?, ?)", (link, post, to_seconds(at))
    )


async def get_draft(db: Connection, draft_id: int) -> str | None:
    """The draft in JSON, or None once it was published or dropped."""
    row = await db.fetch_one("SELECT post FROM drafts WHERE id = ?", (draft_id,))
    return None if row is None else str(row["post"])


async def delete_draft(tx: Transaction, draft_id: int) -> None:
    """It was published or dropped."""
    await tx.execute("DELETE FROM drafts WHERE id = ?", (draft_id,))


async def delete_drafts(tx: Transaction, before: datetime) -> None:
    """Drop what nobody decided on since then."""
    await tx.execute("DELETE FROM drafts WHERE made_at < ?", (to_seconds(before),))
