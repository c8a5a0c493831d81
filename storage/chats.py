"""Chats, what their administrators chose, and whether they are served."""

from __future__ import annotations

import json
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

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
    Taker,
    ThreadId,
    UserId,
    VoteButtons,
)
from storage.times import from_seconds, from_seconds_or_none, to_seconds, to_seconds_or_none

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from storage.database import Connection, Parameters, Transaction


ALL = -1
"""No limit (SQLite, lang_select.html)."""


async def get_chat(db: Connection, chat_id: ChatId) -> Chat | None:
    """The chat, or None where the bot never was in it."""
    return next(iter(await _read(db, "SELECT * FROM chats WHERE id = ?", (chat_id,))), None)


async def list_chats(db: Connection, *states: ChatState) -> list[Chat]:
    """Every chat, or those of some states, in the order of joining."""
    return await _read(
        db,
        """
        SELECT * FROM chats WHERE state IN (SELECT value FROM json_each(?))
        ORDER BY joined_at, id
        """,
        (json.dumps(states or tuple(ChatState)),),
    )


async def list_served(
    db: Connection, *, before: ChatId | None = None, limit: int = ALL
) -> list[Chat]:
    """The next `limit` served chats with ids less than `before`, the greatest first."""
    return await _read(
        db,
        """
        SELECT * FROM chats WHERE state = 'served' AND id < ? ORDER BY id DESC LIMIT ?
        """,
        (_BEYOND if before is None else before, limit),
    )


async def list_administered(db: Connection, user_id: UserId) -> list[Chat]:
    """The served chats of which somebody was last known to be an administrator, as they joined."""
    return await _read(
        db,
        """
        SELECT chats.* FROM administrators JOIN chats ON chats.id = administrators.chat_id
        WHERE administrators.user_id = ? AND chats.state = 'served'
        ORDER BY chats.joined_at, chats.id
        """,
        (user_id,),
    )


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
    return await _read(
        db,
        "SELECT * FROM chats WHERE lower(username) = lower(?) AND state = 'served' ORDER BY id",
        (username,),
    )


async def get_chats(db: Connection, chat_ids: Sequence[ChatId]) -> dict[ChatId, Chat]:
    """Those of these chats that are known."""
    found = await _read(
        db,
        "SELECT chats.* FROM json_each(?) AS one JOIN chats ON chats.id = one.value",
        (json.dumps(chat_ids),),
    )
    return {chat.id: chat for chat in found}


async def list_digests_due(db: Connection, now: datetime, *, limit: int = ALL) -> list[Chat]:
    """Served chats whose digest is due, the longest waiting first."""
    return await _read(
        db,
        """
        SELECT * FROM chats
        WHERE digest_due_at <= ? AND state = 'served' AND can_write
        ORDER BY digest_due_at, id LIMIT ?
        """,
        (to_seconds(now), limit),
    )


async def list_editions_due(
    db: Connection, period: Period, now: datetime, *, limit: int = ALL
) -> list[Chat]:
    """Served chats whose edition of that period is due, the longest waiting first.

    Less those whose digest is due: an edition leaves out what that has told.
    """
    column = _EDITION_DUE[period]
    return await _read(
        db,
        f"""
        SELECT * FROM chats
        WHERE {column} <= :now AND state = 'served' AND can_write
        AND coalesce(digest_due_at > :now, 1)
        ORDER BY {column}, id LIMIT :limit
        """,  # noqa: S608  # a name of ours
        {"now": to_seconds(now), "limit": limit},
    )


async def list_taking(
    db: Connection,
    *,
    after: ChatId | None = None,
    limit: int = ALL,
    only: Sequence[ChatId] | None = None,
    are_filtering: bool = False,
) -> list[Taker]:
    """The next `limit` chats behind the id `after` that are pushed to; by their ids.

    Less discussions whose channel is pushed to: Telegram itself forwards each post to them. `only`:
    of these. `are_filtering`: of those found, the ones with a filter.
    """
    is_one = "id IN (SELECT value FROM json_each(:only))" if only is not None else "1"
    asked = f"""
        SELECT * FROM (
            SELECT id, state, joined_at, {", ".join(_CHOSEN)} FROM chats
            WHERE id > :after AND {is_one} AND {_TAKING} ORDER BY id LIMIT :limit
        ) WHERE {_FILTERING if are_filtering else "1"}
    """  # noqa: S608  # names and conditions of ours
    least = _LEAST if after is None else after
    values = {"after": least, "limit": limit, "only": json.dumps(only)}
    return await db.run(lambda raw: [_taker(row) for row in raw.execute(asked, values)])


async def count_taking(db: Connection, *, limit: int = ALL) -> int:
    """How many chats are pushed to, up to `limit`."""
    rows = await db.fetch_all(
        f"SELECT count(*) FROM (SELECT 1 FROM chats WHERE {_TAKING} LIMIT ?)",  # noqa: S608  # likewise
        (limit,),
    )
    return int(rows[0][0])


