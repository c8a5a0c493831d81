"""Pushes: what has to reach which chat, and how far each came.

A chat's pushes of one kind go in the order of their ids. While one of a chat is under way or in
doubt, its others wait. The first of each kind in each chat stands in `outbox_heads`, with whether
its chat takes any: triggers keep that, so that nobody looks through all that waits.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.models import (
    Came,
    ChatId,
    MessageId,
    OutboxId,
    OutboxRow,
    OutboxState,
    Overnight,
    PostId,
    PostPush,
)
from storage.pushes import kind_of, payload_of, read_push
from storage.slices import EVERY, delete_slice
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import NewOutboxRow, OutboxKind, Push, UnreadablePush


AT_NIGHT = "quiet hours"
"""The `error` of a push whose turn came in quiet hours: it waits for their end."""
_AT_NIGHT = f"""
    outbox.kind = 'post' AND outbox.state = 'pending' AND not_before > :now
    AND (error IS NULL OR error = '{AT_NIGHT}')
"""
"""A push waits for a time of its own, and nothing went wrong with it: only a night does that."""


_CAME = """
    WITH asked AS MATERIALIZED (
        SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS channel_id
        FROM json_each(:chats)
    ), place AS (
        SELECT id AS asked_id, id AS chat_id FROM asked
        UNION ALL SELECT id, channel_id FROM asked WHERE channel_id IS NOT NULL
    )
    SELECT * FROM (
        SELECT asked_id, one.value AS post_id,
            iif(outbox.chat_id = asked_id, message_id, NULL) AS message_id,
            iif(outbox.state = 'pending', max(not_before, :now), changed_at) AS at
        FROM place CROSS JOIN outbox ON outbox.chat_id = place.chat_id
        JOIN chats ON chats.id = outbox.chat_id
        JOIN json_each(iif(json_valid(payload), payload, '{}'), '$.posts') AS one
        WHERE outbox.kind = 'post' AND outbox.state NOT IN ('failed', 'dropped', 'merged')
        AND (outbox.state <> 'pending' OR chats.state = 'served' AND can_write AND push = 'on')
        AND one.value IN (SELECT value FROM json_each(:posts))
        UNION ALL
        SELECT asked.id, post_id, message_id, sent_at
        FROM asked CROSS JOIN messages ON messages.chat_id = asked.id
        WHERE view IN ('own', 'forward') AND post_id IN (SELECT value FROM json_each(:posts))
    ) ORDER BY message_id IS NOT NULL, at
"""


_ADD = """
    INSERT OR IGNORE INTO outbox
        (chat_id, kind, item, payload, not_before, created_at, changed_at, state)
    SELECT
        json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
        json_extract(value, '$[3]'), json_extract(value, '$[4]'), :at, :at, :state
    FROM json_each(:rows) ORDER BY key
"""
"""All rows in one statement: what a trigger may undo SQLite keeps for each statement anew, and so
one for each row takes more than three times as long."""


async def add_rows(
    tx: Transaction,
    rows: Iterable[NewOutboxRow],
    now: datetime,
    state: OutboxState = OutboxState.PENDING,
) -> None:
    """Queue pushes; one that a chat had before, by kind and item, is left as it is.

    They wait, or are in doubt where `state` says that they may have been sent before.
    """
    listed = list(rows)
    pushes = {id(row.push): row.push for row in listed}  # one push may go to many chats
    written = {key: payload_of(push) for key, push in pushes.items()}
    values = [
        (
            row.chat_id,
            kind_of(row.push),
            row.item,
            written[id(row.push)],
            to_seconds(row.not_before),
        )
        for row in listed
    ]
    written_rows = json.dumps(values, ensure_ascii=False)
    await tx.execute(_ADD, {"rows": written_rows, "at": to_seconds(now), "state": state})


async def add_sent(
    tx: Transaction, row: NewOutboxRow, message_id: MessageId, now: datetime
) -> None:
    """The chat has this already, in somebody's own message: a push that waits is not made."""
    await add_rows(tx, [row], now)
    await tx.execute(
        """
        UPDATE outbox SET state = 'sent', message_id = ?, changed_at = ?
        WHERE chat_id = ? AND kind = ? AND item = ? AND state = 'pending'
        """,
        (message_id, to_seconds(now), row.chat_id, kind_of(row.push), row.item),
    )


async def get_row(db: Connection, row_id: OutboxId) -> OutboxRow | None:
    """One push."""
    row = await db.fetch_one("SELECT * FROM outbox WHERE id = ?", (row_id,))
    return None if row is None else row_of(row)


