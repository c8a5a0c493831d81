from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections import defaultdict
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Bot, Update

from bot.pages.actions import LatestPage, encode
from bot.updates import dispatch
from bot.updates.asks import PATIENCE, Spoken, Vocabulary, Weight, in_order
from bot.updates.batches import Batch
from bot.updates.dispatch import HELD_SECONDS, Dispatcher, RetryLaterError, UnansweredError
from bot.updates.raw import Identity, chat_id_of
from bot.updates.repeats import WAITS_SECONDS
from bot.updates.turns import Reply
from storage import attempts, facts, inbox
from storage.database import BusyError, Database, DiskFullError
from storage.models import ChatId, InboxRow, MessageId, NewAttempt, UpdateId
from tests.clock import FakeClock, HastyClock
from tests.updates.samples import GROUP, MEMBER, message, press, reaction, said
from tests.waiting import settle, settle_with, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from bot.updates.raw import Raw
    from bot.updates.turns import Ask
    from storage.database import Transaction

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Handlers:
    """What the handlers do: they note what they saw, and do as a test has told them."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.others: defaultdict[Reply, list[int]] = defaultdict(list)
        self.chats: defaultdict[int, list[int]] = defaultdict(list)
        self.answers: dict[int, list[Exception]] = {}
        self.stops: dict[int, asyncio.Event] = {}
        self.groups: list[list[int]] = []
        self.poison: set[int] = set()
        self.group_failures: list[Exception] = []

    async def handle(self, update: Update, reply: Reply) -> Exception | None:
        if reply is not Reply.ANSWER:
            self.others[reply].append(update.update_id)
            return None
        self.seen.append(update.update_id)
        chat = update.effective_chat
        if chat is not None and chat.id in self.stops:
            await self.stops[chat.id].wait()
        answers = self.answers.get(update.update_id)
        if answers:
            return answers.pop(0)
        if chat is not None:
            self.chats[chat.id].append(update.update_id)
        return None

    async def apply(self, tx: Transaction, ids: list[int]) -> None:
        for update_id in ids:
            await facts.set_fact(tx, str(update_id), "applied")
        if self.poison.intersection(ids):
            raise ZeroDivisionError
        if self.group_failures:
            raise self.group_failures.pop(0)
        self.groups.append(ids)


class Running:
    """A dispatcher on a database."""

    def __init__(
        self,
        database: Database,
        clock: FakeClock,
        ask_of: Callable[[Raw, datetime], Ask] = in_order,
    ) -> None:
        self.database = database
        self.clock = clock
        self.handlers = Handlers()
        self.dispatcher = Dispatcher(
            bot=Bot("123456:" + "A" * 35),
            database=database,
            clock=clock,
            handle=self.handlers.handle,
            ask_of=ask_of,
            grouped={
                "message_reaction": Batch(_parse, self.handlers.apply),
                "message_reaction_count": Batch(_parse, self.handlers.apply),
            },
            is_held=lambda: self.is_held,
            monotonic=lambda: clock.now().timestamp(),
        )
        self.is_held = False

    async def commit(self, *raws: Raw) -> list[tuple[InboxRow, Raw]]:
        """Put updates into the inbox as reception does."""
        rows = [_row(raw) for raw in raws]
        async with self.database.transaction() as tx:
            await inbox.add_updates(tx, rows)
        return list(zip(rows, raws, strict=True))

    async def take(self, *raws: Raw) -> None:
        self.dispatcher.feed(await self.commit(*raws))

    async def waiting(self) -> list[int]:
        async with self.database.reader() as db:
            return [row.update_id for row in await inbox.list_waiting(db)]

    async def cleared(self) -> None:
        """Wait until the inbox is empty."""
        await until(lambda: self.dispatcher.unhandled == 0)

        async def is_empty() -> bool:
            return not await self.waiting()

        await until(is_empty)

    async def column(self, sql: str) -> list[Any]:
        async with self.database.reader() as db:
            return [row[0] for row in await db.fetch_all(sql)]


def _parse(raw: Raw) -> list[int]:
    """The update's id, as what is applied; it takes only what has a message."""
    return [raw["update_id"]] if raw["message_reaction"]["message_id"] else []


def _row(raw: Raw) -> InboxRow:
    return InboxRow(
        update_id=UpdateId(raw["update_id"]),
        chat_id=chat_id_of(raw),
        message_id=None,
        received_at=NOW,
        body=json.dumps(raw),
    )


@asynccontextmanager
async def dispatching(
    database: Database,
    clock: FakeClock | None = None,
    ask_of: Callable[[Raw, datetime], Ask] = in_order,
) -> AsyncIterator[Running]:
    running = Running(database, clock or HastyClock(), ask_of)
    yield running
    for stop in running.handlers.stops.values():
        stop.set()
    await running.dispatcher.drain(30)


@pytest.fixture
async def running(database: Database) -> AsyncIterator[Running]:
    async with dispatching(database) as one:
        yield one


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]


# -- order -----------------------------------------------------------------------------------------


