from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage import chats, messages, outbox
from storage.models import (
    Came,
    ChatId,
    ChatState,
    DigestPush,
    MessageId,
    NewOutboxRow,
    NoticePush,
    OutboxId,
    OutboxKind,
    OutboxState,
    Overnight,
    PostId,
    PostPush,
    PushMode,
    View,
)
from tests.storage.rows import NOW, add_chats, add_post, chat

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from storage.models import OutboxRow, Push

LATER = NOW + timedelta(minutes=5)
POST, DIGEST = PostPush((PostId(7),)), DigestPush((PostId(7),), ())


async def queue(
    database: Database, chat_id: int, item: str, *, push: Push = POST, at: datetime = NOW
) -> None:
    async with database.transaction() as tx:
        await outbox.add_rows(tx, [NewOutboxRow(ChatId(chat_id), item, push, at)], NOW)


async def due(
    database: Database, now: datetime = NOW, *, limit: int = 10, apart_from: tuple[int, ...] = ()
) -> list[OutboxRow]:
    async with database.reader() as db:
        return await outbox.list_due(
            db, now, limit=limit, apart_from=[ChatId(one) for one in apart_from]
        )


async def get(database: Database, row_id: OutboxId) -> OutboxRow:
    async with database.reader() as db:
        row = await outbox.get_row(db, row_id)
    assert row is not None
    return row


async def claim(database: Database, row_id: OutboxId) -> bool:
    async with database.transaction() as tx:
        return await outbox.claim_row(tx, row_id, token="k3x9", now=LATER)


async def test_a_push_is_queued_once(database: Database) -> None:
    await queue(database, -1, "5")
    await queue(database, -1, "5")
    await queue(database, -1, "5", push=DIGEST)
    assert [(row.push, row.item) for row in await due(database)] == [(POST, "5"), (DIGEST, "5")]


TEXT = st.text(st.characters(codec="utf-8"))
ITEM = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pushes=st.lists(st.tuples(st.integers(-(2**52), 2**52), ITEM, TEXT), max_size=9))
@example(pushes=[(-1, 'a"b', "\0\\u0000"), (-1, "a", '"'), (-1, "a", "\U0001f642"), (-2, "a", "")])
async def test_what_is_queued_is_what_was_given_in_its_order(
    database: Database, pushes: list[tuple[int, str, str]]
) -> None:
    rows = [
        NewOutboxRow(ChatId(chat_id), item, NoticePush("key", {"said": said}), NOW)
        for chat_id, item, said in pushes
    ]
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM outbox")
        await outbox.add_rows(tx, rows, LATER)
        ids = await tx.fetch_all("SELECT id FROM outbox ORDER BY id")
        found = [await outbox.get_row(tx, OutboxId(row["id"])) for row in ids]
    read = [(one.chat_id, one.item, one.push, one.created_at) for one in found if one is not None]
    firsts = {(row.chat_id, row.item): row for row in reversed(rows)}
    expected = [row for row in rows if firsts[row.chat_id, row.item] is row]
    assert read == [(one.chat_id, one.item, one.push, LATER) for one in expected]


async def test_however_many_are_queued_or_taken_down_it_is_one_statement(
    database: Database,
) -> None:
    """For each statement SQLite keeps anew what a trigger may have to undo."""
    said: list[str] = []
    rows = [NewOutboxRow(ChatId(-1 - one), "7", POST, NOW) for one in range(9)]
    async with database.transaction() as tx:
        await tx.run(lambda db: db.set_trace_callback(said.append))
        await outbox.add_rows(tx, rows, NOW)
        assert len(await outbox.withdraw_post(tx, PostId(7), NOW)) == len(rows)
        await tx.run(lambda db: db.set_trace_callback(None))
    for begins in ("INSERT OR IGNORE INTO outbox\n", "UPDATE outbox SET state"):
        assert len({one for one in said if one.strip().startswith(begins)}) == 1
    assert await due(database) == []


