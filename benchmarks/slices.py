"""What everybody else waits for while digests and a post are planned for very many chats.

    python -m benchmarks.slices [--chats 10000] [--editions 30] [--reactions 1000000]
        [--audience 100000] [--moments 1] [--before 20] [--json]

So many digests are due in one minute, in a database with so many reactions; so many weekly
editions are; and one post is announced to so many chats. Of the chats a tenth has one of twenty
filters, and a third has quiet hours; each was given five posts and a digest before. Their last
digests were of so many `moments`.

Each is measured twice, on copies of one database: alone, for the processor's time, and beside
others, for what they wait. Those ask for the writer every twenty milliseconds, and look ten times a
second for the newest posts as an answer does: a commit of the question, a page of posts with what
they were given, a commit of the end. `before` is the way that it was: digests in a transaction a
chat, for so many chats, and the post in a transaction for all.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import math
import shutil
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.archives import make_archive
from benchmarks.reporting import percentile, report
from bot.chats import EVERY_DAY
from bot.delivery.announce import Announcer
from bot.delivery.digest import Digests, plan_digest, read_contents
from bot.delivery.editions import Editions
from bot.delivery.plan import plan_deliveries
from bot.delivery.spreading import Spreader
from bot.sources.changes import ChangeKind, Recorded
from storage import chats, digests, inbox, outbox, posts, reactions
from storage.database import Database
from storage.models import (
    Chat,
    ChatId,
    ChatKind,
    ChatSettings,
    ChatState,
    DigestPush,
    Edition,
    InboxRow,
    NewOutboxRow,
    PostPush,
    PushMode,
    QuietHours,
    Repeats,
    UpdateId,
)
from storage.times import to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Awaitable, Callable

    from storage.database import Transaction
    from storage.models import PostId

    Work = Callable[[Database], Awaitable[int]]

NOW = datetime(2026, 11, 30, 0, 0, 20, tzinfo=UTC)
"""A Monday, in the minute in which digests of nine o'clock in Seoul are due."""
DAY = timedelta(days=1)
ARCHIVE, NEWS, FILTERS = 300, 5, 20
LIKED_CHATS, PEOPLE = 1000, 10
FEWEST = 2
"""Waits that make a distribution."""
MONTH_SECONDS, IDLE_SECONDS = 30 * 86_400, 3.0
PROBE_SECONDS, ASK_SECONDS = 0.02, 0.1


class Standing:
    """A clock that stands still."""

    def now(self) -> datetime:
        """The moment."""
        return NOW

    async def sleep(self, seconds: float) -> None:
        """Wait by the other clocks."""
        await asyncio.sleep(seconds)


@dataclass
class Watch:
    """What others wait for meanwhile, in seconds."""

    writer: list[float] = field(default_factory=list)
    loop: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    is_over: bool = False
    """Nobody asks any more; what was asked is waited for."""

    async def probe(self, database: Database) -> None:
        """Ask for the writer, again and again."""
        while not self.is_over:
            asked = time.perf_counter()
            async with database.transaction():
                self.writer.append(time.perf_counter() - asked)
            asked = time.perf_counter()
            await asyncio.sleep(PROBE_SECONDS)
            self.loop.append(time.perf_counter() - asked - PROBE_SECONDS)

    async def ask(self, database: Database) -> None:
        """Look for the newest posts by the clock, whether or not the last answer has come."""
        async with asyncio.TaskGroup() as group:
            for number in itertools.takewhile(lambda _: not self.is_over, itertools.count()):
                group.create_task(self._answer(database, UpdateId(number)))
                await asyncio.sleep(ASK_SECONDS)

    async def _answer(self, database: Database, update_id: UpdateId) -> None:
        asked = time.perf_counter()
        async with database.transaction() as tx:
            await inbox.add_updates(tx, [InboxRow(update_id, ChatId(-1), None, NOW, "{}")])
        async with database.reader() as db:
            found = await posts.list_newest(db, limit=5)
            await posts.count_posts(db)
            await reactions.get_given(db, [post.id for post in found])
        async with database.transaction() as tx:
            await inbox.delete_updates(tx, [update_id])
        self.answers.append(time.perf_counter() - asked)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.slices")
    parser.add_argument("--chats", type=int, default=10_000)
    parser.add_argument("--editions", type=int, default=30, help="of so many of the chats")
    parser.add_argument("--reactions", type=int, default=1_000_000)
    parser.add_argument("--audience", type=int, default=100_000)
    parser.add_argument("--moments", type=int, default=1)
    parser.add_argument("--before", type=int, default=20, help="chats, of the way that it was")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measure(given, Path(folder)))
    report("slices", tables, as_json=given.json)


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, list[dict[str, object]]]:
    """One table for what is due, one for a post."""
    due, told, wide = folder / "due.db", folder / "told.db", folder / "wide.db"
    await make_archive(due, ARCHIVE)
    shutil.copy(due, wide)
    await _settle(due, given.chats, given)
    await _settle(wide, given.audience, None)
    shutil.copy(due, told)
    async with Database.opened(told) as database, database.transaction() as tx:
        await tx.execute("UPDATE chats SET digest_due_at = NULL")  # which editions wait for
    planned = [
        await _measured("nothing", due, _nothing),
        await _measured(f"digests, before, {given.before:,} chats", due, _one_by_one(given.before)),
        await _measured(f"digests, {given.chats:,} chats", due, _digests),
        await _measured(f"editions, {given.editions:,} chats", told, _editions),
    ]
    spread = [
        await _measured(f"post, before, {given.audience:,} chats", wide, _all_at_once),
        await _measured(f"post, {given.audience:,} chats", wide, _spread),
    ]
    return {f"due in one minute, {given.reactions:,} reactions": planned, "one post": spread}


