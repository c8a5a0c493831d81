"""Sends that may have arrived: what would prove it, where to look, and what was found.

Each attempt to send a push has a row from the moment that it leaves; a resend does not overwrite
the first. What certainly arrived, or certainly did not, has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.known_ids import get_last_id
from storage.models import Attempt, ChatId, MessageId, OutboxId, PostId, UpdateId
from storage.slices import EVERY, delete_slice
from storage.times import from_seconds, to_seconds, to_seconds_or_none

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import NewAttempt


async def add_attempt(tx: Transaction, new: NewAttempt, now: datetime) -> None:
    """A message leaves now."""
    last_id = await get_last_id(tx, new.chat_id)
    await tx.execute(
        """
        INSERT INTO attempts (token, outbox_id, chat_id, keyboard, text_digest, post_id, language,
            update_id, begun_at, last_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            new.token,
            new.outbox_id,
            new.chat_id,
            new.keyboard,
            new.text_digest,
            new.post_id,
            new.language,
            new.update_id,
            to_seconds(now),
            last_id,
        ),
    )


async def get_attempt(db: Connection, token: str) -> Attempt | None:
    """The attempt that a button names."""
    row = await db.fetch_one("SELECT * FROM attempts WHERE token = ?", (token,))
    return None if row is None else _attempt(row)


async def list_attempts(db: Connection, outbox_id: OutboxId) -> list[Attempt]:
    """A push's attempts, in their order."""
    rows = await db.fetch_all(
        "SELECT * FROM attempts WHERE outbox_id = ? ORDER BY id", (outbox_id,)
    )
    return [_attempt(row) for row in rows]


async def list_lost(db: Connection, chat_id: ChatId) -> list[Attempt]:
    """All that may be in a chat, and that nobody has seen there, in their order."""
    rows = await db.fetch_all(
        "SELECT * FROM attempts WHERE chat_id = ? AND message_id IS NULL ORDER BY id", (chat_id,)
    )
    return [_attempt(row) for row in rows]


async def list_answered(db: Connection) -> frozenset[UpdateId]:
    """Updates whose answer was in doubt, and was seen in its chat since."""
    rows = await db.fetch_all(
        "SELECT update_id FROM attempts WHERE update_id IS NOT NULL AND message_id IS NOT NULL"
    )
    return frozenset(UpdateId(row["update_id"]) for row in rows)


async def get_queue(db: Connection, attempt: Attempt) -> tuple[MessageId | None, int]:
    """What went before it from the account's private chats and basic groups, as its ids tell.

    The message of the last one that was found, and how many since are lost; those that left before
    any message that was known when this one left do not count.
    """
    row = await db.fetch_one(
        """
        WITH mine AS (SELECT id, last_id FROM attempts WHERE token = ?),
        earlier AS (
            SELECT attempts.id, message_id FROM attempts, mine
            WHERE chat_id > -1000000000000 AND attempts.id < mine.id
                AND attempts.last_id >= mine.last_id
        ),
        found AS (SELECT max(id) AS id FROM earlier WHERE message_id IS NOT NULL)
        SELECT (SELECT message_id FROM earlier WHERE id = (SELECT id FROM found)) AS behind,
            (SELECT count(*) FROM earlier WHERE message_id IS NULL
                AND id > coalesce((SELECT id FROM found), 0)) AS before
        """,
        (attempt.token,),
    )
    if row is None or row["behind"] is None:
        return None, 0 if row is None else row["before"]
    return MessageId(row["behind"]), row["before"]


async def set_arrived(tx: Transaction, token: str, message_id: MessageId) -> None:
    """It is in its chat, as this message."""
    await tx.execute(
        "UPDATE attempts SET message_id = ?, search_at = NULL WHERE token = ?", (message_id, token)
    )


async def set_touched(tx: Transaction, token: str) -> None:
    """Somebody pressed a button of it or replied: it stays."""
    await tx.execute("UPDATE attempts SET is_touched = 1 WHERE token = ?", (token,))


