"""The daily digest: each slot is taken once; a late one still goes, one without news does not.

Digests are planned in slices of chats. What they hold is read where nobody waits for it, and only
what is decided is written, in a short transaction a slice: between two of them the writer is
everybody's.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.chat_settings.schedule import is_too_late, last_slot, next_digest_at
from bot.delivery.once import MOST_LIKED, MOST_NEW, is_worth_sending, say_once
from bot.delivery.replanning import replan_served
from bot.delivery.shared_reads import (
    OVERLAP_SECONDS,
    SharedReads,
    filter_key,
    list_unchanged,
)
from bot.search.sieve import Sieve, has_filter
from storage import chats, digests, outbox, spreads
from storage.models import DigestPush, NewOutboxRow, OutboxKind, Repeats
from storage.restored import add_due_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.chat_settings.schedule import Slot
    from bot.clock import Clock
    from bot.delivery.shared_reads import FilterKey
    from storage.database import Connection, Database, Transaction
    from storage.models import Came, Chat, ChatId, ChatSettings, PostId

log = logging.getLogger(__name__)

LOOKED_AT, LIKED_LOOKED_AT = 10 * MOST_NEW, 10 * MOST_LIKED
"""So many, because some of them may have come as cards."""
CHATS_AT_ONCE = 100
"""Chats of which one transaction queues the digests."""
KNOWN = timedelta(days=59)
"""A little less than is known what came to a chat (bot.process.housekeeping, LEDGER_DAYS)."""
NOTHING = DigestPush((), ())


@dataclass(frozen=True, slots=True)
class Due:
    """What a chat's due digest comes to: the slot that it goes in, if any, and the next time."""

    slot: Slot | None
    next_at: datetime | None


@lru_cache(maxsize=1024)
def _slots_around(settings: ChatSettings, now: datetime) -> tuple[Slot | None, datetime | None]:
    """The last slot and the next time, which many chats have in common."""
    return last_slot(settings, until=now), next_digest_at(settings, after=now)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to become of a chat's due digest, as long as the chat is as it was read."""

    chat: Chat
    due: Due
    contents: DigestPush
    """What it holds if its slot is free."""


def plan_digest(chat: Chat, now: datetime) -> Due:
    """The last slot, unless it is more than six hours past: then the next one takes it in."""
    slot, next_at = _slots_around(chat.settings, now)
    missed = chat.digest_due_at is None or slot is None or slot.at < chat.digest_due_at
    if slot is None or missed or is_too_late(slot, now):
        return Due(None, next_at)
    return Due(slot, next_at)


async def read_contents(
    db: Connection, chat: Chat, now: datetime, *, at: datetime | None = None
) -> DigestPush:
    """What the digest of one chat would hold now: see DigestReader."""
    (contents,) = await DigestReader(now, Sieve(), at=at).read(db, [chat])
    return contents


class DigestReader:
    """Reads what digests would hold at one moment: since a chat's last one, or since the bot came.

    Nothing that a chat's filter keeps from it, neither new nor liked. What is the same for many
    chats is read once.

    Args:
        now: Up to when; see SharedReads.
        sieve: Answers for filters.
        at: When they are to come, if not now: what comes as a card just before is not in it.
    """

    def __init__(self, now: datetime, sieve: Sieve, *, at: datetime | None = None) -> None:
        self._now = now
        self._at = at or now
        self._shared = SharedReads(now, sieve)
        self._new: dict[tuple[FilterKey, datetime], tuple[PostId, ...]] = {}
        self._liked: dict[tuple[FilterKey, datetime], tuple[PostId, ...]] = {}

    async def read(self, db: Connection, asked: Sequence[Chat]) -> list[DigestPush]:
        """What the digest of each of these chats holds, in their order."""
        since = [max(one.last_digest_at or one.joined_at, self._earliest(one)) for one in asked]
        looked_from = [_looked_from(*pair) for pair in zip(asked, since, strict=True)]
        ids = [chat.id for chat in asked]
        told = await outbox.list_pushes(
            db, OutboxKind.DIGEST, dict(zip(ids, looked_from, strict=True))
        )
        new = [await self._list_new(db, *one) for one in zip(asked, looked_from, strict=True)]
        liked = [await self._list_liked(db, *one) for one in zip(asked, since, strict=True)]
        pushes = [told.get(chat_id, ()) for chat_id in ids]
        found = await db.run(lambda _: list(map(_untold, new, liked, pushes)))
        came = await self._list_came(db, asked, found)
        return await db.run(
            lambda _: [
                say_once(contents, came.get(chat.id, {}), chat.settings.repeats, self._at)
                for chat, contents in zip(asked, found, strict=True)
            ]
        )

    def _earliest(self, chat: Chat) -> datetime:
        return max(chat.joined_at, self._now - KNOWN)

    async def _list_new(self, db: Connection, chat: Chat, after: datetime) -> tuple[PostId, ...]:
        """The last that arrived and get through, the oldest first."""
        key = filter_key(chat.settings), after
        if key not in self._new:
            newest_first = (await self._shared.list_arrived(db, after))[::-1]
            taken = await self._shared.list_taken(db, chat.settings, newest_first, most=LOOKED_AT)
            self._new[key] = tuple(taken[::-1])
        return self._new[key]

    async def _list_liked(self, db: Connection, chat: Chat, since: datetime) -> tuple[PostId, ...]:
        """What was liked most of what gets through."""
        key = filter_key(chat.settings), since
        if key not in self._liked:
            ranked = [post_id for post_id, _ in await self._shared.list_top(db, since)]
            taken = await self._shared.list_taken(db, chat.settings, ranked, most=LIKED_LOOKED_AT)
            self._liked[key] = tuple(taken)
        return self._liked[key]

    async def _list_came(
        self, db: Connection, asked: Sequence[Chat], found: Sequence[DigestPush]
    ) -> dict[ChatId, dict[PostId, Came]]:
        """Which of these posts came to each chat by themselves, also from its channel; or wait to.

        Not asked where it makes no difference, because the chat wants them all the same.
        """
        pairs = zip(asked, found, strict=True)
        sparing = [one for one in pairs if one[0].settings.repeats is not Repeats.FULL]
        post_ids = {one for _, contents in sparing for one in (*contents.new, *contents.liked)}
        if not post_ids:
            return {}
        channels = await self._shared.get_channels(db)
        of_chats = {chat.id: channels.get(chat.id) for chat, _ in sparing}
        return await outbox.list_all_came(db, of_chats, post_ids, self._now)