async def test_each_chat_keeps_its_order(running: Running) -> None:
    updates = [said(n, "x", chat_id=n % 7 + 1) for n in range(1, 200)]
    await running.take(*updates)
    await running.cleared()
    for chat, seen in running.handlers.chats.items():
        assert seen == [n for n in range(1, 200) if n % 7 + 1 == chat]


async def test_a_slow_chat_delays_no_other(running: Running) -> None:
    running.handlers.stops[1] = asyncio.Event()
    await running.take(*(said(n, "x", chat_id=1) for n in range(10)), said(10, "x", chat_id=2))
    await until(lambda: running.handlers.chats[2] == [10])
    assert running.handlers.seen.count(0) == 1
    assert running.handlers.chats[1] == []
    running.handlers.stops[1].set()
    await running.cleared()
    assert running.handlers.chats[1] == list(range(10))


async def test_chats_that_wait_for_the_database_leave_their_place_to_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting to try again takes none of the places for chats side by side."""
    monkeypatch.setattr(dispatch, "SIDE_BY_SIDE", 2)
    async with dispatching(database, FakeClock()) as running:
        for n in range(4):
            running.handlers.answers[n] = [BusyError("busy")]
        await running.take(*(said(n, "x", chat_id=n + 1) for n in range(4)))
        await until(lambda: running.handlers.seen == [0, 1, 2, 3])
        await running.take(said(9, "x", chat_id=9))
        await until(lambda: running.handlers.chats[9] == [9])


async def test_at_most_so_many_chats_are_handled_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "SIDE_BY_SIDE", 2)
    async with dispatching(database) as running:
        for chat in (1, 2, 3):
            running.handlers.stops[chat] = asyncio.Event()
        await running.take(*(said(n, "x", chat_id=n) for n in (1, 2, 3)))
        await settle()
        assert running.handlers.seen == [1, 2]
        running.handlers.stops[1].set()
        await until(lambda: running.handlers.seen == [1, 2, 3])


async def test_a_press_is_overtaken_by_a_later_one_on_the_same_message(running: Running) -> None:
    running.handlers.stops[GROUP] = asyncio.Event()
    await running.take(
        press(1, "a", message_id=5), press(2, "b", message_id=6), press(3, "c", message_id=5)
    )
    await until(lambda: running.handlers.seen == [1])
    overtaken = running.dispatcher.is_overtaken
    assert overtaken(GROUP, 5, None)
    assert overtaken(GROUP, 6, None)
    assert not overtaken(GROUP, 7, None)
    assert not overtaken(-5, 5, None)
    assert not overtaken(GROUP, 5, MEMBER)
    running.handlers.stops[GROUP].set()
    await running.cleared()
    assert not overtaken(GROUP, 5, None)


@pytest.mark.parametrize(
    "query",
    [5, "x", None, [], {}, {"message": 5}, {"message": [1]}, {"message": {"message_id": "5"}}],
)
async def test_a_press_that_cannot_be_read_is_no_trouble_of_the_one_before(
    query: object, running: Running
) -> None:
    running.handlers.stops[GROUP] = asyncio.Event()
    first, odd, last = press(1, "a", message_id=5), press(2, "b"), press(3, "c", message_id=5)
    rows = await running.commit(first, odd, last)
    rows[1][1]["callback_query"] = query
    running.dispatcher.feed(rows)
    await until(lambda: 1 in running.handlers.seen)
    assert running.dispatcher.is_overtaken(GROUP, 5, None)
    assert not running.dispatcher.is_overtaken(GROUP, 6, None)
    running.handlers.stops[GROUP].set()
    await running.cleared()
    assert running.handlers.seen[-1] == 3


async def test_updates_without_a_chat_keep_their_order(running: Running) -> None:
    queries = [{"update_id": n} for n in range(5)]
    await running.take(*queries)
    await running.cleared()
    assert running.handlers.seen == [0, 1, 2, 3, 4]


# -- trouble ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "poison",
    [
        {"update_id": 2, "message": {"chat": {"id": 1}, "message_id": 1}},
        {"update_id": 2, "message": 5},
        {"update_id": 2, "message_reaction": {"chat": {"id": 1}}},
    ],
)
async def test_an_update_that_cannot_be_parsed_is_set_aside_and_logged_once(
    poison: Raw, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    rows = await running.commit(said(1, "x"), said(3, "x"))
    rows.insert(1, ((await running.commit(said(2, "x")))[0][0], poison))
    running.dispatcher.feed(rows)
    await running.cleared()
    assert running.handlers.seen == [1, 3]
    assert events(caplog) == ["update_set_aside"]
    assert await running.column("SELECT update_id FROM inbox_set_aside") == [2]
    assert (await running.column("SELECT reason FROM inbox_set_aside"))[0].startswith("unparsable")


async def test_what_is_parsed_while_it_is_committed_is_parsed_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[int] = []
    parse = Update.de_json

    def counting(data: Raw, bot: Bot) -> Update:
        parsed.append(data["update_id"])
        return parse(data, bot)

    monkeypatch.setattr(Update, "de_json", counting)
    raws = [said(number, "x") for number in range(1, 7)]
    running.dispatcher.expect(raws)
    assert parsed == [1, 2, 3, 4]
    await running.take(*raws)
    await running.cleared()
    assert running.handlers.seen == [1, 2, 3, 4, 5, 6]
    assert parsed == [1, 2, 3, 4, 5, 6]


async def test_what_came_is_handled_where_something_else_of_that_id_was_expected(
    running: Running,
) -> None:
    running.dispatcher.expect([said(1, "x"), {"update_id": 2, "message": 7}])
    await running.take(said(1, "x", chat_id=-6), said(2, "x", chat_id=-6))
    await running.cleared()
    assert running.handlers.chats == {-6: [1, 2]}


async def test_what_cannot_be_parsed_while_it_is_committed_is_set_aside_once_it_is(
    running: Running,
) -> None:
    poison = {"update_id": 1, "message": 7}
    ((row, _),) = await running.commit(said(1, "x"))
    running.dispatcher.expect([poison])
    assert await running.column("SELECT update_id FROM inbox_set_aside") == []
    running.dispatcher.feed([(row, poison)])
    await running.cleared()
    assert await running.column("SELECT update_id FROM inbox_set_aside") == [1]


@pytest.mark.parametrize("raised", [False, True])
async def test_an_update_whose_handler_fails_is_set_aside_and_logged_once(
    running: Running, caplog: pytest.LogCaptureFixture, *, raised: bool
) -> None:
    if raised:
        handle = running.handlers.handle

        async def raises(update: Update, reply: Reply) -> Exception | None:
            failure = await handle(update, reply)
            if failure is not None:
                raise failure
            return None

        running.dispatcher._handle = raises
    running.handlers.answers[2] = [ZeroDivisionError()]
    await running.take(*(said(n, "x") for n in (1, 2, 3)))
    await running.cleared()
    assert running.handlers.seen == [1, 2, 3]
    assert events(caplog) == ["update_set_aside"]
    assert caplog.records[-1].exc_info
    assert await running.column("SELECT reason FROM inbox_set_aside") == [
        "failed: ZeroDivisionError"
    ]


async def test_what_passes_is_tried_again_in_its_place(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    running.handlers.answers[1] = [RetryLaterError("x"), BusyError("x")]
    await running.take(said(1, "x"), said(2, "x"))
    await running.cleared()
    assert running.handlers.seen == [1, 1, 1, 2]
    assert running.clock.slept == [1.0, 2.0]  # type: ignore[attr-defined]  # it is hasty
    assert events(caplog) == ["updates_wait"]


async def test_a_handler_that_never_gets_on_is_given_up(running: Running) -> None:
    running.handlers.answers[1] = [RetryLaterError("x")] * 100
    await running.take(said(1, "x"), said(2, "x"))
    await running.cleared()
    assert running.handlers.seen == [1] * 7 + [2]
    assert await running.column("SELECT update_id FROM inbox_set_aside") == [1]


async def test_a_database_that_cannot_be_written_is_waited_for_however_long(
    running: Running,
) -> None:
    running.handlers.answers[1] = [DiskFullError("full")] * 50
    await running.take(said(1, "x"), said(2, "x"))
    await running.cleared()
    assert running.handlers.seen == [1] * 51 + [2]
    assert await running.column("SELECT update_id FROM inbox_set_aside") == []
    assert max(running.clock.slept) == 60  # type: ignore[attr-defined]  # it is hasty


async def test_what_is_set_aside_while_the_disk_is_full_is_noted_later(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures = 3
    set_aside = inbox.set_aside

    async def full(tx: Transaction, update_id: UpdateId, reason: str, at: datetime) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise DiskFullError("full")
        await set_aside(tx, update_id, reason, at)

    monkeypatch.setattr(inbox, "set_aside", full)
    running.handlers.answers[1] = [ZeroDivisionError()]
    await running.take(said(1, "x"), said(2, "x"))
    await running.cleared()
    assert await running.column("SELECT update_id FROM inbox_set_aside") == [1]
    assert events(caplog) == ["update_set_aside", "updates_wait"]


# -- groups ----------------------------------------------------------------------------------------


async def test_a_flood_is_applied_many_at_once_with_its_rows(running: Running) -> None:
    await running.take(*(reaction(n, "👍", user_id=n) for n in range(1, 1201)))
    await running.cleared()
    assert [len(group) for group in running.handlers.groups] == [500, 500, 200]
    assert [one for group in running.handlers.groups for one in group] == list(range(1, 1201))
    assert running.handlers.seen == []


async def test_the_one_that_fails_is_singled_out(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    running.handlers.poison = {13, 77}
    await running.take(*(reaction(n, "👍", user_id=n) for n in range(1, 101)))
    await running.cleared()
    applied = sorted(one for group in running.handlers.groups for one in group)
    assert applied == [n for n in range(1, 101) if n not in {13, 77}]
    assert await running.column("SELECT update_id FROM inbox_set_aside") == [13, 77]
    assert events(caplog) == ["update_set_aside"] * 2
    assert len(await running.column("SELECT key FROM facts")) == 98


async def test_one_that_cannot_be_parsed_leaves_its_group(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    broken = reaction(2, "👍")
    del broken["message_reaction"]["message_id"]
    await running.take(reaction(1, "👍"), broken, reaction(3, "👍"))
    await running.cleared()
    assert running.handlers.groups == [[1, 3]]
    assert events(caplog) == ["update_set_aside"]


async def test_a_group_waits_for_the_database_however_long(running: Running) -> None:
    running.handlers.group_failures = [BusyError("busy")] * 20
    await running.take(reaction(1, "👍"), reaction(2, "❤"))
    await running.cleared()
    assert running.handlers.groups == [[1, 2]]
    assert await running.column("SELECT update_id FROM inbox_set_aside") == []


async def test_reactions_of_a_chat_are_applied_before_what_is_said_there_next(
    running: Running,
) -> None:
    seen_before: list[int] = []
    handle = running.handlers.handle

    async def note(update: Update, reply: Reply) -> Exception | None:
        seen_before.extend(one for group in running.handlers.groups for one in group)
        return await handle(update, reply)

    running.dispatcher._handle = note
    await running.take(reaction(1), reaction(2), said(3, "/latest"))
    await running.cleared()
    assert seen_before == [1, 2]


@pytest.mark.no_cover  # others run the same lines
async def test_a_flood_in_one_chat_does_not_delay_a_command_in_another(running: Running) -> None:
    order: list[str] = []
    apply, handle = running.handlers.apply, running.handlers.handle

    async def slow(tx: Transaction, ids: list[int]) -> None:
        await settle()
        order.append("group")
        await apply(tx, ids)

    async def quick(update: Update, reply: Reply) -> Exception | None:
        order.append("command")
        return await handle(update, reply)

    running.dispatcher._grouped = {"message_reaction": Batch(_parse, slow)}
    running.dispatcher._handle = quick
    flood = (reaction(n, "👍", chat_id=-5, user_id=n) for n in range(1, 2001))
    await running.take(*flood, said(2001, "x"))
    await running.cleared()
    assert order.index("command") <= 1


# -- one person's flood ----------------------------------------------------------------------------

VOCABULARY = Vocabulary(
    Identity(700, "sosik_bot"),
    {"latest": Spoken("latest", Weight.QUESTION), "push": Spoken("push", Weight.STATE)},
)
FLOODER, OTHER = 66, 42
PAGE, SETTING = encode(LatestPage(5, 5)), "1k:push:"


def fresh(update_id: int, text: str, sender: int, chat_id: int = GROUP) -> Raw:
    """A message of just now."""
    return said(update_id, text, sender=sender, chat_id=chat_id, date=int(NOW.timestamp()))


@pytest.fixture
async def fair(database: Database) -> AsyncIterator[Running]:
    """A dispatcher where everybody has their share; its clock stands still."""
    async with dispatching(database, FakeClock(NOW), VOCABULARY.ask_of) as one:
        yield one


@pytest.mark.parametrize("count", [6_000])
async def test_reception_never_waits_for_one_chat(fair: Running, count: int) -> None:
    """Neither for presses, nor for what is never left out."""
    fair.handlers.stops = {FLOODER: asyncio.Event(), -5: asyncio.Event()}
    flood = [press(n, "stale", chat_id=FLOODER, sender=FLOODER) for n in range(count)]
    channel = [
        {"update_id": n, "channel_post": message("https://a.example", chat_id=-5)}
        for n in range(count, 2 * count)
    ]
    fair.dispatcher.feed([(_row(raw), raw) for raw in flood + channel])
    assert fair.dispatcher.unhandled > count
    await asyncio.wait_for(fair.dispatcher.has_room(200), 60)


async def test_a_flood_in_a_group_delays_the_others_by_one_answer(fair: Running) -> None:
    fair.handlers.stops[GROUP] = asyncio.Event()
    await fair.take(*(fresh(n, "/latest", FLOODER) for n in range(1, 301)))
    await fair.take(fresh(301, "/latest", OTHER))
    await until(lambda: fair.handlers.seen == [1])
    fair.handlers.stops[GROUP].set()
    await until(lambda: fair.handlers.seen == [1, 301])
    assert fair.handlers.others[Reply.TOO_MUCH] == [6]


async def test_what_is_left_out_leaves_the_inbox_and_is_counted(fair: Running) -> None:
    await fair.take(*(fresh(n, "/latest", FLOODER) for n in range(1, 301)))

    async def is_left_out() -> bool:
        return len(await fair.waiting()) <= 5

    await until(is_left_out)
    async with fair.database.reader() as db:
        assert await inbox.count_skipped(db) == 295
        assert await inbox.count_set_aside(db) == 0


async def test_who_floods_is_answered_one_by_one(fair: Running) -> None:
    await fair.take(*(fresh(n, "/latest", FLOODER) for n in range(1, 301)))
    for answered in range(1, 6):
        await until(partial(_are, fair.handlers.seen, answered))
        await fair.clock.advance(5.8)
        await settle()
        assert len(fair.handlers.seen) == answered
        await fair.clock.advance(0.2)
    await fair.cleared()
    assert fair.handlers.seen == [1, 2, 3, 4, 5]


def _are(seen: list[int], count: int) -> bool:
    return len(seen) == count


async def test_the_last_state_is_applied_and_the_last_page_shown(fair: Running) -> None:
    """And the rows of the others are gone: a restart would not apply them, either."""
    fair.handlers.stops[GROUP] = asyncio.Event()
    await fair.take(fresh(1, "/latest", FLOODER))
    await until(lambda: fair.handlers.seen == [1])
    await fair.take(
        *(press(n, PAGE, sender=FLOODER) for n in range(10, 110)),
        *(press(n, f"{SETTING}{n}", sender=FLOODER) for n in range(110, 210)),
        *(fresh(n, "/push off", FLOODER) for n in range(210, 310)),
    )

    async def are_merged() -> bool:
        return await fair.waiting() == [1, 109, 209, 309]

    await until(are_merged)
    fair.handlers.stops[GROUP].set()
    await until(lambda: fair.handlers.seen[:1] == [1])
    for _ in range(3):
        await fair.clock.advance(6.1)
        await settle()
    await fair.cleared()
    assert fair.handlers.seen == [1, 109, 209, 309]
    assert fair.handlers.others[Reply.TOO_MUCH] == []
    async with fair.database.reader() as db:
        assert await inbox.count_skipped(db) == 0


async def test_presses_that_are_overtaken_end_but_not_all_of_a_flood(fair: Running) -> None:
    fair.handlers.stops[GROUP] = asyncio.Event()
    await fair.take(*(press(n, PAGE, sender=FLOODER) for n in range(1, 200)))
    ended = fair.handlers.others[Reply.OVERTAKEN]
    await until(lambda: fair.handlers.seen == [199])
    await until(lambda: ended == list(range(1, 10)))
    assert not fair.dispatcher._overtaken


async def test_presses_that_are_overtaken_do_not_hold_up_the_end(fair: Running) -> None:
    fair.handlers.stops[FLOODER] = asyncio.Event()
    await fair.take(*(press(n, PAGE, sender=FLOODER) for n in range(1, 9)))
    assert await fair.dispatcher.drain(30)
    assert fair.handlers.others[Reply.OVERTAKEN] == []


async def test_a_restart_refills_what_one_may_ask(database: Database) -> None:
    async with dispatching(database, FakeClock(NOW), VOCABULARY.ask_of) as first:
        first.handlers.stops[GROUP] = asyncio.Event()
        await first.take(*(fresh(n, "/latest", FLOODER) for n in range(1, 301)))
        await until(lambda: first.handlers.seen == [1])
        drained = asyncio.create_task(first.dispatcher.drain(30))
        await settle()
        first.handlers.stops[GROUP].set()
        assert await drained
    async with dispatching(database, FakeClock(NOW), VOCABULARY.ask_of) as second:
        assert await second.dispatcher.resume() == 4
        await second.cleared()
        assert second.handlers.seen == [2, 3, 4, 5]


async def test_a_question_that_was_old_when_it_came_is_not_answered(fair: Running) -> None:
    """One that was not is, however long it waited here."""
    fair.handlers.stops[GROUP] = asyncio.Event()
    old = said(1, "/latest", date=int(NOW.timestamp()) - 301)
    await fair.take(old, fresh(2, "/latest", FLOODER), fresh(3, "/latest", OTHER))
    await until(lambda: fair.handlers.seen == [2])
    await fair.clock.advance(3600)
    fair.handlers.stops[GROUP].set()
    await fair.cleared()
    assert fair.handlers.seen == [2, 3]
    async with fair.database.reader() as db:
        assert await inbox.count_skipped(db) == 0


async def test_anothers_press_hides_nobodys(fair: Running) -> None:
    fair.handlers.stops[GROUP] = asyncio.Event()
    await fair.take(press(1, PAGE, sender=OTHER), press(2, PAGE, sender=FLOODER))
    await until(lambda: fair.handlers.seen == [1])
    assert fair.dispatcher.is_overtaken(GROUP, 1, FLOODER)
    assert not fair.dispatcher.is_overtaken(GROUP, 1, OTHER)


async def test_a_wait_for_ones_turn_ends_with_the_program(fair: Running) -> None:
    await fair.take(*(fresh(n, "/latest", FLOODER) for n in range(1, 301)))
    await until(lambda: fair.handlers.seen == [1])
    assert await fair.dispatcher.drain(30)
    assert await fair.waiting() == [2, 3, 4, 5]


async def test_what_was_skipped_while_the_disk_is_full_is_counted_once(
    fair: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = 2
    add_skipped = inbox.add_skipped

    async def full(tx: Transaction, updates: int) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise DiskFullError("full")
        await add_skipped(tx, updates)

    monkeypatch.setattr(inbox, "add_skipped", full)
    await fair.take(*(fresh(n, "/latest", FLOODER) for n in range(1, 12)))

    async def is_counted() -> bool:
        await fair.clock.advance(2)  # whenever it waits, it goes on
        async with fair.database.reader() as db:
            return await inbox.count_skipped(db) == 6

    await until(is_counted)


async def test_what_was_skipped_is_counted_once_where_the_program_ends_meanwhile(
    fair: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, add_skipped = threading.Event(), threading.Event(), inbox.add_skipped

    async def slowly(tx: Transaction, updates: int) -> None:
        begun.set()
        go_on.wait(30)  # in the database's thread
        await add_skipped(tx, updates)

    monkeypatch.setattr(inbox, "add_skipped", slowly)
    await fair.take(*(fresh(n, "/latest", FLOODER) for n in range(1, 12)))
    await until(begun.is_set)
    flush = fair.dispatcher._background["flush"]
    draining = asyncio.create_task(fair.dispatcher.drain(30))
    await until(lambda: flush.cancelling() > 0)
    go_on.set()
    assert await draining
    async with fair.database.reader() as db:
        assert await inbox.count_skipped(db) == 6


# -- the inbox -------------------------------------------------------------------------------------


async def test_rows_are_deleted_many_in_one_commit(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    delete = inbox.delete_updates

    async def counted(tx: Transaction, ids: list[UpdateId]) -> None:
        commits.append(len(ids))
        await delete(tx, ids)

    monkeypatch.setattr(inbox, "delete_updates", counted)
    await running.take(*(said(n, "x", chat_id=n) for n in range(1, 101)))
    await running.cleared()
    assert sum(commits) == 100
    assert len(commits) < 10


async def test_what_a_run_left_is_taken_up_by_the_next(database: Database) -> None:
    async with dispatching(database) as first:
        await first.commit(said(1, "x"), reaction(2, "👍"), said(3, "y"))
    async with dispatching(database) as second:
        assert await second.dispatcher.resume() == 3
        await second.cleared()
        assert second.handlers.seen == [1, 3]
        assert second.handlers.groups == [[2]]
    async with dispatching(database) as third:
        assert await third.dispatcher.resume() == 0


async def test_reception_waits_for_room(running: Running) -> None:
    running.handlers.stops[1] = asyncio.Event()
    await running.take(*(said(n, "x", chat_id=1) for n in range(1, 6)))
    assert running.dispatcher.unhandled == 5
    await running.dispatcher.has_room(6)
    room = asyncio.create_task(running.dispatcher.has_room(3))
    await settle()
    assert not room.done()
    running.handlers.stops[1].set()
    await room


async def test_nothing_is_kept_of_chats_that_are_quiet(running: Running) -> None:
    await running.take(*(said(n, "x", chat_id=n) for n in range(1, 301)))
    await running.cleared()
    await until(lambda: not running.dispatcher._background)
    assert running.dispatcher._queues == {}
    assert running.dispatcher._done == []


# -- the end ---------------------------------------------------------------------------------------


async def test_draining_finishes_what_is_in_flight_and_leaves_the_rest(database: Database) -> None:
    async with dispatching(database) as running:
        running.handlers.stops[1] = asyncio.Event()
        await running.take(*(said(n, "x", chat_id=1) for n in range(1, 6)))
        await until(lambda: 1 in running.handlers.seen)
        draining = asyncio.create_task(running.dispatcher.drain(30))
        await settle()
        running.handlers.stops[1].set()
        assert await draining
        assert running.handlers.seen == [1]
        assert await running.waiting() == [2, 3, 4, 5]


async def test_draining_ends_in_time(database: Database) -> None:
    async with dispatching(database) as running:
        running.handlers.stops[1] = asyncio.Event()
        await running.take(said(1, "x", chat_id=1), said(2, "x", chat_id=2))
        await until(lambda: running.handlers.chats[2] == [2])
        assert not await running.dispatcher.drain(0.05)
        assert await running.waiting() == [1]


async def test_draining_an_idle_dispatcher_is_done_at_once(running: Running) -> None:
    assert await running.dispatcher.drain(3600)


async def test_after_draining_what_comes_stays_in_the_inbox(running: Running) -> None:
    await running.dispatcher.drain(1)
    await running.take(said(1, "x"), reaction(2, "👍"))
    await settle_with(running.database)
    assert running.handlers.seen == []
    assert await running.waiting() == [1, 2]


async def test_draining_does_not_wait_for_a_database_that_cannot_be_written(
    database: Database,
) -> None:
    """Rows stay; nothing is set aside; the program ends at once."""
    async with dispatching(database, FakeClock()) as running:
        running.handlers.answers[1] = [BusyError("x")] * 99
        running.handlers.group_failures = [BusyError("x")] * 99
        await running.take(said(1, "x"), reaction(2, "👍"))
        await until(lambda: 1 in running.handlers.seen)
        await until(lambda: len(running.handlers.group_failures) < 99)
        assert await running.dispatcher.drain(3600)
        assert await running.waiting() == [1, 2]
        assert await running.column("SELECT update_id FROM inbox_set_aside") == []


async def test_rows_that_could_not_be_deleted_are_tried_until_the_end(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    blocked = True
    delete = inbox.delete_updates

    async def full(tx: Transaction, ids: list[UpdateId]) -> None:
        if blocked:
            raise DiskFullError("full")
        await delete(tx, ids)

    monkeypatch.setattr(inbox, "delete_updates", full)
    async with dispatching(database, FakeClock()) as running:
        await running.take(said(1, "x"))
        await until(lambda: "updates_wait" in events(caplog))
        assert await running.waiting() == [1]
        blocked = False
        await running.dispatcher.drain(30)
        assert await running.waiting() == []


async def test_a_drain_during_a_failed_delete_leaves_the_row(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def full(*_: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(inbox, "delete_updates", full)
    async with dispatching(database, FakeClock()) as running:
        await running.take(said(1, "x"))
        await until(lambda: "updates_wait" in events(caplog))
        assert await running.dispatcher.drain(30)
        assert await running.waiting() == [1]


async def test_a_delete_cancelled_at_any_moment_is_made_up_for(database: Database) -> None:
    for number in range(20):
        async with dispatching(database) as running:
            await running.take(said(number, "x"))
            await until(lambda: running.dispatcher.unhandled == 0)
            for _ in range(number):
                await asyncio.sleep(0.002)
            await running.dispatcher.drain(30)
            assert await running.waiting() == []


# -- answers in doubt ------------------------------------------------------------------------------

DOUBT = UnansweredError("timeout")


async def doubted(fair: Running, *raws: Raw) -> None:
    """Each is answered, nobody knows whether; its wait has begun."""
    for raw in raws:
        fair.handlers.answers.setdefault(raw["update_id"], [DOUBT])
    await fair.take(*raws)
    wanted = {raw["update_id"] for raw in raws}
    await until(lambda: wanted <= set(fair.handlers.seen))
    await until(lambda: len(fair.dispatcher._repeats._waiting) == len(raws))


async def test_a_question_in_doubt_is_asked_once_more_and_delays_nobody(fair: Running) -> None:
    await doubted(fair, fresh(1, "/latest", FLOODER))
    await fair.take(fresh(2, "/latest", OTHER))
    await until(lambda: fair.handlers.chats[GROUP] == [2])
    await until(partial(_waits_for, fair, [1]))
    await fair.clock.advance(WAITS_SECONDS[0])
    await fair.cleared()
    assert fair.handlers.chats[GROUP] == [2, 1]


async def test_a_question_that_stays_in_doubt_is_given_up(
    fair: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fair.handlers.answers[1] = [DOUBT] * 9
    await doubted(fair, fresh(1, "/latest", FLOODER))
    for number, wait in enumerate(WAITS_SECONDS, 2):
        await fair.clock.advance(wait)
        await until(partial(_are, fair.handlers.seen, number))
    await fair.cleared()
    assert fair.handlers.seen == [1] * (1 + len(WAITS_SECONDS))
    assert events(caplog).count("answer_lost") == 1


async def test_nothing_is_repeated_while_nothing_is_sent(fair: Running) -> None:
    await doubted(fair, fresh(1, "/latest", FLOODER))
    fair.is_held = True
    for _ in range(20):
        await fair.clock.advance(HELD_SECONDS)
    assert fair.handlers.seen == [1]
    fair.is_held = False
    await fair.clock.advance(HELD_SECONDS)
    await fair.cleared()
    assert fair.handlers.seen == [1, 1]


async def test_after_a_long_hold_nobody_waits_for_an_answer(fair: Running) -> None:
    await doubted(fair, fresh(1, "/latest", FLOODER))
    fair.is_held = True
    await fair.clock.advance(WAITS_SECONDS[0])
    await fair.clock.advance(PATIENCE.total_seconds())
    fair.is_held = False
    await fair.clock.advance(2 * HELD_SECONDS)
    await fair.cleared()
    assert fair.handlers.seen == [1]


@pytest.mark.parametrize("is_late", [False, True])
async def test_who_asks_the_same_again_gets_that_answer_alone(
    fair: Running, *, is_late: bool
) -> None:
    """Whether they ask while the first is being answered, or once it is in doubt."""
    fair.handlers.answers[1] = [DOUBT]
    if is_late:
        await doubted(fair, fresh(1, "/latest", FLOODER))
        await fair.take(fresh(2, "/latest", FLOODER))
    else:
        stop = fair.handlers.stops[GROUP] = asyncio.Event()
        await fair.take(fresh(1, "/latest", FLOODER), fresh(2, "/latest", FLOODER))
        await until(lambda: fair.handlers.seen == [1])
        stop.set()
    await fair.cleared()
    await fair.clock.advance(100)
    assert fair.handlers.seen == [1, 2]


@pytest.mark.parametrize("is_anew", [False, True])
async def test_an_answer_that_was_seen_is_not_given_again(
    database: Database, *, is_anew: bool
) -> None:
    """In this run, or by the next one."""
    async with dispatching(database, FakeClock(NOW), VOCABULARY.ask_of) as first:
        await doubted(first, fresh(1, "/latest", FLOODER), fresh(2, "/latest", OTHER))
        answer = NewAttempt("t", ChatId(GROUP), "", "d", update_id=UpdateId(1))
        async with database.transaction() as tx:
            await attempts.add_attempt(tx, answer, NOW)
            await attempts.set_arrived(tx, "t", MessageId(5))
        if not is_anew:
            await first.clock.advance(WAITS_SECONDS[0])
            await first.cleared()
            assert first.handlers.seen == [1, 2, 2]
            return
    async with dispatching(database, FakeClock(NOW), VOCABULARY.ask_of) as second:
        assert await second.dispatcher.resume() == 1
        await second.cleared()
        assert second.handlers.seen == [2]


async def test_while_the_database_cannot_be_read_it_is_asked_once_more(
    fair: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await doubted(fair, fresh(1, "/latest", FLOODER))

    async def busy(_: object) -> None:
        raise BusyError("busy")

    monkeypatch.setattr(attempts, "list_answered", busy)
    await fair.clock.advance(WAITS_SECONDS[0])
    await fair.cleared()
    assert fair.handlers.seen == [1, 1]


async def test_of_whom_is_forgotten_nothing_is_asked_once_more(fair: Running) -> None:
    """Whether its wait is not over yet, or it waits for its turn again."""
    await doubted(fair, fresh(1, "/latest", FLOODER), fresh(2, "/latest", OTHER))
    stop = fair.handlers.stops[GROUP] = asyncio.Event()
    await fair.take(fresh(3, "/post 1", OTHER))
    await until(lambda: fair.handlers.seen == [1, 2, 3])
    await fair.clock.advance(WAITS_SECONDS[0])
    await until(lambda: fair.dispatcher._repeats.next_at() is None)
    fair.dispatcher.forget_person(FLOODER)
    stop.set()
    await fair.cleared()
    await doubted(fair, fresh(4, "/latest", FLOODER))
    fair.dispatcher.forget_person(FLOODER)
    await fair.cleared()
    await fair.clock.advance(100)
    assert fair.handlers.seen == [1, 2, 3, 2, 4]


async def test_what_is_in_doubt_at_the_end_is_left_to_the_next_run(fair: Running) -> None:
    await doubted(fair, fresh(1, "/latest", FLOODER))
    stop = fair.handlers.stops[GROUP] = asyncio.Event()
    fair.handlers.answers[2] = [DOUBT]
    await fair.take(fresh(2, "/post 1", FLOODER))
    await until(lambda: fair.handlers.seen == [1, 2])
    draining = asyncio.create_task(fair.dispatcher.drain(30))
    await settle()
    stop.set()
    assert await draining
    assert await fair.waiting() == [1, 2]


async def _waits_for(running: Running, ids: list[int]) -> bool:
    return await running.waiting() == ids


# -- notes -----------------------------------------------------------------------------------------


class Noted:
    """Notes that wait to be written."""

    def __init__(self) -> None:
        self.unwritten = ["a"]
        self.written: list[str] = []

    async def write(self, tx: Transaction) -> list[str]:
        for one in self.unwritten:
            await facts.set_fact(tx, one, "noted")
        return list(self.unwritten)

    def forget(self, written: list[str]) -> None:
        self.written += written
        self.unwritten.clear()


async def test_notes_are_written_with_the_ends_of_updates(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Noted()
    monkeypatch.setattr(running.dispatcher, "_notes", notes)
    await running.take(said(1, "x"))
    await running.cleared()
    await until(lambda: notes.written)
    assert notes.written == ["a"]
    async with running.database.reader() as db:
        assert await facts.get_fact(db, "a") == "noted"


async def test_notes_that_could_not_be_written_are_not_forgotten(
    fair: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, write = Noted(), Noted.write
    failures, failed = [DiskFullError("full")], asyncio.Event()

    async def fails(self: Noted, tx: Transaction) -> list[str]:
        if failures:
            failed.set()
            raise failures.pop()
        return await write(self, tx)

    monkeypatch.setattr(Noted, "write", fails)
    monkeypatch.setattr(fair.dispatcher, "_notes", notes)
    await fair.take(fresh(1, "/latest", FLOODER))
    await failed.wait()
    await settle_with(fair.database)
    assert notes.written == []
    await fair.clock.advance(2)
    await until(lambda: notes.written == ["a"])


async def test_an_update_is_handled_within_what_measures_its_answer(running: Running) -> None:
    """Each with the time of its receipt, also where the answer before it failed."""
    seen: list[tuple[datetime, list[int]]] = []

    @contextmanager
    def answering(received_at: datetime) -> Iterator[None]:
        before = len(running.handlers.seen)
        yield
        seen.append((received_at, running.handlers.seen[before:]))

    running.dispatcher.answering = answering
    running.handlers.answers[1] = [ZeroDivisionError()]
    await running.take(said(1, "하나"), said(2, "둘"))
    await running.cleared()
    assert seen == [(NOW, [1]), (NOW, [2])]