async def count_alike(
    db: Connection, *, seen_at: datetime, now: datetime, after: ChatId | None = None
) -> list[tuple[Chat, int]]:
    """Of the chats behind `after` that are pushed to, how many filter alike; each with one of them.

    Less those that joined after something was seen: by a clock that went back, later than now is
    before.
    """
    asked = f"""
        SELECT min(id) AS id, count(*) AS number FROM chats
        WHERE id > :after AND {_TAKING} AND NOT (joined_at > :seen_at AND joined_at <= :now)
    """  # noqa: S608  # likewise
    alike = "GROUP BY words, without, source_filters, left_out"
    values = {
        "after": _LEAST if after is None else after,
        "seen_at": to_seconds(seen_at),
        "now": to_seconds(now),
    }
    rows = await db.fetch_all(f"{asked} AND NOT ({_FILTERING})", values)
    rows += await db.fetch_all(f"{asked} AND ({_FILTERING}) {alike}", values)
    numbers = {ChatId(row["id"]): int(row["number"]) for row in rows if row["number"]}
    found = await get_chats(db, list(numbers))
    return [(found[chat_id], number) for chat_id, number in numbers.items()]


_LEAST, _BEYOND = -(2**63), 2**63 - 1
_TAKING = """
    push = 'on' AND state IN ('served', 'held') AND id NOT IN (
        SELECT group_id FROM discussions CROSS JOIN chats AS channels ON channels.id = channel_id
        WHERE channels.can_write AND channels.push = 'on' AND channels.state IN ('served', 'held')
    )
"""
_FILTERING = "words <> '[]' OR without <> '[]' OR source_filters <> '[]' OR left_out <> '[]'"


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


async def set_digests_due(
    tx: Transaction, due: Iterable[tuple[ChatId, datetime | None, datetime | None]]
) -> None:
    """As `set_digest_due`, for many chats: each with the next time, and the line or None."""
    await tx.execute_many(
        """
        UPDATE chats SET digest_due_at = ?, last_digest_at = coalesce(?, last_digest_at)
        WHERE id = ?
        """,
        [
            (to_seconds_or_none(due_at), to_seconds_or_none(last_digest_at), chat_id)
            for chat_id, due_at, last_digest_at in due
        ],
    )


async def set_edition_due(
    tx: Transaction, chat_id: ChatId, period: Period, due_at: datetime | None
) -> None:
    """When the next edition of that period is due."""
    await tx.execute(
        f"UPDATE chats SET {_EDITION_DUE[period]} = ? WHERE id = ?",  # noqa: S608  # a name of ours
        (to_seconds_or_none(due_at), chat_id),
    )


async def set_editions_due(
    tx: Transaction, period: Period, due: Iterable[tuple[ChatId, datetime | None]]
) -> None:
    """When the next edition of that period is due, for many chats."""
    await tx.execute_many(
        f"UPDATE chats SET {_EDITION_DUE[period]} = ? WHERE id = ?",  # noqa: S608  # a name of ours
        [(to_seconds_or_none(due_at), chat_id) for chat_id, due_at in due],
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
    await _keep_turn(tx, ids)
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


async def _keep_turn(tx: Transaction, ids: Mapping[str, ChatId]) -> None:
    """Where the turn of `old` in what is being spread has not come, and that of `new` is over."""
    await tx.execute(
        """
        UPDATE spreads SET besides = json_insert(besides, '$[#]', :new)
        WHERE after_id < :old AND after_id >= :new
        """,
        ids,
    )


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


def _chat(row: sqlite3.Row, chosen_of: Callable[[sqlite3.Row], tuple[Any, ...]]) -> Chat:
    return Chat(
        id=ChatId(row["id"]),
        kind=ChatKind(row["kind"]),
        title=row["title"],
        state=ChatState(row["state"]),
        can_write=bool(row["can_write"]),
        is_forum=bool(row["is_forum"]),
        settings=_chosen(chosen_of(row)),
        joined_at=from_seconds(row["joined_at"]),
        digest_due_at=from_seconds_or_none(row["digest_due_at"]),
        last_digest_at=from_seconds_or_none(row["last_digest_at"]),
        may_publish=bool(row["may_publish"]),
        username=row["username"],
        weekly_due_at=from_seconds_or_none(row["weekly_due_at"]),
        monthly_due_at=from_seconds_or_none(row["monthly_due_at"]),
        sight=Sight(row["sight"]),
    )


def _taker(row: sqlite3.Row) -> Taker:
    chat_id, state, joined_at, *chosen = row
    settings = _chosen(tuple(chosen))
    return Taker(ChatId(chat_id), ChatState(state), settings, from_seconds(joined_at))


async def _read(db: Connection, sql: str, parameters: Parameters) -> list[Chat]:
    """The chats that a statement finds; made in the database's thread, for they may be many."""

    def read(raw: sqlite3.Connection) -> list[Chat]:
        cursor = raw.execute(sql, parameters)
        names = [name for name, *_ in cursor.description]
        chosen_of = itemgetter(*map(names.index, _CHOSEN))  # to find each by its name takes longer
        return [_chat(row, chosen_of) for row in cursor]

    return await db.run(read)


_CHOSEN = (
    *("language", "timezone", "push", "quiet_start", "quiet_end", "digest_times", "digest_days"),
    *("thread_id", "words", "without", "source_filters", "left_out", "night", "repeats"),
    *("weekly", "monthly", "holidays", "silent", "pin", "previews", "votes"),
    *("cleanup_minutes", "full_here"),
)


@lru_cache(maxsize=4096)
def _chosen(columns: tuple[Any, ...]) -> ChatSettings:
    """What these columns say. Most chats choose as others do: it is read once for them all."""
    row = dict(zip(_CHOSEN, columns, strict=True))
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
