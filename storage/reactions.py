"""What members gave: the set that one actor has on one message now, and totals without users.

A row belongs to a message; the message's row says which post it shows. Rows may come before their
message's (an update can overtake the answer to a send): they wait, and count once it is known.

A person can speak as any number of channels: those are counted apart, and rank nothing. A group has
one voice in itself, its anonymous administrators'. Totals are what a chat says of itself: they
count where the chat is served. (Channels and the forwards of their posts have totals, and neither
becomes another chat, as a group becomes a supergroup.)

Votes (`storage.votes`) count like reactions: of both with one emoji of one person on one message,
one counts.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from storage import ranking
from storage.models import (
    ActorId,
    ChatId,
    Given,
    GivenBy,
    PostId,
    ReactionSet,
    ReactionTotals,
)
from storage.slices import EVERY, delete_slice
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from storage.database import Connection, Transaction
    from storage.models import MessageId

_LONE_VOTES = """
(
    SELECT chat_id, message_id, actor_id, emoji FROM votes
    WHERE NOT EXISTS (
        SELECT 1 FROM reaction_sets AS own, json_each(own.emoji) AS one
        WHERE (own.chat_id, own.message_id, own.actor_id)
            = (votes.chat_id, votes.message_id, votes.actor_id) AND one.value = votes.emoji
    )
)
"""
"""The votes beside which their person has no reaction with the same emoji."""


async def set_reactions(tx: Transaction, sets: Iterable[ReactionSet]) -> None:
    """Replace what each actor has on each message, unless something later is known."""
    await tx.execute_many(
        """
        INSERT INTO reaction_sets VALUES (?1, ?2, ?3, ?4, ?5, ?6, (
            SELECT post_id FROM messages WHERE chat_id = ?1 AND message_id = ?2
                AND ?4 <> '[]' AND (?3 >= 0 OR ?3 = ?1)
        ))
        ON CONFLICT DO UPDATE SET
            emoji = excluded.emoji,
            changed_at = excluded.changed_at,
            update_id = excluded.update_id,
            counts_for = excluded.counts_for
        WHERE (excluded.changed_at, excluded.update_id) > (changed_at, update_id)
        """,  # tuples are bound faster than names
        [
            (
                one.chat_id,
                one.message_id,
                one.actor_id,
                _written(one.emoji),
                to_seconds(one.changed_at),
                one.update_id,
            )
            for one in sets
        ],
    )


@lru_cache(maxsize=1024)
def _written(emoji: frozenset[str]) -> str:
    return json.dumps(sorted(emoji), ensure_ascii=False)


async def set_totals(tx: Transaction, totals: Iterable[ReactionTotals]) -> None:
    """Replace the totals of each message, unless something later is known."""
    await tx.execute_many(
        """
        INSERT INTO reaction_totals
        SELECT :chat_id, :message_id, :counts, :changed_at, :update_id, (
            SELECT post_id FROM messages WHERE chat_id = :chat_id AND message_id = :message_id
                AND chat_id IN (SELECT id FROM chats WHERE state = 'served')
        )
        WHERE true
        ON CONFLICT DO UPDATE SET
            counts = excluded.counts,
            changed_at = excluded.changed_at,
            update_id = excluded.update_id,
            counts_for = excluded.counts_for
        WHERE (excluded.changed_at, excluded.update_id) > (changed_at, update_id)
        """,
        [
            {
                "chat_id": one.chat_id,
                "message_id": one.message_id,
                "counts": json.dumps(one.counts, ensure_ascii=False),
                "changed_at": to_seconds(one.changed_at),
                "update_id": one.update_id,
            }
            for one in totals
        ],
    )


async def get_given(
    db: Connection,
    post_ids: Sequence[PostId],
    *,
    apart_from: tuple[ChatId, MessageId] | None = None,
    with_votes: bool = False,
) -> dict[PostId, Given]:
    """What each post was given here; posts without any are left out.

    What was given to the message `apart_from` is not counted: Telegram draws it under that one.
    Its votes are on its buttons; where it has none, they are counted (`with_votes`).

    An emoji counts once for each member and message; `members` counts a person once a post, and
    adds the totals of messages that Telegram reports without users; `channels`, a channel once.
    """
    places, place = ",".join("?" * len(post_ids)), apart_from or (0, 0)
    people = f"""
        SELECT post_id, actor_id, emoji, actor_id < 0 AND actor_id <> chat_id AS is_channel
        FROM messages JOIN reaction_sets USING (chat_id, message_id)
        WHERE post_id IN ({places}) AND emoji <> '[]' AND (chat_id, message_id) <> (?, ?)
        UNION ALL
        SELECT post_id, actor_id, json_array(emoji), 0
        FROM messages JOIN {_LONE_VOTES} USING (chat_id, message_id)
        WHERE post_id IN ({places}) AND (? OR (chat_id, message_id) <> (?, ?))
    """  # noqa: S608  # question marks, and words of ours
    asked = (*post_ids, *place, *post_ids, with_votes, *place)
    rows = await db.fetch_all(
        f"""
        SELECT post_id, emoji, count(*) FROM ({people}) WHERE NOT is_channel GROUP BY post_id, emoji
        UNION ALL
        SELECT post_id, counts, NULL
        FROM messages JOIN reaction_totals USING (chat_id, message_id)
        WHERE post_id IN ({places}) AND counts <> '[]' AND (chat_id, message_id) <> (?, ?)
            AND chat_id IN (SELECT id FROM chats WHERE state = 'served')
        """,  # noqa: S608  # likewise
        (*asked, *post_ids, *place),
    )
    counted = await db.fetch_all(
        f"""
        SELECT post_id, count(DISTINCT iif(is_channel, NULL, actor_id)),
            count(DISTINCT iif(is_channel, actor_id, NULL))
        FROM ({people}) GROUP BY post_id
        """,  # noqa: S608  # likewise
        asked,
    )
    found: defaultdict[PostId, _Tally] = defaultdict(_Tally)
    for post_id, given, times in rows:
        found[post_id].add(json.loads(given), times)
    for post_id, members, channels in counted:
        found[post_id].members += members
        found[post_id].channels += channels
    return {post_id: tally.given() for post_id, tally in found.items()}


@dataclass(slots=True)
class _Tally:
    """What one post was given."""

    emoji: Counter[str] = field(default_factory=Counter)
    members: int = 0
    channels: int = 0

    def add(self, given: list[Any], times: int | None) -> None:
        """Emoji that came together so many times; or (None) pairs of an emoji and its total."""
        if times is None:
            counts = dict(given)
            self.emoji.update(counts)
            self.members += sum(counts.values())
        else:
            self.emoji.update(dict.fromkeys(given, times))

    def given(self) -> Given:
        """The emoji given most first."""
        return Given(
            emoji=tuple(sorted(self.emoji.items(), key=lambda pair: (-pair[1], pair[0]))),
            members=self.members,
            channels=self.channels,
        )


async def list_top(
    db: Connection,
    *,
    since: datetime | None,
    limit: int,
    offset: int = 0,
    chat_id: ChatId | None = None,
) -> list[tuple[PostId, int]]:
    """Posts by how many people reacted to them since then, the most first; with those counts.

    `chat_id`: only what was given in that chat, and in the group that it was before.
    """
    if chat_id is not None:
        return await ranking.list_of_chat(db, chat_id, since=since, limit=limit, offset=offset)
    return await ranking.list_of_all(db, since=since, limit=limit, offset=offset)


async def count_in_chat(db: Connection, chat_id: ChatId) -> tuple[int, int]:
    """How many reactions a chat's members gave to posts there, and how many members did."""
    row = await db.fetch_one("SELECT emoji, people FROM given_chats WHERE chat_id = ?", (chat_id,))
    return (0, 0) if row is None else (row["emoji"], row["people"])


