"""How soon the sender finds what is due in an outbox of a million rows, and how that is forgotten.

    python -m benchmarks.outbox [--finished 1000000] [--pending 100000] [--json]

Beside a million finished pushes, a hundred thousand wait in one shape after the other; in each one
push is due. `every second` is all that the sender and the settlements ask each second; `floor` is
a row by its id, in the same run. Then so many finished pushes have had their time, as after a
long downtime: housekeeping forgets them in slices, each of which holds the writer.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.figures import Better, Ratio
from benchmarks.reporting import figure, percentile, report
from bot.process.housekeeping import LEDGER_DAYS, SLICE
from storage import attempts, outbox
from storage.database import Database
from storage.models import OutboxId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from benchmarks.reporting import Row
    from storage.database import Connection

NOW = datetime(2026, 11, 30, tzinfo=UTC)
AT = int(NOW.timestamp())
TIMES = 20
_ONE_TO = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
_PUSHES = """
    INSERT INTO outbox
        (chat_id, kind, item, payload, state, not_before, created_at, changed_at, error)
    SELECT {chat}, 'post', 'n' || n, '{{"posts": [' || n || ']}}', '{state}', {due}, {at} - n,
        {at} - n, {error}
    FROM numbers
"""
_CHATS = """
    INSERT INTO chats (id, kind, title, state, can_write, language, timezone, push, digest_times,
        digest_days, joined_at)
    SELECT -1000 - n, 'group', '모임', '{state}', {can_write}, 'ko', 'UTC', 'on', '[]', '[]', 0
    FROM numbers
"""
OWN, ONE = "-1000 - n", "-9"


def _pushes(chat: str, state: str = "pending", *, due: int = -1, error: str = "NULL") -> str:
    return _PUSHES.format(chat=chat, state=state, due=AT + due, at=AT, error=error)


def _chats(state: str = "served", can_write: int = 1) -> str:
    return _CHATS.format(state=state, can_write=can_write)


SHAPES = {
    "finished alone": (),
    "a push a chat": (_chats(), _pushes(OWN)),
    "chats held": (_chats("held"), _pushes(OWN)),
    "chats left": (_chats("left"), _pushes(OWN)),
    "chats mute": (_chats(can_write=0), _pushes(OWN, error="'muted: 1'", due=3600)),
    "due tomorrow": (_chats(), _pushes(OWN, due=86_400)),
    "one chat": (_pushes(ONE),),
    "one chat, one in doubt": (
        _pushes(ONE),
        "UPDATE outbox SET state = 'unknown' WHERE item = 'n1' AND chat_id = -9 AND 0 < ?",
    ),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.outbox")
    parser.add_argument("--finished", type=int, default=1_000_000)
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measure(given, Path(folder)))
    shapes, _ = tables.values()
    report("outbox", tables, as_json=given.json, ratios=ratios_of(shapes))


def ratios_of(shapes: Sequence[Row]) -> list[Ratio]:
    """What all that is asked each second takes in each shape, beside one row by its id."""
    return [
        Ratio(
            f"every second, {row['shape']}, of one row",
            figure(row, "every second") / figure(row, "floor"),
            Better.LOWER,
        )
        for row in shapes
    ]


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, list[dict[str, object]]]:
    """Both tables."""
    async with Database.opened(folder / "sosik.db") as database:
        await _fill(database, given.finished, _pushes("n % 50", "sent"))
        await _fill(database, 1, _pushes("-7", due=-2))
        rows = [
            {"shape": shape} | await _measure_shape(database, given.pending, SHAPES[shape])
            for shape in SHAPES
        ]
        forgotten = [await _forget(database)]
    title = f"{given.finished:,} finished pushes and {given.pending:,} that wait; ms"
    return {title: rows, f"as many forgotten, {SLICE} a slice": forgotten}


async def _fill(database: Database, count: int, *statements: str) -> None:
    async with database.transaction() as tx:
        for one in statements:
            await tx.execute(one if one.startswith("UPDATE") else f"{_ONE_TO} {one}", (count,))


async def _measure_shape(
    database: Database, count: int, statements: tuple[str, ...]
) -> dict[str, object]:
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM outbox WHERE state <> 'sent' AND chat_id <> -7")
        await tx.execute("DELETE FROM chats")
    await _fill(database, count, *statements)
    async with database.reader() as db:
        return {name: await _time(db, ask) for name, ask in ASKED.items()}


async def _every_second(db: Connection) -> None:
    await outbox.list_due(db, NOW, limit=32)
    await outbox.list_unknown(db, NOW)
    await attempts.list_due(db, NOW, 100)
    await attempts.list_twice(db)


ASKED: dict[str, Callable[[Connection], Awaitable[object]]] = {
    "floor": lambda db: outbox.get_row(db, OutboxId(1)),
    "what is due": lambda db: outbox.list_due(db, NOW, limit=32),
    "every second": _every_second,
    "mutes": lambda db: outbox.list_muted(db, NOW, limit=50),
    "notices": lambda db: outbox.count_notices(db, "hold.", NOW - timedelta(hours=1)),
}


async def _time(db: Connection, ask: Callable[[Connection], Awaitable[object]]) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await ask(db)
        taken.append(1000 * (time.perf_counter() - begun))
    return median(taken)


async def _forget(database: Database) -> dict[str, object]:
    """As housekeeping does; a slice is measured from its begin to the end of its commit."""
    until, gone, rows = NOW + timedelta(days=LEDGER_DAYS), SLICE, 0
    seconds: list[float] = []
    begun = time.perf_counter()
    while gone >= SLICE:
        since = time.perf_counter()
        async with database.transaction() as tx:
            gone = await outbox.delete_finished(tx, until, SLICE)
        seconds.append(time.perf_counter() - since)
        rows += gone
    return {
        "rows": rows,
        "slices": len(seconds),
        "p50 ms": 1000 * percentile(seconds, 50),
        "p99 ms": 1000 * percentile(seconds, 99),
        "longest ms": 1000 * max(seconds),
        "in all s": time.perf_counter() - begun,
    }


if __name__ == "__main__":
    main()
