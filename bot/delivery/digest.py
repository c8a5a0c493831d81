"""The daily digest: each slot is taken once; a late one still goes, one without news does not."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.chat_settings.schedule import is_too_late, last_slot, next_digest_at
from bot.delivery.once import MOST_LIKED, MOST_NEW, is_worth_sending, say_once
from bot.search.sieve import Sieve, has_filter
from storage import chats, digests, outbox, posts, reactions
from storage.models import ChatState, DigestPush, NewOutboxRow, OutboxKind, Repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.chat_settings.schedule import Slot
    from bot.clock import Clock
    from storage.database import Connection, Database, Transaction
    from storage.models import Came, Chat, ChatId, ChatSettings, Post, PostId

log = logging.getLogger(__name__)

LOOKED_AT, LIKED_LOOKED_AT = 10 * MOST_NEW, 10 * MOST_LIKED
"""So many, because some of them may have come as cards."""
A_SLICE = 100
"""Posts that are read at once."""
LIKED_HELD_AGAINST = 100
"""Of what was liked most, so many are held against a chat's filter."""
KNOWN = timedelta(days=59)
"""A little less than is known what came to a chat (bot.process.duties, LEDGER_DAYS)."""
OVERLAP_SECONDS = 60
"""A post is seen a little before it is committed: one that the last digest just missed counts."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a chat's due digest comes to: the slot that it goes in, if any, and the next time."""

    slot: Slot | None
    next_at: datetime | None


def plan_digest(chat: Chat, now: datetime) -> Due:
    """The last slot, unless it is more than six hours past: then the next one takes it in."""
    next_at = next_digest_at(chat.settings, after=now)
    slot = last_slot(chat.settings, until=now)
    missed = chat.digest_due_at is None or slot is None or slot.at < chat.digest_due_at
    if slot is None or missed or is_too_late(slot, now):
        return Due(None, next_at)
    return Due(slot, next_at)


async def read_contents(
    db: Connection,
    chat: Chat,
    now: datetime,
    sieve: Sieve | None = None,
    *,
    at: datetime | None = None,
) -> DigestPush:
    """What a digest would hold now: since the chat's last one, or since the bot came.

    Nothing that the chat's filter keeps from it, neither new nor liked. `at` is when it is to come,
    if not now: what comes as a card half an hour before is not in it.
    """
    sieve = sieve or Sieve()
    since = max(chat.last_digest_at or chat.joined_at, chat.joined_at, now - KNOWN)
    looked_from = max(since - timedelta(seconds=OVERLAP_SECONDS), _just_before(chat.joined_at))
    new = await _list_new(db, chat.settings, looked_from, now, sieve)
    before = await outbox.list_since(db, chat.id, OutboxKind.DIGEST, looked_from)
    pushes = [row.push for row in before if isinstance(row.push, DigestPush)]
    told = {one for push in pushes for one in (*push.new, *push.brief, *push.passed)}
    liked = await _list_liked(db, chat.settings, since, sieve)
    contents = DigestPush(
        tuple(post.id for post in new if post.id not in told),
        tuple(liked),
    )
    came = await _list_came(db, chat, (*contents.new, *contents.liked), now)
    return say_once(contents, came, chat.settings.repeats, at or now)


async def _list_came(
    db: Connection, chat: Chat, post_ids: Sequence[PostId], now: datetime
) -> dict[PostId, Came]:
    """Which of these posts came to a chat by themselves, also from its channel; or wait to.

    Not asked where it makes no difference, because the chat wants them all the same.
    """
    if chat.settings.repeats is Repeats.FULL:
        return {}
    channels = await chats.list_discussions(db)
    return await outbox.list_came(db, chat.id, post_ids, now, channel_id=channels.get(chat.id))


async def _list_new(
    db: Connection, settings: ChatSettings, after: datetime, until: datetime, sieve: Sieve
) -> list[Post]:
    """The last that arrived and get through, the oldest first."""
    wanted: list[Post] = []
    takes = partial(sieve.lets_through, settings)
    newest_first = (await posts.list_arrived(db, after=after, until=until))[::-1]
    for start in range(0, len(newest_first), A_SLICE):
        found = await posts.get_posts(db, newest_first[start : start + A_SLICE])
        wanted += await list_taken(db, found, takes)
        if len(wanted) >= LOOKED_AT:
            break
    return wanted[:LOOKED_AT][::-1]