async def test_an_id_is_never_given_twice(database: Database) -> None:
    """What becomes of a push that was deleted on its way must not happen to another one."""
    await queue(database, 42, "5")
    (forgotten,) = await due(database)
    await claim(database, forgotten.id)
    async with database.transaction() as tx:
        await chats.delete_chat(tx, ChatId(42))
    await queue(database, -1, "6")
    assert not await claim(database, forgotten.id)
    async with database.transaction() as tx:
        await outbox.set_sent(tx, forgotten.id, MessageId(7), LATER)
    assert [row.item for row in await due(database)] == ["6"]


async def test_a_chat_gives_its_oldest_push_of_each_kind(database: Database) -> None:
    await queue(database, -1, "1")
    await queue(database, -1, "2")
    await queue(database, -1, "d", push=DIGEST, at=NOW - timedelta(hours=1))
    await queue(database, -2, "1")
    assert [(row.chat_id, row.item) for row in await due(database)] == [
        (-1, "d"),
        (-1, "1"),
        (-2, "1"),
    ]
    assert [row.item for row in await due(database, limit=1)] == ["d"]
    assert [row.chat_id for row in await due(database, apart_from=(-1,))] == [-2]


async def test_an_earlier_push_that_waits_holds_back_the_later_ones(database: Database) -> None:
    await queue(database, -1, "1", at=LATER)
    await queue(database, -1, "2")
    assert await due(database) == []
    assert [row.item for row in await due(database, LATER)] == ["1"]
    async with database.reader() as db:
        waiting = await outbox.list_waiting(db, ChatId(-1), OutboxKind.POST, LATER)
    assert [row.item for row in waiting] == ["1", "2"]


async def test_a_chat_that_is_not_served_or_takes_no_messages_gets_nothing(
    database: Database,
) -> None:
    await add_chats(
        database,
        chat(-1, state=ChatState.LEFT),
        chat(-2, state=ChatState.WAITING),
        chat(-3, can_write=False),
        chat(-4),
    )
    for chat_id in (-1, -2, -3, -4, 77):
        await queue(database, chat_id, "1")
    assert [row.chat_id for row in await due(database)] == [-4, 77]


async def test_a_claim_names_the_attempt_and_is_made_once(database: Database) -> None:
    await queue(database, -1, "1")
    (row,) = await due(database)
    assert await claim(database, row.id)
    assert not await claim(database, row.id)
    taken = await get(database, row.id)
    assert (taken.state, taken.attempts, taken.token) == (OutboxState.SENDING, 1, "k3x9")


async def test_while_one_is_under_way_or_in_doubt_the_chats_others_wait(
    database: Database,
) -> None:
    await queue(database, -1, "1")
    await queue(database, -1, "2")
    await queue(database, -1, "d", push=DIGEST)
    row, _ = await due(database)
    await claim(database, row.id)
    assert await due(database) == []
    async with database.transaction() as tx:
        await outbox.set_unknown(tx, row.id, "ReadTimeout", LATER)
    assert await due(database) == []
    async with database.transaction() as tx:
        await outbox.set_sent(tx, row.id, MessageId(7), LATER)
    assert [one.item for one in await due(database)] == ["2", "d"]
    sent = await get(database, row.id)
    assert (sent.state, sent.message_id, sent.error) == (OutboxState.SENT, 7, None)


async def test_what_did_not_go_waits_for_its_next_try(database: Database) -> None:
    await queue(database, -1, "1")
    (row,) = await due(database)
    await claim(database, row.id)
    async with database.transaction() as tx:
        await outbox.set_pending(tx, row.id, LATER, "ConnectError", NOW)
    assert await due(database) == []
    (again,) = await due(database, LATER)
    assert (again.error, again.attempts) == ("ConnectError", 1)


async def test_a_start_puts_in_doubt_what_was_being_sent(database: Database) -> None:
    await queue(database, -1, "1")
    await queue(database, -2, "1")
    (row, other) = await due(database)
    await claim(database, row.id)
    async with database.transaction() as tx:
        assert await outbox.set_interrupted(tx, NOW) == 1
    async with database.reader() as db:
        assert [one.id for one in await outbox.list_unknown(db, NOW)] == [row.id]
        assert await outbox.list_unknown(db, NOW - timedelta(seconds=1)) == []
    assert [one.id for one in await due(database)] == [other.id]


