"""Which post a message shows, and how (`View`): what ties reactions to posts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from storage.errors import UnknownValueError
from storage.models import ActorId, ChatId, MessageId, PostId, SentMessage, View
from storage.slices import EVERY, delete_slice
from storage.times import from_seconds, from_seconds_or_none, to_seconds, to_seconds_or_none

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Connection, Transaction


APART_SECONDS = 6
"""Cards of one chat that are all to be brought up to date: ten a minute, half of what it takes."""


async def set_message(  # noqa: PLR0913  # each by its name
    tx: Transaction,
    chat_id: ChatId,
    message_id: MessageId,
    post_id: PostId,
    *,
    view: View,
    page: int,
    language: str,
    sent_at: datetime,
) -> None:
    """A message shows a post now; `page` is of its full text.

    One of a post that was taken down while the message was on its way is deleted like the others.
    """
    await tx.execute(
        """
        INSERT INTO messages
            (chat_id, message_id, post_id, view, page, language, sent_at, delete_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, (
            SELECT taken_down_at FROM posts WHERE id = ? AND ? IN ('card', 'full')
        ))
        ON CONFLICT DO UPDATE SET
            post_id = excluded.post_id, view = excluded.view, page = excluded.page,
            language = excluded.language, refresh_at = NULL, delete_at = excluded.delete_at
        """,
        (
            *(chat_id, message_id, post_id, view, page, language, to_seconds(sent_at)),
            *(post_id, view),
        ),
    )
    await tx.execute(
        """
        INSERT OR IGNORE INTO messages (chat_id, message_id, post_id, view, language, sent_at)
        SELECT chat_id, message_id, ?, 'forward', ?, seen_at FROM forwards
        WHERE origin_chat_id = ? AND origin_message_id = ?
        """,
        (post_id, language, chat_id, message_id),
    )


async def add_forward(
    tx: Transaction,
    place: tuple[ChatId, MessageId],
    origin: tuple[ChatId, MessageId],
    at: datetime,
) -> None:
    """A channel's post was forwarded to its discussion; it shows what the origin shows.

    The forward may come before the origin is known: it waits for it.
    """
    await tx.execute(
        "INSERT OR REPLACE INTO forwards VALUES (?, ?, ?, ?, ?)", (*place, *origin, to_seconds(at))
    )
    await tx.execute(
        """
        INSERT OR IGNORE INTO messages (chat_id, message_id, post_id, view, language, sent_at)
        SELECT ?, ?, post_id, 'forward', language, ? FROM messages
        WHERE chat_id = ? AND message_id = ?
        """,
        (*place, to_seconds(at), *origin),
    )


async def delete_forwards(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget forwards from before then, how many; those of posts are messages by now."""
    values = (to_seconds(before),)
    return await delete_slice(tx, "forwards", "chat_id, message_id", "seen_at < ?", values, limit)


async def get_message(db: Connection, chat_id: ChatId, message_id: MessageId) -> SentMessage | None:
    """What a message shows, or None where it shows no post.

    Raises UnknownValueError for a view that a later version has added.
    """
    row = await db.fetch_one(
        "SELECT * FROM messages WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
    )
    return None if row is None else _message(row)


async def delete_message(tx: Transaction, chat_id: ChatId, message_id: MessageId) -> None:
    """It is not there any more, and nothing given to it counts."""
    await tx.execute(
        "DELETE FROM messages WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
    )


async def set_refresh(
    tx: Transaction, places: Iterable[tuple[ChatId, MessageId]], at: datetime
) -> None:
    """These cards are to show new counts then; an earlier time stands."""
    seconds = to_seconds(at)
    await tx.execute_many(
        """
        UPDATE messages SET refresh_at = ?1
        WHERE chat_id = ?2 AND message_id = ?3 AND view = 'card'
            AND (refresh_at IS NULL OR refresh_at > ?1)
        """,
        [(seconds, *place) for place in dict.fromkeys(places)],  # a flood is of few places
    )


async def set_refresh_of_posts(tx: Transaction, post_ids: Iterable[PostId], at: datetime) -> None:
    """All that shows these posts is to be brought up to date then; an earlier time stands."""
    await tx.execute_many(
        """
        UPDATE messages SET refresh_at = :at
        WHERE post_id = :post_id AND view IN ('card', 'full')
            AND (refresh_at IS NULL OR refresh_at > :at)
        """,
        [{"at": to_seconds(at), "post_id": post_id} for post_id in post_ids],
    )