async def count_by_actor(db: Connection, actor_id: ActorId) -> GivenBy:
    """How many emoji this actor has given: a vote and a reaction of one kind are one."""
    rows = await db.fetch_all(
        """
        SELECT count(post_id), count(*) - count(post_id)
        FROM (
            SELECT chat_id, message_id, one.value FROM reaction_sets, json_each(emoji) AS one
            WHERE actor_id = :actor_id
            UNION
            SELECT chat_id, message_id, emoji FROM votes WHERE actor_id = :actor_id
        ) LEFT JOIN messages USING (chat_id, message_id)
        """,
        {"actor_id": actor_id},
    )
    return GivenBy(posts=int(rows[0][0]), others=int(rows[0][1]))


async def has_given(db: Connection, actor_id: ActorId) -> bool:
    """Whether anything of this actor is kept, be it the time of a withdrawal."""
    rows = await db.fetch_all(
        """
        SELECT 1 FROM reaction_sets WHERE actor_id = :actor_id
        UNION ALL SELECT 1 FROM votes WHERE actor_id = :actor_id LIMIT 1
        """,
        {"actor_id": actor_id},
    )
    return bool(rows)


async def is_anything_given(db: Connection, chat_id: ChatId, message_id: MessageId) -> bool:
    """Whether somebody has given something to a message, which need not be known yet."""
    place = "chat_id = :chat_id AND message_id = :message_id"
    rows = await db.fetch_all(
        f"""
        SELECT 1 FROM votes WHERE {place}
        UNION ALL SELECT 1 FROM reaction_sets WHERE {place} AND emoji <> '[]'
        UNION ALL SELECT 1 FROM reaction_totals WHERE {place} AND counts <> '[]'
        LIMIT 1
        """,  # noqa: S608  # names of ours
        {"chat_id": chat_id, "message_id": message_id},
    )
    return bool(rows)


