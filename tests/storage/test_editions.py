from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from storage import editions
from storage.models import ChatId, Period
from tests.storage.rows import NOW

if TYPE_CHECKING:
    from storage.database import Database

CHAT, DAY = ChatId(-1), date(2026, 11, 22)
HOUR = timedelta(hours=1)


async def test_an_edition_is_taken_once(database: Database) -> None:
    async with database.transaction() as tx:
        assert await editions.claim_edition(tx, CHAT, Period.WEEK, DAY, 1140, NOW)
        assert not await editions.claim_edition(tx, CHAT, Period.WEEK, DAY, 1140, NOW)
        assert await editions.claim_edition(tx, CHAT, Period.WEEK, DAY, 540, NOW)
        assert await editions.claim_edition(tx, CHAT, Period.MONTH, DAY, 1140, NOW)
        assert await editions.claim_edition(tx, ChatId(-2), Period.WEEK, DAY, 1140, NOW)


async def test_the_last_one_of_a_chat_and_a_period_is_known(database: Database) -> None:
    async with database.transaction() as tx:
        assert await editions.last_claimed_at(tx, CHAT, Period.WEEK) is None
        for number, (chat_id, period) in enumerate(
            [(CHAT, Period.WEEK), (CHAT, Period.WEEK), (CHAT, Period.MONTH), (-2, Period.WEEK)]
        ):
            await editions.claim_edition(
                tx, ChatId(chat_id), period, DAY, number, NOW + number * HOUR
            )
        assert await editions.last_claimed_at(tx, CHAT, Period.WEEK) == NOW + HOUR


async def test_old_claims_are_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        await editions.claim_edition(tx, CHAT, Period.WEEK, DAY, 540, NOW)
        assert await editions.delete_claims(tx, NOW) == 0
        assert await editions.delete_claims(tx, NOW + HOUR) == 1
