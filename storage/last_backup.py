"""What became of the scheduled backups: of the last one that was made, and of the last try."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.facts import get_fact, set_fact
from storage.times import from_seconds_or_none, to_seconds_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.database import Connection, Transaction

_KEY = "backup"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The scheduled backups as they are."""

    folder: str
    """Where they go."""
    made_at: datetime | None
    """Of which moment the last one is; None: there is none yet."""
    tried_at: datetime | None
    problem: Mapping[str, Any] | None
    """Why the last try failed, as a message of the catalogues; None: it did not."""


async def get_last_backup(db: Connection) -> LastBackup | None:
    """What is known of them; None where none are wanted, or none was tried yet."""
    written = await get_fact(db, _KEY)
    if written is None:
        return None
    folder, made_at, tried_at, problem = json.loads(written)
    made_at, tried_at = from_seconds_or_none(made_at), from_seconds_or_none(tried_at)
    return LastBackup(folder, made_at, tried_at, problem)


async def set_last_backup(tx: Transaction, last: LastBackup) -> None:
    """Keep it, in place of what was known."""
    times = to_seconds_or_none(last.made_at), to_seconds_or_none(last.tried_at)
    await set_fact(tx, _KEY, json.dumps([last.folder, *times, last.problem]))


async def forget_last_backup(tx: Transaction) -> None:
    """None are wanted any more."""
    await tx.execute("DELETE FROM facts WHERE key = ?", (_KEY,))
