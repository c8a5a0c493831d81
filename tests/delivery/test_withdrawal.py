"""Messages of a post that was taken down: what Telegram is asked, and what becomes of each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from telegram.error import NetworkError

from bot.delivery.cleaning import DELETABLE
from bot.delivery.pace import Pace
from bot.delivery.withdrawal import Withdrawal, Withdrawing, withdraw
from storage import messages, takedowns
from storage.models import ChatId, MessageId, PostId, View
from tests.delivery.answers import Answer, ScriptedTelegram, refused, scripted_bot
from tests.storage.rows import add_chats, add_post, chat

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import SentMessage
    from tests.clock import FakeClock

GROUP = ChatId(-1001)
TAKEN = Answer(body=b'{"ok": true, "result": true}')
TOO_OLD = refused("Bad Request: message can't be deleted")


class Chat:
    """A group with messages of a post that is down, and its Telegram."""

    def __init__(self, database: Database, clock: FakeClock, post_id: PostId) -> None:
        self.database, self.clock, self.post_id = database, clock, post_id
        self.telegram = ScriptedTelegram()
        bot = scripted_bot(self.telegram, Pace(clock, limits=None))
        self.withdrawing = Withdrawing(bot, database, clock)

    async def withdraws(self, *numbers: int) -> Withdrawal:
        now = self.clock.now()
        async with self.database.transaction() as tx:
            for number in numbers:
                await messages.set_message(
                    tx, GROUP, MessageId(number), self.post_id,
                    view=View.CARD, page=0, language="ko", sent_at=now,
                )  # fmt: skip
            return await withdraw(tx, self.post_id, now)

    async def run(self, *script: Answer) -> list[int]:
        """The messages that were asked to be deleted, call by call."""
        self.telegram.calls.clear()
        self.telegram.script.extend(script)
        await self.withdrawing.run()
        return [one.parameters["message_ids"][0] for one in self.telegram.calls]

    async def shown(self, number: int) -> SentMessage | None:
        async with self.database.reader() as db:
            return await messages.get_message(db, GROUP, MessageId(number))


@pytest.fixture
async def group(database: Database, clock: FakeClock) -> Chat:
    await add_chats(database, chat(GROUP))
    return Chat(database, clock, await add_post(database, "시장"))


async def test_each_message_is_deleted_once_and_forgotten(group: Chat) -> None:
    assert await group.withdraws(1, 2) == Withdrawal(1, 0, 0)
    assert await group.run(TAKEN, TAKEN) == [1, 2]
    assert await group.shown(1) is None
    assert await group.run() == []


async def test_what_is_refused_is_edited_instead(group: Chat) -> None:
    await group.withdraws(1, 2)
    assert await group.run(TOO_OLD, TAKEN) == [1, 2]
    shown = await group.shown(1)
    assert shown is not None
    assert shown.refresh_at == group.clock.now()
    assert await group.run() == []


async def test_what_grew_too_old_meanwhile_is_edited_and_not_asked_for(group: Chat) -> None:
    await group.withdraws(1)
    await group.clock.advance(DELETABLE.total_seconds())
    assert await group.run() == []
    shown = await group.shown(1)
    assert shown is not None
    assert shown.refresh_at == group.clock.now()


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (refused("Too Many Requests: retry after 40", 429, retry_after=40), 40),
        (Answer(error=NetworkError("connection lost")), 30),
    ],
)
async def test_what_has_to_wait_is_tried_again_with_all_behind_it(
    group: Chat, answer: Answer, seconds: int
) -> None:
    await group.withdraws(1, 2)
    assert await group.run(answer) == [1]
    await group.clock.advance(seconds - 1)
    assert await group.run() == []
    await group.clock.advance(1)
    assert await group.run(TAKEN, TAKEN) == [1, 2]


async def test_what_was_brought_back_meanwhile_stays(group: Chat, database: Database) -> None:
    await group.withdraws(1)
    due = group.clock.now() + timedelta(seconds=1)
    async with database.reader() as db:
        (one,) = await takedowns.list_withdrawn(db, due, limit=9)
    async with database.transaction() as tx:
        await takedowns.set_put_back(tx, group.post_id)
    await group.withdrawing._clear([one])  # as if it had waited for its turn
    assert group.telegram.calls == []
    assert await group.shown(1) is not None
