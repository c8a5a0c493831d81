"""How a push in doubt is looked for, on a clock that stands still."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.delivery.candidates import AHEAD
from bot.delivery.compose import OutgoingMessage
from bot.delivery.evidence import digest
from bot.delivery.failures import (
    Ambiguous,
    CannotWrite,
    Failure,
    Loss,
    NotSent,
    Other,
    Throttled,
)
from bot.delivery.lanes import Priority
from bot.delivery.next_step import Again, Leave
from bot.delivery.record import FITTING, Ledger
from bot.delivery.search import GAP_SECONDS, Search
from bot.delivery.settle import (
    BURST,
    CALLS_A_LOOK,
    IDS_AT_ONCE,
    MOST_BEFORE,
    MOST_CALLS,
    Arrived,
    PatientSettler,
    Resend,
    SearchingSettler,
    Settled,
    Wait,
)
from bot.delivery.settlements import Settlements
from bot.delivery.telegram import Sent
from bot.figures import Figures
from bot.pages.page import Page
from bot.text.rich import Rich
from storage import attempts, chats, known_ids, lists, messages, outbox, pins, posts, reactions
from storage.models import (
    ActorId,
    ChatId,
    ChatKind,
    DigestPush,
    EditionPush,
    MessageId,
    NewAttempt,
    NewOutboxRow,
    OutboxId,
    OutboxState,
    Period,
    Pin,
    PostId,
    PostPush,
    ReactionSet,
    UpdateId,
)
from tests.clock import HastyClock
from tests.counted import counted
from tests.delivery.chat import AskedChat, Killed, Said
from tests.storage.rows import add_chats, add_post, chat
from tests.waiting import settle_with

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import Attempt, OutboxRow

CHANNEL, GROUP, ME = ChatId(-1_002_000_000_001), ChatId(-4_000_000_001), 7
ROW = OutboxId(1)
LATER = timedelta(minutes=2)


@dataclass
class Doubt:
    """A post in doubt in a chat where the last message known is number 5."""

    database: Database
    post_id: PostId
    clock: HastyClock = field(default_factory=HastyClock)
    chat: AskedChat = field(default_factory=AskedChat)
    told: list[ChatId] = field(default_factory=list)
    place: ChatId = CHANNEL
    """Where attempts leave for."""

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin anew, with what is in the database."""
        self.figures = Figures()
        self.ledger = Ledger(self.database, self.clock, figures=self.figures)
        self.search = Search(self.database, self.clock, self.chat, self.ledger)
        self.settler = self.settling()

    def settling(self, *, asks: bool = True) -> SearchingSettler:
        async def tell(chat_id: ChatId) -> None:
            self.told.append(chat_id)

        search = self.search if asks else None
        return SearchingSettler(self.database, self.clock, self.ledger, search, tell)

    def settlements(self) -> Settlements:
        return Settlements(
            database=self.database,
            clock=self.clock,
            ledger=self.ledger,
            settler=self.settler,
            search=self.search,
            prober=self.chat,
            me=ME,
        )

    async def begin(self, name: str = "a") -> None:
        """An attempt leaves, and nobody hears of it."""
        async with self.database.transaction() as tx:
            await attempts.add_attempt(tx, self.attempt(name), self.clock.now())
            await outbox.set_unknown(tx, ROW, "ReadTimeout", self.clock.now())

    def attempt(self, token: str) -> NewAttempt:
        return NewAttempt(token, self.place, f"[{token}]", "words", ROW, self.post_id, "ko")

    def lands(self, message_id: int, name: str = "a") -> None:
        self.chat.ours[message_id] = Said("words", f"[{name}]")

    async def settles(self, after: timedelta = timedelta(seconds=3)) -> Settled:
        self.clock._now += after
        return await self.settler.settle(await self.row())

    async def row(self) -> OutboxRow:
        async with self.database.reader() as db:
            row = await outbox.get_row(db, ROW)
        assert row is not None
        return row

    async def found(self, name: str = "a") -> Attempt | None:
        async with self.database.reader() as db:
            return await attempts.get_attempt(db, name)

    async def lists(self, push: PostPush | DigestPush | EditionPush) -> tuple[PostId, ...]:
        """What is known of the numbers of a push that was in doubt, once it has arrived."""
        place, now = (CHANNEL, MessageId(6)), self.clock.now()
        async with self.database.transaction() as tx:
            new = NewOutboxRow(CHANNEL, "list", push, not_before=now)
            await outbox.add_rows(tx, [new], now)
            rows = await tx.fetch_all("SELECT max(id) AS id FROM outbox")
            attempt = NewAttempt("z", CHANNEL, "[z]", "words", OutboxId(rows[0]["id"]))
            await attempts.add_attempt(tx, attempt, now)
        await self.ledger.arrived("z", place[1])
        async with self.database.reader() as db:
            shown = await lists.get_list(db, *place)
        return () if shown is None else shown.post_ids

    async def shows(self, message_id: int) -> PostId | None:
        async with self.database.reader() as db:
            shown = await messages.get_message(db, self.place, MessageId(message_id))
        return None if shown is None else shown.post_id

    async def reacts(self, message_id: int) -> None:
        given = frozenset("👍")
        now = self.clock.now()
        one = ReactionSet(CHANNEL, MessageId(message_id), ActorId(9), given, now, UpdateId(1))
        async with self.database.transaction() as tx:
            await reactions.set_reactions(tx, [one])