async def list_due(
    db: Connection, now: datetime, *, limit: int, apart_from: Collection[ChatId] = ()
) -> list[OutboxRow]:
    """The next push of each kind, for chats that take one now; the longest due first."""
    rows = await db.fetch_all(
        """
        SELECT outbox.* FROM outbox_heads AS head CROSS JOIN outbox ON outbox.id = head_id
        WHERE NOT is_held AND head.not_before <= ?
        AND head.chat_id NOT IN (SELECT value FROM json_each(?))
        ORDER BY head.not_before, head_id LIMIT ?
        """,  # heads are kept by triggers
        (to_seconds(now), json.dumps(list(apart_from)), limit),
    )
    return [row_of(row) for row in rows]


async def list_waiting(
    db: Connection, chat_id: ChatId, kind: OutboxKind, now: datetime
) -> list[OutboxRow]:
    """A chat's pushes of one kind that are due, in their order."""
    rows = await db.fetch_all(
        """
        SELECT * FROM outbox
        WHERE chat_id = ? AND kind = ? AND state = 'pending' AND not_before <= ? ORDER BY id
        """,
        (chat_id, kind, to_seconds(now)),
    )
    return [row_of(row) for row in rows]


async def list_pushes(
    db: Connection, kind: OutboxKind, since: Mapping[ChatId, datetime]
) -> dict[ChatId, list[Push | UnreadablePush]]:
    """The pushes of a kind that each chat was given since its time, whatever became of them."""
    asked = [[chat_id, to_seconds(at)] for chat_id, at in since.items()]
    rows = await db.fetch_all(
        """
        SELECT chat_id, payload FROM json_each(?) AS one
        CROSS JOIN outbox ON chat_id = json_extract(one.value, '$[0]')
            AND created_at >= json_extract(one.value, '$[1]')
        WHERE outbox.kind = ? ORDER BY outbox.id
        """,
        (json.dumps(asked), kind),
    )
    read: dict[str, Push | UnreadablePush] = {}
    pushes: dict[ChatId, list[Push | UnreadablePush]] = {}
    for chat_id, payload in rows:
        if payload not in read:  # many were told the same
            read[payload] = read_push(kind, payload)
        pushes.setdefault(ChatId(chat_id), []).append(read[payload])
    return pushes


async def list_came(
    db: Connection,
    chat_id: ChatId,
    post_ids: Collection[PostId],
    now: datetime,
    *,
    channel_id: ChatId | None = None,
) -> dict[PostId, Came]:
    """Which of these posts came to a chat by themselves, or wait to, and how: the last time.

    As cards or in lists, as somebody's own message that the post took, or as the automatic forward
    of `channel_id`, the channel whose discussion the chat is.
    """
    return (await list_all_came(db, {chat_id: channel_id}, post_ids, now)).get(chat_id, {})


async def list_all_came(
    db: Connection,
    channels: Mapping[ChatId, ChatId | None],
    post_ids: Collection[PostId],
    now: datetime,
) -> dict[ChatId, dict[PostId, Came]]:
    """As `list_came`, for many chats: each with its channel, where it is a discussion."""
    asked = {"chats": json.dumps(list(channels.items())), "posts": json.dumps(list(post_ids))}
    rows = await db.fetch_all(_CAME, {**asked, "now": to_seconds(now)})
    came: dict[ChatId, dict[PostId, Came]] = {}
    for row in rows:
        of_chat = came.setdefault(ChatId(row["asked_id"]), {})
        of_chat[PostId(row["post_id"])] = _came(row)
    return came


async def count_notices(db: Connection, beginning: str, since: datetime) -> int:
    """How many notices whose item begins so were queued since then, whatever became of them."""
    rows = await db.fetch_all(
        """
        SELECT count(*) FROM outbox
        WHERE kind = 'notice' AND substr(item, 1, length(:beginning)) = :beginning
        AND created_at > :since
        """,
        {"beginning": beginning, "since": to_seconds(since)},
    )
    return int(rows[0][0])


_SET_NIGHT = f"""
    UPDATE outbox SET not_before = :until, changed_at = :now
    WHERE chat_id = :chat_id AND {_AT_NIGHT} AND not_before <> :until
"""  # noqa: S608  # a condition of ours


