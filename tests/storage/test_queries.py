from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage import queries

if TYPE_CHECKING:
    from storage.database import Database

NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def test_a_query_has_one_number_until_it_is_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        number = await queries.add_query(tx, "투자", NOW)
        assert await queries.add_query(tx, "금리", NOW) != number
        assert await queries.add_query(tx, "투자", NOW + timedelta(days=2)) == number
        await queries.delete_queries(tx, NOW + timedelta(days=1))
        assert await queries.get_query(tx, number) == "투자"
        assert await queries.get_query(tx, number + 1) is None
