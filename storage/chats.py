"""Chats, what their administrators chose, and whether they are served."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage import administrators
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
    Sight,
    SourceFilter,
    SourceId,
    ThreadId,
    UserId,
    VoteButtons,
)
from storage.times import from_seconds, from_seconds_or_none, to_seconds, to_seconds_or_none

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Connection, Transaction


async def get_chat(db: Connection, chat_id: ChatId) -> Chat | None:
    """The chat, or None where the bot never was in it."""
    row = await db.fetch_one("SELECT * FROM chats WHERE id = ?", (chat_id,))
    return None if row is None else _chat(row)


async def list_chats(db: Connection, *states: ChatState) -> list[Chat]:
    """Every chat, or those of some states, in the order of joining."""
    rows = await db.fetch_all(
        """
        SELECT * FROM chats WHERE state IN (SELECT value FROM json_each(?))
        ORDER BY joined_at, id
        """,
        (json.dumps(states or tuple(ChatState)),),
    )
    return [_chat(row) for row in rows]


async def list_administered(db: Connection, user_id: UserId) -> list[Chat]:
    """The served chats of which somebody was last known to be an administrator, as they joined."""
    rows = await db.fetch_all(
        """
        SELECT chats.* FROM administrators JOIN chats ON chats.id = administrators.chat_id
        WHERE administrators.user_id = ? AND chats.state = 'served'
        ORDER BY chats.joined_at, chats.id
        """,
        (user_id,),
    )
    return [_chat(row) for row in rows]


async def list_writable(db: Connection, people: Iterable[UserId]) -> tuple[UserId, ...]:
    """Those of these people whom the bot may write to: they opened it, and stayed."""
    rows = await db.fetch_all(
        """
        SELECT people.value FROM json_each(?) AS people JOIN chats ON chats.id = people.value
        WHERE state = 'served' AND can_write ORDER BY people.key
        """,
        (json.dumps(list(people)),),
    )
    return tuple(UserId(row["value"]) for row in rows)


async def list_named(db: Connection, username: str) -> list[Chat]:
    """The served chats that had this public name when they were last asked, in any letter case."""
    rows = await db.fetch_all(
        "SELECT * FROM chats WHERE lower(username) = lower(?) AND state = 'served' ORDER BY id",
        (username,),
    )
    return [_chat(row) for row in rows]


async def list_digests_due(db: Connection, now: datetime) -> list[Chat]:
    """Served chats whose digest is due, the longest waiting first."""
    rows = await db.fetch_all(
        """
        SELECT * FROM chats
        WHERE digest_due_at <= ? AND state = 'served' AND can_write
        ORDER BY digest_due_at, id
        """,
        (to_seconds(now),),
    )
    return [_chat(row) for row in rows]


async def list_editions_due(db: Connection, period: Period, now: datetime) -> list[Chat]:
    """Served chats whose edition of that period is due, the longest waiting first."""
    column = _EDITION_DUE[period]
    rows = await db.fetch_all(
        f"""
        SELECT * FROM chats
        WHERE {column} <= ? AND state = 'served' AND can_write
        ORDER BY {column}, id
        """,  # noqa: S608  # a name of ours
        (to_seconds(now),),
    )
    return [_chat(row) for row in rows]


async def add_chat(tx: Transaction, chat: Chat) -> None:
    """Keep a chat that was not known. Its settings are what a new chat starts with."""
    row = {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "state": chat.state,
        "can_write": chat.can_write,
        "is_forum": chat.is_forum,
        **_settings_row(chat.settings),
        "joined_at": to_seconds(chat.joined_at),
        "digest_due_at": to_seconds_or_none(chat.digest_due_at),
        "last_digest_at": to_seconds_or_none(chat.last_digest_at),
        "may_publish": chat.may_publish,
        "username": chat.username,
        "weekly_due_at": to_seconds_or_none(chat.weekly_due_at),
        "monthly_due_at": to_seconds_or_none(chat.monthly_due_at),
        "sight": chat.sight,
    }
    values = ", ".join(f":{column}" for column in row)
    await tx.execute(f"INSERT INTO chats ({', '.join(row)}) VALUES ({values})", row)  # noqa: S608  # names of ours


async def set_settings(
    tx: Transaction, chat_id: ChatId, settings: ChatSettings, digest_due_at: datetime | None
) -> None:
    """Replace what the administrators chose, and with it when the next digest is due."""
    row = {**_settings_row(settings), "digest_due_at": to_seconds_or_none(digest_due_at)}
    values = ", ".join(f"{column} = :{column}" for column in row)
    await tx.execute(f"UPDATE chats SET {values} WHERE id = :id", {**row, "id": chat_id})  # noqa: S608  # names of ours


async def withdraw_thread(tx: Transaction, chat_id: ChatId, thread_id: ThreadId) -> bool:
    """Send no more to a topic that was deleted; False where another was chosen meanwhile."""
    changed = await tx.execute(
        "UPDATE chats SET thread_id = NULL WHERE id = ? AND thread_id = ?", (chat_id, thread_id)
    )
    return changed > 0


async def set_state(
    tx: Transaction, chat_id: ChatId, state: ChatState, *, joined_at: datetime | None = None
) -> None:
    """Serve a chat, or stop; `joined_at` moves the line before which posts are backlog.

    One that is left may publish no more: whoever brings the bot back, it is asked anew, and so are
    its administrators, of whom nothing stays.
    """
    await tx.execute(
        """
        UPDATE chats SET state = :state, joined_at = coalesce(:joined_at, joined_at),
            may_publish = may_publish AND :state != 'left'
        WHERE id = :id
        """,
        {"state": state, "joined_at": to_seconds_or_none(joined_at), "id": chat_id},
    )
    if state is ChatState.LEFT:
        await administrators.delete_of_chat(tx, chat_id)


async def set_may_publish(tx: Transaction, chat_id: ChatId, *, may: bool) -> None:
    """Whether a channel's own messages may become posts."""
    await tx.execute("UPDATE chats SET may_publish = ? WHERE id = ?", (may, chat_id))