async def set_night(tx: Transaction, chat_id: ChatId, until: datetime, now: datetime) -> int:
    """What waits for the end of a chat's quiet hours waits until then; how many pushes that moves.

    What waits for anything else (a flood's end, a right to write) is left as it is.
    """
    return await tx.execute(_SET_NIGHT, _night(chat_id, until, now))


async def set_nights(
    tx: Transaction, nights: Iterable[tuple[ChatId, datetime]], now: datetime
) -> None:
    """As `set_night`, for many chats."""
    await tx.execute_many(_SET_NIGHT, [_night(chat_id, until, now) for chat_id, until in nights])


def _night(chat_id: ChatId, until: datetime, now: datetime) -> dict[str, int]:
    return {"chat_id": chat_id, "until": to_seconds(until), "now": to_seconds(now)}


async def list_night_chats(db: Connection, now: datetime) -> list[ChatId]:
    """The chats for which something waits for the end of their quiet hours."""
    rows = await db.fetch_all(
        f"SELECT DISTINCT chat_id FROM outbox WHERE {_AT_NIGHT} ORDER BY chat_id",  # noqa: S608  # likewise
        {"now": to_seconds(now)},
    )
    return [ChatId(row["chat_id"]) for row in rows]


async def list_overnight(
    db: Connection, now: datetime, chat_id: ChatId | None = None
) -> list[Overnight]:
    """How many posts wait in each chat, or in one, for the end of its quiet hours.

    Exactly those that come then: no post that was removed since, and nothing where the chat takes
    no pushes any more.
    """
    rows = await db.fetch_all(
        f"""
        SELECT chat_id, count(DISTINCT posts.id) AS number, min(not_before) AS until
        FROM outbox JOIN chats ON chats.id = chat_id
        JOIN json_each(CASE WHEN json_valid(payload) THEN payload ELSE '{{}}' END, '$.posts') AS one
        JOIN posts ON posts.id = one.value AND removed_at IS NULL
        WHERE {_AT_NIGHT} {"" if chat_id is None else "AND outbox.chat_id = :chat_id"}
        AND chats.state = 'served' AND can_write AND push = 'on'
        AND NOT (outbox.created_at < joined_at AND joined_at <= :now)
        GROUP BY chat_id ORDER BY until, chat_id
        """,  # noqa: S608  # a condition of ours
        {"now": to_seconds(now), "chat_id": chat_id},
    )
    return [
        Overnight(ChatId(row["chat_id"]), row["number"], from_seconds(row["until"])) for row in rows
    ]


def muted(reason: str) -> str:
    """The `error` of a push that waits until the bot may write in its chat again."""
    return f"muted: {reason}"


async def list_muted(db: Connection, now: datetime, *, limit: int) -> list[ChatId]:
    """Chats whose next try waits because the bot may not write, the longest waiting first."""
    rows = await db.fetch_all(
        """
        SELECT chat_id FROM outbox JOIN chats ON chats.id = chat_id
        WHERE outbox.state = 'pending' AND error LIKE 'muted: %' AND not_before > ?
        AND chats.state = 'served' AND can_write
        GROUP BY chat_id ORDER BY min(outbox.changed_at), min(outbox.id) LIMIT ?
        """,
        (to_seconds(now), limit),
    )
    return [ChatId(row["chat_id"]) for row in rows]


async def set_unmuted(tx: Transaction, chat_id: ChatId, now: datetime) -> int:
    """The bot may write in a chat again: what waited for that goes now; how many that were."""
    return await tx.execute(
        """
        UPDATE outbox SET not_before = ?
        WHERE chat_id = ? AND state = 'pending' AND error LIKE 'muted: %' AND not_before > ?
        """,
        (to_seconds(now), chat_id, to_seconds(now)),
    )


async def list_unknown(db: Connection, until: datetime) -> list[OutboxRow]:
    """Of each chat the oldest push that is in doubt since then or longer, the oldest first."""
    rows = await db.fetch_all(
        """
        SELECT * FROM outbox WHERE id IN (
            SELECT min(id) FROM outbox WHERE state = 'unknown' AND changed_at <= ? GROUP BY chat_id
        )
        ORDER BY id
        """,
        (to_seconds(until),),
    )
    return [row_of(row) for row in rows]


async def claim_row(tx: Transaction, row_id: OutboxId, *, token: str, now: datetime) -> bool:
    """The push is sent now; False when it does not wait (any more)."""
    return bool(
        await tx.execute(
            """
            UPDATE outbox SET state = 'sending', attempts = attempts + 1,
                token = ?, changed_at = ?
            WHERE id = ? AND state = 'pending'
            """,
            (token, to_seconds(now), row_id),
        )
    )