async def test_what_is_sent_again_in_doubt_is_counted_as_unproven(database: Database) -> None:
    await queue(database, -1, "1")
    (row,) = await due(database)
    await claim(database, row.id)
    async with database.transaction() as tx:
        await outbox.set_unknown(tx, row.id, "ReadTimeout", NOW)
        await outbox.set_resend(tx, row.id, NOW)
    (again,) = await due(database)
    assert again.doubts == 1
    await claim(database, row.id)
    async with database.transaction() as tx:
        await outbox.set_sent(tx, row.id, MessageId(8), NOW)
    async with database.reader() as db:
        assert await outbox.count_by_state(db) == {OutboxState.RESENT_UNPROVEN: 1}


async def test_only_the_push_that_is_sent_again_is(database: Database) -> None:
    for chat_id in (-1, -2, -3):
        await queue(database, chat_id, "1")
    again, doubtful, sent = await due(database)
    async with database.transaction() as tx:
        for row in (again, doubtful):
            await outbox.set_unknown(tx, row.id, "ReadTimeout", NOW)
        await outbox.set_sent(tx, sent.id, MessageId(8), NOW)
        await outbox.set_resend(tx, again.id, LATER)
        await outbox.set_resend(tx, sent.id, LATER)
    rows = [await get(database, row.id) for row in (again, doubtful, sent)]
    assert [(row.state, row.doubts, row.not_before) for row in rows] == [
        (OutboxState.PENDING, 1, LATER),
        (OutboxState.UNKNOWN, 0, NOW),
        (OutboxState.SENT, 0, NOW),
    ]


async def test_what_is_due_longest_goes_first_whatever_was_queued_first(
    database: Database,
) -> None:
    for chat_id, minutes in ((-1, 1), (-2, 3), (-3, 2), (-4, 3)):
        await queue(database, chat_id, "1", at=NOW - timedelta(minutes=minutes))
    assert [row.chat_id for row in await due(database)] == [-2, -4, -3, -1]
    assert [row.chat_id for row in await due(database, limit=2)] == [-2, -4]


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5)), max_size=25))
async def test_the_longest_due_goes_first_and_of_those_the_first_queued(
    database: Database, queued: list[tuple[int, int]]
) -> None:
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM outbox")
    for number, (chat_id, minutes) in enumerate(queued):
        at = NOW - timedelta(minutes=minutes)
        await queue(database, -chat_id, str(number), at=at)
    rows = await due(database, limit=100)
    places = [(row.not_before, row.id) for row in rows]
    assert places == sorted(places)
    firsts = {chat_id: number for number, (chat_id, _) in reversed(list(enumerate(queued)))}
    assert {row.chat_id: int(row.item) for row in rows} == {-one: firsts[one] for one in firsts}
    assert [row.id for row in await due(database, limit=3)] == [row.id for row in rows[:3]]


async def mute(database: Database, chat_id: int, *, reason: str, until: datetime) -> None:
    """The chat's first push was refused for that reason, and waits."""
    (row,) = [one for one in await due(database, limit=100) if one.chat_id == chat_id]
    async with database.transaction() as tx:
        await outbox.set_pending(tx, row.id, until, reason, NOW)