async def list_taken(
    db: Connection, found: Sequence[Post], takes: Callable[[Post], bool]
) -> list[Post]:
    """Those of the posts that a chat takes.

    A filter looks at whole texts: in the database's thread, where nobody waits for it.
    """
    return await db.run(lambda _: [post for post in found if takes(post)])


async def list_liked(
    db: Connection,
    since: datetime,
    takes: Callable[[Post], bool],
    *,
    limit: int,
    chat_id: ChatId | None = None,
) -> list[tuple[PostId, int]]:
    """Of the `limit` posts that were liked most, here or anywhere, those that a chat takes.

    Each with how many people liked it, the most first.
    """
    ranked = await reactions.list_top(db, since=since, limit=limit, chat_id=chat_id)
    found = await posts.get_posts(db, [post_id for post_id, _ in ranked])
    taken = await list_taken(db, found, takes)
    kept = {post.id for post in taken}
    return [one for one in ranked if one[0] in kept]


async def _list_liked(
    db: Connection, settings: ChatSettings, since: datetime, sieve: Sieve
) -> list[PostId]:
    """What was liked most of what gets through."""
    if not has_filter(settings):
        return [one for one, _ in await reactions.list_top(db, since=since, limit=LIKED_LOOKED_AT)]
    takes = partial(sieve.lets_through, settings)
    liked = await list_liked(db, since, takes, limit=LIKED_HELD_AGAINST)
    return [post_id for post_id, _ in liked[:LIKED_LOOKED_AT]]


def _just_before(at: datetime) -> datetime:
    """Times are kept in whole seconds."""
    return at - timedelta(seconds=1)


class Digests:
    """Puts due digests into the outbox."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sieve = Sieve()

    async def prepare(self) -> None:
        """At a start: work out anew when digests are due, by the rules and the clock of today.

        One that is overdue stays so. Until then a clock that was far ahead, or a zone whose rules
        changed, may have left times that are wrong.
        """
        now = self._clock.now()
        async with self._database.transaction() as tx:
            for chat in await chats.list_chats(tx, ChatState.SERVED):
                if chat.digest_due_at is None or chat.digest_due_at > now:
                    next_at = next_digest_at(chat.settings, after=now)
                    await chats.set_digest_due(tx, chat.id, next_at)

    async def run(self) -> int:
        """Queue the digests that are due; how many that were. Each chat is a transaction."""
        now = self._clock.now()
        async with self._database.reader() as db:
            due = await chats.list_digests_due(db, now)
        queued = 0
        for chat in due:
            async with self._database.transaction() as tx:
                queued += await self._take(tx, chat.id, now)
        return queued

    async def _take(self, tx: Transaction, chat_id: ChatId, now: datetime) -> bool:
        """Claim the slot and queue the digest, in one; False when nothing goes out."""
        chat = await chats.get_chat(tx, chat_id)
        if chat is None or chat.digest_due_at is None or chat.digest_due_at > now:
            return False
        due = plan_digest(chat, now)
        contents = DigestPush((), ())
        slot = due.slot
        if slot and await digests.claim_slot(tx, chat_id, slot.local_date, slot.minute, now):
            contents = await read_contents(tx, chat, now, self._sieve)
        if slot is None or not is_worth_sending(contents, chat.settings.repeats):
            # What a filter kept from it was looked at, and is not looked at every time again.
            is_hidden = contents == DigestPush((), ()) and has_filter(chat.settings)
            seen_at = now if slot is not None and is_hidden else None
            await chats.set_digest_due(tx, chat_id, due.next_at, last_digest_at=seen_at)
            return False
        await outbox.add_rows(tx, [_row(chat_id, slot, contents, now)], now)
        await chats.set_digest_due(tx, chat_id, due.next_at, last_digest_at=now)
        log.info("digest_queued", extra={"chat": chat_id, "posts": len(contents.new)})
        return True


def _row(chat_id: ChatId, slot: Slot, contents: DigestPush, now: datetime) -> NewOutboxRow:
    item = f"{slot.local_date} {slot.minute}"
    return NewOutboxRow(chat_id, item, contents, not_before=now)