async def set_sent(tx: Transaction, row_id: OutboxId, message_id: MessageId, now: datetime) -> bool:
    """Telegram has it. After an attempt in doubt it is `resent_unproven`: it may be there twice.

    False where the push was deleted while it was on its way.
    """
    return bool(
        await tx.execute(
            """
            UPDATE outbox SET state = CASE WHEN doubts THEN 'resent_unproven' ELSE 'sent' END,
                message_id = ?, error = NULL, changed_at = ?
            WHERE id = ?
            """,
            (message_id, to_seconds(now), row_id),
        )
    )


async def set_proven(
    tx: Transaction,
    row_id: OutboxId,
    message_id: MessageId | None,
    now: datetime,
    *,
    is_alone: bool,
) -> None:
    """Its message was seen. Not `is_alone`: one that was sent before may be there besides.

    `message_id` is None where it was seen in a group that has become this supergroup since.
    """
    await tx.execute(
        """
        UPDATE outbox SET state = CASE WHEN ? THEN 'sent' ELSE 'resent_unproven' END,
            message_id = ?, error = NULL, changed_at = ?
        WHERE id = ?
        """,
        (is_alone, message_id, to_seconds(now), row_id),
    )


async def set_doubled(tx: Transaction, row_id: OutboxId, now: datetime) -> None:
    """It is there twice, and both stay."""
    await tx.execute(
        "UPDATE outbox SET state = 'doubled', changed_at = ? WHERE id = ?",
        (to_seconds(now), row_id),
    )


async def set_pending(
    tx: Transaction, row_id: OutboxId, not_before: datetime, error: str, now: datetime
) -> None:
    """It certainly did not go; it is tried again, not before then, unless it was given up."""
    await tx.execute(
        """
        UPDATE outbox SET state = 'pending', not_before = ?, error = ?, changed_at = ?
        WHERE id = ? AND state <> 'dropped'
        """,
        (to_seconds(not_before), error, to_seconds(now), row_id),
    )


async def set_resend(tx: Transaction, row_id: OutboxId, now: datetime) -> None:
    """It may have gone, nothing proves it, and it is sent once more."""
    await tx.execute(
        """
        UPDATE outbox SET state = 'pending', doubts = doubts + 1, not_before = ?, changed_at = ?
        WHERE id = ? AND state = 'unknown'
        """,
        (to_seconds(now), to_seconds(now), row_id),
    )


async def set_unknown(tx: Transaction, row_id: OutboxId, error: str, now: datetime) -> None:
    """It may have gone."""
    await _set(tx, row_id, "state = 'unknown'", error, now)


async def set_failed(tx: Transaction, row_id: OutboxId, error: str, now: datetime) -> None:
    """It cannot be sent."""
    await _set(tx, row_id, "state = 'failed'", error, now)


async def set_dropped(tx: Transaction, row_id: OutboxId, error: str, now: datetime) -> None:
    """Nobody wants it any more."""
    await _set(tx, row_id, "state = 'dropped'", error, now)


async def set_all_dropped(tx: Transaction, chat_id: ChatId, error: str, now: datetime) -> int:
    """The chat is gone, and what waited for it is not sent any more; how many that were."""
    return await tx.execute(
        """
        UPDATE outbox SET state = 'dropped', error = ?, changed_at = ?
        WHERE chat_id = ? AND state IN ('pending', 'sending', 'unknown')
        """,
        (error, to_seconds(now), chat_id),
    )


async def withdraw_post(tx: Transaction, post_id: PostId, now: datetime) -> set[ChatId]:
    """A post was taken down: pushes that wait go without it, if at all; the chats of those.

    What is under way or in doubt is left to whoever sends it.
    """
    rows = await tx.fetch_all(
        """
        SELECT id, chat_id, payload FROM outbox
        WHERE kind = 'post' AND state = 'pending' AND :post_id IN (
            SELECT value FROM json_each(iif(json_valid(payload), payload, '{}'), '$.posts')
        )
        """,
        {"post_id": post_id},
    )
    rest = {payload: _without(post_id, payload) for payload in {row["payload"] for row in rows}}
    await tx.execute_many(
        "UPDATE outbox SET payload = ? WHERE id = ?",
        [(left, row["id"]) for row in rows if (left := rest[row["payload"]]) is not None],
    )
    await tx.execute(
        """
        UPDATE outbox SET state = 'dropped', error = 'taken down', changed_at = ?
        WHERE id IN (SELECT value FROM json_each(?))
        """,  # one statement, as _ADD
        (to_seconds(now), json.dumps([row["id"] for row in rows if rest[row["payload"]] is None])),
    )
    return {ChatId(row["chat_id"]) for row in rows}


