from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from storage import facts
from storage.times import (
    from_seconds,
    from_seconds_or_none,
    to_seconds,
    to_seconds_or_none,
)

if TYPE_CHECKING:
    from storage.database import Database


async def test_a_fact_is_kept_until_it_is_replaced(database: Database) -> None:
    async with database.transaction() as tx:
        assert await facts.get_fact(tx, "offset") is None
        await facts.set_fact(tx, "offset", "1")
        await facts.set_fact(tx, "offset", "2")
        await facts.set_fact(tx, "other", "3")
    async with database.reader() as db:
        assert await facts.get_fact(db, "offset") == "2"


def test_times_are_whole_seconds_in_utc() -> None:
    at = datetime(2026, 11, 23, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=9)))
    assert from_seconds(to_seconds(at)) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert from_seconds(to_seconds(at)).tzinfo is UTC
    assert from_seconds_or_none(to_seconds_or_none(at)) == from_seconds(to_seconds(at))
    assert from_seconds_or_none(to_seconds_or_none(None)) is None