async def test_what_waits_until_the_bot_may_write_again_is_found_and_let_go(
    database: Database,
) -> None:
    await add_chats(database, *(chat(-number) for number in range(1, 7)))
    for number in (2, 1, 3, 4, 5, 6):
        await queue(database, -number, "5")
        await queue(database, -number, "6")
    for number in range(1, 5):
        await mute(database, -number, reason=outbox.muted("x"), until=LATER)
    await mute(database, -5, reason="flooded", until=LATER)
    async with database.transaction() as tx:
        await chats.set_can_write(tx, ChatId(-3), can_write=False)
        await chats.set_state(tx, ChatId(-4), ChatState.LEFT)
    async with database.reader() as db:
        assert await outbox.list_muted(db, NOW, limit=9) == [-2, -1]
        assert await outbox.list_muted(db, NOW, limit=1) == [-2]
        assert await outbox.list_muted(db, LATER, limit=9) == []
    async with database.transaction() as tx:
        assert await outbox.set_unmuted(tx, ChatId(-1), NOW) == 1
        assert await outbox.set_unmuted(tx, ChatId(-5), NOW) == 0
        assert await outbox.set_unmuted(tx, ChatId(-2), LATER) == 0
    assert [(row.chat_id, row.item) for row in await due(database)] == [(-1, "5"), (-6, "5")]


async def test_a_chat_that_is_gone_gets_nothing_of_what_waited(database: Database) -> None:
    for item in ("1", "2", "3"):
        await queue(database, -1, item)
    (row,) = await due(database)
    async with database.transaction() as tx:
        await outbox.set_failed(tx, row.id, "TooLong", NOW)
        assert await outbox.set_all_dropped(tx, ChatId(-1), "kicked", NOW) == 2
    assert await due(database) == []
    async with database.reader() as db:
        assert await outbox.count_by_state(db) == {OutboxState.FAILED: 1, OutboxState.DROPPED: 2}
    assert (await get(database, row.id)).error == "TooLong"


async def test_what_nobody_wants_any_more_is_dropped(database: Database) -> None:
    await queue(database, -1, "1")
    (row,) = await due(database)
    async with database.transaction() as tx:
        await outbox.set_dropped(tx, row.id, "the post was removed", NOW)
    assert (await get(database, row.id)).state is OutboxState.DROPPED


async def test_what_a_chat_was_given_since_then_is_found_by_its_kind(database: Database) -> None:
    for item in ("1", "2"):
        await queue(database, -1, item, push=DIGEST)
    await queue(database, -1, "3")
    await queue(database, -3, "1", push=DIGEST)
    async with database.reader() as db:
        since = dict.fromkeys(map(ChatId, (-1, -2, -3)), NOW)
        found = await outbox.list_pushes(db, OutboxKind.DIGEST, since)
        assert found == {-1: [DIGEST, DIGEST], -3: [DIGEST]}
        later = {ChatId(-1): NOW + timedelta(seconds=1), ChatId(-3): NOW}
        assert await outbox.list_pushes(db, OutboxKind.DIGEST, later) == {-3: [DIGEST]}


async def test_several_go_as_one(database: Database) -> None:
    for item in ("1", "2"):
        await queue(database, -1, item)
    async with database.reader() as db:
        first, second = await outbox.list_waiting(db, ChatId(-1), OutboxKind.POST, NOW)
    both = PostPush((PostId(1), PostId(2)))
    async with database.transaction() as tx:
        await outbox.set_merged(tx, first.id, both, [second.id], NOW)
    (row,) = await due(database)
    assert row.push == both
    merged = await get(database, second.id)
    assert (merged.state, merged.error) == (OutboxState.MERGED, f"merged into {first.id}")
    async with database.reader() as db:
        assert await outbox.get_row(db, OutboxId(99)) is None


async def test_what_is_finished_is_forgotten_after_a_while(database: Database) -> None:
    await queue(database, -1, "1")
    await queue(database, -2, "1")
    (row, _) = await due(database)
    async with database.transaction() as tx:
        await outbox.set_sent(tx, row.id, MessageId(7), NOW)
        assert await outbox.delete_finished(tx, NOW) == 0
        assert await outbox.delete_finished(tx, LATER) == 1
    assert len(await due(database)) == 1


async def test_what_a_chat_has_already_is_not_pushed(database: Database) -> None:
    await queue(database, 1, "7")
    await queue(database, 2, "7")
    async with database.transaction() as tx:
        for chat_id in (1, 3):
            row = NewOutboxRow(ChatId(chat_id), "7", POST, NOW)
            await outbox.add_sent(tx, row, MessageId(55), NOW)
        sent = await outbox.count_by_state(tx)
    assert sent == {OutboxState.PENDING: 1, OutboxState.SENT: 2}
    assert [row.chat_id for row in await due(database)] == [2]


