"""What is due, as the triggers keep it, against a question that looks at every row."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage import outbox
from storage.migrations import _HEADS, STEPS, migrate

if TYPE_CHECKING:
    from typing import TypeAlias

    Change: TypeAlias = tuple[str, tuple[int | str, ...]]

EVERY_HEAD = """
    SELECT chat_id, kind, id, not_before,
        EXISTS (
            SELECT 1 FROM outbox AS other
            WHERE other.chat_id = outbox.chat_id AND other.state IN ('sending', 'unknown')
        ) OR NOT coalesce(
            (SELECT chats.state = 'served' AND can_write FROM chats WHERE chats.id = chat_id), 1
        )
    FROM outbox
    WHERE outbox.state = 'pending' AND NOT EXISTS (
        SELECT 1 FROM outbox AS earlier
        WHERE earlier.chat_id = outbox.chat_id AND earlier.kind = outbox.kind
        AND earlier.state = 'pending' AND earlier.id < outbox.id
    )
    ORDER BY chat_id, kind
"""
CHANGES = {
    "add": """
        INSERT OR IGNORE INTO outbox
            (chat_id, kind, item, payload, not_before, state, created_at, changed_at)
        VALUES (?, ?, ?, '{}', ?, ?, 0, 0)
    """,
    "queue": outbox._ADD.replace(":rows", "?1").replace(":at", "0"),
    "set": "UPDATE outbox SET state = ?, not_before = ? WHERE id = ?",
    "set all": "UPDATE outbox SET state = ? WHERE chat_id = ? AND state = 'pending'",
    "move": "UPDATE OR IGNORE outbox SET chat_id = ? WHERE chat_id = ?",
    "kind": "UPDATE OR IGNORE outbox SET kind = ? WHERE id = ?",
    "delete": "DELETE FROM outbox WHERE id = ?",
    "join": """
        INSERT OR IGNORE INTO chats (id, state, can_write, kind, title, language, timezone, push,
            digest_times, digest_days, joined_at)
        VALUES (?, ?, ?, 'group', '', 'ko', 'UTC', 'on', '[]', '[]', 0)
    """,
    "chat": "UPDATE chats SET state = ?, can_write = ? WHERE id = ?",
    "rename": "UPDATE OR IGNORE chats SET id = ? WHERE id = ?",
    "leave": "DELETE FROM chats WHERE id = ?",
}
CHAT, ROW, TIME = st.integers(1, 3), st.integers(1, 12), st.integers(0, 3)
KIND = st.sampled_from(["post", "notice"])
STATE = st.sampled_from(["pending", "pending", "sending", "unknown", "sent", "dropped"])
SERVED, CAN = st.sampled_from(["served", "held", "left"]), st.integers(0, 1)
ITEM = st.integers(1, 6).map(str)
SOME = st.lists(st.tuples(CHAT, KIND, ITEM, st.just("{}"), TIME), max_size=6)
VALUES = {
    "add": (CHAT, KIND, ITEM, TIME, STATE),
    "queue": (SOME.map(json.dumps),),
    "set": (STATE, TIME, ROW),
    "set all": (STATE, CHAT),
    "move": (CHAT, CHAT),
    "kind": (KIND, ROW),
    "delete": (ROW,),
    "join": (CHAT, SERVED, CAN),
    "chat": (SERVED, CAN, CHAT),
    "rename": (CHAT, CHAT),
    "leave": (CHAT,),
}
CHANGE = st.one_of(*[st.tuples(st.just(name), st.tuples(*one)) for name, one in VALUES.items()])


def heads_of(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return db.execute("SELECT * FROM outbox_heads ORDER BY chat_id, kind").fetchall()


def apply(db: sqlite3.Connection, change: Change) -> None:
    name, values = change
    db.execute(CHANGES[name], values)


@settings(deadline=None)
@given(st.lists(CHANGE, max_size=25))
def test_the_first_of_each_kind_is_known_whatever_changes(changes: list[Change]) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db)
        for change in changes:
            apply(db, change)
            assert heads_of(db) == db.execute(EVERY_HEAD).fetchall(), change


@settings(deadline=None, max_examples=20)
@given(st.lists(CHANGE, max_size=25))
@example(
    [
        ("add", (1, "post", "1", 0, "pending")),
        ("add", (1, "post", "2", 0, "sending")),
        ("add", (2, "post", "1", 0, "pending")),
        ("join", (3, "left", 1)),
        ("add", (3, "post", "1", 0, "pending")),
    ]
)
def test_an_upgrade_knows_them_too(changes: list[Change]) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, STEPS[: STEPS.index(_HEADS)])
        for change in changes:
            apply(db, change)
        migrate(db)
        assert heads_of(db) == db.execute(EVERY_HEAD).fetchall()
