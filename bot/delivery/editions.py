"""Weekly and monthly editions: each is taken once; one that has nothing to say does not go.

Editions are planned as digests are (bot.delivery.digest), after those that are due with them. What
a digest has listed at that time or later, or the other edition, stands right above: an edition
lists the rest of what is new, and says how many those are.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from bot.chat_settings.edition_slots import (
    began_at,
    edition_due_at,
    last_edition,
    next_edition_at,
    same_days_before,
)
from bot.chat_settings.schedule import is_too_late
from bot.delivery.digest import CHATS_AT_ONCE
from bot.delivery.replanning import replan_served
from bot.delivery.shared_reads import OVERLAP_SECONDS, SharedReads, list_unchanged
from bot.search.sieve import Sieve
from storage import chats, editions, outbox, posts, reactions
from storage.models import (
    DigestPush,
    EditionPush,
    NewOutboxRow,
    OutboxKind,
    Period,
)
from storage.restored import add_due_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.chat_settings.schedule import Slot
    from bot.clock import Clock
    from storage.database import Connection, Database, Transaction
    from storage.models import Chat, ChatId, ChatSettings, Post, PostId

log = logging.getLogger(__name__)

MOST_NEW, MOST_BEST = 500, 5
LOOKED_AT = 100
"""Of what was liked most, and of what is from earlier years, so many are held against a chat."""
Spans: TypeAlias = "tuple[tuple[datetime, datetime], ...]"


@dataclass(frozen=True, slots=True)
class Due:
    """What a chat's due edition comes to: the slot that it goes in, if any, and the next time."""

    chat: Chat
    slot: Slot | None
    next_at: datetime | None


def plan_edition(chat: Chat, period: Period, now: datetime) -> Due:
    """The last slot, unless it is more than six hours past: then the next one takes it in."""
    at = edition_due_at(chat, period)
    slot, following = _slots_around(chat.settings, period, now)
    if slot is None or at is None or slot.at < at or is_too_late(slot, now):
        return Due(chat, None, following)
    return Due(chat, slot, following)


@lru_cache(maxsize=1024)
def _slots_around(
    settings: ChatSettings, period: Period, now: datetime
) -> tuple[Slot | None, datetime | None]:
    """The last slot and the next time, which many chats have in common."""
    following = next_edition_at(settings, period, None, now=now)
    return last_edition(settings, period, until=now), following


@lru_cache(maxsize=1024)
def _looks_back(slot: Slot, period: Period, timezone: str) -> tuple[datetime, datetime, Spans]:
    """When the period began, when the one before did, and the same days of earlier years."""
    zone = ZoneInfo(timezone)
    spans = tuple(same_days_before(slot, period, zone))
    return began_at(slot, period, zone), began_at(slot, period, zone, ago=2), spans


@dataclass(frozen=True, slots=True)
class _Told:
    """What some chats were told before, and since when each looks for what is new."""

    since: Mapping[ChatId, datetime]
    editions: Mapping[ChatId, set[PostId]]
    above: Mapping[ChatId, set[PostId]]
    """In what is right above."""


