from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.delivery.compose import Composer, OutgoingMessage
from bot.delivery.failures import (
    Ambiguous,
    CannotWrite,
    DeliveryError,
    Failure,
    Loss,
    Migrated,
    NotSent,
    Throttled,
    TooLong,
)
from bot.delivery.lanes import Priority
from bot.delivery.mutes import Mutes
from bot.delivery.outbox import OutboxSender
from bot.delivery.pace import Pace
from bot.delivery.plan import plan_deliveries, plan_merge, push_of
from bot.delivery.record import Ledger
from bot.delivery.settle import PatientSettler, Resend
from bot.delivery.telegram import Sent, TelegramTransport
from bot.figures import Call, Figures, pushed_kind
from bot.locales import get_texts
from bot.text.inert import UNSEEN
from storage import attempts, chats, messages, outbox, posts
from storage.models import (
    ChatId,
    ChatKind,
    ChatState,
    DigestPush,
    EditionPush,
    MessageId,
    NewOutboxRow,
    NoticePush,
    OutboxId,
    OutboxRow,
    OutboxState,
    Period,
    PostId,
    PushMode,
    QuietHours,
    Repeats,
    SourceId,
    ThreadId,
)
from tests.clock import FakeClock, HastyClock
from tests.counted import counted
from tests.delivery.answers import ScriptedTelegram, refused, scripted_bot
from tests.storage.rows import NOW, SETTINGS, add_chats, add_post, chat
from tests.waiting import settle_with, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from bot.delivery.plan import Merge
    from storage.database import Database
    from storage.models import Attempt

NIGHT = QuietHours(22 * 60, 8 * 60)
COMPOSER = Composer(
    {"ko": get_texts("ko"), "en": get_texts("en")},
    username="sosik_bot",
    language="ko",
    timezone="Asia/Seoul",
)


