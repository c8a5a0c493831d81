"""Databases with so much in them, and how many steps a question takes there.

SQLite's steps are counted, not seconds: they are the same on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tests.storage.rows import NOW

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from storage.database import Connection, Database

T = TypeVar("T")
AT = int(NOW.timestamp())
DAY = 86_400
_ONE_TO = """
WITH RECURSIVE numbers (n) AS (
    SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last
)
"""


async def fill(
    database: Database, inserts: Iterable[str], count: int, *, after: int = 0, at: datetime = NOW
) -> None:
    """Run each INSERT … SELECT … FROM numbers for n above `after` up to `count`.

    `:at` is the time, `:later` a day later; seconds.
    """
    seconds = int(at.timestamp())
    values = {"first": after + 1, "last": count, "at": seconds, "later": seconds + DAY}
    async with database.transaction() as tx:
        for one in inserts:
            await tx.execute(f"{_ONE_TO} {one}", values)


async def counted(db: Connection, ask: Callable[[], Awaitable[T]]) -> tuple[T, int]:
    """What `ask` asks of this connection, and how many steps SQLite took for it."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    def watch(handler: Callable[[], int] | None) -> Callable[[sqlite3.Connection], None]:
        return lambda raw: raw.set_progress_handler(handler, 1)

    await db.run(watch(count))
    try:
        answer = await ask()
    finally:
        await db.run(watch(None))
    return answer, taken


def outbox_rows(
    chat: str, state: str = "pending", *, due: int = -1, error: str = "NULL", kind: str = "post"
) -> str:
    """An INSERT of pushes, due so many seconds from NOW; `chat` is SQL of n."""
    return f"""
        INSERT INTO outbox (chat_id, kind, item, payload, state, not_before, error,
            created_at, changed_at)
        SELECT {chat}, '{kind}', 'n' || n, '{{"posts": [1]}}', '{state}', {AT + due}, {error},
            {AT - DAY} - n, {AT - DAY} - n FROM numbers
    """  # noqa: S608  # words of ours


def chat_rows(chat: str, state: str = "served", can_write: int = 1, *, sight: str = "seen") -> str:
    """An INSERT of groups whose digests and editions are due; `chat` is SQL of n."""
    return f"""
        INSERT INTO chats (id, kind, title, state, can_write, language, timezone, push,
            digest_times, digest_days, joined_at, digest_due_at, weekly_due_at, monthly_due_at,
            sight)
        SELECT {chat}, 'group', '모임', '{state}', {can_write}, 'ko', 'UTC', 'on', '[]', '[]', 0,
            {AT - 1}, {AT - 1}, {AT - 1}, '{sight}' FROM numbers
    """  # noqa: S608  # likewise