async def set_profile(
    tx: Transaction, chat_id: ChatId, *, kind: ChatKind, title: str, is_forum: bool
) -> None:
    """Take over what Telegram says of a chat now."""
    await tx.execute(
        "UPDATE chats SET kind = ?, title = ?, is_forum = ? WHERE id = ?",
        (kind, title, is_forum, chat_id),
    )


async def set_names(tx: Transaction, chat_id: ChatId, *, title: str, username: str | None) -> None:
    """Take over what a group or channel is called now."""
    await tx.execute(
        "UPDATE chats SET title = ?, username = ? WHERE id = ?", (title, username, chat_id)
    )


async def set_can_write(tx: Transaction, chat_id: ChatId, *, can_write: bool) -> None:
    """Whether the bot may send there."""
    await tx.execute("UPDATE chats SET can_write = ? WHERE id = ?", (can_write, chat_id))


async def set_sight(tx: Transaction, chat_id: ChatId, *, is_seen: bool) -> None:
    """Whether the bot is shown reactions there; that they are hidden is news only once."""
    sight, known = (Sight.SEEN,) * 2 if is_seen else (Sight.HIDDEN, Sight.TOLD)
    await tx.execute(
        "UPDATE chats SET sight = ? WHERE id = ? AND sight <> ?", (sight, chat_id, known)
    )


async def set_told_of_sight(tx: Transaction, chat_id: ChatId) -> None:
    """The chat's administrators know that reactions are hidden there, if they still are."""
    await tx.execute(
        "UPDATE chats SET sight = 'told' WHERE id = ? AND sight = 'hidden'", (chat_id,)
    )


async def list_of_unknown_sight(db: Connection) -> list[ChatId]:
    """The served groups of which it is not known whether reactions are shown to the bot."""
    rows = await db.fetch_all(
        """
        SELECT id FROM chats
        WHERE sight = 'unknown' AND state = 'served' AND kind IN ('group', 'supergroup')
        ORDER BY joined_at, id
        """
    )
    return [ChatId(row["id"]) for row in rows]