async def in_doubt(database: Database, chat_id: ChatId, kind: ChatKind) -> Doubt:
    await add_chats(database, chat(chat_id, kind=kind))
    made = Doubt(database, await add_post(database, "글"), place=chat_id)
    async with database.transaction() as tx:
        push = NewOutboxRow(chat_id, "1", PostPush((made.post_id,)), made.clock.now())
        await outbox.add_rows(tx, [push], made.clock.now())
        await known_ids.add_known_id(tx, chat_id, MessageId(5), made.clock.now())
    await made.begin()
    return made


@pytest.fixture
async def doubt(database: Database) -> Doubt:
    return await in_doubt(database, CHANNEL, ChatKind.CHANNEL)


@pytest.fixture
async def moved(database: Database) -> Doubt:
    """It left for a group, which has become a supergroup since."""
    made = await in_doubt(database, GROUP, ChatKind.GROUP)
    async with database.transaction() as tx:
        await chats.set_migrated(tx, GROUP, CHANNEL)
        await known_ids.add_known_id(tx, CHANNEL, MessageId(1), made.clock.now())
    return made


@pytest.mark.parametrize("kind", ["posts", "digest", "edition"])
async def test_a_list_that_was_in_doubt_is_known_by_its_numbers(doubt: Doubt, kind: str) -> None:
    gone, second = PostId(999), await add_post(doubt.database, "둘째")
    pushes: dict[str, PostPush | DigestPush | EditionPush] = {
        "posts": PostPush((second, gone, doubt.post_id)),
        "digest": DigestPush((second, gone), (doubt.post_id,)),
        "edition": EditionPush(Period.WEEK, ((second, 3),), (gone,), 0, (doubt.post_id, 1)),
    }
    assert await doubt.lists(pushes[kind]) == (second, doubt.post_id)


async def test_what_a_digest_tells_in_short_lines_is_known_without_numbers(doubt: Doubt) -> None:
    short = await add_post(doubt.database, "둘째")
    push = DigestPush((doubt.post_id,), (), brief=(short,))
    assert await doubt.lists(push) == (doubt.post_id,)
    async with doubt.database.reader() as db:
        shown = await lists.get_list(db, CHANNEL, MessageId(6))
    assert shown is not None
    assert shown.every == (doubt.post_id, short)


async def test_of_a_long_list_the_numbers_are_known_that_surely_fitted(doubt: Doubt) -> None:
    ids = [await add_post(doubt.database, f"글 {number}") for number in range(FITTING + 3)]
    shown = await doubt.lists(DigestPush(tuple(ids[:-2]), tuple(ids[-2:])))
    assert shown == tuple(ids[:FITTING])


async def test_what_landed_is_found_with_two_questions_and_tied(doubt: Doubt) -> None:
    doubt.lands(6)
    assert await doubt.settles(timedelta()) == Wait(), "updates that wait come first"
    assert await doubt.settles() == Arrived()
    assert doubt.chat.asked == [("may", 0), ("whose", 6), ("compare", 6)]
    row = await doubt.row()
    assert (row.state, row.message_id) == (OutboxState.SENT, 6)
    assert await doubt.shows(6) == doubt.post_id
    found = await doubt.found()
    assert found is not None
    assert (found.message_id, found.calls) == (6, 2)


@pytest.fixture
async def pinning(doubt: Doubt) -> Doubt:
    """The chat wants what comes by itself to be pinned; number 4 is."""
    async with doubt.database.transaction() as tx:
        known = await chats.get_chat(tx, CHANNEL)
        assert known is not None
        await chats.set_settings(tx, CHANNEL, replace(known.settings, pin=True), None)
        await pins.set_wanted(tx, CHANNEL, MessageId(4))
        await pins.set_pinned(tx, Pin(CHANNEL, MessageId(4), None))
    return doubt


