from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.delivery.compose import Composer
from bot.delivery.failures import (
    Ambiguous,
    AnotherInstance,
    CannotEdit,
    DeliveryError,
    EditTargetGone,
    Failure,
    NotSent,
    Throttled,
    TokenRejected,
)
from bot.delivery.lanes import Priority
from bot.delivery.pace import Pace
from bot.delivery.refresh import Refresher, seconds_to_wait
from bot.delivery.telegram import TelegramTransport
from bot.locales import get_texts
from bot.pages.actions import ShowCard, ShowFull, decode
from bot.posts import Posts
from storage import messages
from storage.models import ChatId, MessageId, View
from tests.delivery.answers import ScriptedTelegram, scripted_bot
from tests.sources.threads import ThreadWorker
from tests.storage.rows import NOW, add_chats, add_post, chat
from tests.waiting import settle_with, until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.pages.actions import Action
    from bot.pages.page import Page
    from storage.database import Database
    from storage.models import PostId
    from tests.clock import FakeClock

COMPOSER = Composer(
    {"ko": get_texts("ko"), "en": get_texts("en")},
    username="sosik_bot",
    language="ko",
    timezone="Asia/Seoul",
)


@dataclass
class Editor:
    """Keeps what messages look like, and fails as it is told."""

    looks: dict[tuple[int, int], str] = field(default_factory=dict)
    edits: int = 0
    failure: Failure | None = None
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def edit(
        self,
        chat_id: ChatId,
        message_id: MessageId,
        page: Page,
        begin: Callable[[], Awaitable[None]],
    ) -> bool:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        await begin()
        self.edits += 1
        if self.failure is not None:
            raise DeliveryError(self.failure)
        self.looks[chat_id, message_id] = page.text.text
        return True


def a_refresher(
    database: Database, clock: FakeClock, editor: Editor | TelegramTransport
) -> Refresher:
    return Refresher(
        database=database,
        clock=clock,
        composer=COMPOSER,
        editor=editor,
        leaf=Posts(database, clock, ThreadWorker()).leaf,
    )


@pytest.fixture
def editor() -> Editor:
    return Editor()


@pytest.fixture
def refresher(database: Database, clock: FakeClock, editor: Editor) -> Refresher:
    return a_refresher(database, clock, editor)


async def show(
    database: Database,
    message_id: int,
    post_id: PostId,
    *,
    view: View = View.CARD,
    chat_id: int = -1,
) -> None:
    async with database.transaction() as tx:
        await messages.set_message(
            tx,
            ChatId(chat_id),
            MessageId(message_id),
            post_id,
            view=view,
            page=0,
            language="ko",
            sent_at=NOW,
        )


async def touch(database: Database, post_id: PostId) -> None:
    async with database.transaction() as tx:
        await messages.set_refresh_of_posts(tx, [post_id], NOW)


async def test_every_message_of_an_edited_post_is_edited(
    database: Database, refresher: Refresher, editor: Editor
) -> None:
    await add_chats(database, chat(-1))
    post_id = await add_post(database, "글")
    for message_id in range(40):
        await show(database, message_id, post_id)
    await show(database, 50, post_id, view=View.FULL)
    await show(database, 7, post_id, chat_id=42)
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET title = '고친 글', edited_at = 1")
    await touch(database, post_id)
    assert await refresher.run() == 42
    assert len(editor.looks) == 42
    assert all("고친 글" in text for text in editor.looks.values())
    assert "본문이에요" in editor.looks[-1, 50]
    assert await refresher.run() == 0


async def test_what_failed_for_a_passing_reason_is_tried_again(
    database: Database, refresher: Refresher, editor: Editor, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    post_id = await add_post(database, "글")
    await show(database, 5, post_id)
    await touch(database, post_id)
    editor.failure = Throttled(60)
    assert await refresher.run() == 1
    await clock.advance(59)
    assert await refresher.run() == 0
    editor.failure = EditTargetGone()
    await clock.advance(1)
    assert await refresher.run() == 1
    await clock.advance(3600)
    assert await refresher.run() == 0


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        (Throttled(35), 35),
        (NotSent("x"), 30),
        (Ambiguous("x"), 30),
        (TokenRejected(), 30),
        (AnotherInstance(), 30),
        (EditTargetGone(), None),
        (CannotEdit(), None),
    ],
)
def test_each_failure_says_whether_another_try_is_of_use(
    failure: Failure, seconds: float | None
) -> None:
    assert seconds_to_wait(failure) == seconds