def _looked_from(chat: Chat, since: datetime) -> datetime:
    """Posts first seen after this are looked at. Times are kept in whole seconds."""
    just_before = chat.joined_at - timedelta(seconds=1)
    return max(since - timedelta(seconds=OVERLAP_SECONDS), just_before)


def _untold(
    new: tuple[PostId, ...], liked: tuple[PostId, ...], before: Sequence[object]
) -> DigestPush:
    """What is new less what the digests before told."""
    pushes = [push for push in before if isinstance(push, DigestPush)]
    told = {one for push in pushes for one in (*push.new, *push.brief, *push.passed)}
    return DigestPush(tuple(one for one in new if one not in told), liked)


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

        async def write(tx: Transaction, served: Sequence[Chat]) -> None:
            await chats.set_digests_due(tx, await tx.run(lambda _: _replanned(served, now)))

        await replan_served(self._database, write)

    async def run(self) -> int:
        """Queue the digests that are due; how many that were. Each slice is a transaction.

        A chat that changed since it was read is due still, and comes with the next slice.
        """
        now = self._clock.now()
        reader, queued, is_going = DigestReader(now, self._sieve), 0, True
        while is_going:
            async with self._database.reader() as db:
                if await spreads.get_first(db) is not None:
                    break  # what is about to come as a card is not known before it is queued
                due = await chats.list_digests_due(db, now, limit=CHATS_AT_ONCE)
                planned = await _plan(db, reader, due, now) if due else []
            if not planned:
                break
            async with self._database.transaction() as tx:
                same = await list_unchanged(tx, due)
                unchanged = [one for one in planned if one.chat.id in same]
                queued += await _take(tx, unchanged, now)
            is_going = bool(same)
        return queued


def _replanned(served: Sequence[Chat], now: datetime) -> list[tuple[ChatId, datetime | None, None]]:
    """Those of these chats whose next digest is due at another time than is kept, with that."""
    found = [(chat, _slots_around(chat.settings, now)[1]) for chat in served]
    return [
        (chat.id, next_at, None)
        for chat, next_at in found
        if next_at != chat.digest_due_at
        and (chat.digest_due_at is None or chat.digest_due_at > now)
    ]


def _slot_at(planned: Planned, now: datetime) -> datetime:
    return now if planned.due.slot is None else planned.due.slot.at


async def _take(tx: Transaction, planned: Sequence[Planned], now: datetime) -> int:
    """Claim the slots and queue the digests, in one; how many go out."""
    slots = [(one.chat.id, one.due.slot) for one in planned if one.due.slot is not None]
    wanted = [(chat_id, slot.local_date, slot.minute) for chat_id, slot in slots]
    claimed = await digests.claim_slots(tx, wanted, now)
    free = [one if one.chat.id in claimed else _without_slot(one) for one in planned]
    going = [one for one in free if _goes_out(one)]
    await add_due_rows(tx, [(_slot_at(one, now), _row(one, now)) for one in going], now)
    due = [(one.chat.id, one.due.next_at, _seen_at(one, now)) for one in free]
    await chats.set_digests_due(tx, due)
    if going:
        log.debug("digests_queued", extra={"chats": len(going)})
    return len(going)


async def _plan(
    db: Connection, reader: DigestReader, due: Sequence[Chat], now: datetime
) -> list[Planned]:
    """What is to become of these chats' digests; what they hold is read for those with a slot."""
    slots = await db.run(lambda _: [plan_digest(chat, now) for chat in due])
    found = list(zip(due, slots, strict=True))
    asked = [chat for chat, its in found if its.slot is not None]
    contents = dict(zip((one.id for one in asked), await reader.read(db, asked), strict=True))
    return [Planned(chat, its, contents.get(chat.id, NOTHING)) for chat, its in found]


def _without_slot(one: Planned) -> Planned:
    """Its slot was taken before: nothing is told, and nothing that is new has been looked at."""
    return replace(one, due=replace(one.due, slot=None))


def _goes_out(one: Planned) -> bool:
    return one.due.slot is not None and is_worth_sending(one.contents, one.chat.settings.repeats)


def _seen_at(one: Planned, now: datetime) -> datetime | None:
    """From when on posts are new to the chat after this; None: as before.

    What a filter kept from it was looked at, and is not looked at every time again.
    """
    is_hidden = one.contents == NOTHING and has_filter(one.chat.settings)
    return now if _goes_out(one) or (one.due.slot is not None and is_hidden) else None


def _row(one: Planned, now: datetime) -> NewOutboxRow:
    slot = one.due.slot
    item = "" if slot is None else f"{slot.local_date} {slot.minute}"
    return NewOutboxRow(one.chat.id, item, one.contents, not_before=now)