async def pin_of(doubt: Doubt) -> list[Pin]:
    async with doubt.database.reader() as db:
        return await pins.list_wanted(db)


async def test_what_was_in_doubt_is_pinned_like_any_other(pinning: Doubt) -> None:
    pinning.lands(6)
    await pinning.settles(timedelta())
    await pinning.settles()
    assert await pin_of(pinning) == [Pin(CHANNEL, MessageId(6), MessageId(4))]


async def test_what_arrived_before_the_pinned_one_is_not_pinned(pinning: Doubt) -> None:
    await pinning.ledger.arrived("a", MessageId(3))
    assert await pin_of(pinning) == []


@pytest.mark.parametrize("is_pinned", [True, False])
async def test_where_the_pinned_copy_is_taken_back_the_one_that_stays_is_pinned(
    pinning: Doubt, *, is_pinned: bool
) -> None:
    await pinning.ledger.resent(await pinning.row())
    await pinning.begin("b")
    await pinning.ledger.arrived("b", MessageId(7))
    (wanted,) = await pin_of(pinning)
    assert wanted.wanted_id == MessageId(7)
    if is_pinned:
        async with pinning.database.transaction() as tx:
            await pins.set_pinned(tx, wanted)
    await pinning.ledger.arrived("a", MessageId(6))
    spare = await pinning.found("b")
    assert spare is not None
    await pinning.ledger.mended(await pinning.row(), spare)
    before = None if is_pinned else MessageId(4)
    assert await pin_of(pinning) == [Pin(CHANNEL, MessageId(6), before)]


async def test_what_left_before_a_group_became_a_supergroup_is_looked_for_there(
    moved: Doubt,
) -> None:
    """Nobody looked, so that it went once more, and was there twice."""
    moved.lands(6)
    assert await moved.settles() == Arrived()
    assert await moved.shows(6) == moved.post_id
    row = await moved.row()
    assert (row.chat_id, row.state, row.message_id) == (CHANNEL, OutboxState.SENT, None)


async def test_where_it_lands_later_the_one_in_the_supergroup_is_taken_back(moved: Doubt) -> None:
    settlements = moved.settlements()
    await moved.ledger.resent(await moved.row())
    moved.place = CHANNEL
    await moved.begin("b")
    await moved.ledger.arrived("b", MessageId(40))
    moved.place = GROUP
    moved.lands(6)
    await work(moved, settlements, 25)
    await work(moved, settlements)
    assert ("take back", 40) in moved.chat.asked
    assert await moved.shows(6) == moved.post_id
    assert ((await moved.row()).state, (await moved.row()).message_id) == (OutboxState.SENT, None)


async def test_what_went_once_more_to_a_supergroup_is_looked_for_there(moved: Doubt) -> None:
    await moved.ledger.resent(await moved.row())
    moved.place = CHANNEL
    await moved.begin("b")
    moved.lands(2, "b")
    assert await moved.settles() == Arrived()
    assert (await moved.row()).message_id == 2


async def test_others_are_asked_about_once_and_what_is_hidden_again_at_the_end(
    doubt: Doubt,
) -> None:
    doubt.chat.others = {6, 7}
    while doubt.clock.now() - (await doubt.row()).changed_at < timedelta(seconds=50):
        assert await doubt.settles() == Wait()
    first = [one for what, one in doubt.chat.asked if what == "whose"]
    assert first == [6, 7, 8, 9, 10, 11, 12, 13]
    doubt.chat.asked.clear()
    doubt.lands(8)
    assert await doubt.settles(LATER) == Arrived(), "it landed meanwhile"
    assert doubt.chat.asked == [("may", 0), ("whose", 8), ("compare", 8)]


async def test_what_is_nowhere_is_sent_again_after_a_second_look(doubt: Doubt) -> None:
    for _ in range(8):
        assert await doubt.settles() == Wait()
    doubt.chat.asked.clear()
    settled = await doubt.settles(LATER)
    assert settled == Wait()
    while settled == Wait():
        settled = await doubt.settles()
    assert settled == Resend()
    assert len(doubt.chat.asked) == 1 + AHEAD


async def test_a_search_keeps_to_its_share_and_leaves_pauses(doubt: Doubt) -> None:
    doubt.chat.others = set(range(6, 60))
    await doubt.settles()
    assert len(doubt.chat.asked) == 1 + IDS_AT_ONCE
    assert doubt.clock.slept == [GAP_SECONDS]
    for _ in range(3):
        await doubt.settles(timedelta(seconds=0.1))
    assert len(doubt.chat.asked) == 1 + BURST
    await doubt.settles(timedelta(seconds=10))
    assert len(doubt.chat.asked) <= 1 + BURST + 2


