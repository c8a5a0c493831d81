"""What has had its time and is forgotten, a slice a transaction: others write in between.

docs/growth.md says of every table what is kept for how long, and what for ever.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.search.service import MISSES_KEPT, MISSES_KEPT_FOR
from bot.sources.quiet import OFFERED
from storage import (
    attempts,
    digests,
    drafts,
    editions,
    inbox,
    known_ids,
    lists,
    menus,
    messages,
    outbox,
    queries,
    quiet_posts,
    reactions,
    search_log,
    troubles,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime
    from typing import TypeVar

    from bot.interaction.deeds import Deeds
    from storage.database import Database, Transaction
    from storage.models import ChatId, MessageId

    Key = TypeVar("Key")

SLICE = 200
"""Rows a transaction deletes at most."""
MOST_FOUND = 50_000
"""Rows that are looked up before they are deleted, an hour."""
SEEN_HOURS = 26
"""A little longer than Telegram keeps an update (Bot API, getUpdates: 24 hours)."""
STRAY_DAYS, QUERY_DAYS, LEDGER_DAYS, CHANNEL_DAYS = 1, 30, 60, 90
MENU_DAYS = 7
EDITION_DAYS = 100
"""More than two months and a putting off: an edition that was missed is taken in."""
ATTEMPT_DAYS = 2
"""So long a message may be deleted (Bot API, deleteMessage: 48 hours)."""


class Sweep(Protocol):
    """Forgets one kind of thing."""

    async def __call__(self, tx: Transaction, /, *, limit: int) -> int:
        """Forget at most about `limit`; how many that were. Fewer than `limit`: it is done."""
        ...


async def sweeps(database: Database, deeds: Deeds, now: datetime) -> list[Sweep]:
    """Everything that has had its time by now, in the order in which it goes."""
    day = timedelta(days=1)
    seen, ledger = now - timedelta(hours=SEEN_HOURS), now - LEDGER_DAYS * day
    stray, query, attempt = now - STRAY_DAYS * day, now - QUERY_DAYS * day, now - ATTEMPT_DAYS * day
    return [
        partial(inbox.delete_seen, before=seen),
        partial(inbox.delete_set_aside, before=ledger),
        await _strays(database, stray),
        partial(reactions.delete_of_channels, before=now - CHANNEL_DAYS * day),
        partial(reactions.delete_withdrawn, before=attempt),
        partial(queries.delete_queries, before=query),
        deeds.forget_old,
        partial(menus.delete_old, before=now - MENU_DAYS * day),
        partial(drafts.delete_drafts, before=query),
        partial(quiet_posts.delete_quiet, before=now - OFFERED),
        partial(lists.delete_lists, now=now),
        partial(messages.delete_forwards, before=stray),
        partial(attempts.delete_attempts, before=attempt),
        partial(attempts.delete_comparisons, before=attempt),
        await _known_ids(database, attempt),
        partial(outbox.delete_finished, until=ledger),
        partial(troubles.delete_old, until=ledger),
        partial(digests.delete_claims, until=ledger),
        partial(editions.delete_claims, until=now - EDITION_DAYS * day),
        partial(search_log.delete_old_misses, before=now - MISSES_KEPT_FOR, keep=MISSES_KEPT),
    ]


async def _strays(database: Database, before: datetime) -> Sweep:
    """Found by a reader, which holds up no write: nearly all that was given stays."""
    async with database.reader() as db:
        found = await reactions.list_strays(db, before, MOST_FOUND)

    async def delete(tx: Transaction, part: Sequence[tuple[ChatId, MessageId]]) -> None:
        places = list(dict.fromkeys(part))
        await reactions.delete_strays(tx, before, places, len(part))

    return _in_parts(found, delete)


async def _known_ids(database: Database, before: datetime) -> Sweep:
    async with database.reader() as db:
        found = await known_ids.list_old(db, before, MOST_FOUND)
    return _in_parts(found, known_ids.delete_known_ids)


def _in_parts(
    found: Iterable[Key], delete: Callable[[Transaction, Sequence[Key]], Awaitable[None]]
) -> Sweep:
    """Deletes what was found, a part a call."""
    left = deque(found)

    async def sweep(tx: Transaction, /, *, limit: int) -> int:
        part = [left.popleft() for _ in range(min(limit, len(left)))]
        await delete(tx, part)
        return len(part)

    return sweep