class EditionReader:
    """Reads what editions of one period hold, of what each chat's filter lets through.

    What is new is so since a chat's last edition, at most two of its periods ago: one that was
    missed is taken in. What was liked was liked by people of the chat in the last period. What is
    the same for many chats is read once.

    Args:
        period: Weekly, or monthly.
        now: Up to when; see SharedReads.
        sieve: Answers for filters.
    """

    def __init__(self, period: Period, now: datetime, sieve: Sieve) -> None:
        self._period = period
        self._shared = SharedReads(now, sieve)
        self._dated: dict[Spans, tuple[list[Post], dict[PostId, int]]] = {}

    async def read(self, db: Connection, asked: Mapping[ChatId, Due]) -> dict[ChatId, EditionPush]:
        """What the edition of each of these chats holds; of one without a slot nothing."""
        slots = [(due.chat, due.slot) for due in asked.values() if due.slot is not None]
        told = await self._read_told(db, slots)
        return {chat.id: await self._read(db, chat, slot, told) for chat, slot in slots}

    async def _read(self, db: Connection, chat: Chat, slot: Slot, told: _Told) -> EditionPush:
        arrived = await self._list_new(db, chat, told)
        above = told.above.get(chat.id, set())
        new = [post_id for post_id in arrived if post_id not in above]
        began, _, spans = _looks_back(slot, self._period, chat.settings.timezone)
        best = await self._list_best(db, chat, began)
        shown = {post_id for post_id, _ in best} | set(arrived)
        earlier = await self._find_earlier(db, chat, spans, shown)
        return EditionPush(self._period, tuple(best), tuple(new), len(arrived) - len(new), earlier)

    async def _read_told(self, db: Connection, slots: Sequence[tuple[Chat, Slot]]) -> _Told:
        last = await editions.list_last_claimed(db, [chat.id for chat, _ in slots], self._period)
        since = {chat.id: self._since(chat, slot, last.get(chat.id)) for chat, slot in slots}
        overlap = timedelta(seconds=OVERLAP_SECONDS)
        looked_from = {chat_id: at - overlap for chat_id, at in since.items()}
        before = await outbox.list_pushes(db, OutboxKind.EDITION, looked_from)
        at = {chat.id: slot.at for chat, slot in slots}
        digests = await outbox.list_pushes(db, OutboxKind.DIGEST, at)
        others = await outbox.list_pushes(db, OutboxKind.EDITION, at)
        above = {one: _listed([*digests.get(one, ()), *others.get(one, ())]) for one in at}
        told = {one: self._told(pushes) for one, pushes in before.items()}
        return _Told(since, told, above)

    def _since(self, chat: Chat, slot: Slot, last: datetime | None) -> datetime:
        """From when on posts are new."""
        began, earliest, _ = _looks_back(slot, self._period, chat.settings.timezone)
        return max(began if last is None else max(last, earliest), chat.joined_at)

    def _told(self, pushes: Sequence[object]) -> set[PostId]:
        """What editions of the same period said was new."""
        editions_of = [one for one in pushes if isinstance(one, EditionPush)]
        return {
            post_id for push in editions_of if push.period is self._period for post_id in push.new
        }

    async def _list_new(self, db: Connection, chat: Chat, told: _Told) -> list[PostId]:
        """What arrived since then, gets through, and was in no edition of that period before."""
        looked_from = told.since[chat.id] - timedelta(seconds=OVERLAP_SECONDS)
        after = max(looked_from, chat.joined_at - timedelta(seconds=1))
        before = told.editions.get(chat.id, set())
        arrived = await self._shared.list_arrived(db, after)
        untold = [post_id for post_id in arrived if post_id not in before]
        return await self._shared.list_taken(db, chat.settings, untold, most=MOST_NEW)

    async def _list_best(
        self, db: Connection, chat: Chat, since: datetime
    ) -> list[tuple[PostId, int]]:
        """What was liked most there since then of what gets through, the most first."""
        ranked = await reactions.list_top(db, since=since, limit=LOOKED_AT, chat_id=chat.id)
        ids = [post_id for post_id, _ in ranked]
        taken = set(await self._shared.list_taken(db, chat.settings, ids, most=MOST_BEST))
        return [one for one in ranked if one[0] in taken]

    async def _find_earlier(
        self, db: Connection, chat: Chat, spans: Spans, shown: Collection[PostId]
    ) -> tuple[PostId, int] | None:
        """The post of those days that most people liked, or else the newest; and its years ago."""
        dated, liked = await self._list_dated(db, spans)
        sort_at = {post.id: post.sort_at for post in dated if post.id not in shown}
        wanted = await self._shared.list_taken(db, chat.settings, list(sort_at), most=LOOKED_AT)
        if not wanted:
            return None
        chosen = max(wanted, key=lambda one: liked.get(one, 0))  # the first of several: the newest
        at = sort_at[chosen]
        years = (years for years, (start, end) in enumerate(spans, 1) if start <= at < end)
        return chosen, next(years)

    async def _list_dated(
        self, db: Connection, spans: Spans
    ) -> tuple[list[Post], dict[PostId, int]]:
        """The posts of these days, the newest first, and how many people liked each."""
        if spans not in self._dated:
            dated = await posts.list_dated(db, spans, limit=LOOKED_AT)
            given = await reactions.get_given(db, [post.id for post in dated])
            self._dated[spans] = dated, {post_id: one.members for post_id, one in given.items()}
        return self._dated[spans]


