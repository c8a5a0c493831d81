from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from storage import editions
from storage.models import ChatId, Period
from tests.storage.rows import NOW

if TYPE_CHECKING:
    from storage.database import Database

CHAT, OTHER, DAY = ChatId(-1), ChatId(-2), date(2026, 11, 22)
HOUR = timedelta(hours=1)


async def test_an_edition_is_taken_once(database: Database) -> None:
    async with database.transaction() as tx:
        for period, slots, taken in [
            (Period.WEEK, [(CHAT, DAY, 1140)], {CHAT}),
            (Period.WEEK, [(CHAT, DAY, 1140), (OTHER, DAY, 1140)], {OTHER}),
            (Period.WEEK, [(CHAT, DAY, 540)], {CHAT}),
            (Period.MONTH, [(CHAT, DAY, 1140)], {CHAT}),
        ]:
            assert await editions.claim_editions(tx, period, slots, NOW) == taken


async def test_the_last_one_of_a_chat_and_a_period_is_known(database: Database) -> None:
    async with database.transaction() as tx:
        assert await editions.list_last_claimed(tx, [CHAT], Period.WEEK) == {}
        for number, (chat_id, period) in enumerate(
            [(CHAT, Period.WEEK), (CHAT, Period.WEEK), (CHAT, Period.MONTH), (-2, Period.WEEK)]
        ):
            slots = [(ChatId(chat_id), DAY, number)]
            await editions.claim_editions(tx, period, slots, NOW + number * HOUR)
        last = await editions.list_last_claimed(tx, [CHAT, ChatId(-9)], Period.WEEK)
        assert last == {CHAT: NOW + HOUR}


async def test_old_claims_are_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        await editions.claim_editions(tx, Period.WEEK, [(CHAT, DAY, 540)], NOW)
        assert await editions.delete_claims(tx, NOW) == 0
        assert await editions.delete_claims(tx, NOW + HOUR) == 1