async def _measured(name: str, path: Path, work: Work) -> dict[str, object]:
    """A row: alone, then beside others."""
    async with _copy(path) as database:
        cpu, start = time.process_time(), time.perf_counter()
        queued = await work(database)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - start
    watch = Watch()
    async with _copy(path) as database:
        others = [asyncio.create_task(one(database)) for one in (watch.probe, watch.ask)]
        await asyncio.sleep(1)
        for seconds in (watch.writer, watch.loop, watch.answers):
            seconds.clear()
        start = time.perf_counter()
        await work(database)
        beside = time.perf_counter() - start
        while min(map(len, (watch.writer, watch.loop, watch.answers))) < FEWEST:  # noqa: ASYNC110
            await asyncio.sleep(PROBE_SECONDS)  # it was over in a moment
        watch.is_over = True
        await asyncio.gather(*others)
    return {
        "what": name,
        "queued": queued,
        "CPU s": cpu,
        "alone s": wall,
        "beside others s": beside,
        "writer p99 ms": 1000 * percentile(watch.writer, 99),
        "longest ms": 1000 * max(watch.writer),
        "loop, longest ms": 1000 * max(watch.loop),
        "answer p50 ms": 1000 * percentile(watch.answers, 50),
        "answer p95 ms": 1000 * percentile(watch.answers, 95),
    }


@asynccontextmanager
async def _copy(path: Path) -> AsyncIterator[Database]:
    """A copy of a database, as the bot has it open."""
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    try:
        async with Database.opened(copy) as database:
            yield database
    finally:
        copy.unlink()


async def _nothing(_: Database) -> int:
    """What others wait for anyway."""
    await asyncio.sleep(IDLE_SECONDS)
    return 0


async def _digests(database: Database) -> int:
    return await Digests(database, Standing()).run()


async def _editions(database: Database) -> int:
    return await Editions(database, Standing()).run()


def _one_by_one(most: int) -> Work:
    """Digests as they were planned before: all of a chat in a transaction of its own."""

    async def run(database: Database) -> int:
        async with database.reader() as db:
            due = await chats.list_digests_due(db, NOW, limit=most)
        for one in due:
            async with database.transaction() as tx:
                await _take(tx, one.id)
        return len(due)

    return run


async def _take(tx: Transaction, chat_id: ChatId) -> None:
    chat = await chats.get_chat(tx, chat_id)
    due = None if chat is None else plan_digest(chat, NOW)
    if chat is None or due is None or due.slot is None:
        raise RuntimeError("it is not due")
    slot = due.slot
    await digests.claim_slots(tx, [(chat_id, slot.local_date, slot.minute)], NOW)
    contents = await read_contents(tx, chat, NOW)
    row = NewOutboxRow(chat_id, f"{slot.local_date} {slot.minute}", contents, NOW)
    await outbox.add_rows(tx, [row], NOW)
    await chats.set_digest_due(tx, chat_id, due.next_at, last_digest_at=NOW)


async def _all_at_once(database: Database) -> int:
    """A post as it was announced before: for all chats in the transaction that writes it."""
    async with database.transaction() as tx:
        (post,) = await posts.list_newest(tx, limit=1)
        served = await chats.list_chats(tx, ChatState.SERVED, ChatState.HELD)
        new = [replace(post, first_seen_at=NOW)]
        rows = await tx.run(lambda _: plan_deliveries(new, served, NOW))
        await outbox.add_rows(tx, [replace(one, item="new") for one in rows], NOW)
    return len(rows)