async def set_refresh_of_actor(tx: Transaction, actor_id: ActorId, at: datetime) -> None:
    """The cards that may count what somebody gave are to show new counts; an earlier time stands.

    These are all of a post: a card counts what was given to the others, too. In each chat the
    newest comes at once, the others APART_SECONDS after each other: other edits have their turn.
    """
    await tx.execute(
        """
        UPDATE messages SET refresh_at = due.at
        FROM (
            SELECT chat_id, message_id, :at + :apart * (row_number() OVER (
                PARTITION BY chat_id ORDER BY message_id DESC
            ) - 1) AS at
            FROM messages WHERE view = 'card' AND post_id IN (
                SELECT post_id FROM messages JOIN (
                    SELECT chat_id, message_id FROM reaction_sets
                    WHERE actor_id = :actor_id AND emoji <> '[]'
                    UNION SELECT chat_id, message_id FROM votes WHERE actor_id = :actor_id
                ) USING (chat_id, message_id)
            )
        ) AS due
        WHERE (messages.chat_id, messages.message_id) = (due.chat_id, due.message_id)
            AND (refresh_at IS NULL OR refresh_at > due.at)
        """,
        {"at": to_seconds(at), "apart": APART_SECONDS, "actor_id": actor_id},
    )


async def set_refresh_of_chat(
    tx: Transaction, chat_id: ChatId, at: datetime, *, limit: int
) -> None:
    """The newest cards of a chat are to be brought up to date; an earlier time stands."""
    await tx.execute(
        """
        UPDATE messages SET refresh_at = :at
        WHERE chat_id = :chat_id AND (refresh_at IS NULL OR refresh_at > :at)
            AND message_id IN (
                SELECT message_id FROM messages WHERE chat_id = :chat_id AND view = 'card'
                ORDER BY message_id DESC LIMIT :limit
            )
        """,
        {"at": to_seconds(at), "chat_id": chat_id, "limit": limit},
    )


async def claim_refreshes(
    tx: Transaction, now: datetime, *, until: datetime, limit: int
) -> list[SentMessage]:
    """Messages that are due, the longest waiting first; due again at `until` if not `set_fresh`.

    A view that a later version has added is left for that version.
    """
    rows = await tx.fetch_all(
        """
        SELECT * FROM messages WHERE refresh_at <= ? AND view IN ('card', 'full')
        ORDER BY refresh_at LIMIT ?
        """,
        (to_seconds(now), limit),
    )
    found = [replace(_message(row), refresh_at=until) for row in rows]
    await tx.execute_many(
        "UPDATE messages SET refresh_at = ? WHERE chat_id = ? AND message_id = ?",
        [(to_seconds(until), one.chat_id, one.message_id) for one in found],
    )
    return found


async def set_fresh(tx: Transaction, shown: SentMessage, now: datetime) -> None:
    """The message was brought up to date as `shown`; what changed meanwhile is done again."""
    await tx.execute(
        """
        UPDATE messages SET refresh_at = CASE
            WHEN (post_id, view, page, language) <> (:post_id, :view, :page, :language) THEN :now
            WHEN refresh_at = :claimed THEN NULL
            ELSE refresh_at END
        WHERE chat_id = :chat_id AND message_id = :message_id
        """,
        {
            "post_id": shown.post_id,
            "view": shown.view,
            "page": shown.page,
            "language": shown.language,
            "now": to_seconds(now),
            "claimed": to_seconds_or_none(shown.refresh_at),
            "chat_id": shown.chat_id,
            "message_id": shown.message_id,
        },
    )


async def set_refresh_again(tx: Transaction, place: tuple[ChatId, MessageId], at: datetime) -> None:
    """The message could not be brought up to date; it is tried again then."""
    await tx.execute(
        """
        UPDATE messages SET refresh_at = coalesce(refresh_at, ?)
        WHERE chat_id = ? AND message_id = ?
        """,
        (to_seconds(at), *place),
    )


def _message(row: sqlite3.Row) -> SentMessage:
    return SentMessage(
        chat_id=ChatId(row["chat_id"]),
        message_id=MessageId(row["message_id"]),
        post_id=PostId(row["post_id"]),
        view=_view(row["view"]),
        page=row["page"],
        language=row["language"],
        sent_at=from_seconds(row["sent_at"]),
        refresh_at=from_seconds_or_none(row["refresh_at"]),
    )


def _view(kept: str) -> View:
    try:
        return View(kept)
    except ValueError:
        raise UnknownValueError("view", kept) from None
