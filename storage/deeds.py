"""What people did that is not done twice, for as long as they may not have been answered.

A row is written in the transaction that does it, so that an interruption before the answer is known
at the next start; it goes with the end of its update, unless the answer is in doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import ChatId, Deed, UpdateId
from storage.slices import EVERY, delete_slice
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Connection, Transaction


async def add_deed(tx: Transaction, deed: Deed, *, in_doubt: bool = False) -> None:
    """Keep a deed; `in_doubt`: also once its update has ended."""
    await tx.execute(
        """
        INSERT INTO deeds VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET is_done = excluded.is_done, in_doubt = excluded.in_doubt
        """,
        (
            deed.update_id,
            deed.chat_id,
            deed.person_id,
            deed.command,
            to_seconds(deed.done_at),
            deed.is_done,
            in_doubt,
        ),
    )


async def list_deeds(db: Connection) -> list[Deed]:
    """All that are kept, in order."""
    return [
        Deed(
            update_id=UpdateId(row["update_id"]),
            chat_id=ChatId(row["chat_id"]),
            person_id=row["person_id"],
            command=row["command"],
            done_at=from_seconds(row["done_at"]),
            is_done=bool(row["is_done"]),
        )
        for row in await db.fetch_all("SELECT * FROM deeds ORDER BY update_id")
    ]


async def has_deeds(db: Connection, person_id: int) -> bool:
    """Whether anything that somebody did is kept."""
    return await db.fetch_one("SELECT 1 FROM deeds WHERE person_id = ?", (person_id,)) is not None


async def delete_answered(tx: Transaction, ids: Iterable[UpdateId]) -> None:
    """These updates have ended: their answers arrived, but for those in doubt."""
    await tx.execute_many(
        "DELETE FROM deeds WHERE update_id = ? AND NOT in_doubt", [(one,) for one in ids]
    )


async def delete_deeds(tx: Transaction, ids: Iterable[UpdateId]) -> None:
    """Whoever did these was told."""
    await tx.execute_many("DELETE FROM deeds WHERE update_id = ?", [(one,) for one in ids])


async def delete_of_person(tx: Transaction, person_id: int) -> None:
    """Forget what somebody did (/forgetme)."""
    await tx.execute("DELETE FROM deeds WHERE person_id = ?", (person_id,))


async def delete_old(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget what was done before then: nobody asks for it any more; how many that were."""
    return await delete_slice(tx, "deeds", "update_id", "done_at < ?", (to_seconds(before),), limit)