async def test_a_message_that_a_member_turned_over_meanwhile_is_left_alone(
    database: Database, refresher: Refresher, editor: Editor
) -> None:
    await add_chats(database, chat(-1))
    post_id = await add_post(database, "글")
    await show(database, 5, post_id)
    await touch(database, post_id)
    editor.meanwhile = lambda: show(database, 5, post_id, view=View.FULL)
    assert await refresher.run() == 1
    assert editor.edits == 0
    assert await refresher.run() == 1
    assert "본문이에요" in editor.looks[-1, 5]


async def test_a_post_that_is_not_there_any_more_shows_nothing(
    database: Database, refresher: Refresher, editor: Editor
) -> None:
    post_id = await add_post(database, "글")
    await show(database, 5, post_id)
    await touch(database, post_id)
    await database._writer.run(lambda db: db.execute("PRAGMA foreign_keys=OFF"))
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM posts")
    assert await refresher.run() == 1
    assert editor.edits == 0


async def test_a_correction_goes_when_nothing_else_is_to_be_sent(
    database: Database, clock: FakeClock
) -> None:
    telegram = ScriptedTelegram()
    pace = Pace(clock, monotonic=lambda: clock.now().timestamp())
    editor = TelegramTransport(scripted_bot(telegram, pace))
    refresher = a_refresher(database, clock, editor)
    post_id = await add_post(database, "글")
    await show(database, 5, post_id)
    await touch(database, post_id)
    assert await refresher.run() == 1
    assert [call.endpoint for call in telegram.calls] == ["editMessageText"]
    assert pace.counters.started == {Priority.REFRESH: 1}
    await pace.shutdown()


@dataclass
class Stuck(Editor):
    """Begins edits that do not end until `gate` is open."""

    begun: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def edit(
        self,
        chat_id: ChatId,
        message_id: MessageId,
        page: Page,
        begin: Callable[[], Awaitable[None]],
    ) -> bool:
        self.begun += 1
        await self.gate.wait()
        return await super().edit(chat_id, message_id, page, begin)


async def test_sixteen_messages_are_edited_at_a_time(database: Database, clock: FakeClock) -> None:
    """The others wait where they are kept, and not in the lanes of their chats."""
    stuck = Stuck()
    post_id = await add_post(database, "글")
    for message_id in range(17):
        await show(database, message_id, post_id)
    await touch(database, post_id)
    running = asyncio.create_task(a_refresher(database, clock, stuck).run())
    await until(lambda: stuck.begun >= 16)
    await settle_with(database)
    assert stuck.begun == 16
    stuck.gate.set()
    assert await running == 17


async def test_an_edit_that_was_broken_off_is_due_again_after_five_minutes(
    database: Database, clock: FakeClock, editor: Editor
) -> None:
    stuck = Stuck()
    post_id = await add_post(database, "글")
    await show(database, 5, post_id)
    await touch(database, post_id)
    running = asyncio.create_task(a_refresher(database, clock, stuck).run())
    await until(lambda: stuck.begun)
    running.cancel()
    await asyncio.wait([running])
    again = a_refresher(database, clock, editor)
    await clock.advance(299)
    assert await again.run() == 0
    await clock.advance(1)
    assert await again.run() == 1
    assert editor.looks.keys() == {(-1, 5)}


@dataclass
class Keeping(Editor):
    """Keeps the pages themselves."""

    pages: dict[int, Page] = field(default_factory=dict)

    async def edit(
        self,
        chat_id: ChatId,
        message_id: MessageId,
        page: Page,
        begin: Callable[[], Awaitable[None]],
    ) -> bool:
        self.pages[message_id] = page
        return await super().edit(chat_id, message_id, page, begin)

    def turns_to(self, message_id: int) -> set[type[Action]]:
        """What the buttons of a message do."""
        buttons = [one for row in self.pages[message_id].keyboard for one in row]
        actions = [decode(button.data) for button in buttons if button.data is not None]
        return {type(action) for action in actions if action is not None}


async def test_a_card_stays_a_card_and_a_whole_post_a_whole_post(
    database: Database, clock: FakeClock
) -> None:
    editor = Keeping()
    post_id = await add_post(database, "글")
    await show(database, 1, post_id)
    await show(database, 2, post_id, view=View.FULL)
    await touch(database, post_id)
    assert await a_refresher(database, clock, editor).run() == 2
    assert (editor.turns_to(1), editor.turns_to(2)) == ({ShowFull}, {ShowCard})
