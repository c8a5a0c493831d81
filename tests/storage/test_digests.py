from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from storage import digests
from storage.models import ChatId
from tests.storage.rows import NOW

if TYPE_CHECKING:
    from storage.database import Database

DAY = date(2026, 11, 23)
ONE, TWO = ChatId(-1), ChatId(-2)


async def test_a_slot_is_taken_once(database: Database) -> None:
    async with database.transaction() as tx:
        assert await digests.claim_slots(tx, [(ONE, DAY, 540)], NOW) == {ONE}
        assert await digests.claim_slots(tx, [(ONE, DAY, 540), (TWO, DAY, 540)], NOW) == {TWO}
        assert await digests.claim_slots(tx, [(ONE, DAY, 1110)], NOW) == {ONE}
        assert await digests.claim_slots(tx, [], NOW) == set()


async def test_old_claims_are_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        await digests.claim_slots(tx, [(ONE, DAY, 540)], NOW)
        assert await digests.delete_claims(tx, NOW) == 0
        assert await digests.delete_claims(tx, NOW + timedelta(days=1)) == 1
