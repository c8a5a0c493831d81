from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sources.errors import SourceError
from bot.sources.follow import follow
from storage import sources

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

ADDRESS = "https://a.example/feed"


async def test_an_address_is_followed_once_and_polled_at_once(
    database: Database, clock: FakeClock
) -> None:
    first = await follow(database, ADDRESS, clock.now())
    now = clock.now()
    await clock.advance(60)
    assert await follow(database, ADDRESS, clock.now()) == first
    async with database.reader() as db:
        (found,) = await sources.list_sources(db)
    assert found.next_poll_at == now


async def test_one_that_ended_stays_ended_after_a_restart_and_is_followed_when_asked_again(
    database: Database, clock: FakeClock
) -> None:
    source_id = await follow(database, ADDRESS, clock.now())
    async with database.transaction() as tx:
        await sources.set_ended(tx, source_id, clock.now())
    await follow(database, ADDRESS, clock.now())
    async with database.reader() as db:
        ended = await sources.get_source(db, source_id)
    assert ended is not None
    assert ended.ended_at is not None
    assert await follow(database, ADDRESS, clock.now(), again=True) == source_id
    async with database.reader() as db:
        anew = await sources.get_source(db, source_id)
    assert anew is not None
    assert anew.ended_at is None
    assert anew.next_poll_at == clock.now()


@pytest.mark.parametrize("address", ["ftp://a.example", "https://u:p@a.example/"])
async def test_what_is_no_address_is_refused(
    database: Database, clock: FakeClock, address: str
) -> None:
    with pytest.raises(SourceError):
        await follow(database, address, clock.now())