async def test_notices_are_counted_by_how_their_item_begins(database: Database) -> None:
    notice = NoticePush("notice.waiting", {"title": "모임"})
    rows = [
        NewOutboxRow(ChatId(42), "waiting:-1:7", notice, NOW),
        NewOutboxRow(ChatId(42), "waiting:-2:7", notice, NOW),
        NewOutboxRow(ChatId(42), "source:1", notice, NOW),
    ]
    async with database.transaction() as tx:
        await outbox.add_rows(tx, rows[:1], NOW - timedelta(hours=1))
        await outbox.add_rows(tx, rows[1:], NOW)
        assert await outbox.count_notices(tx, "waiting:", NOW - timedelta(hours=1)) == 1
        assert await outbox.count_notices(tx, "waiting:", NOW - timedelta(hours=2)) == 2


async def test_of_pushes_in_doubt_the_oldest_comes_first(database: Database) -> None:
    await add_chats(database, chat(-1), chat(-2))
    async with database.transaction() as tx:
        for chat_id in (-1, -2):
            row = NewOutboxRow(ChatId(chat_id), "1", PostPush((PostId(1),)), NOW)
            await outbox.add_rows(tx, [row], NOW)
        for row_id in (2, 1):
            await outbox.set_unknown(tx, OutboxId(row_id), "timeout", NOW)
        assert [one.id for one in await outbox.list_unknown(tx, NOW)] == [1, 2]


async def test_of_each_chat_the_oldest_doubt_is_settled_first(database: Database) -> None:
    """A restored backup puts a whole queue in doubt: a chat has one push under way all the same."""
    for chat_id in (-2, -1):
        for item in ("1", "2", "3"):
            await queue(database, chat_id, item)
    async with database.transaction() as tx:
        await tx.execute("UPDATE outbox SET state = 'unknown' WHERE item <> '1'")
        found = await outbox.list_unknown(tx, NOW)
    assert [(one.chat_id, one.item) for one in found] == [(-2, "2"), (-1, "2")]


async def test_what_is_asked_all_the_time_reads_no_whole_outbox(database: Database) -> None:
    """It keeps what was finished for sixty days."""
    said: list[str] = []
    await database._writer.run(lambda db: db.set_trace_callback(said.append))
    async with database.transaction() as tx:
        await outbox.list_due(tx, NOW, limit=32)
        await outbox.list_unknown(tx, NOW)
        await outbox.list_waiting(tx, ChatId(-1), OutboxKind.POST, NOW)
        await outbox.list_pushes(tx, OutboxKind.DIGEST, {ChatId(-1): NOW})
        await outbox.list_came(tx, ChatId(-1), [PostId(1)], NOW, channel_id=ChatId(-2))
        await outbox.set_interrupted(tx, NOW)
        await outbox.set_all_dropped(tx, ChatId(-1), "gone", NOW)
        asked = [sql for sql in said if not sql.startswith(("BEGIN", "--"))]
        plans = [
            [row["detail"] for row in await tx.fetch_all(f"EXPLAIN QUERY PLAN {sql}")]
            for sql in asked
        ]
    assert len(plans) >= 6
    scans = [line for plan in plans for line in plan if line.startswith("SCAN")]
    assert not [one for one in scans if "outbox" in one and "INDEX" not in one], scans


async def overnight(database: Database, *of: int) -> dict[int, tuple[int, datetime]]:
    async with database.reader() as db:
        found = await outbox.list_overnight(db, NOW, *map(ChatId, of))
    assert all(isinstance(one, Overnight) for one in found)
    return {one.chat_id: (one.posts, one.until) for one in found}