@dataclass
class Chats:
    """Chats that take messages, and refuse them as they are told."""

    failures: dict[int, deque[Failure]] = field(default_factory=dict)
    got: list[tuple[int, OutgoingMessage]] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    """Chats whose topic was deleted."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    before: Callable[[ChatId], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    def fails(self, chat_id: int, *failures: Failure) -> None:
        self.failures[chat_id] = deque(failures)

    async def send(
        self, chat_id: ChatId, message: OutgoingMessage, begin: Callable[[], Awaitable[None]]
    ) -> Sent:
        if self.before is not None:
            await self.before(chat_id)
        await begin()
        await self.gate.wait()
        if waiting := self.failures.get(chat_id):
            raise DeliveryError(waiting.popleft())
        self.got.append((chat_id, message))
        return Sent(chat_id, MessageId(len(self.got)), without_thread=chat_id in self.deleted)

    def texts(self, chat_id: int) -> list[str]:
        return [message.page.text.text for one, message in self.got if one == chat_id]


@dataclass
class Running:
    """An outbox at work on a clock that stands still."""

    database: Database
    clock: FakeClock
    sender: OutboxSender
    chats: Chats
    figures: Figures = field(default_factory=Figures)

    async def pass_time(self, seconds: float = 0) -> None:
        """Let it work, and the clock go on."""
        await self._settle()
        if seconds:
            await self.clock.advance(seconds)
            await self._settle()

    async def _settle(self) -> None:
        """Return once nothing changes any more, whatever the database has to say."""
        quiet, before = 0, None
        while quiet < 3:
            self.sender.wake()
            await settle_with(self.database)
            now = (await self.rows(), self.sender.under_way, len(self.chats.got))
            quiet = quiet + 1 if now == before else 0
            before = now

    async def announce(self, *post_ids: int) -> None:
        async with self.database.transaction() as tx:
            new = [await posts.get_post(tx, PostId(one)) for one in post_ids]
            rows = plan_deliveries(
                [one for one in new if one], await chats.list_chats(tx), self.clock.now()
            )
            await outbox.add_rows(tx, rows, self.clock.now())

    async def queue(self, row: NewOutboxRow) -> None:
        async with self.database.transaction() as tx:
            await outbox.add_rows(tx, [row], self.clock.now())

    async def counts(self) -> dict[OutboxState, int]:
        async with self.database.reader() as db:
            return await outbox.count_by_state(db)

    async def rows(self) -> list[OutboxRow]:
        async with self.database.reader() as db:
            ids = await db.fetch_all("SELECT id FROM outbox ORDER BY id")
            found = [await outbox.get_row(db, OutboxId(one["id"])) for one in ids]
        return [one for one in found if one is not None]


@pytest.fixture
def chats_there() -> Chats:
    return Chats()


@pytest.fixture
async def running(
    database: Database, clock: FakeClock, chats_there: Chats
) -> AsyncIterator[Running]:
    sender = OutboxSender(
        database=database,
        clock=clock,
        composer=COMPOSER,
        transport=chats_there,
        luck=lambda: 1.0,
        figures=(figures := Figures()),
    )
    await sender.start()
    yield Running(database, clock, sender, chats_there, figures)
    await sender.close(0)


async def test_each_chat_gets_the_card_and_the_message_is_tied_to_its_post(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1, thread_id=ThreadId(9)), chat(-2, language="en"))
    post_id = await add_post(database, "새 글", link="https://blog/1")
    await running.announce(post_id)
    await running.pass_time()
    assert await running.counts() == {OutboxState.SENT: 2}
    by_chat = dict(running.chats.got)
    assert by_chat[-1].thread_id == 9
    assert (by_chat[-1].language, by_chat[-2].language) == ("ko", "en")
    assert not by_chat[-1].silent
    row = next(one for one in await running.rows() if one.chat_id == -1)
    data = by_chat[-1].page.keyboard[0][0].data
    assert data is not None
    assert data.endswith(f"~{row.token}")
    async with database.reader() as db:
        shown = await db.fetch_all("SELECT * FROM messages ORDER BY chat_id")
    assert [(one["chat_id"], one["post_id"], one["view"], one["language"]) for one in shown] == [
        (-2, post_id, "card", "en"),
        (-1, post_id, "card", "ko"),
    ]


async def test_a_topic_that_was_deleted_is_left_and_the_chat_is_told_once(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1, thread_id=ThreadId(9)))
    running.chats.deleted.add(-1)
    for title in ("글 1", "글 2"):
        await running.announce(await add_post(database, title))
        await running.pass_time()
    first, told, second = running.chats.texts(-1)
    assert first.startswith("글 1")
    assert "/here" in told
    assert second.startswith("글 2")
    assert [message.thread_id for _, message in running.chats.got] == [9, None, None]


async def test_a_topic_that_was_chosen_meanwhile_stays(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1, thread_id=ThreadId(9)))
    running.chats.deleted.add(-1)
    running.chats.gate.clear()
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    async with database.transaction() as tx:
        await tx.execute("UPDATE chats SET thread_id = 11")
    running.chats.gate.set()
    await running.pass_time()
    assert len(running.chats.texts(-1)) == 1
    async with database.reader() as db:
        after = await chats.get_chat(db, ChatId(-1))
    assert after is not None
    assert after.settings.thread_id == 11


async def test_an_edit_that_comes_while_the_card_is_on_its_way_is_made_up_for(
    running: Running, database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    running.chats.gate.clear()
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET title = '고친 글'")
    running.chats.gate.set()
    await running.pass_time()
    async with database.reader() as db:
        shown = await messages.get_message(db, ChatId(-1), MessageId(1))
    assert shown is not None
    assert shown.refresh_at == clock.now()


@pytest.mark.parametrize(
    ("given", "is_shown"),
    [
        ("votes VALUES (-1, 1, 5, '👍', 0, NULL)", True),
        ("""reaction_sets VALUES (-1, 1, 5, '["👍"]', 0, 7, NULL)""", True),
        ("""reaction_totals VALUES (-1, 1, '[["👍", 1]]', 0, 7, NULL)""", True),
        ("reaction_sets VALUES (-1, 1, 5, '[]', 0, 7, NULL)", False),
        ("reaction_totals VALUES (-1, 1, '[]', 0, 7, NULL)", False),
        ("votes VALUES (-1, 2, 5, '👍', 0, NULL)", False),
    ],
)
async def test_what_is_given_to_a_card_while_it_is_on_its_way_is_shown_on_it(
    running: Running, database: Database, clock: FakeClock, given: str, *, is_shown: bool
) -> None:
    """Whoever is quick presses before it is known that the card is there."""
    await add_chats(database, chat(-1))
    running.chats.gate.clear()
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    async with database.transaction() as tx:
        await tx.execute(f"INSERT INTO {given}")  # rows of ours
    running.chats.gate.set()
    await running.pass_time()
    async with database.reader() as db:
        shown = await messages.get_message(db, ChatId(-1), MessageId(1))
    assert shown is not None
    assert shown.refresh_at == (clock.now() if is_shown else None)


async def test_a_chat_gets_its_posts_in_order_through_failures(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    running.chats.fails(-1, NotSent("ConnectError"), NotSent("ConnectError"))
    await running.announce(*[await add_post(database, f"글 {one}") for one in range(1, 5)])
    await running.pass_time()
    assert len(running.chats.texts(-2)) == 4
    assert running.chats.texts(-1) == []
    await running.pass_time(4)
    await running.pass_time(8)
    titles = [text.splitlines()[0] for text in running.chats.texts(-1)]
    assert titles == ["글 1", "글 2", "글 3", "글 4"]
    assert await running.counts() == {OutboxState.SENT: 8}


async def test_a_flooded_chat_waits_while_the_others_get_theirs(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    running.chats.fails(-1, Throttled(3600))
    await running.announce(await add_post(database, "글"))
    await running.pass_time(3590)
    assert [len(running.chats.texts(one)) for one in (-1, -2)] == [0, 1]
    await running.pass_time(20)
    assert len(running.chats.texts(-1)) == 1


async def test_what_may_have_arrived_holds_its_chat_and_goes_again_silently(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    running.chats.fails(-1, Ambiguous("ReadTimeout"))
    first, second = await add_post(database, "글 1"), await add_post(database, "글 2")
    await running.announce(first, second)
    await running.pass_time(50)
    assert await running.counts() == {
        OutboxState.UNKNOWN: 1,
        OutboxState.PENDING: 1,
        OutboxState.SENT: 2,
    }
    await running.pass_time(20)
    assert await running.counts() == {OutboxState.RESENT_UNPROVEN: 1, OutboxState.SENT: 3}
    silent = [message.silent for chat_id, message in running.chats.got if chat_id == -1]
    assert silent == [True, False]


async def attempts_of(database: Database, row: OutboxRow) -> list[Attempt]:
    async with database.reader() as db:
        return await attempts.list_attempts(db, row.id)


@pytest.mark.parametrize("failure", [NotSent("ConnectError"), Throttled(30), TooLong()])
async def test_what_certainly_came_or_did_not_leaves_no_attempt(
    running: Running, database: Database, failure: Failure
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    running.chats.fails(-1, failure)
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    for row in await running.rows():
        assert await attempts_of(database, row) == []


async def test_a_resend_does_not_overwrite_what_is_known_of_the_first(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    running.chats.fails(-1, Ambiguous("ReadTimeout"))
    post_id = await add_post(database, "글")
    await running.announce(post_id)
    await running.pass_time()
    (row,) = await running.rows()
    (first,) = await attempts_of(database, row)
    assert (first.token, first.post_id, first.language) == (row.token, post_id, "ko")
    assert f"~{first.token}" in first.keyboard
    await running.pass_time(61)
    (row,) = await running.rows()
    again, second = await attempts_of(database, row)
    assert (again.token, again.keyboard, again.message_id) == (first.token, first.keyboard, None)
    assert (second.token, second.message_id) == (row.token, row.message_id)
    assert second.text_digest == first.text_digest
    async with database.reader() as db:
        due = await attempts.list_due(db, NOW + timedelta(hours=1), 9)
    assert [one.token for one in due] == [first.token], "the first is looked for once more"


async def test_each_doubt_makes_the_next_wait_longer(running: Running, database: Database) -> None:
    await add_chats(database, chat(-1))
    running.chats.fails(-1, *[Ambiguous("ReadTimeout")] * 2)
    await running.announce(await add_post(database, "글"))
    await running.pass_time(61)
    await running.pass_time(61)
    assert await running.counts() == {OutboxState.UNKNOWN: 1}
    await running.pass_time(61)
    assert await running.counts() == {OutboxState.RESENT_UNPROVEN: 1}


async def test_what_an_earlier_run_was_sending_is_in_doubt(
    running: Running, database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    running.chats.gate.clear()
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    await running.sender.close(0)
    assert await running.counts() == {OutboxState.SENDING: 1}
    running.chats.gate.set()
    again = OutboxSender(database=database, clock=clock, composer=COMPOSER, transport=running.chats)
    await again.start()
    assert await running.counts() == {OutboxState.UNKNOWN: 1}
    await Running(database, clock, again, running.chats).pass_time(61)
    assert await running.counts() == {OutboxState.RESENT_UNPROVEN: 1}
    await again.close(0)


async def test_a_chat_that_threw_the_bot_out_is_left_quietly(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    running.chats.fails(-1, CannotWrite(Loss.KICKED, "kicked"))
    await running.announce(await add_post(database, "글 1"), await add_post(database, "글 2"))
    await running.pass_time()
    assert await running.counts() == {OutboxState.DROPPED: 2, OutboxState.SENT: 2}
    async with database.reader() as db:
        left = await chats.get_chat(db, ChatId(-1))
    assert left is not None
    assert left.state is ChatState.LEFT


async def test_a_chat_that_forbids_writing_is_tried_again_after_an_hour(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    running.chats.fails(-1, CannotWrite(Loss.FORBIDDEN, "mute"))
    await running.announce(await add_post(database, "글 1"), await add_post(database, "글 2"))
    await running.pass_time(3000)
    assert await running.counts() == {OutboxState.PENDING: 2}
    await running.pass_time(2000)
    assert await running.counts() == {OutboxState.SENT: 2}


async def test_a_group_that_lets_write_again_gets_it_at_once(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    for chat_id in (-1, -2):
        running.chats.fails(chat_id, CannotWrite(Loss.FORBIDDEN, "mute"))
    await running.announce(await add_post(database, "글 1"), await add_post(database, "글 2"))
    await running.pass_time(600)

    async def lets_write(chat_id: ChatId) -> bool:
        return chat_id == -1

    mutes = Mutes(database, running.clock, lets_write)
    assert await mutes.run() == 1
    await running.pass_time(2)
    assert len(running.chats.texts(-1)) == 2
    assert running.chats.texts(-2) == []
    assert await mutes.run() == 0


async def test_a_group_that_became_a_supergroup_gets_it_there(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    running.chats.fails(-1, Migrated(ChatId(-1009)))
    await running.announce(await add_post(database, "글 1"), await add_post(database, "글 2"))
    await running.pass_time()
    assert len(running.chats.texts(-1009)) == 2
    assert await running.counts() == {OutboxState.SENT: 2}


async def test_what_cannot_be_sent_fails_alone(running: Running, database: Database) -> None:
    await add_chats(database, chat(-1))
    running.chats.fails(-1, TooLong())
    await running.announce(await add_post(database, "글 1"), await add_post(database, "글 2"))
    await running.pass_time()
    assert await running.counts() == {OutboxState.FAILED: 1, OutboxState.SENT: 1}
    assert (await running.rows())[0].error == "TooLong()"


async def test_a_mistake_of_ours_fails_the_row_and_nothing_else(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    broken = NoticePush("notice.source.failing", {"problem": {"key": "source.gone"}})
    await running.queue(NewOutboxRow(ChatId(-1), "x", broken, NOW))
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    failed, sent = await running.rows()
    assert (failed.state, failed.error) == (OutboxState.FAILED, "KeyError in the program")
    assert sent.state is OutboxState.SENT


@pytest.mark.parametrize("key", ["notice.source.failing", "notice.source.held"])
async def test_no_notice_shows_the_key_of_a_feed(
    running: Running, database: Database, key: str
) -> None:
    await add_chats(database, chat(-1))
    values = {"address": "https://a.example/feed?key=pssst"}
    problem = {"key": "source.format.no_feed", "values": values}
    notice = NoticePush(key, {**values, "problem": problem})
    await running.queue(NewOutboxRow(ChatId(-1), "x", notice, NOW))
    await running.pass_time()
    (text,) = running.chats.texts(-1)
    assert "feed?key=…" in text
    assert "pssst" not in text


@pytest.mark.parametrize(
    ("kind", "payload"), [("story", '{"posts": [1]}'), ("post", '{"posts": "all"}')]
)
async def test_a_push_of_a_later_version_fails_alone_and_says_so(
    running: Running, database: Database, kind: str, payload: str
) -> None:
    await add_chats(database, chat(-1))
    await running.announce(await add_post(database, "글 1"))
    async with database.transaction() as tx:
        await tx.execute("UPDATE outbox SET kind = ?, payload = ?", (kind, payload))
    await running.announce(await add_post(database, "글 2"))
    await running.pass_time()
    failed, sent = await running.rows()
    assert failed.state is OutboxState.FAILED
    assert f"cannot read the '{kind}': a later one queued it" in str(failed.error)
    assert sent.state is OutboxState.SENT


MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


async def test_the_night_is_quiet_and_the_morning_brings_one_list(database: Database) -> None:
    clock = FakeClock(MIDNIGHT)
    there = Chats()
    sender = OutboxSender(database=database, clock=clock, composer=COMPOSER, transport=there)
    await sender.start()
    running = Running(database, clock, sender, there)
    await add_chats(database, chat(-1, quiet=NIGHT), chat(-2, quiet=NIGHT, joined_at=MIDNIGHT))
    one = await add_post(database, "글 1", at=MIDNIGHT)
    two = await add_post(database, "글 2", at=MIDNIGHT)
    await running.announce(one)
    await running.announce(two)
    await running.pass_time(6 * 3600)
    assert there.got == []
    await running.pass_time(3600 + 5)
    assert len(there.got) == 2
    text = there.texts(-1)[0]
    assert "글 1" in text
    assert "글 2" in text
    assert await running.counts() == {OutboxState.SENT: 2, OutboxState.MERGED: 2}
    async with database.reader() as db:
        assert await db.fetch_all("SELECT * FROM messages") == []
    await sender.close(0)


async def test_a_push_that_was_delayed_into_the_night_waits(database: Database) -> None:
    clock = FakeClock(MIDNIGHT - timedelta(hours=3, minutes=10))
    there = Chats()
    sender = OutboxSender(database=database, clock=clock, composer=COMPOSER, transport=there)
    await sender.start()
    running = Running(database, clock, sender, there)
    await add_chats(database, chat(-1, quiet=NIGHT))
    there.fails(-1, Throttled(3600))
    await running.announce(await add_post(database, "글"))
    await running.pass_time(3700)
    assert there.got == []
    await running.pass_time(10 * 3600)
    assert len(there.got) == 1
    await sender.close(0)


async def test_what_nobody_wants_any_more_is_dropped(running: Running, database: Database) -> None:
    await add_chats(database, chat(-1))
    post_id = await add_post(database, "글")
    running.chats.fails(-1, NotSent("x"), NotSent("x"))
    await running.announce(post_id)
    await running.pass_time()
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (post_id,))
    await running.pass_time(10)
    assert await running.counts() == {OutboxState.DROPPED: 1}
    await running.announce(await add_post(database, "글 2"))
    async with database.transaction() as tx:
        await chats.set_settings(tx, ChatId(-1), chat(-1, push=PushMode.OFF).settings, None)
    await running.pass_time()
    assert await running.counts() == {OutboxState.DROPPED: 2}


@pytest.mark.parametrize(
    "pushes",
    [
        [push_of(ChatId(-1), [PostId(number)], NOW) for number in range(2, 8)],
        [
            NewOutboxRow(ChatId(-1), f"today {number}", DigestPush((PostId(number),), ()), NOW)
            for number in (2, 3)
        ],
    ],
    ids=["posts", "digests"],
)
async def test_what_came_after_the_return_does_not_go_the_way_of_the_backlog(
    running: Running, database: Database, clock: FakeClock, pushes: list[NewOutboxRow]
) -> None:
    """Put together with what waited from before, it was dropped with it."""
    await add_chats(database, chat(-1))
    for number in range(1, 8):
        await add_post(database, f"글 {number}")
    running.chats.fails(-1, NotSent("x"))
    await running.queue(replace(pushes[0], item="before"))
    await running.pass_time()
    async with database.transaction() as tx:
        await chats.set_state(tx, ChatId(-1), ChatState.LEFT)
        later = clock.now() + timedelta(seconds=1)
        await chats.set_state(tx, ChatId(-1), ChatState.SERVED, joined_at=later)
        await outbox.add_rows(tx, pushes, later)
    await running.pass_time(10)
    assert (await running.counts())[OutboxState.DROPPED] == 1
    text = "\n".join(running.chats.texts(-1))
    assert [f"글 {number}" in text for number in range(2, len(pushes) + 2)] == [True] * len(pushes)


async def test_a_row_that_is_dropped_while_it_waits_for_its_turn_is_called_off(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))

    async def leave(chat_id: ChatId) -> None:
        async with database.transaction() as tx:
            await outbox.set_all_dropped(tx, chat_id, "left", NOW)

    running.chats.before = leave
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    assert running.chats.got == []
    assert await running.counts() == {OutboxState.DROPPED: 1}


async def test_a_digest_leads_to_the_cards_that_came_here(
    running: Running, database: Database
) -> None:
    """Two in a list, one that was taken down since, and one whose message nobody knows."""
    here, basic = ChatId(-1001234567890), ChatId(-4012345)
    await add_chats(database, *(chat(one, repeats=Repeats.BRIEF) for one in (here, basic)))
    ids = [await add_post(database, f"글 {one}") for one in range(1, 6)]
    for one in (here, basic):
        await running.queue(push_of(one, ids[:2], NOW))
        await running.queue(push_of(one, ids[2:3], NOW))
    await running.pass_time()
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (ids[2],))
    for one in (here, basic):
        digest = DigestPush((ids[4],), (), tuple(ids[:4]))
        await running.queue(NewOutboxRow(one, "x", digest, NOW))
    await running.pass_time()
    told = {number: message.page.text for number, message in running.chats.got[-2:]}
    assert set(told) == {here, basic}
    for text in told.values():
        assert text.text.endswith("여기에 이미 올라온 글 3편\n• 글 1\n• 글 2\n• 글 4")
    async with database.reader() as db:
        row = await db.fetch_one(
            "SELECT message_id FROM outbox WHERE chat_id = ? AND item = '1-2'", (here,)
        )
    assert row is not None
    links = {
        one: [entity.url for entity in text.entities if entity.url][1:]
        for one, text in told.items()
    }
    assert links == {here: [f"https://t.me/c/1234567890/{row['message_id']}"] * 2, basic: []}


async def test_a_digest_of_which_only_the_brief_is_left_is_not_sent(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1, repeats=Repeats.BRIEF), chat(-2))
    new, liked, brief = [await add_post(database, f"글 {one}") for one in range(1, 4)]
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (new,))
    for number in (-1, -2):
        await running.queue(
            NewOutboxRow(ChatId(number), "x", DigestPush((new,), (), (brief,)), NOW)
        )
        await running.queue(
            NewOutboxRow(
                ChatId(number), "y", DigestPush((new,), (liked,)), NOW + timedelta(hours=1)
            )
        )
    await running.pass_time()
    assert running.chats.got == []
    await running.pass_time(3700)
    assert [number for number, _ in running.chats.got] == [-1], "what was liked is news in brief"


async def test_a_digest_a_batch_and_a_notice_find_their_form(
    running: Running, database: Database
) -> None:
    waits = chat(-5, state=ChatState.WAITING)
    await add_chats(database, chat(-1), waits)
    ids = [await add_post(database, f"글 {one}") for one in range(1, 4)]
    await running.queue(push_of(ChatId(-1), ids, NOW))
    digest = DigestPush(tuple(ids[:1]), tuple(ids[1:2]))
    await running.queue(NewOutboxRow(ChatId(-1), "x", digest, NOW))
    empty = DigestPush((PostId(99),), tuple(ids))
    await running.queue(NewOutboxRow(ChatId(-1), "y", empty, NOW + timedelta(hours=1)))
    notice = NoticePush("notice.waiting", {"title": "독서모임"}, ChatId(-5))
    plain = NoticePush("notice.waiting", {"title": "독서모임"})
    await running.queue(NewOutboxRow(ChatId(42), "x", notice, NOW))
    await running.queue(NewOutboxRow(ChatId(42), "y", plain, NOW))
    await running.pass_time()
    batch, made = running.chats.texts(-1)
    assert all(f"글 {one}" in batch for one in range(1, 4))
    assert "글 1" in made
    asked, said = (message for chat_id, message in running.chats.got if chat_id == 42)
    assert "독서모임" in asked.page.text.text
    labels = [
        [button.label for row in one.page.keyboard for button in row] for one in (asked, said)
    ]
    assert labels == [["승인", "나가기"], ["이 메시지는?"]]
    await running.pass_time(3700)
    assert (await running.counts())[OutboxState.DROPPED] == 1


async def test_an_edition_is_what_is_still_there_of_it(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    best, new, earlier, gone = [await add_post(database, f"글 {one}") for one in range(4)]
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (gone,))
    editions = [
        EditionPush(Period.WEEK, ((gone, 9), (best, 3)), (new, gone), 0, (earlier, 2)),
        EditionPush(Period.MONTH, ((best, 3),), (), 0, (gone, 2)),
        EditionPush(Period.MONTH, ((gone, 3),), (gone,), 5, (gone, 2)),
        EditionPush(Period.MONTH, (), (), 5),
    ]
    for number, edition in enumerate(editions):
        await running.queue(NewOutboxRow(ChatId(-1), str(number), edition, NOW))
    await running.pass_time()
    week, month = running.chats.texts(-1)
    assert all(f"글 {one}" in week for one in range(3))
    assert "2년 전 이맘때" in week
    assert "글 0 · 3명" in month
    assert "글 3" not in week + month
    assert await running.counts() == {OutboxState.SENT: 2, OutboxState.DROPPED: 2}


async def test_whatever_is_pushed_names_the_attempt_that_sent_it(
    running: Running, database: Database
) -> None:
    """Only a card that says more than its title has a button of its own for it."""
    await add_chats(database, chat(-1), chat(-2, kind=ChatKind.CHANNEL))
    first, second = await add_post(database, "글 1"), await add_post(database, "글 2")
    bare = await add_post(database, "글 3")
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET body = '', html = NULL WHERE id = ?", (bare,))
    for chat_id in (ChatId(-1), ChatId(-2)):
        await running.queue(push_of(chat_id, [bare], NOW))
        await running.queue(push_of(chat_id, [first, second], NOW))
        await running.queue(NewOutboxRow(chat_id, "x", DigestPush((first,), ()), NOW))
        await running.queue(NewOutboxRow(chat_id, "x", NoticePush("start.channel", {}), NOW))
        edition = EditionPush(Period.WEEK, ((first, 1),), ())
        await running.queue(NewOutboxRow(chat_id, "x", edition, NOW))
        await running.queue(push_of(chat_id, [second], NOW))
    await running.pass_time()
    tokens = {row.token for row in await running.rows()}
    named = [
        {
            button.data.partition("~")[2]
            for row in message.page.keyboard
            for button in row
            if button.data
        }
        for _, message in running.chats.got
    ]
    assert len(named) == 12
    assert all(len(one) == 1 and one <= tokens for one in named)


async def fill_the_disk(database: Database, state: str) -> None:
    """From now on there is no room to put down that a row has come to `state`."""

    def limit(db: sqlite3.Connection) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 5}")
        db.execute(
            f"""
            CREATE TEMP TRIGGER no_room BEFORE UPDATE ON outbox WHEN NEW.state = '{state}'
            BEGIN INSERT INTO facts VALUES ('x', hex(zeroblob(1000000))); END
            """  # noqa: S608  # a state's name
        )

    await database._writer.run(limit)


async def empty_the_disk(database: Database) -> None:
    await database._writer.run(lambda db: db.execute("DROP TRIGGER no_room"))


async def test_a_full_disk_forgets_nothing_that_telegram_took(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    await fill_the_disk(database, "sent")
    await running.announce(await add_post(database, "글"))
    await running.pass_time(20)
    assert len(running.chats.got) == 1
    assert await running.counts() == {OutboxState.SENDING: 1}
    await empty_the_disk(database)
    await running.pass_time(60)
    assert await running.counts() == {OutboxState.SENT: 1}
    assert len(running.chats.got) == 1


async def test_while_nothing_can_be_put_down_nothing_leaves(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    await fill_the_disk(database, "sending")
    await running.announce(await add_post(database, "글"))
    await running.pass_time(5)
    assert running.chats.got == []
    await empty_the_disk(database)
    await running.pass_time(20)
    assert len(running.chats.got) == 1


async def test_a_stop_lets_end_what_has_begun_and_leaves_the_rest(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1), chat(-2))

    async def wait(chat_id: ChatId) -> None:
        if chat_id == -2:
            await asyncio.Event().wait()

    running.chats.before = wait
    running.chats.gate.clear()
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    assert running.sender.under_way == 2
    closing = asyncio.create_task(running.sender.close(30))
    await until(lambda: running.sender.under_way == 1)
    running.chats.gate.set()
    await closing
    assert await running.counts() == {OutboxState.SENT: 1, OutboxState.PENDING: 1}


async def test_an_outbox_that_cannot_be_read_is_looked_at_again(
    running: Running, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await add_chats(database, chat(-1))
    await running.pass_time()  # the first look, which may be under way, is over
    await running.announce(await add_post(database, "글"))
    async with database.transaction() as tx:
        await tx.execute("ALTER TABLE outbox RENAME TO hidden")
    running.sender.wake()
    await until(lambda: "outbox_waits" in caplog.messages)
    await database._writer.run(lambda db: db.execute("ALTER TABLE hidden RENAME TO outbox"))
    assert "outbox_waits" in caplog.messages
    await running.pass_time(2)
    assert await running.counts() == {OutboxState.SENT: 1}


async def test_many_chats_go_side_by_side_up_to_a_limit(
    running: Running, database: Database
) -> None:
    await add_chats(database, *[chat(-one) for one in range(1, 51)])
    running.chats.gate.clear()
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    assert running.sender.under_way == 32
    await running.sender.run_once()
    running.chats.gate.set()
    await running.pass_time()
    assert await running.counts() == {OutboxState.SENT: 50}


async def test_through_the_lanes_to_telegram(database: Database, clock: FakeClock) -> None:
    telegram = ScriptedTelegram()
    telegram.script.append(refused("Too Many Requests: retry after 5", 429, retry_after=5))
    telegram.script.append(refused("Bad Request: message thread not found"))
    pace = Pace(clock, monotonic=lambda: clock.now().timestamp())
    transport = TelegramTransport(scripted_bot(telegram, pace))
    sender = OutboxSender(database=database, clock=clock, composer=COMPOSER, transport=transport)
    await sender.start()
    running = Running(database, clock, sender, Chats())
    await add_chats(database, chat(-1, thread_id=ThreadId(9)))
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    (row,) = await running.rows()
    assert (row.state, row.error) == (OutboxState.PENDING, "flooded")
    await running.pass_time(4)
    assert len(telegram.calls) == 1
    await running.pass_time(4)
    await running.pass_time(1)
    row, told = await running.rows()
    assert told.push == NoticePush("notice.topic", {})
    assert (row.state, row.attempts) == (OutboxState.SENT, 2)
    threads = [call.parameters.get("message_thread_id") for call in telegram.calls]
    assert threads == [9, 9, None, None]
    await sender.close(0)
    await pace.shutdown()


# -- what is kept, and how long anything waits ----------------------------------------------------


async def test_each_attempt_has_a_name_of_eight_letters(
    running: Running, database: Database
) -> None:
    """Four bytes: as long as it is, the data of a button stays within Telegram's 64."""
    await add_chats(database, chat(-1))
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    (row,) = await running.rows()
    assert row.token is not None
    assert len(bytes.fromhex(row.token)) == 4