async def test_a_look_ends_however_many_there_are_to_ask_about(doubt: Doubt) -> None:
    """In a basic group or a private chat, whoever else gets a message takes the next id."""
    doubt.chat.others = set(range(6, 900))
    while doubt.clock.now() - (await doubt.row()).changed_at < timedelta(seconds=50):
        assert await doubt.settles() == Wait()
    assert len(doubt.chat.asked) == 1 + CALLS_A_LOOK
    settled = await doubt.settles(LATER)
    while isinstance(settled, Wait):
        settled = await doubt.settles()
    assert settled == Resend()
    assert len(doubt.chat.asked) == 2 * (1 + CALLS_A_LOOK)


async def test_one_behind_many_that_are_lost_lets_them_be_found_first(doubt: Doubt) -> None:
    """In private chats, which count together: the place of each tells where the next one is."""
    person = ChatId(5_000_000_001)
    async with doubt.database.transaction() as tx:
        await tx.execute("UPDATE outbox SET chat_id = ?", (person,))
        await tx.execute("UPDATE attempts SET chat_id = ?, last_id = 100, id = 90", (person,))
        for number in range(MOST_BEFORE + 1):
            other = NewAttempt(f"x{number}", ChatId(7 + number), "[]", "other", OutboxId(50))
            await attempts.add_attempt(tx, other, doubt.clock.now())
        await tx.execute("UPDATE attempts SET id = id - 60, last_id = 100 WHERE id > 90")
        await known_ids.add_known_id(tx, person, MessageId(100), doubt.clock.now())
    assert await doubt.settles() == Wait()
    assert doubt.chat.asked == []
    await doubt.ledger.arrived("x1", MessageId(102))
    assert await doubt.settles() == Wait()
    assert doubt.chat.asked == [("whose", 105), ("whose", 104)]


async def test_there_is_an_end_of_questions(doubt: Doubt) -> None:
    doubt.chat.others = set(range(6, 900))
    async with doubt.database.transaction() as tx:
        await attempts.add_calls(tx, "a", MOST_CALLS)
    assert await doubt.settles() == Wait()
    assert await doubt.settles(LATER) == Resend()
    assert doubt.chat.asked == [("may", 0)] * 2


async def test_what_was_asked_about_the_first_is_no_end_for_the_next(doubt: Doubt) -> None:
    """Starts in the middle of looks used the questions up: each resend was blind, and doubled."""
    async with doubt.database.transaction() as tx:
        await attempts.add_calls(tx, "a", MOST_CALLS)
    await doubt.ledger.resent(await doubt.row())
    await doubt.begin("b")
    doubt.lands(6, "b")
    assert await doubt.settles() == Arrived()


@pytest.mark.parametrize("failure", [Throttled(5), Ambiguous("502"), NotSent("ConnectError")])
async def test_while_telegram_does_not_answer_nothing_is_sent_again(
    doubt: Doubt, failure: Failure
) -> None:
    doubt.lands(6)
    doubt.chat.failures.extend([failure, None, failure])
    assert await doubt.settles(LATER) == Wait()
    assert await doubt.settles() == Wait(), "it is left alone for a while"
    assert len(doubt.chat.asked) == 1
    assert await doubt.settles(timedelta(seconds=20)) == Wait()
    assert await doubt.settles(timedelta(seconds=20)) == Arrived()


@pytest.mark.parametrize("failure", [Other("?"), CannotWrite(Loss.KICKED, "kicked")])
@pytest.mark.parametrize("asked", [0, 1])
async def test_a_refusal_to_answer_ends_the_search(
    doubt: Doubt, failure: Failure, asked: int
) -> None:
    doubt.chat.failures.extend([*[None] * asked, failure])
    assert await doubt.settles(LATER) == Resend()


async def test_where_others_could_be_changed_nothing_is_asked(doubt: Doubt) -> None:
    doubt.chat.allows = False
    doubt.lands(6)
    assert await doubt.settles() == Wait()
    assert await doubt.settles(LATER) == Resend()
    assert {what for what, _ in doubt.chat.asked} == {"may"}
    assert set(doubt.told) == {CHANNEL}


async def test_a_reaction_is_asked_about_first_and_proves_it_where_nothing_is_asked(
    doubt: Doubt,
) -> None:
    await doubt.reacts(9)
    doubt.lands(9)
    assert await doubt.settles() == Arrived()
    assert doubt.chat.asked == [("may", 0), ("whose", 9), ("compare", 9)]


