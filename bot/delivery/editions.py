"""Weekly and monthly editions: each is taken once; one that has nothing to say does not go.

An edition is planned as a digest is (bot.delivery.digest), after those that are due with it. What a
digest has listed at that time or later, or the other edition, stands right above: it lists the rest
of what is new, and says how many those are.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.edition_slots import (
    began_at,
    edition_due_at,
    last_edition,
    next_edition_at,
    same_days_before,
)
from bot.chat_settings.schedule import is_too_late
from bot.delivery.digest import A_SLICE, OVERLAP_SECONDS, list_liked, list_taken
from bot.search.sieve import Sieve
from storage import chats, editions, outbox, posts, reactions
from storage.models import (
    ChatState,
    DigestPush,
    EditionPush,
    NewOutboxRow,
    OutboxKind,
    Period,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from bot.chat_settings.schedule import Slot
    from bot.clock import Clock
    from storage.database import Connection, Database, Transaction
    from storage.models import Chat, ChatId, Post, PostId

log = logging.getLogger(__name__)

MOST_NEW, MOST_BEST = 500, 5
LOOKED_AT = 100
"""Of what was liked most, and of what is from earlier years, so many are held against a chat."""


async def read_edition(  # what an edition is made of
    db: Connection, chat: Chat, period: Period, slot: Slot, now: datetime, sieve: Sieve
) -> EditionPush:
    """What an edition holds, of what a chat's filter lets through.

    What is new is so since its last edition, at most two of its periods ago: one that was missed is
    taken in. What was liked was liked by people of this chat in the last period.
    """
    zone = ZoneInfo(chat.settings.timezone)
    began = began_at(slot, period, zone)
    last = await editions.last_claimed_at(db, chat.id, period)
    earliest = began_at(slot, period, zone, ago=2)
    since = max(began if last is None else max(last, earliest), chat.joined_at)
    takes = partial(sieve.lets_through, chat.settings)
    arrived = await _list_new(db, chat, period, since, now, takes)
    above = await _list_right_above(db, chat.id, slot.at)
    new = [post_id for post_id in arrived if post_id not in above]
    liked = await list_liked(db, began, takes, limit=LOOKED_AT, chat_id=chat.id)
    best = liked[:MOST_BEST]
    shown = {post_id for post_id, _ in best} | set(arrived)
    earlier = await _find_earlier(db, same_days_before(slot, period, zone), shown, takes)
    return EditionPush(period, tuple(best), tuple(new), len(arrived) - len(new), earlier)


async def _list_new(
    db: Connection,
    chat: Chat,
    period: Period,
    since: datetime,
    now: datetime,
    takes: Callable[[Post], bool],
) -> list[PostId]:
    """What arrived since then, gets through, and was in no edition of that period before."""
    looked_from = since - timedelta(seconds=OVERLAP_SECONDS)
    after = max(looked_from, chat.joined_at - timedelta(seconds=1))
    rows = await outbox.list_since(db, chat.id, OutboxKind.EDITION, looked_from)
    pushes = [row.push for row in rows if isinstance(row.push, EditionPush)]
    told = {post_id for push in pushes if push.period is period for post_id in push.new}
    new: list[PostId] = []
    arrived = await posts.list_arrived(db, after=after, until=now)
    untold = [post_id for post_id in arrived if post_id not in told]
    for start in range(0, len(untold), A_SLICE):
        found = await posts.get_posts(db, untold[start : start + A_SLICE])
        new += [post.id for post in await list_taken(db, found, takes)]
        if len(new) >= MOST_NEW:
            break
    return new[:MOST_NEW]


async def _list_right_above(db: Connection, chat_id: ChatId, at: datetime) -> set[PostId]:
    """What digests and other editions list that were queued since then."""
    rows = await outbox.list_since(db, chat_id, OutboxKind.DIGEST, at)
    rows += await outbox.list_since(db, chat_id, OutboxKind.EDITION, at)
    listed = [row.push.new for row in rows if isinstance(row.push, DigestPush | EditionPush)]
    listed += [row.push.brief for row in rows if isinstance(row.push, DigestPush)]
    return {post_id for ids in listed for post_id in ids}


async def _find_earlier(
    db: Connection,
    spans: list[tuple[datetime, datetime]],
    shown: Collection[PostId],
    takes: Callable[[Post], bool],
) -> tuple[PostId, int] | None:
    """The post of the same days that most people liked, or else the newest; and its years ago."""
    found = await posts.list_dated(db, spans, limit=LOOKED_AT)
    wanted = await list_taken(db, [post for post in found if post.id not in shown], takes)
    if not wanted:
        return None
    given = await reactions.get_given(db, [post.id for post in wanted])
    liked = {post_id: one.members for post_id, one in given.items()}
    chosen = max(wanted, key=lambda post: liked.get(post.id, 0))  # the first of several: the newest
    years = (years for years, (start, end) in enumerate(spans, 1) if start <= chosen.sort_at < end)
    return chosen.id, next(years)


class Editions:
    """Puts due editions into the outbox."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sieve = Sieve()

    async def prepare(self) -> None:
        """At a start: work out anew when editions are due; one that is overdue stays so."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            for chat in await chats.list_chats(tx, ChatState.SERVED):
                for period in Period:
                    before = edition_due_at(chat, period)
                    due = next_edition_at(chat.settings, period, before, now=now)
                    if due != before:
                        await chats.set_edition_due(tx, chat.id, period, due)

    async def run(self) -> int:
        """Queue the editions that are due; how many that were. Each is a transaction."""
        now = self._clock.now()
        queued = 0
        for period in Period:
            async with self._database.reader() as db:
                due = await chats.list_editions_due(db, period, now)
            for chat in due:
                async with self._database.transaction() as tx:
                    queued += await self._take(tx, chat.id, period, now)
        return queued

    async def _take(self, tx: Transaction, chat_id: ChatId, period: Period, now: datetime) -> bool:
        """Claim the slot and queue the edition, in one; False when nothing goes out."""
        chat = await chats.get_chat(tx, chat_id)
        at = None if chat is None else edition_due_at(chat, period)
        if chat is None or at is None or at > now:
            return False
        slot = last_edition(chat.settings, period, until=now)
        following = next_edition_at(chat.settings, period, None, now=now)
        await chats.set_edition_due(tx, chat_id, period, following)
        if slot is None or slot.at < at or is_too_late(slot, now):
            return False
        contents = await read_edition(tx, chat, period, slot, now, self._sieve)
        day, minute = slot.local_date, slot.minute
        if not await editions.claim_edition(tx, chat_id, period, day, minute, now):
            return False
        if not contents.best and not contents.new and contents.earlier is None:
            return False
        row = NewOutboxRow(chat_id, f"{period} {day} {minute}", contents, not_before=now)
        await outbox.add_rows(tx, [row], now)
        log.info("edition_queued", extra={"chat": chat_id, "period": period})
        return True
