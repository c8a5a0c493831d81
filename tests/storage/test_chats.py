from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from storage import administrators, chats
from storage.models import (
    Chat,
    ChatId,
    ChatKind,
    ChatSettings,
    ChatState,
    Edition,
    Night,
    Period,
    PushMode,
    QuietHours,
    Repeats,
    SourceFilter,
    SourceId,
    ThreadId,
    UserId,
    VoteButtons,
)

if TYPE_CHECKING:
    from storage.database import Connection, Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = ChatSettings(
    language="ko",
    timezone="Asia/Seoul",
    push=PushMode.ON,
    quiet=QuietHours(22 * 60, 8 * 60),
    digest_times=(9 * 60, 18 * 60 + 30),
    digest_days=frozenset({0, 4, 6}),
    thread_id=ThreadId(7),
    words=("투자", "C++"),
    without=("광고",),
    source_filters=(SourceFilter(SourceId(3), ("환율",), ()), SourceFilter(SourceId(4))),
    left_out=frozenset({SourceId(8), SourceId(5)}),
    night=Night.SILENT,
    repeats=Repeats.BRIEF,
    weekly=Edition(6, 19 * 60),
    monthly=9 * 60,
    holidays="KR",
    votes=VoteButtons.NEVER,
    silent=True,
    pin=True,
    previews=False,
    cleanup_minutes=10,
    full_here=False,
)
BARE = ChatSettings(
    language="ko",
    timezone="Asia/Seoul",
    push=PushMode.OFF,
    quiet=None,
    digest_times=(),
    digest_days=frozenset({0, 4, 6}),
    thread_id=None,
)
OLD, NEW = ChatId(-5), ChatId(-1005)


def chat(chat_id: int = OLD, **changes: Any) -> Chat:  # noqa: ANN401  # any field
    made = Chat(
        id=ChatId(chat_id),
        kind=ChatKind.GROUP,
        title="독자 모임",
        state=ChatState.SERVED,
        can_write=True,
        is_forum=False,
        settings=SETTINGS,
        joined_at=NOW,
        digest_due_at=None,
        last_digest_at=None,
    )
    return replace(made, **changes)


async def add(database: Database, *made: Chat) -> None:
    async with database.transaction() as tx:
        for one in made:
            await chats.add_chat(tx, one)


async def get(database: Database, chat_id: int = OLD) -> Chat | None:
    async with database.reader() as db:
        return await chats.get_chat(db, ChatId(chat_id))


async def test_a_chat_comes_back_as_it_went_in(database: Database) -> None:
    full = chat(digest_due_at=NOW + HOUR, last_digest_at=NOW - HOUR, is_forum=True)
    bare = chat(2, kind=ChatKind.PRIVATE, settings=BARE, can_write=False, state=ChatState.LEFT)
    await add(database, full, bare)
    assert await get(database) == full
    assert await get(database, 2) == bare
    assert await get(database, 3) is None


async def test_chats_are_listed_by_state_in_the_order_of_joining(database: Database) -> None:
    await add(
        database,
        chat(1, joined_at=NOW + HOUR),
        chat(2, state=ChatState.WAITING),
        chat(3),
    )
    async with database.reader() as db:
        assert [one.id for one in await chats.list_chats(db)] == [2, 3, 1]
        assert [one.id for one in await chats.list_chats(db, ChatState.SERVED)] == [3, 1]


async def test_only_served_chats_that_can_be_written_to_have_digests_due(
    database: Database,
) -> None:
    due = {"digest_due_at": NOW}
    await add(
        database,
        chat(1, **due),
        chat(2, digest_due_at=NOW - HOUR),
        chat(3, digest_due_at=NOW + HOUR),
        chat(4, state=ChatState.LEFT, **due),
        chat(5, can_write=False, **due),
        chat(6),
    )
    async with database.reader() as db:
        assert [one.id for one in await chats.list_digests_due(db, NOW)] == [2, 1]