async def add_calls(tx: Transaction, token: str, calls: int) -> None:
    """So many more questions were asked about it."""
    await tx.execute("UPDATE attempts SET calls = calls + ? WHERE token = ?", (calls, token))


async def set_search(tx: Transaction, token: str, at: datetime | None) -> None:
    """When it is looked for once more; None: no more."""
    await tx.execute(
        "UPDATE attempts SET search_at = ? WHERE token = ?", (to_seconds_or_none(at), token)
    )


async def list_due(db: Connection, now: datetime, limit: int) -> list[Attempt]:
    """Attempts that are to be looked for once more by now, the longest due first."""
    rows = await db.fetch_all(
        """
        SELECT * FROM attempts WHERE search_at <= ? AND message_id IS NULL
        ORDER BY search_at, id LIMIT ?
        """,
        (to_seconds(now), limit),
    )
    return [_attempt(row) for row in rows]


async def list_twice(db: Connection) -> list[OutboxId]:
    """Pushes of which more than one message was seen, and that nobody has decided about."""
    rows = await db.fetch_all(
        """
        SELECT outbox_id FROM attempts CROSS JOIN outbox ON outbox.id = outbox_id
        WHERE attempts.message_id IS NOT NULL AND outbox.state = 'resent_unproven'
        GROUP BY outbox_id HAVING count(*) > 1
        """
    )
    return [OutboxId(row["outbox_id"]) for row in rows]


async def delete_attempt(tx: Transaction, token: str) -> None:
    """It certainly did not arrive, or it certainly did and nothing is open any more."""
    await tx.execute("DELETE FROM attempts WHERE token = ?", (token,))


async def delete_attempts(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget attempts from before then, but those of pushes still in doubt; how many."""
    old = """
        begun_at < ? AND NOT EXISTS (
            SELECT 1 FROM outbox WHERE outbox.id = outbox_id
            AND outbox.state IN ('pending', 'sending', 'unknown')
        )
    """
    return await delete_slice(tx, "attempts", "id", old, (to_seconds(before),), limit)


async def add_comparison(
    tx: Transaction, chat_id: ChatId, message_id: MessageId, now: datetime
) -> bool:
    """A message's buttons are compared now; False where an earlier time has not ended."""
    return bool(
        await tx.execute(
            "INSERT OR IGNORE INTO compared VALUES (?, ?, ?)",
            (chat_id, message_id, to_seconds(now)),
        )
    )


async def is_compared(db: Connection, chat_id: ChatId, message_id: MessageId) -> bool:
    """Whether a comparison of its buttons has not ended."""
    row = await db.fetch_one(
        "SELECT 1 FROM compared WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
    )
    return row is not None


async def delete_comparison(tx: Transaction, chat_id: ChatId, message_id: MessageId) -> None:
    """It has ended: the message has its own buttons."""
    await tx.execute(
        "DELETE FROM compared WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
    )


async def delete_comparisons(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget comparisons from before then, which nobody will take up again; how many."""
    values = (to_seconds(before),)
    return await delete_slice(tx, "compared", "chat_id, message_id", "begun_at < ?", values, limit)


def _attempt(row: sqlite3.Row) -> Attempt:
    return Attempt(
        token=row["token"],
        chat_id=ChatId(row["chat_id"]),
        keyboard=row["keyboard"],
        text_digest=row["text_digest"],
        outbox_id=None if row["outbox_id"] is None else OutboxId(row["outbox_id"]),
        post_id=None if row["post_id"] is None else PostId(row["post_id"]),
        language=row["language"],
        update_id=None if row["update_id"] is None else UpdateId(row["update_id"]),
        begun_at=from_seconds(row["begun_at"]),
        last_id=None if row["last_id"] is None else MessageId(row["last_id"]),
        message_id=None if row["message_id"] is None else MessageId(row["message_id"]),
        is_touched=bool(row["is_touched"]),
        calls=row["calls"],
    )