async def test_a_strangers_title_sleeps_in_a_notice(running: Running) -> None:
    """Whatever is in it: it is no more than a title."""
    for item, title in (("x", "/forgetme"), ("y", "the key")):
        notice = NoticePush("notice.waiting", {"title": title})
        await running.queue(NewOutboxRow(ChatId(42), item, notice, NOW))
    await running.pass_time()
    command, words = running.chats.texts(42)
    assert f"/{UNSEEN}forgetme" in command
    assert "the key" in words


async def test_a_post_waits_behind_a_digest_and_neither_is_silent(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    post_id = await add_post(database, "글")
    await running.queue(NewOutboxRow(ChatId(-1), "x", DigestPush((post_id,), ()), NOW))
    await running.queue(push_of(ChatId(-2), [post_id], NOW))
    await running.pass_time()
    sent = {chat_id: (message.priority, message.silent) for chat_id, message in running.chats.got}
    assert sent == {-1: (Priority.DIGEST, False), -2: (Priority.PUSH, False)}


async def test_a_card_is_put_down_as_the_first_page_of_its_post(
    running: Running, database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    async with database.reader() as db:
        shown = await messages.get_message(db, ChatId(-1), MessageId(1))
        (kept,) = await db.fetch_all("SELECT page, sent_at, refresh_at FROM messages")
    assert shown is not None
    assert tuple(kept) == (0, int(clock.now().timestamp()), None)


@dataclass
class EmptiesTheDisk(HastyClock):
    """Nobody waits; after so many waits there is room again."""

    database: Database
    waits: int

    def __post_init__(self) -> None:
        super().__init__()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if len(self.slept) == self.waits:
            await empty_the_disk(self.database)


async def test_a_database_that_takes_nothing_is_asked_less_and_less_often(
    running: Running, database: Database
) -> None:
    """Half a second after the first time, and every half minute in the end."""
    await running.sender.close(0)
    await running.queue(NewOutboxRow(ChatId(-1), "x", NoticePush("notice.topic", {}), NOW))
    await fill_the_disk(database, "dropped")
    clock = EmptiesTheDisk(database, waits=8)
    (kept,) = await running.rows()
    await Ledger(database, clock).dropped(kept, "nobody wants it")
    assert clock.slept == [0.5, 1, 2, 5, 10, 30, 30, 30]
    (kept,) = await running.rows()
    assert (kept.state, kept.error) == (OutboxState.DROPPED, "nobody wants it")


async def test_what_cannot_be_put_down_is_tried_again_after_ten_seconds(
    running: Running, database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    await fill_the_disk(database, "sending")
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    await empty_the_disk(database)
    await running.pass_time(9.9)
    assert running.chats.got == []
    await running.pass_time(0.1)
    assert len(running.chats.got) == 1


async def test_what_was_queued_behind_its_back_is_found_within_a_second(
    running: Running, database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1))
    await settle_with(database)
    await running.announce(await add_post(database, "글"))
    await settle_with(database)
    assert running.chats.got == []
    await clock.advance(1)
    await until(lambda: len(running.chats.got) == 1)


async def test_as_soon_as_a_quarter_of_the_places_is_free_they_are_filled(
    running: Running, database: Database
) -> None:
    """Before, one look at the outbox for each push that ends would be too many."""
    gates = {-number: asyncio.Event() for number in range(1, 41)}

    async def wait(chat_id: ChatId) -> None:
        await gates[chat_id].wait()

    running.chats.before = wait
    await add_chats(database, *[chat(one) for one in gates])
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    under_way = [one for one in gates if one in running.sender._jobs]
    assert len(under_way) == 32
    for one in under_way[:7]:
        gates[one].set()
    await until(lambda: running.sender.under_way == 25)
    await settle_with(database)
    assert running.sender.under_way == 25
    gates[under_way[7]].set()
    await until(lambda: running.sender.under_way == 32)
    for gate in gates.values():
        gate.set()
    await running.pass_time()
    assert len(running.chats.got) == 40


async def test_the_last_place_is_taken_too(running: Running, database: Database) -> None:
    await add_chats(database, *[chat(-number) for number in range(1, 33)])
    running.chats.gate.clear()
    post_id = await add_post(database, "글")
    for numbers, under_way in ((range(1, 32), 31), (range(32, 33), 32)):
        for number in numbers:
            await running.queue(push_of(ChatId(-number), [post_id], NOW))
        await running.pass_time()
        assert running.sender.under_way == under_way


async def test_while_all_places_are_taken_what_goes_once_more_waits_too(
    running: Running, database: Database
) -> None:
    await add_chats(database, *[chat(-number) for number in range(1, 34)])
    running.chats.fails(-33, Ambiguous("ReadTimeout"))
    await running.queue(push_of(ChatId(-33), [await add_post(database, "글 1")], NOW))
    await running.pass_time()
    running.chats.gate.clear()
    two = await add_post(database, "글 2")
    for number in range(1, 33):
        await running.queue(push_of(ChatId(-number), [two], NOW))
    await running.pass_time(61)
    assert await running.counts() == {OutboxState.PENDING: 1, OutboxState.SENDING: 32}
    running.chats.gate.set()
    await running.pass_time()
    assert await running.counts() == {OutboxState.RESENT_UNPROVEN: 1, OutboxState.SENT: 32}


async def test_the_first_failure_is_waited_out_for_four_seconds_the_next_for_eight(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    running.chats.fails(-1, *[NotSent("ConnectError")] * 2)
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    began = (await running.rows())[0].changed_at
    (row,) = await running.rows()
    assert (row.attempts, row.not_before - began) == (1, timedelta(seconds=4))
    await running.pass_time(4)
    (row,) = await running.rows()
    assert (row.attempts, row.not_before - began) == (2, timedelta(seconds=4 + 8))


async def test_one_that_never_began_is_closed_at_once(database: Database, clock: FakeClock) -> None:
    sender = OutboxSender(database=database, clock=clock, composer=COMPOSER, transport=Chats())
    await sender.close(0)
    assert sender.under_way == 0


async def test_after_a_close_nothing_is_looked_for(
    running: Running, database: Database, clock: FakeClock
) -> None:
    await running.sender.close(0)
    await add_chats(database, chat(-1))
    await running.announce(await add_post(database, "글"))
    await clock.advance(5)
    await settle_with(database)
    await running.sender.run_once()
    assert (running.sender.under_way, running.chats.got) == (0, [])


@pytest.mark.parametrize(
    ("doubts", "seconds"), [(0, 60), (1, 120), (2, 240), (5, 1920), (6, 3600), (60, 3600)]
)
async def test_a_push_in_doubt_waits_twice_as_long_each_time_up_to_an_hour(
    running: Running, database: Database, clock: FakeClock, doubts: int, seconds: float
) -> None:
    await running.sender.close(0)
    await add_chats(database, chat(-1))
    await running.announce(await add_post(database, "글"))
    (row,) = await running.rows()
    row = replace(row, doubts=doubts)
    await clock.advance(seconds - 1)
    assert not isinstance(await PatientSettler(clock).settle(row), Resend)
    await clock.advance(1)
    assert isinstance(await PatientSettler(clock).settle(row), Resend)


async def test_how_many_an_interruption_left_in_doubt_is_told(
    running: Running, database: Database, clock: FakeClock
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    running.chats.gate.clear()
    await running.announce(await add_post(database, "글"))
    await running.pass_time()
    await running.sender.close(0)
    assert await Ledger(database, clock).interrupt() == 2
    assert await Ledger(database, clock).interrupt() == 0


async def test_what_waited_is_held_against_the_filter_of_the_moment(
    running: Running, database: Database
) -> None:
    """A filter that was set in the night holds in the morning."""
    await add_chats(database, chat(-1), chat(-2), chat(-3))
    one, two = await add_post(database, "환율이 오른다"), await add_post(database, "광고")
    for chat_id in (ChatId(-1), ChatId(-2), ChatId(-3)):
        await running.queue(push_of(chat_id, [one, two], NOW + timedelta(hours=1)))
        digest = NewOutboxRow(
            chat_id, "d", DigestPush((one, two), (two, one)), NOW + timedelta(hours=1)
        )
        await running.queue(digest)
    async with database.transaction() as tx:
        without = replace(SETTINGS, without=("광고",))
        await chats.set_settings(tx, ChatId(-2), without, None)
        nothing = replace(SETTINGS, left_out=frozenset({SourceId(1)}))
        await chats.set_settings(tx, ChatId(-3), nothing, None)
    await running.pass_time(3600)
    await running.pass_time(10)
    assert [text.count("광고") for text in running.chats.texts(-1)] == [1, 2]
    card, page = sorted(running.chats.texts(-2), key=len)
    assert card.startswith("환율이 오른다")
    assert "광고" not in card + page
    assert running.chats.texts(-3) == []
    assert await running.counts() == {OutboxState.SENT: 4, OutboxState.DROPPED: 2}


async def test_what_is_dropped_right_before_it_takes_others_in_takes_none_along(
    running: Running, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A post is taken down between the look at what waits and the merge: the others still go."""
    await add_chats(database, chat(-1))
    ids = [await add_post(database, f"글 {number}") for number in range(8)]
    seen: list[int] = []

    def plan_and_drop(waiting: Sequence[OutboxRow]) -> Merge | None:
        merge = plan_merge(waiting)
        if merge is not None and not seen:
            seen.append(merge.into)
            with closing(sqlite3.connect(tmp_path / "sosik.db")) as other, other:
                other.execute("UPDATE outbox SET state = 'dropped' WHERE id = ?", (merge.into,))
        return merge

    monkeypatch.setattr("bot.delivery.outbox.plan_merge", plan_and_drop)
    now = running.clock.now()
    async with database.transaction() as tx:
        await outbox.add_rows(tx, [push_of(ChatId(-1), [one], now) for one in ids], now)
    await running.pass_time()
    (listed,) = running.chats.texts(-1)
    assert [f"글 {number}" in listed for number in range(8)] == [False, *[True] * 7]


async def test_what_becomes_of_each_turn_is_counted_and_how_long_the_chat_waited(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1), chat(-2), chat(-3), chat(-4))
    running.chats.fails(-2, NotSent("ConnectError"), Throttled(9))
    running.chats.fails(-3, Ambiguous("ReadTimeout"))
    running.chats.fails(-4, CannotWrite(Loss.KICKED, "kicked"))
    await running.announce(await add_post(database, "글", at=running.clock.now()))
    for _ in range(4):
        await running.pass_time(5)
    found = counted(running.figures)
    waited = found.pop("sosik_push_seconds_sum{post}")
    assert 13 <= waited <= 20
    assert found == {
        "sosik_pushes_total{post,sent}": 2,
        "sosik_pushes_total{post,retry}": 1,
        "sosik_pushes_total{post,flood}": 1,
        "sosik_pushes_total{post,unknown}": 1,
        "sosik_pushes_total{post,dropped}": 1,
        "sosik_push_seconds_count{post}": 2,
    }


async def test_the_kind_of_what_leaves_is_known_to_whoever_counts_calls(
    running: Running, database: Database
) -> None:
    kinds: list[Call | None] = []

    async def note(_: ChatId) -> None:
        kinds.append(pushed_kind())

    running.chats.before = note
    await add_chats(database, chat(-1))
    await running.announce(await add_post(database, "글"))
    notice = NoticePush("notice.settle", {"title": "방"})
    await running.queue(NewOutboxRow(ChatId(-1), "n", notice, NOW))
    await running.pass_time()
    assert sorted(str(kind) for kind in kinds) == ["notice", "post"]


async def test_what_a_stop_cut_off_is_counted_at_the_next_start(
    running: Running, database: Database
) -> None:
    await add_chats(database, chat(-1))
    await running.announce(await add_post(database, "글"))
    async with database.transaction() as tx:
        await tx.execute("UPDATE outbox SET state = 'sending'")
    ledger = Ledger(database, running.clock, figures=running.figures)
    await ledger.interrupt()
    assert counted(running.figures) == {"sosik_pushes_interrupted_total": 1}
