"""What the bot asks every second takes no longer, however much is in the database."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from storage import (
    attempts,
    chats,
    cleanups,
    drafts,
    messages,
    outbox,
    pins,
    sources,
    takedowns,
    troubles,
)
from storage.models import ChatId, OutboxKind, Period
from storage.profiles import list_unprofiled
from storage.search import is_behind
from storage.vectors import list_without_vector
from tests.storage.growth import DAY, chat_rows, counted, fill, outbox_rows
from tests.storage.rows import NOW, add_post

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.database import Database, Transaction

FEW, MANY = 50, 500
ROOM = ChatId(-7)
"""A chat beside those of the shape, whose push is due."""

SHAPES = {
    "finished": [outbox_rows("n % 20", "sent"), outbox_rows("n % 20", "dropped", kind="notice")],
    "resent": [outbox_rows("n", "resent_unproven"), outbox_rows("n", "sent", kind="digest")],
    "a push each": [chat_rows("-1000 - n"), outbox_rows("-1000 - n")],
    "held": [chat_rows("-1000 - n", "held", sight="unknown"), outbox_rows("-1000 - n")],
    "left": [chat_rows("-1000 - n", "left", sight="unknown"), outbox_rows("-1000 - n")],
    "mute": [chat_rows("-1000 - n", can_write=0), outbox_rows("-1000 - n")],
    "one chat": [outbox_rows("-8")],
    "one chat, in doubt": [
        """
        INSERT OR IGNORE INTO outbox
            (chat_id, kind, item, payload, state, not_before, created_at, changed_at)
        SELECT -8, 'post', 'doubt', '{}', 'unknown', 0, 0, :later FROM numbers LIMIT 1
        """,
        outbox_rows("-8"),
        outbox_rows("-8", kind="notice"),
    ],
    "later": [chat_rows("-1000 - n"), outbox_rows("-1000 - n", due=DAY)],
    "at night": [outbox_rows("-1000 - n", due=DAY, error="'quiet hours'")],
    "cards": [
        """
        INSERT INTO messages (chat_id, message_id, post_id, view, language, sent_at)
        SELECT -n % 20, n, 1000000, 'card', 'ko', :at FROM numbers
        """
    ],
    "answers": ["INSERT INTO cleanups SELECT -n, n, n, 1, :at, :later FROM numbers"],
    "pins": ["INSERT INTO pins (chat_id, pinned_id) SELECT -n, n FROM numbers"],
    "drafts": [
        "INSERT INTO drafts (link, post, made_at) SELECT 'x', '{}', :at FROM numbers",
        """
        INSERT INTO drafts (link, post, made_at, due_at)
        SELECT 'x', '{}', :at, :later FROM numbers
        """,
    ],
    "attempts": [
        """
        INSERT INTO attempts (token, chat_id, keyboard, text_digest, language, begun_at)
        SELECT n, -n, '', '', 'ko', :at FROM numbers
        """
    ],
    "troubles": ["INSERT INTO troubles SELECT 'chat', n, :at, 1 FROM numbers"],
    "posts": [
        """
        INSERT INTO posts (source_id, title, title_key, author, body, first_seen_at, sort_at)
        SELECT 1, n, n, '', '', n, n FROM numbers
        """,
        "DELETE FROM search_pending WHERE post_id IN (SELECT n FROM numbers)",
    ],
}
"""What there may be much of, each as statements for n from 1 on."""

ASKED: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "what is due": lambda tx: outbox.list_due(tx, NOW, limit=32),
    "what is due elsewhere": lambda tx: outbox.list_due(tx, NOW, limit=32, apart_from=[ROOM]),
    "what waits in a chat": lambda tx: outbox.list_waiting(tx, ROOM, OutboxKind.POST, NOW),
    "doubts": lambda tx: outbox.list_unknown(tx, NOW),
    "how many doubts": outbox.count_unknown,
    "notices of an hour": lambda tx: outbox.count_notices(tx, "hold.", NOW - timedelta(hours=1)),
    "losses": outbox.list_losses,
    "mutes": lambda tx: outbox.list_muted(tx, NOW, limit=50),
    "searches": lambda tx: attempts.list_due(tx, NOW, 100),
    "copies": attempts.list_twice,
    "answered": attempts.list_answered,
    "refreshes": lambda tx: messages.claim_refreshes(tx, NOW, until=NOW, limit=16),
    "withdrawn": lambda tx: takedowns.list_withdrawn(tx, NOW, limit=400),
    "cleanups": lambda tx: cleanups.list_due(tx, NOW, limit=400),
    "pins": pins.list_wanted,
    "scheduled": lambda tx: drafts.list_due(tx, NOW),
    "sources": lambda tx: sources.claim_due(tx, NOW, until=NOW, limit=5),
    "troubles": lambda tx: troubles.list_subjects(tx, "doubts"),
    "unknown sights": chats.list_of_unknown_sight,
    "words to read": lambda tx: tx.run(is_behind),
    "profiles to make": lambda tx: tx.run(lambda db: list_unprofiled(db, 1, 5)),
    "vectors to make": lambda tx: tx.run(lambda db: list_without_vector(db, "model", 5)),
}
DUE_IN_CHATS: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "digests": lambda tx: chats.list_digests_due(tx, NOW),
    "weekly": lambda tx: chats.list_editions_due(tx, Period.WEEK, NOW),
    "monthly": lambda tx: chats.list_editions_due(tx, Period.MONTH, NOW),
}


async def steps_at(database: Database) -> dict[str, int]:
    """The steps of each question."""
    async with database.transaction() as tx:
        return {
            name: (await counted(tx, partial(ask, tx)))[1]
            for name, ask in (ASKED | DUE_IN_CHATS).items()
        }


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_is_asked_every_second_stays_as_short(shape: str, database: Database) -> None:
    """A push is due all the while, behind or before what there is much of."""
    await add_post(database, "글")
    async with database.transaction() as tx:
        await tx.execute("UPDATE posts SET id = 1000000")
    await fill(database, [outbox_rows(str(ROOM), due=-2)], 1)
    await fill(database, SHAPES[shape], FEW)
    few = await steps_at(database)
    await fill(database, SHAPES[shape], MANY, after=FEW)
    many = await steps_at(database)
    long = {one: (few[one], many[one]) for one in many if many[one] > few[one] + FEW}
    if shape in {"a push each", "later"}:  # then so many digests are due
        long = {one: taken for one, taken in long.items() if one not in DUE_IN_CHATS}
    assert long == {}