def _without(post_id: PostId, payload: str) -> str | None:
    """What is left of a push of posts; None: nothing."""
    push = read_push("post", payload)
    posts = push.posts if isinstance(push, PostPush) else ()
    rest = tuple(one for one in posts if one != post_id)
    return payload_of(PostPush(rest)) if rest else None


async def set_interrupted(tx: Transaction, now: datetime) -> int:
    """At a start: what an earlier run was sending may have gone; how many that were."""
    return await tx.execute(
        """
        UPDATE outbox SET state = 'unknown', error = 'interrupted', changed_at = ?
        WHERE state = 'sending'
        """,
        (to_seconds(now),),
    )


async def set_merged(
    tx: Transaction, into: OutboxId, push: Push, others: Iterable[OutboxId], now: datetime
) -> None:
    """One push takes in `others`, which do not go by themselves any more."""
    await tx.execute("UPDATE outbox SET payload = ? WHERE id = ?", (payload_of(push), into))
    await tx.execute_many(
        "UPDATE outbox SET state = 'merged', error = ?, changed_at = ? WHERE id = ?",
        [(f"merged into {into}", to_seconds(now), other) for other in others],
    )


async def count_by_state(db: Connection) -> dict[OutboxState, int]:
    """How many pushes are in each state; states without any are left out."""
    rows = await db.fetch_all("SELECT state, count(*) AS number FROM outbox GROUP BY state")
    return {OutboxState(row["state"]): row["number"] for row in rows}


async def list_losses(db: Connection) -> dict[int, str]:
    """Why the last push of each chat that was dropped did not go, by the chat's id."""
    rows = await db.fetch_all(
        """
        SELECT chat_id, error, max(changed_at) FROM outbox
        WHERE state = 'dropped' AND error IS NOT NULL GROUP BY chat_id
        """
    )
    return {row["chat_id"]: row["error"] for row in rows}


async def count_unknown(db: Connection) -> int:
    """How many pushes are in doubt."""
    rows = await db.fetch_all("SELECT count(*) FROM outbox WHERE state = 'unknown'")
    return int(rows[0][0])


async def count_due(db: Connection, now: datetime) -> int:
    """How many pushes are to go now, or are on their way, to chats that may be written to."""
    rows = await db.fetch_all(
        """
        SELECT count(*) FROM (
            SELECT chat_id FROM outbox WHERE state = 'sending'
            UNION ALL SELECT chat_id FROM outbox WHERE state = 'pending' AND not_before <= ?
        ) LEFT JOIN chats ON chats.id = chat_id
        WHERE coalesce(chats.state = 'served' AND can_write, 1)
        """,
        (to_seconds(now),),
    )
    return int(rows[0][0])


async def delete_finished(tx: Transaction, until: datetime, limit: int = EVERY) -> int:
    """Forget pushes that were finished by then; how many that were."""
    old = "state NOT IN ('pending', 'sending', 'unknown') AND changed_at < ?"
    return await delete_slice(tx, "outbox", "id", old, (to_seconds(until),), limit)


async def _set(
    tx: Transaction,
    row_id: OutboxId,
    assignment: str,
    error: str,
    now: datetime,
) -> None:
    await tx.execute(
        f"UPDATE outbox SET {assignment}, error = ?, changed_at = ? WHERE id = ?",  # noqa: S608  # assignments of ours
        (error, to_seconds(now), row_id),
    )


def _came(row: sqlite3.Row) -> Came:
    message_id = row["message_id"]
    return Came(from_seconds(row["at"]), None if message_id is None else MessageId(message_id))


def row_of(row: sqlite3.Row) -> OutboxRow:
    """A push as the table has it."""
    return OutboxRow(
        id=OutboxId(row["id"]),
        chat_id=ChatId(row["chat_id"]),
        item=row["item"],
        push=read_push(row["kind"], row["payload"]),
        state=OutboxState(row["state"]),
        not_before=from_seconds(row["not_before"]),
        attempts=row["attempts"],
        token=row["token"],
        message_id=None if row["message_id"] is None else MessageId(row["message_id"]),
        error=row["error"],
        created_at=from_seconds(row["created_at"]),
        changed_at=from_seconds(row["changed_at"]),
        doubts=row["doubts"],
    )
