"""Whatever becomes of pushes, in whatever order: none is lost, and who says sent means once.

The outbox and the attempts over the real database, beside what really is in the chats.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.delivery.compose import OutgoingMessage
from bot.delivery.failures import DeliveryError, Throttled
from bot.delivery.lanes import Priority
from bot.delivery.next_step import Again, Doubt, GiveUp, Leave, Move
from bot.delivery.record import Ledger
from bot.delivery.settle import Resend, Settled, Wait
from bot.delivery.settlements import Settlements
from bot.delivery.telegram import Sent
from bot.pages.page import Page
from bot.process.housekeeping import ATTEMPT_DAYS, LEDGER_DAYS
from bot.text.rich import Rich
from storage import attempts, chats, inbox, known_ids, messages, outbox, posts
from storage.database import Database
from storage.known_ids import sequence_of
from storage.models import (
    ChatId,
    ChatKind,
    ChatState,
    DigestPush,
    InboxRow,
    MessageId,
    NewOutboxRow,
    NoticePush,
    OutboxId,
    OutboxState,
    PostPush,
    UpdateId,
)
from tests.clock import FakeClock
from tests.storage.rows import add_post, chat

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path
    from typing import TypeVar

    from bot.delivery.probe import Begin, Whose
    from storage.models import OutboxRow, Post, Push

    T = TypeVar("T")

CHANNEL, PERSON = ChatId(-1_002_000_000_001), ChatId(5_000_000_001)
GROUP, SUPERGROUP = ChatId(-4_000_000_001), ChatId(-1_003_000_000_001)
OPEN = {OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN}
UNDER_WAY = {OutboxState.SENDING, OutboxState.UNKNOWN}
TABLES = (
    *("outbox", "attempts", "known_ids", "inbox", "inbox_seen", "messages"),
    *("chats", "migrated_chats", "digests"),
)


@dataclass(eq=False)
class Request:
    """A message that left, as Telegram has it."""

    token: str
    row: OutboxRow
    """As it was when the message left."""
    began_at: datetime
    message_id: MessageId | None = None
    """Once it has landed."""
    is_under_way: bool = True
    may_land: bool = True
    is_told: bool = False
    """We heard that it landed."""
    is_touched: bool = False
    is_gone: bool = False
    """It was taken back."""

    @property
    def chat_id(self) -> ChatId:
        return self.row.chat_id

    @property
    def is_there(self) -> bool:
        return self.message_id is not None and not self.is_gone

    def __repr__(self) -> str:
        return self.token


@dataclass
class Deciding:
    """Settles as the machine says, and takes back what it is told to."""

    decision: Settled = field(default_factory=Wait)
    requests: list[Request] = field(default_factory=list)
    is_flooded: bool = False
    ledger: Ledger | None = None
    database: Database | None = None

    async def settle(self, row: OutboxRow) -> Settled:
        assert self.ledger is not None
        assert self.database is not None
        async with self.database.reader() as db:
            of_row = await attempts.list_attempts(db, row.id)
        if any(one.message_id is not None for one in of_row):
            await self.ledger.seen(row)
            return Wait()
        return self.decision

    async def take_back(self, chat_id: ChatId, message_id: MessageId) -> None:
        if self.is_flooded:
            raise DeliveryError(Throttled(3))
        (one,) = [
            one for one in self.requests if (one.chat_id, one.message_id) == (chat_id, message_id)
        ]
        assert not one.is_gone
        assert not one.is_touched, "what somebody pressed stays"
        one.is_gone = True

    async def may_ask(self, _: ChatId) -> bool:
        raise NotImplementedError

    async def whose(self, _: ChatId, _message_id: MessageId, _begin: Begin) -> Whose:
        raise NotImplementedError

    async def compare(self, *_: object) -> None:
        raise NotImplementedError


class Pushing(RuleBasedStateMachine):
    """Pushes are queued, leave, land or not, are seen or not, and go again."""

    def __init__(self, runner: asyncio.Runner, database: Database, post: Post) -> None:
        super().__init__()
        self.runner, self.database, self.post = runner, database, post
        self.clock = FakeClock()
        self.ledger = Ledger(database, self.clock)
        self.deciding = Deciding(ledger=self.ledger, database=database)
        self.settlements = Settlements(
            database=database,
            clock=self.clock,
            ledger=self.ledger,
            settler=self.deciding,
            prober=self.deciding,
        )
        self.requests: list[Request] = []
        self.deciding.requests = self.requests
        self.chats = [CHANNEL, GROUP, PERSON]
        self.numbers, self.last_ids = 0, dict[int, int]()
        self.moved: set[OutboxId] = set()
        self.forgotten: list[Request] = []
        self.doubted: list[OutboxRow] = []
        self.do(self.begin_anew())
        for place in (0, 1, 2, 2):
            self.is_queued(place, 0, 0)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def begin_anew(self) -> None:
        async with self.database.transaction() as tx:
            for table in TABLES:
                await tx.execute(f"DELETE FROM {table}")  # noqa: S608  # names of ours
            await chats.add_chat(tx, chat(CHANNEL, kind=ChatKind.CHANNEL))
            await chats.add_chat(tx, chat(GROUP, kind=ChatKind.GROUP))
            await chats.add_chat(tx, chat(PERSON, kind=ChatKind.PRIVATE))

    async def all_rows(self) -> list[OutboxRow]:
        async with self.database.reader() as db:
            return [outbox.row_of(one) for one in await db.fetch_all("SELECT * FROM outbox")]

    def next_number(self) -> int:
        self.numbers += 1
        return self.numbers

    def next_id(self, chat_id: ChatId) -> MessageId:
        sequence = sequence_of(chat_id)
        self.last_ids[sequence] = self.last_ids.get(sequence, 0) + 1
        return MessageId(self.last_ids[sequence])

    # -- what comes ------------------------------------------------------------------------------

    @rule(place=st.integers(0, 2), kind=st.integers(0, 2), wait=st.sampled_from([0, 0, 90]))
    def is_queued(self, place: int, kind: int, wait: int) -> None:
        pushes: tuple[Push, ...] = (
            PostPush((self.post.id,)),
            DigestPush((self.post.id,), ()),
            NoticePush("notice.topic", {}),
        )
        now = self.clock.now()
        at = now + timedelta(seconds=wait)
        new = NewOutboxRow(self.chats[place], str(self.next_number()), pushes[kind], at)

        async def work() -> None:
            async with self.database.transaction() as tx:
                await outbox.add_rows(tx, [new, new], now)

        self.do(work())

    @rule(place=st.integers(0, 2), is_seen=st.booleans())
    def somebody_writes(self, place: int, is_seen: bool) -> None:  # noqa: FBT001  # drawn
        chat_id = self.chats[place]
        message_id = self.next_id(chat_id)
        update = UpdateId(self.next_number())

        async def work() -> None:
            async with self.database.transaction() as tx:
                seen = InboxRow(update, chat_id, message_id, self.clock.now(), "")
                await inbox.add_updates(tx, [seen])

        if is_seen:
            self.do(work())

    @rule(seconds=st.sampled_from([1, 61, 90, 86_400 * (ATTEMPT_DAYS + 1)]))
    def time_passes(self, seconds: int) -> None:
        """Nothing lands after days; then what is over is forgotten."""
        self.clock._now += timedelta(seconds=seconds)
        now = self.clock.now()
        forgotten = now - timedelta(days=ATTEMPT_DAYS)

        async def work() -> None:
            async with self.database.transaction() as tx:
                await attempts.delete_attempts(tx, forgotten)
                old = await known_ids.list_old(tx, forgotten)
                await known_ids.delete_known_ids(tx, old)
                await outbox.delete_finished(tx, now - timedelta(days=LEDGER_DAYS))

        self.do(work())
        for one in self.requests:
            if one.began_at < forgotten and not one.is_under_way:
                one.may_land = False

    # -- what leaves -----------------------------------------------------------------------------

    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        due = self.do(self.list_due())
        if due:
            self.do(self.claim(data.draw(st.sampled_from(due), label="due")))

    @rule()
    def nothing_is_answered(self) -> None:
        """In an outage whatever leaves is in doubt, and what is in doubt leaves again."""
        for row in self.do(self.list_due()):
            if row.chat_id not in {one.chat_id for one in self.under_way}:
                self.do(self.claim(row))
        for one in self.under_way:
            self.give_up(one)
        self.work(Resend())

    async def list_due(self) -> list[OutboxRow]:
        """The first of each kind, longest due first, where nothing is under way or in doubt."""
        now, rows = self.clock.now(), await self.all_rows()
        async with self.database.reader() as db:
            due = await outbox.list_due(db, now, limit=100)
            assert await outbox.list_due(db, now, limit=1) == due[:1]
        busy = {one.chat_id for one in rows if one.state in UNDER_WAY}
        firsts = {
            (one.chat_id, type(one.push)): one
            for one in reversed(rows)
            if one.state is OutboxState.PENDING
        }
        waiting = [
            one for one in firsts.values() if one.chat_id not in busy and one.not_before <= now
        ]
        assert due == sorted(waiting, key=lambda one: (one.not_before, one.id))
        return due

    async def claim(self, row: OutboxRow) -> None:
        others = [one for one in self.requests if one.is_under_way]
        assert row.chat_id not in {one.chat_id for one in others}, "two at once in a chat"
        shows = self.post if isinstance(row.push, PostPush) else None
        page = Page(Rich(f"글 {row.item}"))
        message = OutgoingMessage(page, "ko", Priority.PUSH, shows=shows)
        token = f"t{self.next_number()}"
        assert await self.ledger.claim(row, message, token)
        assert not await self.ledger.claim(row, message, "again"), "twice at once"
        self.requests.append(Request(token, row, self.clock.now()))

    def draw(self, data: st.DataObject, among: list[Request]) -> Request:
        return data.draw(st.sampled_from(among), label="request")

    @property
    def under_way(self) -> list[Request]:
        return [one for one in self.requests if one.is_under_way]

    @property
    def can_land(self) -> list[Request]:
        return [one for one in self.requests if one.may_land and one.message_id is None]

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def is_answered(self, data: st.DataObject) -> None:
        self.answer(self.draw(data, self.under_way))

    def answer(self, one: Request) -> None:
        if one.message_id is None:
            one.message_id = self.next_id(one.chat_id)
        one.is_under_way, one.may_land, one.is_told = False, False, True
        shows = self.post if isinstance(one.row.push, PostPush) else None
        message = OutgoingMessage(Page(Rich("글")), "ko", Priority.PUSH, shows=shows)
        sent = Sent(one.chat_id, one.message_id)
        self.do(self.ledger.sent(one.row, message, one.token, sent))

    @property
    def may_be_refused(self) -> list[Request]:
        return [one for one in self.under_way if one.message_id is None]

    @precondition(lambda self: self.may_be_refused)
    @rule(data=st.data(), how=st.sampled_from(["again", "again", "give up", "leave", "move"]))
    def is_refused(self, data: st.DataObject, how: str) -> None:
        one = self.draw(data, self.may_be_refused)
        one.is_under_way = one.may_land = False
        if how == "move" and one.chat_id == GROUP:
            self.do(self.ledger.not_sent(one.row, Move(SUPERGROUP), one.token))
            self.note_move()
        elif how == "leave":
            self.do(self.ledger.not_sent(one.row, Leave("kicked"), one.token))
            self.do(self.come_back(one.chat_id))
        elif how == "give up":
            self.do(self.ledger.not_sent(one.row, GiveUp("TooLong"), one.token))
        else:
            at = self.clock.now() + timedelta(seconds=4)
            self.do(self.ledger.not_sent(one.row, Again(at, "ConnectError"), one.token))

    async def come_back(self, chat_id: ChatId) -> None:
        """The bot is thrown out, and added again."""
        rows = await self.all_rows()
        assert not [one for one in rows if one.chat_id == chat_id and one.state in OPEN]
        async with self.database.transaction() as tx:
            await chats.set_state(tx, chat_id, ChatState.SERVED)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def gets_no_answer(self, data: st.DataObject) -> None:
        self.give_up(self.draw(data, self.under_way))

    def give_up(self, one: Request) -> None:
        one.is_under_way = False
        self.do(self.ledger.not_sent(one.row, Doubt("ReadTimeout"), one.token))

    @rule()
    def is_started_again(self) -> None:
        assert self.do(self.ledger.interrupt()) == len(
            [one for one in self.under_way if self.is_known(one)]
        )
        for one in self.requests:
            one.is_under_way = False

    # -- what is in doubt ------------------------------------------------------------------------

    @property
    def there(self) -> list[Request]:
        """What is in its chat, and what may land right now."""
        return [one for one in self.requests if one.is_there or one in self.can_land]

    @precondition(lambda self: self.there)
    @rule(data=st.data(), is_touched=st.booleans())
    def is_seen(self, data: st.DataObject, is_touched: bool) -> None:  # noqa: FBT001  # drawn
        one = self.draw(data, self.there)
        if one.message_id is None:
            one.message_id = self.next_id(one.chat_id)
            self.do(self.look())
        if is_touched:
            self.press(one)
        else:
            is_news = self.do(self.ledger.arrived(one.token, one.message_id))
            assert is_news is (not one.is_told and self.is_remembered(one))
        one.is_told = one.is_told or self.is_remembered(one)

    def press(self, one: Request) -> None:
        """Somebody pressed a button of it; a search ends with that, and so does a doubt."""
        markup = {
            "inline_keyboard": [[{"text": "전체 보기", "callback_data": f"1f:1:0~{one.token}"}]]
        }
        shown = {"message_id": one.message_id, "chat": {"id": one.chat_id}, "reply_markup": markup}
        self.settlements.notice({"callback_query": {"message": shown}})
        one.is_touched = self.is_remembered(one)
        self.work(Wait())

    @rule(again=st.booleans(), is_flooded=st.booleans())
    def doubts_are_looked_at(self, again: bool, is_flooded: bool) -> None:  # noqa: FBT001  # drawn
        self.deciding.is_flooded = is_flooded
        self.work(Resend() if again else Wait())

    def work(self, decision: Settled) -> None:
        async def work() -> None:
            self.doubted += [one for one in await self.all_rows() if one.state in UNDER_WAY]
            await self.settlements.run_once()
            await self.settlements.close(60)

        self.deciding.decision = decision
        self.do(work())

    @precondition(lambda self: self.doubted)
    @rule(data=st.data())
    def a_resend_comes_too_late(self, data: st.DataObject) -> None:
        """What was proven, or ended otherwise, while it was decided to send it again."""
        row = data.draw(st.sampled_from(self.doubted), label="row")
        before = self.do(self.all_rows())
        if all(one.state is not OutboxState.UNKNOWN for one in before if one.id == row.id):
            self.do(self.ledger.resent(row))
            assert self.do(self.all_rows()) == before

    # -- what becomes of chats -------------------------------------------------------------------

    @rule()
    def the_group_becomes_a_supergroup(self) -> None:
        async def work() -> None:
            async with self.database.transaction() as tx:
                await chats.set_migrated(tx, GROUP, SUPERGROUP)

        self.do(work())
        self.note_move()

    def note_move(self) -> None:
        self.chats[1] = SUPERGROUP
        self.moved |= {one.row.id for one in self.requests if one.chat_id == GROUP}

    @rule()
    def the_person_is_forgotten(self) -> None:
        async def work() -> None:
            async with self.database.transaction() as tx:
                await chats.delete_chat(tx, PERSON)
                await chats.add_chat(tx, chat(PERSON, kind=ChatKind.PRIVATE))

        self.do(work())
        of_person = [one for one in self.requests if one.chat_id == PERSON]
        for one in of_person:
            self.requests.remove(one)
        self.forgotten += [one for one in of_person if one.is_under_way]

    @precondition(lambda self: self.forgotten)
    @rule(is_answered=st.booleans())
    def what_was_under_way_then_ends(self, is_answered: bool) -> None:  # noqa: FBT001  # drawn
        """It leaves no trace of whoever asked to be forgotten."""
        one = self.forgotten.pop()
        if is_answered:
            self.answer(one)
        else:
            self.do(self.ledger.not_sent(one.row, Doubt("ReadTimeout"), one.token))
        self.do(self.look_for_traces(one))

    async def look_for_traces(self, one: Request) -> None:
        message_id = one.message_id or MessageId(0)
        async with self.database.reader() as db:
            assert await attempts.get_attempt(db, one.token) is None
            assert await messages.get_message(db, PERSON, message_id) is None
            assert not await db.fetch_all(
                "SELECT 1 FROM known_ids WHERE chat_id = ? AND message_id = ?", (PERSON, message_id)
            )

    # -- what holds ------------------------------------------------------------------------------

    def is_known(self, one: Request) -> bool:
        return any(row.id == one.row.id for row in self.do(self.all_rows()))

    def is_remembered(self, one: Request) -> bool:
        return self.do(self.find(one.token))

    async def find(self, token: str) -> bool:
        async with self.database.reader() as db:
            return await attempts.get_attempt(db, token) is not None

    @invariant()
    def states_say_what_is_there(self) -> None:
        self.do(self.look())

    async def look(self) -> None:
        rows = await self.all_rows()
        for row in rows:
            of_row = [one for one in self.requests if one.row.id == row.id]
            self.compare(row, [one for one in of_row if one.is_there], of_row)
        is_open = {one.id for one in rows if one.state in OPEN}
        since = self.clock.now() - timedelta(days=ATTEMPT_DAYS)
        for one in self.requests:
            is_kept = one.row.id in is_open or one.began_at >= since
            if (one.is_there or one.may_land) and not one.is_told and is_kept:
                await self.can_be_found(one)

    def compare(self, row: OutboxRow, copies: list[Request], of_row: list[Request]) -> None:
        """A state says how often its message is in the chat, and may be yet."""
        may_come = [one for one in of_row if one.may_land and one.message_id is None]
        match row.state:
            case OutboxState.SENT:
                assert (len(copies), may_come) == (1, []), "sent is once"
                assert row.id in self.moved or row.message_id == copies[0].message_id
            case OutboxState.RESENT_UNPROVEN:
                assert copies
                assert len(of_row) > 1
            case OutboxState.DOUBLED:
                assert len(copies) > 1
            case OutboxState.PENDING if not row.doubts:
                assert (copies, may_come) == ([], []), "what may be there is not sent as if not"

    async def can_be_found(self, one: Request) -> None:
        """What proves it is kept, and its id is among those to ask about."""
        async with self.database.reader() as db:
            attempt = await attempts.get_attempt(db, one.token)
            assert attempt is not None
            assert attempt.token in {
                lost.token for lost in await attempts.list_lost(db, one.chat_id)
            }
            if one.message_id is not None and attempt.last_id is not None:
                assert one.message_id > attempt.last_id
                known = await known_ids.list_known_ids(db, one.chat_id, attempt.last_id)
                assert one.message_id not in known

    def teardown(self) -> None:
        """In the end everything was sent, but what was given up, and nothing is in doubt."""
        self.deciding.is_flooded = False
        for _ in range(3 * self.numbers + 3):
            for one in self.under_way:
                self.answer(one)
            self.work(Resend())
            self.clock._now += timedelta(seconds=90)
            for row in self.do(self.list_due()):
                if row.chat_id not in {one.chat_id for one in self.under_way}:
                    self.do(self.claim(row))
            if not {one.state for one in self.do(self.all_rows())} & OPEN:
                break
        rows = self.do(self.all_rows())
        assert not [one for one in rows if one.state in OPEN], "something is never sent"
        self.do(self.look())


def test_no_push_is_lost_and_sent_means_once(tmp_path: Path) -> None:
    async def opened() -> tuple[Database, Post]:
        database = await Database.open(tmp_path / "sosik.db")
        await database._writer.run(lambda db: db.execute("PRAGMA synchronous=OFF"))
        post_id = await add_post(database, "글")
        async with database.reader() as db:
            post = await posts.get_post(db, post_id)
        assert post is not None
        return database, post

    with asyncio.Runner() as runner:
        database, post = runner.run(opened())
        try:
            run_state_machine_as_test(
                lambda: Pushing(runner, database, post),  # type: ignore[arg-type]  # called alone
                settings=settings(max_examples=25, stateful_step_count=30, deadline=None),
            )
        finally:
            runner.run(database.close())
