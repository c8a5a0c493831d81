"""What has had its time goes, a slice a transaction, however much it is."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.interaction.deeds import Deeds
from bot.process.housekeeping import SLICE, sweeps
from tests.storage.growth import counted, fill
from tests.storage.rows import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.clock import FakeClock

MOST_CHANGES = 3 * SLICE
"""Lists are forgotten and, of others, who asked; and what was given stands in three tables."""
POSTS = """
    INSERT INTO posts (id, source_id, title, title_key, author, body, first_seen_at, sort_at,
        removed_at)
    SELECT n, 1, '', '', '', '', :at, :at, :at FROM numbers
"""
AGED = {
    "inbox_seen": "SELECT n, :at, -1, n",
    "inbox_set_aside": "SELECT n, :at, 'odd'",
    "reaction_sets": "SELECT -1, 1, n, '[\"👍\"]', :at, n, NULL",
    "reaction_totals": "SELECT -2, n, '[]', :at, n, NULL",
    "votes": "SELECT -1, 1, n, '👍', :at, NULL",
    "queries": "SELECT n, n, :at",
    "deeds": "SELECT n, -1, 7, 'push', :at, 1, 1",
    "menus": "SELECT n, -1, -1, 7, :at, NULL, NULL, NULL, NULL, NULL",
    "drafts (link, post, made_at)": "SELECT 'x', '{}', :at",
    "lists": "SELECT -1, n, 7, 1, '[]', :at, '[]'",
    "forwards": "SELECT -1, n, -2, n, :at",
    "attempts (token, chat_id, keyboard, text_digest, language, begun_at)": (
        "SELECT n, -1, '', '', 'ko', :at"
    ),
    "compared": "SELECT -1, n, :at",
    "known_ids": "SELECT -1, n, -1, :at",
    "outbox (chat_id, kind, item, payload, state, not_before, created_at, changed_at)": (
        "SELECT -1, 'post', n, '{}', 'sent', 0, 0, :at"
    ),
    "troubles": "SELECT 'chat', n, :at, 1",
    "digests": "SELECT -1, n, 1, :at",
    "editions": "SELECT -1, 'week', n, 1, :at",
    "search_misses": "SELECT n, 1, NULL, :at",
    "quiet_posts": "SELECT n, 1, :at",
}
"""Every table that is kept clear, and rows that were written then."""
KEPT = {"known_ids": 1}
"""The highest id of a chat is where a search begins."""


def inserts() -> list[str]:
    return [POSTS] + [
        f"INSERT INTO {table} {rows} FROM numbers" for table, rows in AGED.items()
    ]  # words of ours


async def counts_of(database: Database) -> dict[str, int]:
    async with database.reader() as db:
        names = [table.partition(" ")[0] for table in AGED]
        return {
            name: (await db.fetch_all(f"SELECT count(*) FROM {name}"))[0][0]  # noqa: S608  # likewise
            for name in names
        }


async def keep_house(database: Database, clock: FakeClock) -> list[tuple[int, int]]:
    """As the duty does; of each slice, how many rows it changed and how many steps it took."""
    slices: list[tuple[int, int]] = []
    for sweep in await sweeps(database, Deeds(database, clock), NOW):
        gone = SLICE
        while gone >= SLICE:
            async with database.transaction() as tx:
                before = await tx.run(lambda raw: raw.total_changes)
                gone, steps = await counted(tx, partial(sweep, tx, limit=SLICE))
                slices.append((await tx.run(lambda raw: raw.total_changes) - before, steps))
    return slices


async def fill_all(database: Database, count: int, at: datetime, *, after: int = 0) -> None:
    """So many rows of that time in every table."""
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT OR IGNORE INTO sources (id, address, kind) VALUES (1, 'https://b', 'feed')"
        )
    await fill(database, inserts(), count, after=after, at=at)


@pytest.mark.parametrize("count", [1, 2 * SLICE + 3])
async def test_what_has_had_its_time_goes_however_much_it_is(
    database: Database, clock: FakeClock, count: int
) -> None:
    await fill_all(database, count, NOW - timedelta(days=400))
    assert set((await counts_of(database)).values()) == {count}
    slices = await keep_house(database, clock)
    assert {name: left for name, left in (await counts_of(database)).items() if left} == KEPT
    assert max(rows for rows, _ in slices) <= MOST_CHANGES


async def test_what_is_young_stays(database: Database, clock: FakeClock) -> None:
    await fill_all(database, 3, NOW)
    await keep_house(database, clock)
    assert set((await counts_of(database)).values()) == {3}


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("days", [0, 400])
async def test_a_slice_takes_no_longer_where_there_is_more(
    database: Database, clock: FakeClock, days: int
) -> None:
    """Be it that more stays, or that more is to go."""
    most: list[int] = []
    for first, last in ((0, 2 * SLICE), (2 * SLICE, 20 * SLICE)):
        await fill_all(database, last, NOW - timedelta(days=days), after=first)
        async with database.transaction() as tx:
            await tx.execute("DELETE FROM search_misses")  # a certain number is kept
        slices = await keep_house(database, clock)
        most.append(max(steps for _, steps in slices))
    assert most[1] < most[0] + SLICE