async def test_editions_are_due_where_digests_could_be(database: Database) -> None:
    await add(
        database,
        chat(1, weekly_due_at=NOW, monthly_due_at=NOW + HOUR),
        chat(2, weekly_due_at=NOW - HOUR),
        chat(3, weekly_due_at=NOW, state=ChatState.LEFT),
        chat(4, weekly_due_at=NOW, can_write=False),
        chat(5, monthly_due_at=NOW),
        chat(6),
    )
    async with database.transaction() as tx:
        assert [one.id for one in await chats.list_editions_due(tx, Period.WEEK, NOW)] == [2, 1]
        assert [one.id for one in await chats.list_editions_due(tx, Period.MONTH, NOW)] == [5]
        await chats.set_edition_due(tx, ChatId(1), Period.WEEK, NOW + HOUR)
        await chats.set_edition_due(tx, ChatId(1), Period.MONTH, None)
    assert await get(database, 1) == chat(1, weekly_due_at=NOW + HOUR)


async def test_what_an_administrator_chooses_replaces_all_of_it(database: Database) -> None:
    await add(database, chat())
    async with database.transaction() as tx:
        await chats.set_settings(tx, OLD, BARE, NOW + HOUR)
    assert await get(database) == chat(settings=BARE, digest_due_at=NOW + HOUR)


async def test_a_state_is_set_and_the_line_of_the_backlog_moves_only_when_told(
    database: Database,
) -> None:
    await add(database, chat())
    async with database.transaction() as tx:
        await chats.set_state(tx, OLD, ChatState.LEFT)
    assert await get(database) == chat(state=ChatState.LEFT)
    async with database.transaction() as tx:
        await chats.set_state(tx, OLD, ChatState.SERVED, joined_at=NOW + HOUR)
    assert await get(database) == chat(joined_at=NOW + HOUR)


async def test_a_topic_is_withdrawn_once_and_never_another_one(database: Database) -> None:
    await add(database, chat())
    deleted = chat().settings.thread_id
    assert deleted is not None
    async with database.transaction() as tx:
        assert not await chats.withdraw_thread(tx, OLD, ThreadId(deleted + 1))
        assert await chats.withdraw_thread(tx, OLD, deleted)
        assert not await chats.withdraw_thread(tx, OLD, deleted)
    assert await get(database) == chat(settings=replace(chat().settings, thread_id=None))


async def test_profile_rights_and_digest_times_are_set(database: Database) -> None:
    await add(database, chat())
    async with database.transaction() as tx:
        await chats.set_profile(tx, OLD, kind=ChatKind.SUPERGROUP, title="새 이름", is_forum=True)
        await chats.set_can_write(tx, OLD, can_write=False)
        await chats.set_digest_due(tx, OLD, NOW + HOUR, last_digest_at=NOW)
    expected = chat(
        kind=ChatKind.SUPERGROUP,
        title="새 이름",
        is_forum=True,
        can_write=False,
        digest_due_at=NOW + HOUR,
        last_digest_at=NOW,
    )
    assert await get(database) == expected
    async with database.transaction() as tx:
        await chats.set_digest_due(tx, OLD, None)
    assert await get(database) == replace(expected, digest_due_at=None)


# -- a group that became a supergroup --------------------------------------------------------------