async def test_what_waits_for_the_morning_is_counted_by_chat_and_exactly(
    database: Database,
) -> None:
    await add_chats(database, *map(chat, (-1, -2)))
    ids = [await add_post(database, f"글 {number}") for number in range(4)]
    for item, posts in {"0": ids[:1], "0-2": ids[:3], "3": ids[3:]}.items():
        await queue(database, -1, item, push=PostPush(tuple(posts)), at=LATER)
    await queue(database, -2, "0", push=PostPush((ids[0],)), at=LATER)
    await queue(database, -2, "due", push=PostPush((ids[1],)))
    await queue(database, -2, "digest", push=DigestPush((ids[1],), ()), at=LATER)
    await queue(database, -9, "unknown", push=PostPush((ids[1],)), at=LATER)
    assert await overnight(database) == {-1: (4, LATER), -2: (1, LATER)}
    assert await overnight(database, -2) == {-2: (1, LATER)}
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE id = ?", (ids[2],))
        await tx.execute("UPDATE outbox SET payload = '{' WHERE item = '3'")
    assert await overnight(database, -1) == {-1: (2, LATER)}


@pytest.mark.parametrize(
    "changes",
    [
        {"push": PushMode.DIGEST},
        {"push": PushMode.OFF},
        {"state": ChatState.LEFT},
        {"state": ChatState.HELD},
        {"can_write": False},
        {"joined_at": NOW},
    ],
)
async def test_what_will_not_come_in_the_morning_does_not_wait(
    database: Database, changes: dict[str, object]
) -> None:
    await add_chats(database, chat(-1, **changes))
    post = PostPush((await add_post(database, "글"),))
    row = NewOutboxRow(ChatId(-1), "1", post, LATER)
    async with database.transaction() as tx:
        await outbox.add_rows(tx, [row], NOW - timedelta(seconds=1))
    assert await overnight(database) == {}


async def test_by_a_clock_that_went_back_a_chat_that_joined_later_waits_all_the_same(
    database: Database,
) -> None:
    await add_chats(database, chat(-1, joined_at=NOW + timedelta(hours=1)))
    await queue(database, -1, "1", push=PostPush((await add_post(database, "글"),)), at=LATER)
    assert await overnight(database) == {-1: (1, LATER)}


@pytest.mark.parametrize(
    ("state", "error", "waits"),
    [
        ("pending", None, True),
        ("pending", outbox.AT_NIGHT, True),
        ("pending", "flooded", False),
        ("pending", outbox.muted("no rights"), False),
        ("sending", None, False),
        ("merged", None, False),
    ],
)
async def test_only_what_waits_for_the_night_alone_is_let_go(
    database: Database, state: str, error: str | None, *, waits: bool
) -> None:
    await add_chats(database, chat(-1), chat(-2))
    post = PostPush((await add_post(database, "글"),))
    for number in (-1, -2):
        await queue(database, number, "1", push=post, at=LATER)
    async with database.transaction() as tx:
        await tx.execute("UPDATE outbox SET state = ?, error = ?", (state, error))
        assert await outbox.list_night_chats(tx, NOW) == [-2, -1] * waits
        assert await outbox.set_night(tx, ChatId(-1), NOW, NOW) == int(waits)
        assert await outbox.list_night_chats(tx, NOW) == [-2] * waits
    assert set(await overnight(database)) == ({-2} if waits else set())


GROUP, CHANNEL = ChatId(-1), ChatId(-2)


async def came(database: Database, *post_ids: PostId, channel: bool = False) -> dict[PostId, Came]:
    async with database.reader() as db:
        channel_id = CHANNEL if channel else None
        return await outbox.list_came(db, GROUP, post_ids, NOW, channel_id=channel_id)


async def put(
    database: Database, chat_id: int, *posts: PostId, state: str, message_id: int | None = None
) -> None:
    """A push of these posts stands so since five minutes; where it waits, for five more."""
    item = "-".join(map(str, posts))
    await queue(database, chat_id, item, push=PostPush(posts), at=LATER)
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE outbox SET state = ?, message_id = ?, changed_at = changed_at - 300"
            " WHERE chat_id = ? AND item = ?",
            (state, message_id, chat_id, item),
        )