@pytest.mark.parametrize(
    ("kind", "settled"), [(ChatKind.CHANNEL, Arrived()), (ChatKind.SUPERGROUP, Wait())]
)
async def test_without_questions_a_reaction_counts_where_no_other_bot_hides(
    doubt: Doubt, kind: ChatKind, settled: Settled
) -> None:
    async with doubt.database.transaction() as tx:
        await tx.execute("UPDATE chats SET kind = ?", (kind,))
    doubt.settler = doubt.settling(asks=False)
    assert await doubt.settles() == Wait()
    await doubt.reacts(6)
    assert await doubt.settles() == settled
    assert doubt.chat.asked == []


async def test_where_nothing_of_ours_is_known_nothing_is_asked(doubt: Doubt) -> None:
    """After an upgrade or a restored backup, older messages of ours could be mistaken."""
    async with doubt.database.transaction() as tx:
        await tx.execute("UPDATE attempts SET last_id = NULL")
    doubt.lands(6)
    assert await doubt.settles() == Wait()
    assert await doubt.settles(LATER) == Resend()
    assert {what for what, _ in doubt.chat.asked} <= {"may"}


async def test_a_row_from_before_attempts_were_kept_is_sent_again(doubt: Doubt) -> None:
    async with doubt.database.transaction() as tx:
        await attempts.delete_attempt(tx, "a")
    assert await doubt.settles() == Wait()
    assert await doubt.settles(LATER) == Resend()


async def test_another_of_ours_gets_its_buttons_back(doubt: Doubt) -> None:
    """An answer in doubt: its text tells whose buttons were overwritten."""
    async with doubt.database.transaction() as tx:
        answer = NewAttempt("z", CHANNEL, "[z]", "answer")
        await attempts.add_attempt(tx, answer, doubt.clock.now())
    doubt.chat.ours = {6: Said("answer", "[z]"), 7: Said("words", "[a]"), 8: Said("?", "[?]")}
    assert await doubt.settles() == Arrived()
    assert doubt.chat.ours[6].keyboard == "[z]"
    found = await doubt.found("z")
    assert found is not None
    assert found.message_id == 6
    assert (await doubt.row()).message_id == 7


async def test_buttons_that_nobody_kept_are_taken_off(doubt: Doubt) -> None:
    doubt.chat.ours = {6: Said("?", "[?]")}
    assert await doubt.settles() == Wait()
    assert doubt.chat.ours[6].keyboard == ""
    doubt.chat.asked.clear()
    await doubt.settles(LATER)
    assert ("whose", 6) not in doubt.chat.asked


@pytest.mark.parametrize("text", ["words", "answer"])
async def test_buttons_that_we_may_have_put_there_ourselves_prove_nothing(
    doubt: Doubt, text: str
) -> None:
    """A comparison went unanswered: the next one looks at the text, and puts the buttons on."""
    async with doubt.database.transaction() as tx:
        answer = NewAttempt("z", CHANNEL, "[z]", "answer")
        await attempts.add_attempt(tx, answer, doubt.clock.now())
    own = {"words": "[a]", "answer": "[z]"}[text]
    doubt.chat.ours = {6: Said(text, own)}
    doubt.chat.loses = True
    doubt.chat.failures.extend([None, None, Ambiguous("ReadTimeout")])
    assert await doubt.settles() == Wait()
    assert await doubt.settles(timedelta(seconds=20)) == (Arrived() if text == "words" else Wait())
    assert doubt.chat.ours[6].keyboard == own


@pytest.mark.parametrize("kills", [(1,), (2,), (3,), (1, 1), (1, 2), (2, 1), (1, 1, 1), (1, 1, 2)])
@pytest.mark.parametrize("text", ["words", "answer", "?"])
async def test_what_a_kill_left_of_a_comparison_proves_nothing(
    doubt: Doubt, text: str, kills: tuple[int, ...]
) -> None:
    """The next run found its own buttons there, took an answer for the push, and it was lost."""
    async with doubt.database.transaction() as tx:
        answer = NewAttempt("z", CHANNEL, "[z]", "answer")
        await attempts.add_attempt(tx, answer, doubt.clock.now())
    own = {"words": "[a]", "answer": "[z]", "?": "[?]"}[text]
    doubt.chat.ours = {6: Said(text, own)}
    for kill in kills:
        doubt.chat.dies_at = kill
        with suppress(Killed):
            await doubt.settles()
        doubt.restart()
    doubt.chat.dies_at = 0
    await doubt.settles()
    is_sent = (await doubt.row()).state is OutboxState.SENT
    assert is_sent is (text == "words")
    assert doubt.chat.ours[6].keyboard == ("" if text == "?" else own)
    assert await doubt.shows(6) == (doubt.post_id if text == "words" else None)