async def push(database: Database, chat_id: int, item: str, state: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO outbox (chat_id, kind, item, payload, state, not_before, message_id,
                created_at, changed_at)
            VALUES (?, 'post', ?, '{}', ?, 0, 5, 0, 0)
            """,
            (chat_id, item, state),
        )


async def pushes(database: Database) -> list[tuple[Any, ...]]:
    async with database.reader() as db:
        rows = await db.fetch_all("SELECT chat_id, item, state, message_id FROM outbox ORDER BY 2")
    return [tuple(row) for row in rows]


async def migrate(database: Database) -> None:
    async with database.transaction() as tx:
        await chats.set_migrated(tx, OLD, NEW)


async def test_a_supergroup_keeps_what_the_group_had(database: Database) -> None:
    await add(database, chat(digest_due_at=NOW))
    await push(database, OLD, "1", "sent")
    await push(database, OLD, "2", "pending")
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO digests VALUES (?, '2026-11-23', 540, 0)", (OLD,))
        await tx.execute("INSERT INTO editions VALUES (?, 'week', '2026-11-22', 540, 0)", (OLD,))
    await migrate(database)
    await migrate(database)
    assert await get(database, OLD) is None
    assert await get(database, NEW) == chat(NEW, kind=ChatKind.SUPERGROUP, digest_due_at=NOW)
    assert await pushes(database) == [(NEW, "1", "sent", None), (NEW, "2", "pending", None)]
    async with database.reader() as db:
        assert await migrations(db) == {OLD: NEW}
        for table in ("digests", "editions"):
            rows = await db.fetch_all(f"SELECT chat_id FROM {table}")  # noqa: S608  # names of ours
            assert [tuple(one) for one in rows] == [(NEW,)]


async def migrations(db: Connection) -> dict[int, int]:
    rows = await db.fetch_all("SELECT old_id, new_id FROM migrated_chats")
    return {row["old_id"]: row["new_id"] for row in rows}


async def test_a_supergroup_that_was_met_first_takes_over_the_groups_settings(
    database: Database,
) -> None:
    await add(database, chat(), chat(NEW, settings=BARE, kind=ChatKind.SUPERGROUP))
    await migrate(database)
    assert await get(database, NEW) == chat(NEW, kind=ChatKind.SUPERGROUP)


async def test_a_migration_sends_no_post_twice(database: Database) -> None:
    """Queued for both, or sent to one of them: it is there once, as far as it came."""
    await add(database, chat(), chat(NEW))
    for item, old, new in (
        ("1", "sent", "pending"),
        ("2", "pending", "sent"),
        ("3", "pending", "pending"),
        ("4", "unknown", "pending"),
    ):
        await push(database, OLD, item, old)
        await push(database, NEW, item, new)
    await migrate(database)
    assert [(chat_id, item, state) for chat_id, item, state, _ in await pushes(database)] == [
        (NEW, "1", "sent"),
        (NEW, "2", "sent"),
        (NEW, "3", "pending"),
        (NEW, "4", "unknown"),
    ]


async def test_a_group_that_was_never_met_is_only_noted(database: Database) -> None:
    await migrate(database)
    assert await get(database, NEW) is None
    async with database.reader() as db:
        assert await migrations(db) == {OLD: NEW}


async def test_a_forgotten_chat_leaves_nothing(database: Database) -> None:
    await add(database, chat(42, kind=ChatKind.PRIVATE), chat())
    await push(database, 42, "1", "pending")
    await push(database, OLD, "1", "pending")
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO digests VALUES (42, '2026-11-23', 540, 0)")
        await tx.execute("INSERT INTO editions VALUES (42, 'week', '2026-11-22', 540, 0)")
        await tx.execute("INSERT INTO inbox_seen VALUES (1, 0, 42, 9)")
        await tx.execute("INSERT INTO compared VALUES (42, 9, 0)")
        await tx.execute("INSERT INTO sources (id, address, kind) VALUES (1, 'x', 'feed')")
        await tx.execute(
            """
            INSERT INTO posts (id, source_id, title, title_key, author, body, first_seen_at,
                sort_at)
            VALUES (1, 1, '', '', '', '', 0, 0)
            """
        )
        await tx.execute("INSERT INTO messages VALUES (42, 9, 1, 'card', 0, 'ko', 0, NULL, NULL)")
        await tx.execute("INSERT INTO cleanups VALUES (42, 9, 8, 42, 0, 0)")
        await tx.execute("INSERT INTO pins VALUES (42, 9, NULL, NULL)")
    async with database.transaction() as tx:
        await chats.delete_chat(tx, ChatId(42))
    assert await get(database, 42) is None
    assert await get(database) == chat()
    assert [one[0] for one in await pushes(database)] == [OLD]
    async with database.reader() as db:
        for table in ("compared", "digests", "editions", "messages", "cleanups", "pins"):
            assert await db.fetch_all(f"SELECT * FROM {table}") == []  # noqa: S608  # names of ours
        assert [tuple(one) for one in await db.fetch_all("SELECT * FROM inbox_seen")] == [
            (1, 0, None, None)
        ]


async def test_each_discussion_knows_its_channel(database: Database) -> None:
    async with database.transaction() as tx:
        await chats.set_discussion(tx, ChatId(-1), ChatId(-2))
        await chats.set_discussion(tx, ChatId(-3), ChatId(-4))
        await chats.set_discussion(tx, ChatId(-1), ChatId(-5))
        await chats.set_discussion(tx, ChatId(-3), None)
        assert await chats.list_discussions(tx) == {-5: -1}


async def test_chats_of_several_states_are_listed_together(database: Database) -> None:
    await add(
        database,
        chat(-1, state=ChatState.WAITING),
        chat(-2, state=ChatState.LEFT),
        chat(-3, joined_at=NOW - HOUR),
    )
    async with database.reader() as db:
        both = await chats.list_chats(db, ChatState.WAITING, ChatState.SERVED)
    assert [one.id for one in both] == [-3, -1]


async def test_a_group_is_found_under_the_id_that_it_had(database: Database) -> None:
    await add(database, chat(OLD))
    async with database.transaction() as tx:
        await chats.set_migrated(tx, OLD, NEW)
        assert await chats.current_id(tx, OLD) == NEW
        assert await chats.current_id(tx, NEW) == NEW


async def test_a_channel_that_is_left_may_publish_no_more(database: Database) -> None:
    await add(database, chat(-1), chat(-2))
    async with database.transaction() as tx:
        for one in (-1, -2):
            await chats.set_may_publish(tx, ChatId(one), may=True)
        await chats.set_state(tx, ChatId(-1), ChatState.LEFT)
        await chats.set_state(tx, ChatId(-2), ChatState.SERVED)
    assert [(await get(database, one)).may_publish for one in (-1, -2)] == [False, True]  # type: ignore[union-attr]  # both were added


async def test_what_somebody_administers_is_listed_where_it_is_served(database: Database) -> None:
    await add(
        database,
        chat(-1, joined_at=NOW + HOUR),
        chat(-2),
        chat(-3, state=ChatState.WAITING),
        chat(-4),
    )
    async with database.transaction() as tx:
        for one in (-1, -2, -3):
            await administrators.add_administrator(tx, ChatId(one), UserId(7))
        listed = await chats.list_administered(tx, UserId(7))
        assert [one.id for one in listed] == [-2, -1]
        assert await chats.list_administered(tx, UserId(8)) == []


async def test_a_served_chat_is_found_by_the_name_that_it_has_now(database: Database) -> None:
    await add(
        database,
        chat(-1, username="Sosik_News"),
        chat(-2, username="sosik_news", state=ChatState.LEFT),
        chat(-3),
    )
    async with database.transaction() as tx:
        assert await chats.list_named(tx, "SOSIK_news") == [chat(-1, username="Sosik_News")]
        await chats.set_names(tx, ChatId(-1), title="새 소식", username=None)
        await chats.set_names(tx, ChatId(-3), title="소문", username="sosik_news")
        assert await chats.list_named(tx, "sosik_news") == [
            chat(-3, title="소문", username="sosik_news")
        ]
    assert await get(database, -1) == chat(-1, title="새 소식")


async def test_whom_the_bot_may_write_to(database: Database) -> None:
    """Who never opened it, blocked it, or may not be written to is none."""
    people: dict[int, dict[str, Any]] = {
        7: {},
        5: {},
        6: {"state": ChatState.LEFT},
        8: {"can_write": False},
    }
    for number, changes in people.items():
        await add(database, chat(number, kind=ChatKind.PRIVATE, **changes))
    async with database.reader() as db:
        assert await chats.list_writable(db, map(UserId, (9, 7, 6, 8, 5))) == (7, 5)