EARLIER = NOW - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("state", "message_id", "expected"),
    [
        ("sent", 42, Came(EARLIER, MessageId(42))),
        ("resent_unproven", 42, Came(EARLIER, MessageId(42))),
        ("doubled", 42, Came(EARLIER, MessageId(42))),
        ("sent", None, Came(EARLIER, None)),
        ("sending", None, Came(EARLIER, None)),
        ("unknown", None, Came(EARLIER, None)),
        ("pending", None, Came(LATER, None)),
        ("failed", None, None),
        ("dropped", None, None),
        ("merged", None, None),
    ],
)
async def test_whether_a_post_came_goes_by_the_state_of_its_push(
    database: Database, state: str, message_id: int | None, expected: Came | None
) -> None:
    await add_chats(database, chat(GROUP), chat(-3))
    one, two, other = [await add_post(database, f"글 {number}") for number in range(3)]
    await put(database, GROUP, one, two, state=state, message_id=message_id)
    await put(database, -3, other, state="sent", message_id=7)
    wanted = {} if expected is None else {one: expected, two: expected}
    assert await came(database, one, two, other) == wanted
    assert await came(database, two) == {key: how for key, how in wanted.items() if key == two}
    async with database.transaction() as tx:
        await tx.execute("UPDATE outbox SET payload = '{'")
    assert await came(database, one) == {}


async def test_of_a_post_that_came_twice_the_last_message_counts(database: Database) -> None:
    await add_chats(database, chat(GROUP))
    one, two = [await add_post(database, f"글 {number}") for number in range(2)]
    await put(database, GROUP, one, state="sent", message_id=42)
    await put(database, GROUP, one, two, state="pending")
    assert await came(database, one, two) == {
        one: Came(EARLIER, MessageId(42)),
        two: Came(LATER, None),
    }


@pytest.mark.parametrize(
    "changes", [{"push": PushMode.DIGEST}, {"can_write": False}, {"state": ChatState.LEFT}]
)
async def test_what_waits_and_will_be_dropped_does_not_come(
    database: Database, changes: dict[str, object]
) -> None:
    await add_chats(database, chat(GROUP, **changes))
    one, two = [await add_post(database, f"글 {number}") for number in range(2)]
    await put(database, GROUP, one, state="pending")
    await put(database, GROUP, two, state="sent", message_id=42)
    assert set(await came(database, one, two)) == {two}


async def test_a_discussion_got_what_its_channel_got_and_knows_the_forward(
    database: Database,
) -> None:
    await add_chats(database, chat(GROUP), chat(CHANNEL))
    one, two, three = [await add_post(database, f"글 {number}") for number in range(3)]
    await put(database, CHANNEL, one, state="sent", message_id=42)
    await put(database, CHANNEL, two, state="pending")
    async with database.transaction() as tx:
        for message_id, post_id, view in ((7, one, View.FORWARD), (8, three, View.CARD)):
            await messages.set_message(
                tx,
                GROUP,
                MessageId(message_id),
                post_id,
                view=view,
                page=0,
                language="ko",
                sent_at=EARLIER,
            )
    assert await came(database, one, two, three, channel=True) == {
        one: Came(EARLIER, MessageId(7)),
        two: Came(LATER, None),
    }, "a card that somebody asked for is no push"
    assert await came(database, one, two, three) == {one: Came(EARLIER, MessageId(7))}


async def test_why_a_chat_was_lost_is_what_its_last_dropped_push_says(database: Database) -> None:
    for number in ("1", "2"):
        await queue(database, -1, number)
    await queue(database, -2, "1")
    first, second = [await get(database, OutboxId(number)) for number in (1, 2)]
    async with database.transaction() as tx:
        await outbox.set_dropped(tx, second.id, "kicked: out", LATER)
        await outbox.set_dropped(tx, first.id, "nobody wants it any more", NOW)
        assert await outbox.list_losses(tx) == {-1: "kicked: out"}
