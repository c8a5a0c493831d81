"""The newest of what came by itself is pinned, in place of the one that the bot pinned before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from telegram.error import NetworkError

from bot.delivery.operators import Operators
from bot.delivery.pace import Pace
from bot.delivery.pinning import Pinning
from storage import outbox, pins
from storage.models import ChatId, ChatKind, MessageId, NoticePush, OutboxKind, Pin
from tests.delivery.answers import Answer, ScriptedTelegram, refused, scripted_bot
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

GROUP, BOSS, OWNER, STRANGER = ChatId(-1001), 900, ChatId(77), 78
TAKEN = Answer(body=b'{"ok": true, "result": true}')
NO_RIGHT = refused("Bad Request: not enough rights to manage pinned messages in the chat")


def administrators(*people: int) -> Answer:
    owners = [
        {
            "status": "creator",
            "user": {"id": one, "is_bot": False, "first_name": "방장"},
            "is_anonymous": False,
        }
        for one in people
    ]
    return Answer(body=json.dumps({"ok": True, "result": owners}).encode())


class Pinned:
    """A pinning under test."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock, self.telegram = database, clock, ScriptedTelegram()
        bot = scripted_bot(self.telegram, Pace(clock, limits=None))
        self.pinning = Pinning(bot, database, Operators((BOSS,), clock))

    async def want(self, message_id: int, *script: Answer) -> list[tuple[str, int]]:
        """Want a message to be pinned, and pin it: what Telegram was asked."""
        async with self.database.transaction() as tx:
            await pins.set_wanted(tx, GROUP, MessageId(message_id))
        return await self.run(*script)

    async def run(self, *script: Answer) -> list[tuple[str, int]]:
        self.telegram.calls.clear()
        self.telegram.script.extend(script)
        await self.pinning.run()
        return [
            (one.endpoint, one.parameters["message_id"])
            for one in self.telegram.calls
            if "message_id" in one.parameters
        ]

    async def told(self, who: int) -> list[str]:
        async with self.database.reader() as db:
            rows = await outbox.list_waiting(db, ChatId(who), OutboxKind.NOTICE, self.clock.now())
        return [one.push.key for one in rows if isinstance(one.push, NoticePush)]


@pytest.fixture
async def pinned(database: Database, clock: FakeClock) -> Pinned:
    await add_chats(database, chat(GROUP, title=""), chat(OWNER, kind=ChatKind.PRIVATE))
    return Pinned(database, clock)


async def test_the_newest_stays_pinned_and_nobody_is_notified(pinned: Pinned) -> None:
    assert await pinned.want(1, TAKEN) == [("pinChatMessage", 1)]
    assert pinned.telegram.calls[0].parameters["disable_notification"] is True
    both = [("pinChatMessage", 2), ("unpinChatMessage", 1)]
    assert await pinned.want(2, TAKEN, TAKEN) == both
    assert await pinned.run() == []
    assert await pinned.want(2, TAKEN) == [("pinChatMessage", 2)]


async def test_one_that_somebody_unpinned_is_let_be(pinned: Pinned) -> None:
    await pinned.want(1, TAKEN)
    gone = refused("Bad Request: message to unpin not found")
    assert len(await pinned.want(2, TAKEN, gone)) == 2
    assert await pinned.run() == []


async def test_a_missing_right_is_told_once_to_administrators_who_opened_the_bot(
    pinned: Pinned,
) -> None:
    for message_id in (1, 2):
        await pinned.want(message_id, NO_RIGHT, administrators(OWNER, STRANGER))
        assert await pinned.run() == []
    assert await pinned.told(OWNER) == ["trouble.pin"]
    assert await pinned.told(STRANGER) == []
    assert await pinned.told(BOSS) == []


async def test_where_nobody_can_be_asked_nobody_is_told(pinned: Pinned) -> None:
    await pinned.want(1, NO_RIGHT, refused("Forbidden: bot was kicked", 403))
    await pinned.want(2, refused("Bad Request: message to pin not found"))
    assert await pinned.run() == []
    assert await pinned.told(OWNER) == []


async def test_what_does_not_leave_is_tried_again(pinned: Pinned) -> None:
    flooded = refused("Too Many Requests: retry after 5", 429, retry_after=5)
    await pinned.want(1, flooded)
    assert await pinned.run(TAKEN) == [("pinChatMessage", 1)]


@pytest.mark.parametrize(
    "nothing",
    [
        Answer(error=NetworkError("connection lost")),
        refused("Too Many Requests: retry after 5", 429, retry_after=5),
    ],
)
async def test_one_that_could_not_be_unpinned_now_is_unpinned_later(
    pinned: Pinned, nothing: Answer
) -> None:
    both = [("pinChatMessage", 2), ("unpinChatMessage", 1)]
    await pinned.want(1, TAKEN)
    assert await pinned.want(2, TAKEN, nothing) == both
    assert await pinned.run(TAKEN, TAKEN) == both
    assert await pinned.run() == []


async def test_one_that_a_run_began_to_pin_is_let_go_for_the_next(pinned: Pinned) -> None:
    """It was pinned when the process ended, and nobody put that down."""
    await pinned.want(1, TAKEN)
    async with pinned.database.transaction() as tx:
        await pins.set_wanted(tx, GROUP, MessageId(2))
        await pins.set_tried(tx, Pin(GROUP, MessageId(2), MessageId(1)))
    asked = await pinned.want(3, TAKEN, TAKEN, TAKEN)
    assert asked == [("unpinChatMessage", 2), ("pinChatMessage", 3), ("unpinChatMessage", 1)]
    assert await pinned.want(4, TAKEN, TAKEN) == [("pinChatMessage", 4), ("unpinChatMessage", 3)]


async def test_while_one_that_may_be_pinned_cannot_be_let_go_all_waits(pinned: Pinned) -> None:
    async with pinned.database.transaction() as tx:
        await pins.set_wanted(tx, GROUP, MessageId(2))
        await pins.set_tried(tx, Pin(GROUP, MessageId(2), None))
    assert await pinned.want(3, Answer(error=NetworkError("x"))) == [("unpinChatMessage", 2)]
    asked = await pinned.run(TAKEN, TAKEN)
    assert asked == [("unpinChatMessage", 2), ("pinChatMessage", 3)]