async def set_digest_due(
    tx: Transaction,
    chat_id: ChatId,
    due_at: datetime | None,
    *,
    last_digest_at: datetime | None = None,
) -> None:
    """When the next digest is due; `last_digest_at` moves the line from which posts are new."""
    await tx.execute(
        """
        UPDATE chats SET digest_due_at = ?, last_digest_at = coalesce(?, last_digest_at)
        WHERE id = ?
        """,
        (to_seconds_or_none(due_at), to_seconds_or_none(last_digest_at), chat_id),
    )


async def set_edition_due(
    tx: Transaction, chat_id: ChatId, period: Period, due_at: datetime | None
) -> None:
    """When the next edition of that period is due."""
    await tx.execute(
        f"UPDATE chats SET {_EDITION_DUE[period]} = ? WHERE id = ?",  # noqa: S608  # a name of ours
        (to_seconds_or_none(due_at), chat_id),
    )


async def current_id(db: Connection, chat_id: ChatId) -> ChatId:
    """The id that a chat has now: a group may have become a supergroup since it was named."""
    row = await db.fetch_one("SELECT new_id FROM migrated_chats WHERE old_id = ?", (chat_id,))
    return chat_id if row is None else ChatId(row["new_id"])


async def set_migrated(tx: Transaction, old: ChatId, new: ChatId) -> None:
    """A group became a supergroup: its settings, queue and claims go to the new id.

    Messages keep the old id, under which Telegram numbered them, and with it their reactions. What
    was pushed to either counts for both: each post once. Both chats tell of it: the second changes
    nothing.
    """
    await tx.execute("INSERT OR REPLACE INTO migrated_chats VALUES (?, ?)", (old, new))
    if await tx.fetch_one("SELECT 1 FROM chats WHERE id = ?", (old,)) is None:
        return
    ids = {"old": old, "new": new}
    for column in ("room_id", "opener_id"):  # menus stand where they stood
        await tx.execute(f"UPDATE menus SET {column} = :new WHERE {column} = :old", ids)  # noqa: S608  # names of ours
    await tx.execute("DELETE FROM chats WHERE id = :new", ids)
    await tx.execute("UPDATE chats SET id = :new, kind = 'supergroup' WHERE id = :old", ids)
    await tx.execute(
        """
        DELETE FROM outbox WHERE chat_id = :new AND state = 'pending' AND (kind, item) IN
            (SELECT kind, item FROM outbox WHERE chat_id = :old)
        """,
        ids,
    )
    await tx.execute(
        "UPDATE OR IGNORE outbox SET chat_id = :new, message_id = NULL WHERE chat_id = :old", ids
    )
    for table in ("digests", "editions", "administrators"):
        await tx.execute(f"UPDATE OR IGNORE {table} SET chat_id = :new WHERE chat_id = :old", ids)  # noqa: S608  # names of ours
    tables = ("outbox", "digests", "editions", "administrators", "administrator_lists")
    for table in (*tables, "cleanups", "pins"):
        await tx.execute(f"DELETE FROM {table} WHERE chat_id = :old", ids)  # noqa: S608  # names of ours


async def set_discussion(tx: Transaction, channel_id: ChatId, group_id: ChatId | None) -> None:
    """Telegram forwards the channel's posts to this group by itself; None: to none."""
    if group_id is None:
        await tx.execute("DELETE FROM discussions WHERE channel_id = ?", (channel_id,))
        return
    await tx.execute("INSERT OR REPLACE INTO discussions VALUES (?, ?)", (channel_id, group_id))


async def list_discussions(db: Connection) -> dict[ChatId, ChatId]:
    """The channel whose posts each discussion group gets by itself."""
    rows = await db.fetch_all("SELECT group_id, channel_id FROM discussions")
    return {ChatId(row["group_id"]): ChatId(row["channel_id"]) for row in rows}


