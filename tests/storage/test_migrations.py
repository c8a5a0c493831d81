from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.database import Database, DatabaseError
from storage.errors import translated
from storage.migrations import (
    _AUTHORS,
    _NEWS,
    _OLDEST,
    _RANKING,
    _ROOMS,
    _STRANGERS,
    APPLICATION_ID,
    STEPS,
    BrokenMigrationError,
    ForeignSchemaError,
    NewerSchemaError,
    _sounds_by_script,
    migrate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.migrations import Step

VALUES = {"INTEGER": 1, "TEXT": "[]", "BLOB": b"", "REAL": 1.0, "ANY": 1}
"""What stands in a column of each of STRICT's types; 1 also points at a row that is there."""


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def version_of(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def tables_of(db: sqlite3.Connection) -> list[str]:
    """Ordinary tables, the shadow tables of an index for text not counted."""
    listed = db.execute("PRAGMA main.table_list").fetchall()
    return sorted(
        name for _, name, kind, *_ in listed if kind == "table" and not name.startswith("sqlite_")
    )


def schema_of(db: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(db.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def fill(db: sqlite3.Connection) -> dict[str, list[str]]:
    """One row in each table that is empty, whatever its columns; by table, the columns it had."""
    db.execute("PRAGMA foreign_keys=OFF")
    columns = {}
    for table in tables_of(db):
        described = db.execute(f"PRAGMA table_info({table})").fetchall()
        columns[table] = [name for _, name, *_ in described]
        if db.execute(f"SELECT 1 FROM {table}").fetchone():  # noqa: S608  # a name of the schema
            continue
        places = ", ".join("?" * len(described))
        values = [VALUES[kind] for _, _, kind, *_ in described]
        db.execute(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608  # likewise
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.execute("PRAGMA foreign_keys=ON")
    return columns


def rows_of(db: sqlite3.Connection, columns: dict[str, list[str]]) -> dict[str, list[object]]:
    return {
        table: list(db.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1"))  # noqa: S608  # likewise
        for table, names in columns.items()
    }


def test_from_nothing_every_step_is_taken(db: sqlite3.Connection) -> None:
    migrate(db)
    assert version_of(db) == len(STEPS)
    assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert {"posts", "chats", "inbox", "outbox", "facts"} <= set(tables_of(db))


def test_a_second_time_changes_nothing(db: sqlite3.Connection) -> None:
    migrate(db)
    before = schema_of(db)
    changes = db.total_changes
    migrate(db)
    assert (schema_of(db), db.total_changes) == (before, changes)


@pytest.mark.parametrize("taken", range(1, len(STEPS) + 1))
def test_from_each_earlier_version_the_rows_are_kept(taken: int, db: sqlite3.Connection) -> None:
    """The first `taken` steps, a row in every table, then the rest: the rows are still there."""
    migrate(db, STEPS[:taken])
    columns = fill(db)
    columns["sources"] = [name for name in columns["sources"] if name != "oldest_at"]  # `_OLDEST`
    columns.pop("full_texts", None)  # `_REMOVED_TEXTS`: the post that is put in is removed
    before = rows_of(db, columns)
    migrate(db)
    assert version_of(db) == len(STEPS)
    assert rows_of(db, columns) == before
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.no_cover  # others run the same lines
@pytest.mark.parametrize("taken", range(len(STEPS)))
def test_every_way_leads_to_the_same_schema(taken: int, db: sqlite3.Connection) -> None:
    migrate(db, STEPS[:taken])
    migrate(db)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh)
        assert schema_of(db) == schema_of(fresh)


def test_channels_that_nobody_approved_are_held_and_groups_go_on(db: sqlite3.Connection) -> None:
    """What they had set stays, and none may publish."""
    before = STEPS.index(_STRANGERS)
    migrate(db, STEPS[:before])
    rows = [(-1, "channel", "served"), (-2, "channel", "left"), (-3, "supergroup", "served")]
    for number, kind, state in rows:
        db.execute(
            """
            INSERT INTO chats (id, kind, title, state, language, timezone, push, digest_times,
                digest_days, joined_at)
            VALUES (?, ?, '소식', ?, 'ko', 'Asia/Seoul', 'digest', '[540]', '[0]', 7)
            """,
            (number, kind, state),
        )
    migrate(db)
    found = db.execute("SELECT id, state, may_publish, push, joined_at FROM chats ORDER BY id DESC")
    assert found.fetchall() == [
        (-1, "held", 0, "digest", 7),
        (-2, "left", 0, "digest", 7),
        (-3, "served", 0, "digest", 7),
    ]


def test_a_chat_goes_on_as_it_was_before_there_was_more_to_set(db: sqlite3.Connection) -> None:
    migrate(db, STEPS[: STEPS.index(_ROOMS)])
    db.execute(
        """
        INSERT INTO chats (id, kind, title, state, language, timezone, push, digest_times,
            digest_days, words, joined_at)
        VALUES (-1, 'group', '모임', 'served', 'en', 'UTC', 'on', '[540]', '[0]', '["환율"]', 7)
        """
    )
    migrate(db)
    asked = """
        SELECT words, without, source_filters, left_out, night, repeats, weekly, monthly, holidays,
            silent, pin, previews, cleanup_minutes, full_here FROM chats
    """
    said = ('["환율"]', "[]", "[]", "[]", "wait", "full", None, None, None)
    assert db.execute(asked).fetchall() == [(*said, 0, 0, 1, None, 1)]
    asked = "SELECT votes, sight FROM chats"
    assert db.execute(asked).fetchall() == [("auto", "unknown")]  # Telegram is asked


FIRST: Step = ("CREATE TABLE a (id INTEGER PRIMARY KEY)", "INSERT INTO a VALUES (1)")


def test_a_step_that_fails_is_undone_with_its_record(db: sqlite3.Connection) -> None:
    migrate(db, (FIRST,))
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, (FIRST, ("CREATE TABLE b (id)", "CREATE TABLE a (id)")))
    assert version_of(db) == 1
    assert tables_of(db) == ["a"]
    assert not db.in_transaction
    migrate(db, (FIRST, ("CREATE TABLE b (id)",)))
    assert tables_of(db) == ["a", "b"]


def test_of_a_new_file_a_step_that_fails_leaves_nothing(db: sqlite3.Connection) -> None:
    """All steps of it are one commit."""
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, (FIRST, ("CREATE TABLE b (id)", "CREATE TABLE a (id)")))
    assert (version_of(db), tables_of(db)) == (0, [])


def test_a_step_may_be_a_function(db: sqlite3.Connection) -> None:
    def two(db: sqlite3.Connection) -> None:
        db.execute("UPDATE a SET id = 2")

    migrate(db, (FIRST, two))
    assert db.execute("SELECT id FROM a").fetchall() == [(2,)]


def test_a_step_alone_is_recorded_once_it_is_done(db: sqlite3.Connection) -> None:
    """A crash in between takes it again."""
    done: list[str] = []
    migrate(db, (FIRST,))
    db.set_trace_callback(lambda sql: done.append(sql) if sql == "VACUUM" else None)
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, (FIRST, "VACUUM nowhere"))
    assert version_of(db) == 1
    assert migrate(db, (FIRST, "VACUUM", ("CREATE TABLE b (id)",)))
    assert (version_of(db), done) == (3, ["VACUUM"])
    assert not migrate(db, (FIRST, "VACUUM", ("CREATE TABLE b (id)",)))
    assert done == ["VACUUM"]


def test_a_new_file_takes_no_step_alone(db: sqlite3.Connection) -> None:
    """Nothing was deleted in it yet, and others may be making it, too."""
    done: list[str] = []
    db.set_trace_callback(lambda sql: done.append(sql) if sql == "VACUUM" else None)
    migrate(db, (FIRST, "VACUUM", ("CREATE TABLE b (id)",)))
    assert (version_of(db), done) == (3, [])


def test_a_step_alone_that_another_process_took_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    steps: tuple[Step, ...] = (FIRST, "VACUUM", ("CREATE TABLE b (id)",))
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as one,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        migrate(one, steps[:1])
        one.set_trace_callback(lambda sql: migrate(other, steps) if sql == "VACUUM" else None)
        migrate(one, steps)
        assert (version_of(one), tables_of(one)) == (3, ["a", "b"])


def test_a_function_that_commits_on_its_own_is_noticed(db: sqlite3.Connection) -> None:
    def commits(db: sqlite3.Connection) -> None:
        db.executescript("CREATE TABLE b (id)")  # commits first (sqlite3's documentation)

    with pytest.raises(sqlite3.OperationalError, match="no transaction is active"):
        migrate(db, (FIRST, commits))


def test_a_step_that_leaves_rows_pointing_nowhere_is_undone(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    steps: tuple[Step, ...] = (
        FIRST,
        ("CREATE TABLE b (a_id INTEGER REFERENCES a)", "INSERT INTO b VALUES (1)"),
    )
    migrate(db, steps)
    with (
        pytest.raises(DatabaseError, match=r"It is as it was.*a row of b points nowhere") as caught,
        translated(tmp_path / "sosik.db"),
    ):
        migrate(db, (*steps, ("DELETE FROM a",)))
    assert isinstance(caught.value.__cause__, BrokenMigrationError)
    assert version_of(db) == 2
    assert db.execute("SELECT id FROM a").fetchall() == [(1,)]


def test_a_table_can_be_built_anew_while_others_point_at_it(db: sqlite3.Connection) -> None:
    """SQLite's way to change a table (lang_altertable.html, 7): make, copy, drop, rename."""
    steps: tuple[Step, ...] = (
        FIRST,
        (
            "CREATE TABLE b (a_id INTEGER REFERENCES a ON DELETE CASCADE)",
            "INSERT INTO b VALUES (1)",
        ),
        (
            "CREATE TABLE new_a (id INTEGER PRIMARY KEY, more TEXT)",
            "INSERT INTO new_a (id) SELECT id FROM a",
            "DROP TABLE a",
            "ALTER TABLE new_a RENAME TO a",
        ),
    )
    migrate(db, steps[:2])
    migrate(db, steps)
    assert db.execute("SELECT a_id FROM b").fetchall() == [(1,)]
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_newer_schema_is_refused_and_left_alone(db: sqlite3.Connection) -> None:
    migrate(db, (FIRST, ()))
    with pytest.raises(NewerSchemaError, match="schema 2, this program knows 1"):
        migrate(db, (FIRST,))
    assert version_of(db) == 2
    assert not db.in_transaction


@pytest.mark.parametrize(
    "made",
    ["CREATE TABLE a (id)", "PRAGMA user_version = 3", "PRAGMA application_id = 252006673"],
)
def test_another_programs_schema_is_refused(made: str, db: sqlite3.Connection) -> None:
    db.execute(made)
    with pytest.raises(ForeignSchemaError):
        migrate(db, (FIRST,))


def test_a_source_that_was_read_since_keeps_its_oldest_date(db: sqlite3.Connection) -> None:
    migrate(db, STEPS[: STEPS.index(_OLDEST)])
    for number in (0, 1):
        db.execute(
            "INSERT INTO sources (id, address, kind, oldest_at, reading) VALUES (?, ?, '', 9, ?)",
            (number, number, number),
        )
    migrate(db)
    found = db.execute("SELECT oldest_at FROM sources ORDER BY id").fetchall()
    assert found == [(None,), (9,)]


async def test_an_older_file_is_brought_up_to_date_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migrate(old, STEPS[:1])
        old.execute("INSERT INTO facts VALUES ('kept', '1')")
    async with Database.opened(path) as database, database.reader() as db:
        assert [row["key"] for row in await db.fetch_all("SELECT key FROM facts")] == ["kept"]


def test_sources_that_are_there_have_shown_their_archives(db: sqlite3.Connection) -> None:
    """What they bring is news, as before; how old the oldest was, their next answers tell."""
    before = STEPS.index(_NEWS)
    migrate(db, STEPS[:before])
    for number, first_at in ((1, 100), (2, 200), (3, None)):
        db.execute(
            "INSERT INTO sources (id, address, kind, first_fetched_at) VALUES (?, ?, 'feed', ?)",
            (number, f"https://{number}.example/", first_at),
        )
    for number, published_at in ((1, 70), (2, 50), (3, None)):
        db.execute(
            """
            INSERT INTO posts (id, source_id, title, title_key, author, body, published_at,
                first_seen_at, sort_at)
            VALUES (?, 1, '글', '글', '', '', ?, 100, 100)
            """,
            (number, published_at),
        )
    migrate(db)
    found = db.execute("SELECT filled_at, oldest_at, newest_end, shown FROM sources ORDER BY id")
    assert found.fetchall() == [
        (100, None, None, None),
        (None, None, None, None),
        (None, None, None, None),
    ]


def test_words_are_asked_for_by_sound_in_one_script_whichever_twin_answers(
    db: sqlite3.Connection,
) -> None:
    migrate(db, STEPS[: STEPS.index(_sounds_by_script)])
    for before, after in (("", "_old"), ("_spare", ""), ("_old", "_spare")):
        db.execute(f"ALTER TABLE search_words{before} RENAME TO search_words{after}")
    migrate(db)
    for table in ("search_words", "search_words_spare"):
        for script, sign in (("latin", "<"), ("hangul", ">=")):
            sql = f"SELECT word FROM {table} WHERE sound = 'KNT' AND word {sign} '가'"  # noqa: S608  # names from above
            plan = db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchone()
            assert f"{table}_{script}_by_sound" in plan[-1]


@pytest.mark.parametrize("has_draft", [True, False])
def test_drafts_are_kept_and_numbers_of_before_are_given_no_more(
    db: sqlite3.Connection, *, has_draft: bool
) -> None:
    """A button of before the upgrade would decide about a draft of after it."""
    migrate(db, STEPS[: STEPS.index(_AUTHORS)])
    fill(db)
    if not has_draft:
        db.execute("DELETE FROM drafts")
    before = db.execute("SELECT id, link, post, made_at FROM drafts").fetchall()
    migrate(db)
    assert db.execute("SELECT id, link, post, made_at FROM drafts").fetchall() == before
    assert (
        db.execute("SELECT author_id, due_at FROM drafts").fetchall() == [(None, None)] * has_draft
    )
    new = db.execute("INSERT INTO drafts (link, post, made_at) VALUES ('', '', 1)").lastrowid
    assert new is not None
    assert new > 1000


def test_in_a_new_database_drafts_are_numbered_from_one(db: sqlite3.Connection) -> None:
    migrate(db)
    assert db.execute("INSERT INTO drafts (link, post, made_at) VALUES ('', '', 1)").lastrowid == 1


def test_what_was_given_before_is_counted_like_what_is_given_since(db: sqlite3.Connection) -> None:
    """The tables of an older version become what triggers make of the same rows."""
    rows = {
        "chats": tuple(
            f"""
            (id, kind, title, state, language, timezone, push, digest_times, digest_days, joined_at)
            VALUES ({chat}, 'channel', '', '{state}', 'ko', 'UTC', 'on', '[]', '[]', 1)
            """
            for chat, state in ((-2, "served"), (-3, "left"))
        ),
        "messages": tuple(
            "(chat_id, message_id, post_id, view, language, sent_at) "
            f"VALUES ({chat}, {n}, {n % 2}, 'card', 'ko', 1)"
            for chat in (-1, -2, -3)
            for n in range(1, 4)
        ),
        "reaction_sets": tuple(
            "(chat_id, message_id, actor_id, emoji, changed_at, update_id) "
            f"VALUES ({chat}, {n}, {actor}, '{emoji}', {n * 70_000 + actor}, {n})"
            for chat in (-1, -2)
            for n in range(1, 6)
            for actor, emoji in ((1, '["❤","👍"]'), (2, "[]"), (3, '["👍"]'), (-1, '["👍"]'))
        ),
        "votes": tuple(
            "(chat_id, message_id, actor_id, emoji, changed_at) "
            f"VALUES (-1, {n}, {actor}, '{emoji}', {n * 90_000})"
            for n in range(1, 6)
            for actor in (1, 2, 4)
            for emoji in ("👍", "🔥")
        ),
        "reaction_totals": tuple(
            "(chat_id, message_id, counts, changed_at, update_id) "
            f"VALUES ({chat}, {n}, '{counts}', 50000, 1)"
            for chat in (-2, -3)
            for n, counts in ((1, '[["👍",4],["❤",2]]'), (2, "[]"), (3, '[["👍",0]]'))
        ),
    }
    counted = ("given_times", "given_days", "given_posts", "given_chats", *rows)
    found = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as later:
        for one, steps in ((db, STEPS[: STEPS.index(_RANKING)]), (later, STEPS)):
            migrate(one, steps)
            one.execute("PRAGMA foreign_keys=OFF")
            for table in ("reaction_sets", "votes", "reaction_totals", "messages", "chats"):
                for row in rows[table]:
                    one.execute(f"INSERT INTO {table} {row}")
            one.execute("INSERT INTO sources (id, address, kind) VALUES (1, '', '')")
            one.execute(
                """
                INSERT INTO posts (id, source_id, title, title_key, author, body, first_seen_at,
                    sort_at) VALUES (0, 1, '', '', '', '', 1, 1), (1, 1, '', '', '', '', 1, 1)
                """
            )
            migrate(one)
            found.append({table: set(one.execute(f"SELECT * FROM {table}")) for table in counted})  # noqa: S608  # likewise
    assert found[0] == found[1]
    assert {len(found[0][table]) > 1 for table in counted} == {True}
