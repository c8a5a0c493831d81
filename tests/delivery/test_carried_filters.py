from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.delivery.carried_filters import tell_of_filters
from storage import chats
from storage.models import ChatId, ChatState, NoticePush, OutboxKind, PushMode, QuietHours
from tests.storage.rows import NOW, add_chats, chat, pushes_of

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import OutboxRow

MIDNIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""In Seoul."""


async def carry(database: Database, *ids: int) -> None:
    async with database.transaction() as tx:
        await tx.execute_many("INSERT INTO carried_filters VALUES (?)", [(one,) for one in ids])


async def tell(database: Database, now: datetime = NOW) -> int:
    async with database.transaction() as tx:
        return await tell_of_filters(tx, now)


async def told(database: Database, chat_id: int) -> list[OutboxRow]:
    return await pushes_of(database, chat_id, OutboxKind.NOTICE)


async def test_a_chat_is_told_once_what_its_filter_is(database: Database) -> None:
    one = chat(-1, words=("인공지능", "데이터 센터"), without=("광고",))
    held = chat(-2, words=("AI",), state=ChatState.HELD, push=PushMode.DIGEST)
    await add_chats(database, one, held)
    await carry(database, -1, -2)
    assert (await tell(database), await tell(database)) == (2, 0)
    (row,) = await told(database, -1)
    notice = NoticePush("notice.filter", {"filter": '인공지능 "데이터 센터" -광고'})
    assert (row.push, row.not_before) == (notice, NOW)
    assert len(await told(database, -2)) == 1


async def test_not_in_its_night(database: Database) -> None:
    await add_chats(database, chat(-1, words=("AI",), quiet=QuietHours(22 * 60, 8 * 60)))
    await carry(database, -1)
    await tell(database, MIDNIGHT)
    (row,) = await told(database, -1)
    assert row.not_before == MIDNIGHT + timedelta(hours=8)


async def test_who_gets_nothing_is_told_once_something_comes_again(database: Database) -> None:
    off = chat(-1, words=("AI",), push=PushMode.OFF)
    await add_chats(database, off, chat(-2, words=("AI",), state=ChatState.LEFT))
    await carry(database, -1, -2)
    assert await tell(database) == 0
    async with database.transaction() as tx:
        await chats.set_state(tx, ChatId(-2), ChatState.SERVED)
    assert await tell(database) == 1
    assert len(await told(database, -2)) == 1