def _listed(pushes: Sequence[object]) -> set[PostId]:
    """What digests and editions list as new."""
    listed = [one.new for one in pushes if isinstance(one, DigestPush | EditionPush)]
    listed += [one.brief for one in pushes if isinstance(one, DigestPush)]
    return {post_id for ids in listed for post_id in ids}


class Editions:
    """Puts due editions into the outbox."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sieve = Sieve()

    async def prepare(self) -> None:
        """At a start: work out anew when editions are due; one that is overdue stays so."""
        now = self._clock.now()

        async def write(tx: Transaction, served: Sequence[Chat]) -> None:
            for period in Period:
                await _replan(tx, period, served, now)

        await replan_served(self._database, write)

    async def run(self) -> int:
        """Queue the editions that are due; how many that were. Each slice is a transaction.

        A chat that changed since it was read is due still, and comes with the next slice.
        """
        now, queued = self._clock.now(), 0
        for period in Period:
            reader, is_going = EditionReader(period, now, self._sieve), True
            while is_going:
                async with self._database.reader() as db:
                    due = await chats.list_editions_due(db, period, now, limit=CHATS_AT_ONCE)
                    planned = {chat.id: plan_edition(chat, period, now) for chat in due}
                    contents = await reader.read(db, planned) if due else {}
                if not due:
                    break
                async with self._database.transaction() as tx:
                    same = await list_unchanged(tx, due)
                    unchanged = [planned[chat.id] for chat in due if chat.id in same]
                    queued += await _take(tx, period, unchanged, contents, now)
                is_going = bool(same)
        return queued


async def _replan(tx: Transaction, period: Period, served: Sequence[Chat], now: datetime) -> None:
    """Keep when the next edition of each of these chats is due, where that is another time."""

    def replanned(_: object) -> list[tuple[ChatId, datetime | None]]:
        kept = [(chat, edition_due_at(chat, period)) for chat in served]
        found = [(chat.id, _next_at(chat.settings, period, due, now), due) for chat, due in kept]
        return [(chat_id, next_at) for chat_id, next_at, due in found if next_at != due]

    await chats.set_editions_due(tx, period, await tx.run(replanned))


@lru_cache(maxsize=1024)
def _next_at(
    settings: ChatSettings, period: Period, due_at: datetime | None, now: datetime
) -> datetime | None:
    """The next time, which many chats have in common."""
    return next_edition_at(settings, period, due_at, now=now)


async def _take(
    tx: Transaction,
    period: Period,
    planned: Sequence[Due],
    contents: Mapping[ChatId, EditionPush],
    now: datetime,
) -> int:
    """Claim the slots and queue the editions, in one; how many go out."""
    await chats.set_editions_due(tx, period, [(one.chat.id, one.next_at) for one in planned])
    slots = [(one.chat.id, one.slot) for one in planned if one.slot is not None]
    wanted = [(chat_id, slot.local_date, slot.minute) for chat_id, slot in slots]
    claimed = await editions.claim_editions(tx, period, wanted, now)
    going = [
        (slot.at, NewOutboxRow(one, _item(period, slot), contents[one], now))
        for one, slot in slots
        if one in claimed and _is_worth_sending(contents[one])
    ]
    await add_due_rows(tx, going, now)
    if going:
        log.debug("editions_queued", extra={"chats": len(going), "period": period})
    return len(going)


def _item(period: Period, slot: Slot) -> str:
    return f"{period} {slot.local_date} {slot.minute}"


def _is_worth_sending(contents: EditionPush) -> bool:
    return bool(contents.best or contents.new or contents.earlier is not None)
