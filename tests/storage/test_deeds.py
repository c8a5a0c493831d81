from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from storage import deeds
from storage.models import ChatId, Deed, UpdateId
from tests.storage.rows import NOW

if TYPE_CHECKING:
    from storage.database import Connection, Database

DEED = Deed(UpdateId(1), ChatId(-5), 7, "language", NOW, is_done=True)


async def kept(db: Connection) -> list[int]:
    return [one.update_id for one in await deeds.list_deeds(db)]


async def test_a_deed_goes_with_its_updates_end_unless_its_answer_is_in_doubt(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        for number in (3, 2, 1):
            await deeds.add_deed(tx, replace(DEED, update_id=UpdateId(number)))
        assert await deeds.list_deeds(tx) == [
            replace(DEED, update_id=UpdateId(number)) for number in (1, 2, 3)
        ]
        unsure = replace(DEED, update_id=UpdateId(2), is_done=False)
        await deeds.add_deed(tx, unsure, in_doubt=True)
        await deeds.delete_answered(tx, [UpdateId(1), UpdateId(2)])
        assert await deeds.list_deeds(tx) == [unsure, replace(DEED, update_id=UpdateId(3))]
        await deeds.delete_deeds(tx, [UpdateId(2)])
        assert await kept(tx) == [3]


async def test_deeds_of_a_person_and_old_ones_are_forgotten(database: Database) -> None:
    later = NOW + timedelta(seconds=1)
    async with database.transaction() as tx:
        await deeds.add_deed(tx, DEED)
        await deeds.add_deed(tx, replace(DEED, update_id=UpdateId(2), person_id=8))
        await deeds.add_deed(tx, replace(DEED, update_id=UpdateId(3), person_id=8, done_at=later))
        assert [await deeds.has_deeds(tx, person) for person in (7, 8, 9)] == [True, True, False]
        await deeds.delete_of_person(tx, 7)
        assert not await deeds.has_deeds(tx, 7)
        assert await kept(tx) == [2, 3]
        await deeds.delete_old(tx, later)
        assert await kept(tx) == [3]
