"""What posts were given, counted at the question: the reference that rankings are held against.

`storage.reactions` and `storage.ranking` have to say the same at any moment.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from storage.models import ChatId, Given, PostId
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.database import Connection
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


async def count_given(
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
    rows = await db.fetch_all(
        f"""
        SELECT post_id, actor_id, emoji AS given, actor_id < 0 AND actor_id <> chat_id
        FROM messages JOIN reaction_sets USING (chat_id, message_id)
        WHERE post_id IN ({places}) AND emoji <> '[]' AND (chat_id, message_id) <> (?, ?)
        UNION ALL
        SELECT post_id, actor_id, json_array(emoji), 0
        FROM messages JOIN {_LONE_VOTES} USING (chat_id, message_id)
        WHERE post_id IN ({places}) AND (? OR (chat_id, message_id) <> (?, ?))
        UNION ALL
        SELECT post_id, NULL, counts, 0
        FROM messages JOIN reaction_totals USING (chat_id, message_id)
        WHERE post_id IN ({places}) AND counts <> '[]' AND (chat_id, message_id) <> (?, ?)
            AND chat_id IN (SELECT id FROM chats WHERE state = 'served')
        """,  # noqa: S608  # question marks, and words of ours
        (*post_ids, *place, *post_ids, with_votes, *place, *post_ids, *place),
    )
    found: defaultdict[PostId, _Tally] = defaultdict(_Tally)
    for post_id, actor_id, given, is_channel in rows:
        if is_channel:
            found[post_id].channels.add(actor_id)
        else:
            found[post_id].add(actor_id, json.loads(given))
    return {post_id: tally.given() for post_id, tally in found.items()}


@dataclass(slots=True)
class _Tally:
    """What one post was given."""

    emoji: Counter[str] = field(default_factory=Counter)
    people: set[int] = field(default_factory=set)
    channels: set[int] = field(default_factory=set)
    unnamed: int = 0

    def add(self, actor_id: int | None, given: list[Any]) -> None:
        """An actor's emoji, or without an actor pairs of an emoji and its total."""
        if actor_id is None:
            counts = dict(given)
            self.emoji.update(counts)
            self.unnamed += sum(counts.values())
        else:
            self.emoji.update(given)
            self.people.add(actor_id)

    def given(self) -> Given:
        """The emoji given most first."""
        return Given(
            emoji=tuple(sorted(self.emoji.items(), key=lambda pair: (-pair[1], pair[0]))),
            members=len(self.people) + self.unnamed,
            channels=len(self.channels),
        )


async def rank(
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
    rows = await db.fetch_all(
        """
        WITH here AS (
            SELECT :chat UNION SELECT old_id FROM migrated_chats WHERE new_id = :chat
        ), given AS (
            SELECT post_id, count(DISTINCT actor_id) AS people
            FROM (
                SELECT post_id, actor_id
                FROM reaction_sets JOIN messages USING (chat_id, message_id)
                WHERE emoji <> '[]' AND changed_at >= :since
                    AND (actor_id >= 0 OR actor_id = chat_id)
                    AND (:chat IS NULL OR chat_id IN here)
                UNION ALL
                SELECT post_id, actor_id FROM votes JOIN messages USING (chat_id, message_id)
                WHERE changed_at >= :since AND (:chat IS NULL OR chat_id IN here)
            )
            GROUP BY post_id
            UNION ALL
            SELECT post_id, coalesce(sum(json_extract(pair.value, '$[1]')), 0)
            FROM reaction_totals JOIN messages USING (chat_id, message_id),
                json_each(counts) AS pair
            WHERE changed_at >= :since
                AND chat_id IN (SELECT id FROM chats WHERE state = 'served')
                AND (:chat IS NULL OR chat_id IN here)
            GROUP BY post_id
        )
        SELECT post_id, sum(people) AS people
        FROM given JOIN posts ON posts.id = post_id
        WHERE removed_at IS NULL
        GROUP BY post_id HAVING sum(people) > 0
        ORDER BY people DESC, sort_at DESC, post_id DESC
        LIMIT :limit OFFSET :offset
        """,
        {
            "since": 0 if since is None else to_seconds(since),
            "limit": limit,
            "offset": offset,
            "chat": chat_id,
        },
    )
    return [(PostId(row["post_id"]), row["people"]) for row in rows]


async def count_in_chat(db: Connection, chat_id: ChatId) -> tuple[int, int]:
    """How many reactions a chat's members gave to posts there, and how many members did."""
    rows = await db.fetch_all(
        f"""
        SELECT coalesce(sum(given), 0), count(DISTINCT actor_id)
        FROM (
            SELECT json_array_length(emoji) AS given, actor_id
            FROM reaction_sets JOIN messages USING (chat_id, message_id)
            WHERE chat_id = :chat_id AND emoji <> '[]'
                AND (actor_id >= 0 OR actor_id = chat_id)
            UNION ALL
            SELECT 1, actor_id
            FROM {_LONE_VOTES} JOIN messages USING (chat_id, message_id)
            WHERE chat_id = :chat_id
        )
        """,  # noqa: S608  # words of ours
        {"chat_id": chat_id},
    )
    return int(rows[0][0]), int(rows[0][1])