async def delete_chat(tx: Transaction, chat_id: ChatId) -> None:
    """Forget a chat, what waits for it and what was sent to it (/forgetme in private)."""
    tables = ("outbox", "attempts", "compared", "known_ids", "digests", "editions", "messages")
    for table in (*tables, "cleanups", "pins", "lists"):
        await tx.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608  # names of ours
    await tx.execute(
        "UPDATE inbox_seen SET chat_id = NULL, message_id = NULL WHERE chat_id = ?", (chat_id,)
    )
    await tx.execute("DELETE FROM menus WHERE ? IN (room_id, place_id)", (chat_id,))
    await administrators.delete_of_chat(tx, chat_id)
    await tx.execute("DELETE FROM chats WHERE id = ?", (chat_id,))


_EDITION_DUE = {Period.WEEK: "weekly_due_at", Period.MONTH: "monthly_due_at"}


def _settings_row(settings: ChatSettings) -> dict[str, object]:
    quiet, weekly = settings.quiet, settings.weekly
    return {
        "language": settings.language,
        "timezone": settings.timezone,
        "push": settings.push,
        "quiet_start": None if quiet is None else quiet.start,
        "quiet_end": None if quiet is None else quiet.end,
        "digest_times": json.dumps(settings.digest_times),
        "digest_days": json.dumps(sorted(settings.digest_days)),
        "thread_id": settings.thread_id,
        "words": _words(settings.words),
        "without": _words(settings.without),
        "source_filters": json.dumps(
            [[one.source_id, one.words, one.without] for one in settings.source_filters],
            ensure_ascii=False,
        ),
        "left_out": json.dumps(sorted(settings.left_out)),
        "night": settings.night,
        "repeats": settings.repeats,
        "weekly": None if weekly is None else json.dumps([weekly.day, weekly.minute]),
        "monthly": settings.monthly,
        "holidays": settings.holidays,
        "silent": settings.silent,
        "pin": settings.pin,
        "previews": settings.previews,
        "votes": settings.votes,
        "cleanup_minutes": settings.cleanup_minutes,
        "full_here": settings.full_here,
    }


def _words(words: tuple[str, ...]) -> str:
    return json.dumps(words, ensure_ascii=False)


def _chat(row: sqlite3.Row) -> Chat:
    return Chat(
        id=ChatId(row["id"]),
        kind=ChatKind(row["kind"]),
        title=row["title"],
        state=ChatState(row["state"]),
        can_write=bool(row["can_write"]),
        is_forum=bool(row["is_forum"]),
        settings=_settings(row),
        joined_at=from_seconds(row["joined_at"]),
        digest_due_at=from_seconds_or_none(row["digest_due_at"]),
        last_digest_at=from_seconds_or_none(row["last_digest_at"]),
        may_publish=bool(row["may_publish"]),
        username=row["username"],
        weekly_due_at=from_seconds_or_none(row["weekly_due_at"]),
        monthly_due_at=from_seconds_or_none(row["monthly_due_at"]),
        sight=Sight(row["sight"]),
    )


def _settings(row: sqlite3.Row) -> ChatSettings:
    quiet = None
    if row["quiet_start"] is not None:
        quiet = QuietHours(row["quiet_start"], row["quiet_end"])
    return ChatSettings(
        language=row["language"],
        timezone=row["timezone"],
        push=PushMode(row["push"]),
        quiet=quiet,
        digest_times=tuple(json.loads(row["digest_times"])),
        digest_days=frozenset(json.loads(row["digest_days"])),
        thread_id=None if row["thread_id"] is None else ThreadId(row["thread_id"]),
        words=tuple(json.loads(row["words"])),
        without=tuple(json.loads(row["without"])),
        source_filters=tuple(
            SourceFilter(SourceId(key), tuple(words), tuple(without))
            for key, words, without in json.loads(row["source_filters"])
        ),
        left_out=frozenset(map(SourceId, json.loads(row["left_out"]))),
        night=Night(row["night"]),
        repeats=Repeats(row["repeats"]),
        weekly=None if row["weekly"] is None else Edition(*json.loads(row["weekly"])),
        monthly=row["monthly"],
        holidays=row["holidays"],
        silent=bool(row["silent"]),
        pin=bool(row["pin"]),
        previews=bool(row["previews"]),
        votes=VoteButtons(row["votes"]),
        cleanup_minutes=row["cleanup_minutes"],
        full_here=bool(row["full_here"]),
    )