async def test_an_answer_that_is_sent_while_a_question_waits_for_its_turn_is_not_touched(
    doubt: Doubt,
) -> None:
    doubt.chat.ours = {6: Said("answer", "[z]")}

    async def is_noted(message_id: int) -> None:
        await doubt.ledger.known(CHANNEL, MessageId(message_id))

    doubt.chat.while_waiting = is_noted
    assert await doubt.settles() == Wait()
    assert doubt.chat.asked == [("may", 0), ("whose", 6), ("whose", 7)]
    assert doubt.chat.ours[6].keyboard == "[z]"


async def test_a_first_attempt_is_known_from_the_second(doubt: Doubt) -> None:
    """Both in doubt, both alike but for their buttons."""
    await doubt.ledger.resent(await doubt.row())
    await doubt.begin("b")
    doubt.lands(6, "a")
    assert await doubt.settles() == Arrived()
    assert doubt.chat.ours[6].keyboard == "[a]"
    row = await doubt.row()
    assert (row.state, row.message_id) == (OutboxState.RESENT_UNPROVEN, 6), "b may come yet"


async def test_what_was_seen_while_it_went_once_more_is_not_sent_a_third_time(
    doubt: Doubt,
) -> None:
    await doubt.ledger.resent(await doubt.row())
    async with doubt.database.transaction() as tx:
        await outbox.claim_row(tx, ROW, token="b", now=doubt.clock.now())
        await attempts.add_attempt(tx, doubt.attempt("b"), doubt.clock.now())
    await doubt.ledger.arrived("a", MessageId(6))
    assert (await doubt.row()).state is OutboxState.SENDING
    await doubt.ledger.not_sent(await doubt.row(), Again(doubt.clock.now(), "ConnectError"), "b")
    row = await doubt.row()
    assert (row.state, row.message_id) == (OutboxState.SENT, 6)


async def test_what_was_seen_before_the_process_ended_is_settled_at_the_start(
    doubt: Doubt,
) -> None:
    await doubt.ledger.resent(await doubt.row())
    async with doubt.database.transaction() as tx:
        await outbox.claim_row(tx, ROW, token="b", now=doubt.clock.now())
        await attempts.add_attempt(tx, doubt.attempt("b"), doubt.clock.now())
    await doubt.ledger.arrived("a", MessageId(6))
    await doubt.ledger.interrupt()
    assert await doubt.settles() == Arrived()
    row = await doubt.row()
    assert (row.state, row.message_id) == (OutboxState.RESENT_UNPROVEN, 6), "b may be there too"


async def test_what_is_refused_under_the_id_that_a_group_had_goes_to_its_new_one(
    doubt: Doubt,
) -> None:
    """It became a supergroup while the request was on its way: nothing is lost or stuck."""
    row, moved = await doubt.row(), ChatId(-1_009_000_000_001)
    async with doubt.database.transaction() as tx:
        await chats.set_migrated(tx, CHANNEL, moved)
    await doubt.ledger.not_sent(row, Leave("kicked"), "a")
    after = await doubt.row()
    assert (after.state, after.chat_id) == (OutboxState.PENDING, moved)
    async with doubt.database.reader() as db:
        (due,) = await outbox.list_due(db, doubt.clock.now(), limit=9)
    assert due == after


async def test_patience_asks_nobody(doubt: Doubt) -> None:
    settler = PatientSettler(doubt.clock)
    assert await settler.settle(await doubt.row()) == Wait()
    doubt.clock._now += LATER
    assert await settler.settle(await doubt.row()) == Resend()


# -- after a resend ------------------------------------------------------------------------------


@pytest.fixture
async def resent(doubt: Doubt) -> Doubt:
    """It was sent again as number 6, and the first was not seen."""
    await doubt.ledger.resent(await doubt.row())
    await doubt.begin("b")
    await doubt.ledger.arrived("b", MessageId(6))
    doubt.lands(6, "b")
    assert (await doubt.row()).state is OutboxState.RESENT_UNPROVEN
    return doubt


async def work(doubt: Doubt, settlements: Settlements, after: float = 0) -> None:
    doubt.clock._now += timedelta(seconds=after)
    await settlements.run_once()
    while settlements._jobs:
        await asyncio.wait(list(settlements._jobs.values()))
    await settle_with(doubt.database)


async def test_the_first_that_lands_late_is_found_and_taken_back(resent: Doubt) -> None:
    settlements = resent.settlements()
    await work(resent, settlements, 10)
    assert resent.chat.asked == []
    resent.lands(7, "a")
    await work(resent, settlements, 15)
    assert await resent.shows(7) == resent.post_id
    await work(resent, settlements)
    row = await resent.row()
    assert (row.state, row.message_id) == (OutboxState.SENT, 6)
    assert 7 not in resent.chat.ours
    assert await resent.shows(7) is None
    assert settled(resent) == {"found": 2, "resent": 1, "taken_back": 1}


