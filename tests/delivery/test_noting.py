from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from bot.delivery.evidence import digest
from bot.delivery.failures import DeliveryError
from bot.delivery.lanes import Priority, Stamp
from bot.delivery.noting import Noting, answering
from bot.delivery.pace import Pace
from bot.delivery.telegram import send_page
from bot.pages.keyboards import inline_markup
from bot.pages.page import Button, Page
from bot.text.rich import plain
from storage import attempts, known_ids
from storage.database import DiskFullError
from storage.models import ChatId, MessageId, UpdateId
from tests.clock import HastyClock
from tests.delivery.answers import Answer, ScriptedTelegram, refused, scripted_bot

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import Attempt

GROUP = ChatId(-1001)
PAGE = Page(plain("찾은 글이에요"), ((Button("다음", data="1l:5:5"),),))


@pytest.fixture
def telegram() -> ScriptedTelegram:
    return ScriptedTelegram()


@pytest.fixture
def noting(database: Database) -> Noting:
    clock = HastyClock()
    return Noting(Pace(clock, monotonic=lambda: clock.now().timestamp()), database, clock)


async def known(database: Database) -> set[MessageId]:
    async with database.reader() as db:
        return await known_ids.list_known_ids(db, GROUP, MessageId(0))


async def lost(database: Database) -> list[Attempt]:
    async with database.reader() as db:
        return await attempts.list_lost(db, GROUP)


async def test_answers_are_noted_and_nothing_else_is(
    telegram: ScriptedTelegram, noting: Noting, database: Database
) -> None:
    async def begin() -> None: ...

    bot = scripted_bot(telegram, noting)
    await noting.initialize()
    await bot.send_message(GROUP, "답이에요")
    await bot.edit_message_text("고친 답이에요", GROUP, 77)
    await bot.send_message(GROUP, "글", rate_limit_args=Stamp(Priority.PUSH, begin))
    await bot.send_message("@channel", "답이에요")
    await noting.shutdown()
    assert await known(database) == {1001}
    assert await lost(database) == []


@pytest.mark.parametrize(
    ("answer", "error", "is_lost"),
    [
        (Answer(error=TimedOut()), TimedOut, True),
        (Answer(502, b"<html>"), NetworkError, True),
        (refused("Bad Request: message text is empty"), BadRequest, False),
    ],
)
async def test_of_an_answer_that_may_have_arrived_what_it_takes_to_know_it_is_kept(
    telegram: ScriptedTelegram,
    noting: Noting,
    database: Database,
    answer: Answer,
    error: type[TelegramError],
    is_lost: bool,  # noqa: FBT001  # a column of the table
) -> None:
    telegram.script += [answer, answer]
    with pytest.raises(DeliveryError) as raised, answering(UpdateId(9)):
        await send_page(scripted_bot(telegram, noting), GROUP, PAGE)
    assert isinstance(raised.value.__cause__, error)
    kept = await lost(database)
    assert len(kept) == is_lost
    for one in kept:
        assert json.loads(one.keyboard) == inline_markup(PAGE.keyboard)
        assert (one.text_digest, one.outbox_id) == (digest("찾은 글이에요"), None)
        assert one.update_id == 9
    assert await known(database) == set()


async def test_a_note_that_cannot_be_made_is_no_reason_not_to_answer(
    telegram: ScriptedTelegram,
    noting: Noting,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full() -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(database, "transaction", full)
    sent = await scripted_bot(telegram, noting).send_message(GROUP, "답이에요")
    assert sent.text == "답이에요"


async def test_the_note_of_an_answer_is_written_with_the_end_of_its_update(
    telegram: ScriptedTelegram, noting: Noting, database: Database
) -> None:
    with answering(UpdateId(9)):
        await scripted_bot(telegram, noting).send_message(GROUP, "답이에요")
    assert await known(database) == set()
    for _ in range(2):
        async with database.transaction() as tx:
            written = await noting.write(tx)
            assert await known_ids.list_known_ids(tx, GROUP, MessageId(0)) == {1001}
        noting.forget(written)
        assert len(written) == 1 or not written
    assert await known(database) == {1001}


async def test_a_transaction_that_fails_loses_no_note(
    telegram: ScriptedTelegram, noting: Noting, database: Database
) -> None:
    with answering(UpdateId(9)):
        await scripted_bot(telegram, noting).send_message(GROUP, "답이에요")

    async def fails() -> None:
        async with database.transaction() as tx:
            assert await noting.write(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with database.transaction() as tx:
        noting.forget(await noting.write(tx))
    assert await known(database) == {1001}


async def test_before_a_push_leaves_all_notes_are_written(
    telegram: ScriptedTelegram, noting: Noting, database: Database
) -> None:
    """Its attempt begins above what is known, and what a search asks about is known."""
    seen: list[set[MessageId]] = []

    async def begin() -> None:
        seen.append(await known(database))

    bot = scripted_bot(telegram, noting)
    with answering(UpdateId(9)):
        await bot.send_message(GROUP, "답이에요")
    await bot.send_message(GROUP, "글", rate_limit_args=Stamp(Priority.PUSH, begin))
    assert seen == [{1001}]


async def test_what_is_in_doubt_brings_the_notes_before_it(
    telegram: ScriptedTelegram, noting: Noting, database: Database
) -> None:
    bot = scripted_bot(telegram, noting)
    with answering(UpdateId(9)):
        await bot.send_message(GROUP, "답이에요")
        telegram.script.append(Answer(error=TimedOut()))
        with pytest.raises(TimedOut):
            await bot.send_message(GROUP, "더 있어요")
    (one,) = await lost(database)
    assert one.last_id == 1001
