"""Answers to one person, deleted once they have had their time: what Telegram is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from telegram.error import NetworkError

from bot.delivery.cleaning import DELETABLE, PASSING, Cleaning, due_at
from bot.delivery.pace import Pace
from storage import cleanups
from storage.models import ChatId, Cleanup, MessageId
from tests.delivery.answers import Answer, ScriptedTelegram, refused, scripted_bot
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

GROUP, OTHER, MINJI = ChatId(-1001), ChatId(-1002), 7
TAKEN = Answer(body=b'{"ok": true, "result": true}')
REFUSED = refused("Bad Request: message can't be deleted")


def member(*, may_delete: bool | None) -> Answer:
    """The bot in the chat, as an administrator; a plain member where it is None."""
    me: dict[str, Any] = {"user": {"id": 1, "is_bot": True, "first_name": "소식"}}
    if may_delete is None:
        me["status"] = "member"
    else:
        rights = [
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
        ]
        me |= {"status": "administrator", "can_delete_messages": may_delete}
        me |= dict.fromkeys(rights, False)
    return Answer(body=json.dumps({"ok": True, "result": me}).encode())


class Cleaned:
    """A cleaning under test, its Telegram and its database."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self.telegram = ScriptedTelegram()
        bot = scripted_bot(self.telegram, Pace(clock, limits=None))

        self.cleaning = Cleaning(bot, 1, database, clock)

    async def add(self, number: int, *, minutes: int = 10, asked: int | None = None) -> None:
        now = self.clock.now()
        asked_id = None if asked is None else MessageId(asked)
        due = now + timedelta(minutes=minutes)
        cleanup = Cleanup(GROUP, MessageId(number), asked_id, now, due)
        async with self.database.transaction() as tx:
            await cleanups.add_cleanup(tx, cleanup, MINJI)

    async def run(self, *script: Answer) -> list[list[int]]:
        """What was asked to be deleted, call by call."""
        self.telegram.calls.clear()
        self.telegram.script.extend(script)
        await self.cleaning.run()
        calls = [one for one in self.telegram.calls if one.endpoint == "deleteMessages"]
        return [list(one.parameters["message_ids"]) for one in calls]

    async def left(self) -> int:
        async with self.database.reader() as db:
            return len(await cleanups.list_due(db, self.clock.now(), limit=999))


@pytest.fixture
async def cleaned(database: Database, clock: FakeClock) -> Cleaned:
    await add_chats(database, chat(GROUP, cleanup_minutes=10), chat(OTHER))
    return Cleaned(database, clock)


@pytest.mark.parametrize(("may_delete", "deleted"), [(True, [11, 10]), (False, [11]), (None, [11])])
async def test_an_answer_goes_with_its_question_where_the_bot_may_delete(
    cleaned: Cleaned, *, may_delete: bool | None, deleted: list[int]
) -> None:
    await cleaned.add(11, asked=10)
    assert await cleaned.run() == []
    await cleaned.clock.advance(600)
    assert await cleaned.run(member(may_delete=may_delete), TAKEN) == [deleted]
    assert await cleaned.left() == 0
    assert await cleaned.run() == []


async def test_where_nobody_says_what_the_bot_may_the_answers_go_alone(cleaned: Cleaned) -> None:
    await cleaned.add(11, asked=10)
    await cleaned.clock.advance(600)
    assert await cleaned.run(refused("Bad Request: chat not found"), TAKEN) == [[11]]


async def test_without_an_answer_about_its_rights_it_waits_and_takes_the_questions_along(
    cleaned: Cleaned,
) -> None:
    await cleaned.add(11, asked=10)
    await cleaned.clock.advance(600)
    assert await cleaned.run(Answer(error=NetworkError("connection lost"))) == []
    assert await cleaned.run(member(may_delete=True), TAKEN) == [[11, 10]]


async def test_what_is_refused_with_its_question_goes_alone_or_is_let_be(cleaned: Cleaned) -> None:
    await cleaned.add(11, asked=10)
    await cleaned.clock.advance(600)
    tried = await cleaned.run(member(may_delete=True), REFUSED, REFUSED)
    assert tried == [[11, 10], [11]]
    assert await cleaned.left() == 0


@pytest.mark.parametrize(
    "nothing",
    [
        Answer(error=NetworkError("connection lost")),
        refused("Too Many Requests: retry after 5", 429, retry_after=5),
    ],
)
async def test_what_does_not_leave_is_tried_again(cleaned: Cleaned, nothing: Answer) -> None:
    for number in range(1, 61):
        await cleaned.add(number)
    await cleaned.clock.advance(600)
    assert len(await cleaned.run(nothing)) == 1
    assert await cleaned.left() == 60
    assert [len(one) for one in await cleaned.run(TAKEN, TAKEN)] == [50, 10]
    assert await cleaned.left() == 0


async def test_what_is_too_old_to_be_deleted_is_let_be(cleaned: Cleaned) -> None:
    await cleaned.add(11)
    await cleaned.clock.advance(DELETABLE.total_seconds())
    assert await cleaned.run() == []
    assert await cleaned.left() == 0


@pytest.mark.parametrize("known", [True, False])
async def test_a_chat_that_wants_its_answers_to_stay_by_now_keeps_them_but_no_refusals(
    cleaned: Cleaned, *, known: bool
) -> None:
    chat_id = OTHER if known else ChatId(-1003)
    now = cleaned.clock.now()
    answer = Cleanup(chat_id, MessageId(1), None, now, now + timedelta(minutes=10))
    refusal = replace(answer, message_id=MessageId(2), due_at=now + PASSING)
    async with cleaned.database.transaction() as tx:
        await cleanups.add_cleanup(tx, answer, MINJI)
        await cleanups.add_cleanup(tx, refusal, MINJI)
    await cleaned.clock.advance(600)
    assert await cleaned.run(TAKEN) == [[2]]
    assert await cleaned.left() == 0


def test_a_refusal_goes_at_once_and_an_answer_as_its_chat_wants(clock: FakeClock) -> None:
    now = clock.now()
    assert due_at(now, None, in_passing=False) is None
    assert due_at(now, 10, in_passing=False) == now + timedelta(minutes=10)
    assert due_at(now, None, in_passing=True) == now + PASSING
    assert due_at(now, 10, in_passing=True) == now + PASSING