async def test_two_that_stay_are_counted(resent: Doubt) -> None:
    await resent.ledger.arrived("a", MessageId(7))
    await resent.ledger.arrived("a", MessageId(7))
    await resent.ledger.doubled(await resent.row())
    assert settled(resent) == {"found": 2, "resent": 1, "doubled": 1}


def settled(doubt: Doubt) -> dict[str, float]:
    """How often it ended how with a push in doubt."""
    name = "sosik_pushes_settled_total"
    found = counted(doubt.figures).items()
    return {one[len(name) + 1 : -1]: value for one, value in found if one.startswith(name)}


async def test_the_first_is_looked_for_three_times(resent: Doubt) -> None:
    settlements = resent.settlements()
    for after in (25, 110, 900):
        before = len(resent.chat.asked)
        await work(resent, settlements, after)
        assert len(resent.chat.asked) > before
    before = len(resent.chat.asked)
    await work(resent, settlements, 90_000)
    assert len(resent.chat.asked) == before
    found = await resent.found()
    assert found is not None
    assert found.calls <= MOST_CALLS


async def test_each_look_after_a_resend_is_a_few_questions(resent: Doubt) -> None:
    resent.chat.others = set(range(7, 90))
    await resent.ledger.known(CHANNEL, MessageId(90))
    settlements = resent.settlements()
    asked = []
    for after in (25, 110, 900):
        before = len(resent.chat.asked)
        await work(resent, settlements, after)
        asked.append([what for what, _ in resent.chat.asked[before:]])
    assert asked == [["may", *["whose"] * 6]] * 3


