from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage import sources
from storage.models import Baseline, NewestEnd, Source, SourceId, SourceKind
from storage.times import to_seconds

if TYPE_CHECKING:
    from storage.database import Database, Transaction

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = "https://blog.example/rss"


async def added(database: Database, address: str = FEED) -> SourceId:
    async with database.transaction() as tx:
        return await sources.add_source(tx, address, SourceKind.FEED, next_poll_at=NOW)


async def read(database: Database, source_id: SourceId) -> Source:
    async with database.reader() as db:
        source = await sources.get_source(db, source_id)
    assert source is not None
    return source


async def falls_due(tx: Transaction, source_id: SourceId, at: datetime) -> None:
    await tx.execute(
        "UPDATE sources SET next_poll_at = ? WHERE id = ?", (to_seconds(at), source_id)
    )


async def test_a_new_source_knows_nothing_but_its_address(database: Database) -> None:
    source_id = await added(database)
    source = await read(database, source_id)
    assert source == Source(
        id=source_id,
        address=FEED,
        kind=SourceKind.FEED,
        title="",
        tagline="",
        etag=None,
        last_modified=None,
        next_poll_at=NOW,
        first_fetched_at=None,
        last_fetched_at=None,
        failures=0,
        last_error=None,
        error_told_at=None,
        ended_at=None,
        fetched_from=None,
    )
    async with database.reader() as db:
        assert await sources.list_sources(db) == [source]
        assert await sources.get_by_address(db, FEED) == source
        assert await sources.get_by_address(db, "https://other.example") is None
        assert await sources.get_source(db, SourceId(99)) is None


async def test_a_due_source_is_claimed_once(database: Database) -> None:
    first, second = await added(database), await added(database, "https://late.example")
    async with database.transaction() as tx:
        await falls_due(tx, second, NOW - HOUR)
        one = await sources.claim_due(tx, NOW, until=NOW + HOUR, limit=1)
        others = await sources.claim_due(tx, NOW, until=NOW + HOUR, limit=9)
        assert await sources.claim_due(tx, NOW, until=NOW + HOUR, limit=9) == []
        again = await sources.claim_due(tx, NOW + HOUR, until=NOW + 2 * HOUR, limit=9)
    assert [source.id for source in one] == [second]
    assert [source.id for source in others] == [first]
    assert {source.id for source in again} == {first, second}


async def test_the_next_poll_is_that_of_the_earliest_source(database: Database) -> None:
    async with database.reader() as db:
        assert await sources.get_next_poll_at(db) is None
    first, second = await added(database), await added(database, "https://late.example")
    async with database.transaction() as tx:
        hand = await sources.add_source(tx, "hand:", SourceKind.HAND)
        await falls_due(tx, first, NOW + HOUR)
        assert await sources.get_next_poll_at(tx) == NOW
        assert await sources.list_ids(tx, [SourceKind.FEED]) == [first, second]
        assert await sources.list_ids(tx, [SourceKind.HAND]) == [hand]
        assert await sources.list_ids(tx, list(SourceKind)) == [first, second, hand]


async def test_a_fetch_that_went_well_ends_the_trouble(database: Database) -> None:
    source_id = await added(database)
    async with database.transaction() as tx:
        await sources.set_failed(
            tx, source_id, NOW, "source.fetch.refused", next_poll_at=NOW + HOUR, told_at=None
        )
        await sources.set_failed(
            tx, source_id, NOW, "source.fetch.timeout", next_poll_at=NOW + 2 * HOUR, told_at=NOW
        )
    source = await read(database, source_id)
    assert (source.failures, source.last_error) == (2, "source.fetch.timeout")
    assert (source.next_poll_at, source.error_told_at) == (NOW + 2 * HOUR, NOW)
    async with database.transaction() as tx:
        for at in (NOW, NOW + HOUR):
            await sources.set_fetched(
                tx, source_id, at, next_poll_at=at + HOUR, etag='W/"1"', last_modified="Mon"
            )
        await sources.set_profile(tx, source_id, title="새벽의 서재", tagline="씁니다.")
        await sources.set_found(
            tx, source_id, "https://blog.example/feed.json", SourceKind.SLASHPAGE
        )
    source = await read(database, source_id)
    assert (source.failures, source.last_error, source.error_told_at) == (0, None, None)
    assert (source.first_fetched_at, source.last_fetched_at) == (NOW, NOW + HOUR)
    assert (source.etag, source.last_modified) == ('W/"1"', "Mon")
    assert (source.title, source.tagline) == ("새벽의 서재", "씁니다.")
    assert source.fetched_from == "https://blog.example/feed.json"
    assert source.kind is SourceKind.SLASHPAGE


async def test_an_ended_source_is_never_due_until_it_is_added_again(database: Database) -> None:
    source_id = await added(database)
    async with database.transaction() as tx:
        await sources.set_fetched(
            tx, source_id, NOW, next_poll_at=NOW, etag="1", last_modified=None
        )
        await sources.set_ended(tx, source_id, NOW, error="source.fetch.gone")
        assert await sources.claim_due(tx, NOW, until=NOW + HOUR, limit=9) == []
    assert (await read(database, source_id)).ended_at == NOW
    assert await added(database) == source_id
    source = await read(database, source_id)
    assert (source.ended_at, source.last_error, source.etag) == (None, None, None)
    assert source.first_fetched_at is None


async def test_only_a_source_without_posts_can_be_forgotten(database: Database) -> None:
    empty, full = await added(database), await added(database, "https://other.example/rss")
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO posts (source_id, title, title_key, author, body, first_seen_at, sort_at)
            VALUES (?, '', '', '', '', 0, 0)
            """,
            (full,),
        )
        await sources.delete_source(tx, empty)
        await sources.delete_source(tx, full)
        assert [one.id for one in await sources.list_sources(tx)] == [full]


async def test_what_an_answer_is_held_against_is_kept(database: Database) -> None:
    source_id = await added(database)
    baseline = Baseline(NOW, NOW - timedelta(days=9), NewestEnd.LAST, 7)
    async with database.transaction() as tx:
        await sources.set_baseline(tx, source_id, baseline)
        await sources.set_reading(tx, source_id, 3, read_anew_at=NOW)
        await sources.set_held(tx, source_id, NOW)
        await sources.accept_held(tx, source_id, NOW - timedelta(seconds=1), NOW)
    source = await read(database, source_id)
    assert (source.baseline, source.reading, source.read_anew_at) == (baseline, 3, NOW)
    assert (source.held_at, source.is_accepted) == (NOW, False)
    async with database.transaction() as tx:
        await sources.set_reading(tx, source_id, 4, read_anew_at=None)
        await sources.accept_held(tx, source_id, NOW, NOW + timedelta(seconds=1))
    source = await read(database, source_id)
    assert (source.reading, source.is_accepted) == (4, True)
    assert source.read_anew_at == NOW + timedelta(seconds=1)
    async with database.transaction() as tx:
        await sources.set_held(tx, source_id, None)
    source = await read(database, source_id)
    assert (source.held_at, source.is_accepted) == (None, False)
    async with database.transaction() as tx:
        await sources.set_held(tx, source_id, NOW)
    await added(database)
    source = await read(database, source_id)
    assert (source.baseline, source.held_at, source.read_anew_at) == (Baseline(), None, None)