async def _spread(database: Database) -> int:
    async with database.transaction() as tx:
        (post,) = await posts.list_newest(tx, limit=1)
        await Announcer(Standing())(tx, [Recorded(ChangeKind.NEW, post, None, quiet=False)])
    return await Spreader(database, Standing()).run()


async def _settle(path: Path, count: int, given: argparse.Namespace | None) -> None:
    """Chats; with what was `given`, such that have a past, and have something due."""
    kinds = math.lcm(FILTERS, 3, 10, given.moments if given is not None else 1)
    async with Database.opened(path) as database, database.transaction() as tx:
        for number in range(min(kinds, count)):
            await chats.add_chat(tx, _chat(number, 1 if given is None else given.moments))
        await tx.run(lambda db: _multiply(db, kinds, count))
        newest = [post.id for post in await posts.list_newest(tx, limit=ARCHIVE)]
        news = [(to_seconds(NOW - timedelta(hours=n + 1)), one) for n, one in enumerate(newest)]
        await tx.execute_many(
            "UPDATE posts SET quiet = 0, first_seen_at = ? WHERE id = ?", news[:NEWS]
        )
        if given is None:
            return
        await outbox.add_rows(
            tx, [row for n in range(count) for row in _past(n, newest)], NOW - DAY
        )
        await tx.execute("UPDATE outbox SET state = 'sent', message_id = id")
        await tx.execute("UPDATE chats SET weekly_due_at = NULL WHERE id < ?", (-given.editions,))
        await tx.run(lambda db: _give(db, newest[2 * NEWS :], given.reactions))


def _multiply(db: sqlite3.Connection, kinds: int, count: int) -> None:
    """As many chats as are wanted, each like one of the first."""
    names = [row[1] for row in db.execute("PRAGMA table_info(chats)") if row[1] != "id"]
    for first in range(kinds, count, kinds):
        db.execute(
            f"INSERT INTO chats (id, {', '.join(names)})"  # noqa: S608  # names of ours
            f" SELECT id - {first}, {', '.join(names)} FROM chats"
            f" WHERE id BETWEEN {-min(kinds, count - first)} AND -1"
        )


def _past(number: int, newest: list[PostId]) -> list[NewOutboxRow]:
    """What a chat was given before: posts, and a digest."""
    chat_id, told = ChatId(-1 - number), DigestPush(tuple(newest[NEWS : 2 * NEWS]), ())
    pushes = [NewOutboxRow(chat_id, str(one), PostPush((one,)), NOW) for one in newest[:NEWS]]
    return [*pushes, NewOutboxRow(chat_id, "-", told, NOW)]


def _chat(number: int, moments: int) -> Chat:
    """A group with what it chose."""
    last = NOW - DAY - timedelta(minutes=number % moments)
    words = (f"낱말{number % FILTERS}",) if number % 10 == 1 else ()
    quiet = QuietHours(1380, 480) if number % 3 == 0 else None
    settings = ChatSettings(
        *("ko", "Asia/Seoul", PushMode.ON, quiet, (540,), EVERY_DAY, None),
        without=words,
        repeats=Repeats.BRIEF,
        weekly=Edition(0, 540),
    )
    return Chat(
        id=ChatId(-1 - number),
        kind=ChatKind.GROUP,
        title=f"모임 {number}",
        state=ChatState.SERVED,
        can_write=True,
        is_forum=False,
        settings=settings,
        joined_at=NOW - 90 * DAY,
        digest_due_at=NOW.replace(second=0),
        last_digest_at=last,
        weekly_due_at=NOW.replace(second=0),
    )


def _give(db: sqlite3.Connection, shown: list[PostId], count: int) -> None:
    """Reactions of the last month to cards of older posts, ten to each."""
    cards, at = count // PEOPLE, to_seconds(NOW)
    places = [(-1 - n % LIKED_CHATS, 1000 + n // LIKED_CHATS) for n in range(cards)]
    db.executemany(
        "INSERT INTO messages (chat_id, message_id, post_id, sent_at, view, language)"
        " VALUES (?, ?, ?, ?, 'card', 'ko')",
        [(*place, shown[n % len(shown)], at - MONTH_SECONDS) for n, place in enumerate(places)],
    )
    db.executemany(
        """
        INSERT INTO reaction_sets SELECT ?1, ?2, ?3, '["👍"]', ?4, ?5, post_id
        FROM messages WHERE (chat_id, message_id) = (?1, ?2)
        """,
        (
            (*place, 1 + (n * PEOPLE + one) % 50_000, at - (n * 7919 + one) % MONTH_SECONDS, n)
            for n, place in enumerate(places)
            for one in range(PEOPLE)
        ),
    )


if __name__ == "__main__":
    main()