async def delete_by_actor(tx: Transaction, actor_id: ActorId) -> int:
    """Forget all that this actor gave (/forgetme); how many rows that were."""
    reactions = await tx.execute("DELETE FROM reaction_sets WHERE actor_id = ?", (actor_id,))
    return reactions + await tx.execute("DELETE FROM votes WHERE actor_id = ?", (actor_id,))


async def delete_of_channels(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget what channels gave before then: who speaks as one can rarely be asked."""
    old = "actor_id < 0 AND actor_id <> chat_id AND changed_at < ?"
    return await delete_slice(tx, "reaction_sets", _SET_KEY, old, (to_seconds(before),), limit)


async def delete_withdrawn(tx: Transaction, before: datetime, limit: int = EVERY) -> int:
    """Forget that something was withdrawn before then: no update can be older. How many, of each.

    Until then the time of a withdrawal tells an update that comes late from a later one.
    """
    values = (to_seconds(before),)
    old = "emoji = '[]' AND changed_at < ?"
    gone = await delete_slice(tx, "reaction_sets", _SET_KEY, old, values, limit)
    old = "counts = '[]' AND changed_at < ?"
    return gone + await delete_slice(
        tx, "reaction_totals", "chat_id, message_id", old, values, limit
    )


async def list_strays(
    db: Connection, before: datetime, limit: int = EVERY
) -> list[tuple[ChatId, MessageId]]:
    """Messages that show no post of ours, once for each thing given there before then.

    At most `limit` of each table.
    """
    found: list[tuple[ChatId, MessageId]] = []
    for table in _GIVEN:
        rows = await db.fetch_all(
            f"SELECT chat_id, message_id FROM {table} WHERE {_is_stray(table)} LIMIT ?",  # noqa: S608  # names of ours
            (to_seconds(before), limit),
        )
        found += [(row["chat_id"], row["message_id"]) for row in rows]
    return found


async def delete_strays(
    tx: Transaction,
    before: datetime,
    places: Sequence[tuple[ChatId, MessageId]] | None = None,
    limit: int = EVERY,
) -> int:
    """Forget what was given before then to messages that show no post of ours; how much.

    Only to `places`, where they are named, and at most `limit` of each table.
    """
    among = "" if places is None else f" AND {_AMONG}"
    values = (to_seconds(before), *([] if places is None else [json.dumps(places)]))
    return sum(
        [
            await delete_slice(tx, table, key, _is_stray(table) + among, values, limit)
            for table, key in _GIVEN.items()
        ]
    )


_SET_KEY = "chat_id, message_id, actor_id"
_GIVEN = {
    "reaction_sets": _SET_KEY,
    "reaction_totals": "chat_id, message_id",
    "votes": f"{_SET_KEY}, emoji",
}
"""Where something given is kept, and the primary keys."""
_AMONG = """(chat_id, message_id) IN (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
)"""


def _is_stray(table: str) -> str:
    return f"""
        changed_at < ? AND NOT EXISTS (
            SELECT 1 FROM messages
            WHERE messages.chat_id = {table}.chat_id AND messages.message_id = {table}.message_id
        )
    """  # noqa: S608  # a name of ours
