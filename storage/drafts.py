"""Pages that an author was shown and has not published yet, some of them for a time to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import ChatId, Draft, MessageId, UpdateId
from storage.slices import EVERY, delete_slice
from storage.times import from_seconds_or_none, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import NewDraft


async def add_draft(tx: Transaction, draft: NewDraft, at: datetime) -> int:
    """Keep a draft; its number."""
    return await tx.insert(
        """
        INSERT INTO drafts
            (link, post, made_at, author_id, author_name, chat_id, remark, batch)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            *(draft.link, draft.entry, to_seconds(at), draft.author_id, draft.author_name),
            *(draft.chat_id, draft.remark, draft.batch),
        ),
    )


async def get_draft(db: Connection, draft_id: int) -> Draft | None:
    """The draft, or None once it was published or dropped."""
    row = await db.fetch_one("SELECT * FROM drafts WHERE id = ?", (draft_id,))
    return None if row is None else _draft(row)


async def get_prompted(db: Connection, chat_id: ChatId, prompt_id: MessageId) -> Draft | None:
    """The draft of which a message asks when; None where it asks of none."""
    row = await db.fetch_one(
        "SELECT * FROM drafts WHERE chat_id = ? AND prompt_id = ?", (chat_id, prompt_id)
    )
    return None if row is None else _draft(row)


async def list_batch(db: Connection, batch: UpdateId) -> list[Draft]:
    """The drafts that one message named and that are open, less those that have a time."""
    rows = await db.fetch_all(
        "SELECT * FROM drafts WHERE batch = ? AND due_at IS NULL ORDER BY id", (batch,)
    )
    return [_draft(row) for row in rows]


async def list_scheduled(db: Connection, author_id: int | None = None) -> list[Draft]:
    """What is published by itself, the next first: of one author, or of all."""
    rows = await db.fetch_all(
        """
        SELECT * FROM drafts WHERE due_at IS NOT NULL AND author_id IS ifnull(?, author_id)
        ORDER BY due_at, id
        """,
        (author_id,),
    )
    return [_draft(row) for row in rows]


async def list_due(db: Connection, now: datetime) -> list[Draft]:
    """What is to be published by now, the longest due first."""
    rows = await db.fetch_all(
        "SELECT * FROM drafts WHERE due_at <= ? ORDER BY due_at, id", (to_seconds(now),)
    )
    return [_draft(row) for row in rows]


async def set_due(tx: Transaction, draft_id: int, due_at: datetime) -> None:
    """It is published by itself then."""
    await tx.execute("UPDATE drafts SET due_at = ? WHERE id = ?", (to_seconds(due_at), draft_id))


async def call_off(tx: Transaction, draft_id: int, now: datetime) -> None:
    """It is published once somebody says so, and waits for that as one that is made now."""
    await tx.execute(
        "UPDATE drafts SET due_at = NULL, made_at = ? WHERE id = ?",
        (to_seconds(now), draft_id),
    )


async def set_prompt(tx: Transaction, draft_id: int, prompt_id: MessageId) -> None:
    """This message asks when, and no other does; whoever answers it again thinks better of it."""
    await tx.execute("UPDATE drafts SET prompt_id = ? WHERE id = ?", (prompt_id, draft_id))


async def delete_draft(tx: Transaction, draft_id: int) -> None:
    """It was published or dropped."""
    await tx.execute("DELETE FROM drafts WHERE id = ?", (draft_id,))


async def delete_drafts(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Drop what nobody decided on since then, how many that were; what has a time stays."""
    old = "made_at < ? AND due_at IS NULL"
    return await delete_slice(tx, "drafts", "id", old, (to_seconds(before),), limit)


async def count_of_person(db: Connection, person_id: int) -> int:
    """How many drafts are somebody's."""
    rows = await db.fetch_all("SELECT count(*) FROM drafts WHERE author_id = ?", (person_id,))
    return int(rows[0][0])


async def delete_of_person(tx: Transaction, person_id: int) -> None:
    """Drop somebody's drafts, those with a time too (/forgetme)."""
    await tx.execute("DELETE FROM drafts WHERE author_id = ?", (person_id,))


def _draft(row: sqlite3.Row) -> Draft:
    return Draft(
        link=row["link"],
        entry=row["post"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        chat_id=None if row["chat_id"] is None else ChatId(row["chat_id"]),
        remark=row["remark"],
        batch=None if row["batch"] is None else UpdateId(row["batch"]),
        id=row["id"],
        due_at=from_seconds_or_none(row["due_at"]),
        prompt_id=None if row["prompt_id"] is None else MessageId(row["prompt_id"]),
    )
