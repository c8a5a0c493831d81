"""Posts by what they were given, and what that costs: at a million reactions.

    python -m benchmarks.ranking [--reactions 1000000] [--people 20000] [--messages 100000]
        [--rounds 30] [--case 0-3] [--json]

Each table is a database of its own, filled through `storage.reactions`: many or few posts, in one
chat or many, over the last 30 days or a year. Reactions are even over people, messages and time, so
that nothing is ranked by a look at what is liked most. Beside each time stands the count at the
question (`benchmarks.naive_ranking`), asked of the same database once.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks import naive_ranking
from benchmarks.reporting import percentile, report
from bot.pages.periods import PERIODS, beginning
from storage import reactions
from storage.database import Database
from storage.models import ActorId, ChatId, MessageId, PostId, ReactionSet, UpdateId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from storage.database import Connection

    Ask = Callable[[Connection], Awaitable[object]]

ZONE = ZoneInfo("Asia/Seoul")
NOW = datetime.now(UTC)
MANY, BATCH = 10_000, 100
"""Reactions in one transaction; the last MEASURED come in batches as from Telegram."""
MEASURED = 10_000
EMOJI = ("👍", "❤", "🔥", "👏", "😁")
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Case:
    """What a database holds."""

    name: str
    posts: int
    chats: int
    days: int


CASES = (
    Case("many posts, one chat, 30 days", 10_000, 1, 30),
    Case("many posts, 100 chats, a year", 10_000, 100, 365),
    Case("few posts, 100 chats, 30 days", 200, 100, 30),
    Case("a post a message, one chat, 30 days", 100_000, 1, 30),
)


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reactions", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--case", type=int, choices=range(len(CASES)), help="only this one")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    tables: dict[str, list[dict[str, object]]] = {}
    for case in CASES if given.case is None else CASES[given.case : given.case + 1]:
        with tempfile.TemporaryDirectory() as folder:
            tables |= asyncio.run(_measure(Path(folder) / "sosik.db", case, given))
    report(f"ranking, {given.reactions:,} reactions", tables, as_json=given.json)


async def _measure(
    path: Path, case: Case, given: argparse.Namespace
) -> dict[str, list[dict[str, object]]]:
    async with Database.opened(path) as database:
        await _lay_out(database, case, given.messages)
        await database.tidy()
        before = _size(path)
        micros = await _fill(database, case, given)
        await database.tidy()
        grown = (_size(path) - before) / given.reactions
        async with database.reader() as db:
            rows = [await _compare(db, name, *asks, given.rounds) for name, asks in _asks(case)]
    cost = {"CPU µs/reaction": micros, "bytes/reaction": grown}
    return {case.name: rows, f"{case.name}: to take in": [{"": "storage.reactions", **cost}]}


def _size(path: Path) -> int:
    return path.stat().st_size


async def _lay_out(database: Database, case: Case, messages: int) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO sources (id, address, kind) VALUES (1, 'x', 'feed')")
        await tx.execute_many(
            """
            INSERT INTO posts
                (id, source_id, title, title_key, author, body, first_seen_at, sort_at)
            VALUES (?, 1, '', '', '', '', 0, ?)
            """,
            [(number, number) for number in range(1, case.posts + 1)],
        )
        await tx.execute_many(
            """
            INSERT INTO messages (chat_id, message_id, post_id, view, language, sent_at)
            VALUES (?, ?, ?, 'card', 'ko', 0)
            """,
            [(*_place(case, n), 1 + n * case.posts // messages) for n in range(messages)],
        )


def _place(case: Case, number: int) -> tuple[ChatId, MessageId]:
    return ChatId(-1_001_000_000_000 - number % case.chats), MessageId(1 + number // case.chats)


async def _fill(database: Database, case: Case, given: argparse.Namespace) -> float:
    """Give reactions, the oldest first; the processor's microseconds for each of the last."""
    reacting = _reactions(case, given)
    for _ in range(0, given.reactions - MEASURED, MANY):
        await _give(database, list(islice(reacting, MANY)))
    busy = 0.0
    for _ in range(0, MEASURED, BATCH):
        busy += await _give(database, list(islice(reacting, BATCH)))
    return busy / MEASURED * 1e6


async def _give(database: Database, batch: list[ReactionSet]) -> float:
    begun = time.process_time()
    async with database.transaction() as tx:
        await reactions.set_reactions(tx, batch)
    return time.process_time() - begun


def _reactions(case: Case, given: argparse.Namespace) -> Iterator[ReactionSet]:
    chance = random.Random(1)  # the same each time
    people = [ActorId(chance.randrange(10**8, 7 * 10**9)) for _ in range(given.people)]
    span = timedelta(days=case.days)
    for number in range(given.reactions + MANY):
        yield ReactionSet(
            *_place(case, chance.randrange(given.messages)),
            chance.choice(people),
            frozenset({chance.choice(EMOJI)}),
            NOW - span * max(0.0, 1 - number / given.reactions),
            UpdateId(900_000_000 + number),
        )


def _asks(case: Case) -> Iterator[tuple[str, tuple[Ask, Ask]]]:
    """What is asked, as the bot asks it and by a count at the question."""
    chat_id, _ = _place(case, 0)
    for period in PERIODS:
        yield f"/top {period}", _ranked(period, None)
    for period in ("week", "month"):
        yield f"edition, {period}", _ranked(period, chat_id)
    yield (
        "/stats",
        (
            partial(reactions.count_in_chat, chat_id=chat_id),
            partial(naive_ranking.count_in_chat, chat_id=chat_id),
        ),
    )
    post = [PostId(case.posts // 2)]
    yield (
        "a card",
        (
            partial(reactions.get_given, post_ids=post),
            partial(naive_ranking.count_given, post_ids=post),
        ),
    )


def _ranked(period: str, chat_id: ChatId | None) -> tuple[Ask, Ask]:
    since = beginning(period, NOW, ZONE)
    return (
        partial(reactions.list_top, since=since, limit=SHOWN, chat_id=chat_id),
        partial(naive_ranking.rank, since=since, limit=SHOWN, chat_id=chat_id),
    )


async def _compare(
    db: Connection, name: str, ask: Ask, naive: Ask, rounds: int
) -> dict[str, object]:
    """The times of both, who have to say the same."""
    begun = time.perf_counter()
    expected = await naive(db)
    counted = time.perf_counter() - begun
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = await ask(db)
        seconds.append(time.perf_counter() - begun)
        if found != expected:
            raise SystemExit(f"{name}: {found} is not {expected}")
    return {
        "asked": name,
        "p50 ms": percentile(seconds, 50) * 1e3,
        "p99 ms": percentile(seconds, 99) * 1e3,
        "counted at the question ms": counted * 1e3,
    }


if __name__ == "__main__":
    main()