async def test_where_it_is_not_known_where_to_look_nothing_is_asked_after_a_resend(
    resent: Doubt, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of ours was known there."""
    async with resent.database.transaction() as tx:
        await tx.execute("UPDATE attempts SET last_id = NULL")
    settlements = resent.settlements()
    for after in (25, 900):
        await work(resent, settlements, after)
    assert (resent.chat.asked, caplog.messages) == ([], [])


async def test_a_look_that_was_interrupted_is_taken_again(resent: Doubt) -> None:
    settlements = resent.settlements()
    resent.chat.failures.extend([NotSent("x"), None, Throttled(3)])
    resent.lands(7, "a")
    await work(resent, settlements, 25)
    await work(resent, settlements, 15)
    assert len(resent.chat.asked) == 3
    await work(resent, settlements, 15)
    assert await resent.shows(7) == resent.post_id


async def test_where_nothing_may_be_asked_nothing_is_looked_for_again(resent: Doubt) -> None:
    resent.chat.allows = False
    settlements = resent.settlements()
    await work(resent, settlements, 25)
    await work(resent, settlements, 900)
    assert resent.chat.asked == [("may", 0)]


async def test_a_copy_that_cannot_be_taken_back_now_is_later(resent: Doubt) -> None:
    settlements = resent.settlements()
    await resent.ledger.arrived("a", MessageId(7))
    resent.chat.failures.append(Throttled(3))
    await work(resent, settlements)
    await work(resent, settlements)
    assert resent.chat.asked == [("take back", 7)]
    await work(resent, settlements, 15)
    assert (await resent.row()).state is OutboxState.SENT


async def test_the_last_copy_is_never_taken_back(resent: Doubt) -> None:
    """The look that found two was over only after one had been taken back: both were."""
    settlements = resent.settlements()
    resent.lands(7)
    await resent.ledger.arrived("a", MessageId(7))
    before = await resent.row()
    await work(resent, settlements)
    await settlements._mend(before)
    assert resent.chat.asked == [("take back", 7)]
    assert list(resent.chat.ours) == [6]
    assert (await resent.row()).state is OutboxState.SENT


async def test_a_copy_that_stays_is_counted(resent: Doubt) -> None:
    settlements = resent.settlements()
    await resent.ledger.arrived("a", MessageId(7))
    resent.chat.failures.append(Other("message can't be deleted"))
    await work(resent, settlements)
    assert (await resent.row()).state is OutboxState.DOUBLED
    assert {await resent.shows(6), await resent.shows(7)} == {resent.post_id}


async def test_copies_that_somebody_minded_stay(resent: Doubt) -> None:
    settlements = resent.settlements()
    await resent.ledger.arrived("a", MessageId(7))
    await resent.ledger.touched("a")
    await resent.reacts(6)
    await work(resent, settlements)
    assert (await resent.row()).state is OutboxState.DOUBLED


async def test_of_three_copies_two_are_taken_back(resent: Doubt) -> None:
    """Two that hung up both land, before a copy could be taken back."""
    async with resent.database.transaction() as tx:
        await attempts.add_attempt(tx, resent.attempt("c"), resent.clock.now())
    settlements = resent.settlements()
    for message_id, token in ((7, "a"), (8, "c")):
        resent.lands(message_id, token)
        await resent.ledger.arrived(token, MessageId(message_id))
    await work(resent, settlements)
    row = await resent.row()
    assert (row.state, set(resent.chat.ours)) == (OutboxState.RESENT_UNPROVEN, {6, 7})
    await work(resent, settlements)
    row = await resent.row()
    assert (row.state, row.message_id) == (OutboxState.SENT, 6)
    assert set(resent.chat.ours) == {6}


async def test_who_asks_to_be_forgotten_during_a_send_or_a_search_leaves_no_trace(
    doubt: Doubt,
) -> None:
    row = await doubt.row()
    async with doubt.database.reader() as db:
        post = await posts.get_post(db, doubt.post_id)
    message = OutgoingMessage(Page(Rich("글")), "ko", Priority.PUSH, shows=post)
    async with doubt.database.transaction() as tx:
        await chats.delete_chat(tx, CHANNEL)
    await doubt.ledger.sent(row, message, "a", Sent(CHANNEL, MessageId(6)))
    await doubt.ledger.known(CHANNEL, MessageId(7))
    assert await doubt.shows(6) is None
    async with doubt.database.reader() as db:
        assert await known_ids.list_known_ids(db, CHANNEL, MessageId(0)) == set()


@pytest.mark.parametrize(("text", "proves"), [("words", True), ("?", False)])
async def test_buttons_that_are_being_compared_prove_it_with_the_words_alone(
    doubt: Doubt, text: str, *, proves: bool
) -> None:
    """Pressed before they were put back, an answer was taken for the push."""
    async with doubt.database.transaction() as tx:
        await attempts.add_comparison(tx, CHANNEL, MessageId(6), doubt.clock.now())
        await tx.execute("UPDATE attempts SET text_digest = ?", (digest("words"),))
    markup = {"inline_keyboard": [[{"text": "전체 보기", "callback_data": "1f:1:0~a"}]]}
    shown = {"message_id": 6, "chat": {"id": CHANNEL}, "text": text, "reply_markup": markup}
    settlements = doubt.settlements()
    settlements.notice({"callback_query": {"message": shown}})
    await settlements.run_once()
    assert ((await doubt.row()).state is OutboxState.SENT) is proves


async def test_an_update_proves_it_before_anything_is_asked(doubt: Doubt) -> None:
    settlements = doubt.settlements()
    markup = {"inline_keyboard": [[{"text": "전체 보기", "callback_data": "1f:1:0~a"}]]}
    shown = {"message_id": 6, "chat": {"id": CHANNEL}, "text": "글", "reply_markup": markup}
    for _ in range(2):
        settlements.notice({"callback_query": {"message": shown}})
    settlements.notice({"message": {"text": "안녕"}})
    await work(doubt, settlements, 5)
    row = await doubt.row()
    assert (row.state, row.message_id) == (OutboxState.SENT, 6)
    found = await doubt.found()
    assert found is not None
    assert found.is_touched
    assert doubt.chat.asked == []


@pytest.mark.parametrize(
    ("changes", "is_ours"),
    [
        ({}, True),
        ({"message_id": 5}, False),
        ({"text": "다른 말"}, False),
        ({"chat": {"id": -1003}}, False),
    ],
)
async def test_the_words_alone_prove_it_in_the_gap_alone(
    doubt: Doubt,
    changes: dict[str, object],
    is_ours: bool,  # noqa: FBT001  # a column of the table
) -> None:
    async with doubt.database.transaction() as tx:
        await tx.execute("UPDATE attempts SET text_digest = ?", (digest("글 하나"),))
    settlements = doubt.settlements()
    shown = {"message_id": 6, "chat": {"id": CHANNEL}, "from": {"id": ME}, "text": "글 하나"}
    settlements.notice({"message": {"reply_to_message": shown | changes}})
    await work(doubt, settlements)
    state = (await doubt.row()).state
    assert state is (OutboxState.SENT if is_ours else OutboxState.UNKNOWN)


async def test_what_is_broken_in_one_chat_is_logged_and_the_rest_goes_on(
    doubt: Doubt, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlements = doubt.settlements()

    async def fails(_: object) -> Settled:
        raise RuntimeError("broken")

    monkeypatch.setattr(doubt.settler, "settle", fails)
    await work(doubt, settlements)
    assert "settling_failed" in caplog.messages
    await settlements.close(0)
