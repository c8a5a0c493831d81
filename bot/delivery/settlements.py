"""Settles pushes in doubt beside those that are sent, one push a chat.

What updates show is taken in first. After a resend the first one is looked for again; once two are
there, the one that nobody minded is taken back.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.clock import end
from bot.delivery.candidates import around, spare_of, upwards
from bot.delivery.evidence import sighting_in
from bot.delivery.failures import DeliveryError
from bot.delivery.record import SEARCHES_AGAIN
from bot.delivery.settle import AGAIN_SECONDS, MOST_CALLS, Resend, is_passing
from storage import attempts, known_ids, outbox
from storage.database import DatabaseError
from storage.models import MessageId, OutboxState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.delivery.evidence import Sighting
    from bot.delivery.probe import Prober
    from bot.delivery.record import Ledger
    from bot.delivery.search import Search
    from bot.delivery.settle import Settler
    from storage.database import Connection, Database
    from storage.models import Attempt, ChatId, OutboxId, OutboxRow

log = logging.getLogger(__name__)

CALLS_AGAIN = 6
TWICE = 2
MOST_SIGHTINGS = 1_000
MOST_DUE = 100


class Settlements:
    """Works on all that is in doubt.

    Args:
        database: Where pushes and attempts are.
        clock: What waits are measured by.
        ledger: Takes what was found.
        settler: Decides about a push that was not sent again yet.
        search: Looks for the first one of what was sent again; None: only updates tell of it.
        prober: Takes a second copy back; None: all is left as it is, and updates tell nothing.
        me: The bot's id.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ledger: Ledger,
        settler: Settler,
        search: Search | None = None,
        prober: Prober | None = None,
        me: int = 0,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ledger = ledger
        self._settler = settler
        self._search = search
        self._prober = prober
        self._me = me
        self._sightings: deque[Sighting] = deque(maxlen=MOST_SIGHTINGS)
        self._jobs: dict[ChatId, asyncio.Task[None]] = {}
        self._not_before: dict[OutboxId, datetime] = {}

    def notice(self, raw: dict[str, Any]) -> None:
        """Look at an update as it came, before anything of it is left out."""
        sighting = sighting_in(raw, self._me) if self._prober is not None else None
        if sighting is not None:
            self._sightings.append(sighting)

    async def run_once(self) -> None:
        """Take in what was seen, and begin to work on what is in doubt."""
        await self._take_sightings()
        now = self._clock.now()
        async with self._database.reader() as db:
            unknown = await outbox.list_unknown(db, now)
            due = await attempts.list_due(db, now, MOST_DUE)
            twice = [await outbox.get_row(db, one) for one in await attempts.list_twice(db)]
        for row in unknown:
            self._begin(row.chat_id, partial(self._settle, row))
        if self._prober is None:
            return
        for again in twice:
            if again is not None and now >= self._not_before.get(again.id, now):
                self._begin(again.chat_id, partial(self._mend, again))
        for attempt in due:
            self._begin(attempt.chat_id, partial(self._look_again, attempt))

    async def close(self, seconds: float) -> None:
        """End what is under way; what is in doubt stays so."""
        await end(list(self._jobs.values()), seconds)

    def _begin(self, chat_id: ChatId, work: Callable[[], Awaitable[None]]) -> None:
        if chat_id not in self._jobs:
            self._jobs[chat_id] = asyncio.create_task(self._work(chat_id, work))

    async def _work(self, chat_id: ChatId, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except DatabaseError as error:
            log.error("settling_waits", extra={"chat": chat_id, "error": error})  # noqa: TRY400  # the error says it all
        except Exception:
            log.exception("settling_failed", extra={"chat": chat_id})
        finally:
            del self._jobs[chat_id]

    async def _settle(self, row: OutboxRow) -> None:
        if isinstance(await self._settler.settle(row), Resend):
            await self._ledger.resent(row)

    # -- what updates show -----------------------------------------------------------------------

    async def _take_sightings(self) -> None:
        while self._sightings:
            sighting = self._sightings[0]
            async with self._database.reader() as db:
                attempt = await _seen(db, sighting)
            if attempt is not None and await self._ledger.arrived(
                attempt.token, sighting.message_id
            ):
                log.debug("push_seen", extra={"row": attempt.outbox_id})
            if attempt is not None and sighting.is_touched and not attempt.is_touched:
                await self._ledger.touched(attempt.token)
            self._sightings.popleft()

    # -- after a resend --------------------------------------------------------------------------

    async def _look_again(self, attempt: Attempt) -> None:
        """Look for the first one once more, around the second."""
        async with self._database.reader() as db:
            row = None if attempt.outbox_id is None else await outbox.get_row(db, attempt.outbox_id)
            ids = [] if row is None else await _ids_around(db, attempt, row)
        again = None if row is None else await self._next_look(attempt, row, ids)
        async with self._database.transaction() as tx:
            found = await attempts.get_attempt(tx, attempt.token)
            if found is not None and found.message_id is None:
                await attempts.set_search(tx, attempt.token, again)

    async def _next_look(
        self, attempt: Attempt, row: OutboxRow, ids: Sequence[MessageId]
    ) -> datetime | None:
        """Look, and say when to look again if it was not found; None: no more."""
        search, now = self._search, self._clock.now()
        room = min(CALLS_AGAIN, MOST_CALLS - attempt.calls)
        if search is None or row.state is not OutboxState.RESENT_UNPROVEN or not ids or room <= 0:
            return None
        try:
            may_ask = await search.may_ask(attempt.chat_id)
        except DeliveryError:
            return now + timedelta(seconds=AGAIN_SECONDS)
        if not may_ask:
            return None
        looked = await search.look([attempt], ids, calls=room)
        if looked.failure is not None and is_passing(looked.failure):
            return now + timedelta(seconds=AGAIN_SECONDS)
        since = (now - row.changed_at).total_seconds()
        later = next((one for one in SEARCHES_AGAIN if one > since), None)
        return None if later is None else row.changed_at + timedelta(seconds=later)

    async def _mend(self, row: OutboxRow) -> None:
        """Take back the copy that nobody minded; where none can be, both are counted.

        From a group that has become a supergroup since, nothing can be taken back.
        """
        async with self._database.reader() as db:
            of_row = await attempts.list_attempts(db, row.id)
            seen = [one for one in of_row if one.message_id is not None]
            copies = [one for one in seen if one.chat_id == row.chat_id]
            lowest = min((one.message_id or 0 for one in copies), default=0)
            reacted = await known_ids.list_reacted_ids(db, row.chat_id, MessageId(lowest - 1))
        if len(seen) < TWICE:  # one was taken back since
            return
        spare = spare_of(copies, reacted)
        if spare is None or spare.message_id is None:
            await self._ledger.doubled(row)
            return
        try:
            await self._take_back(spare.chat_id, spare.message_id)
        except DeliveryError as error:
            log.debug("copy_not_taken_back", extra={"row": row.id, "failure": str(error.failure)})
            await self._wait_or_count(row, passing=is_passing(error.failure))
        else:
            await self._ledger.mended(row, spare)

    async def _take_back(self, chat_id: ChatId, message_id: MessageId) -> None:
        if self._prober is not None:
            await self._prober.take_back(chat_id, message_id)

    async def _wait_or_count(self, row: OutboxRow, *, passing: bool) -> None:
        if passing:
            self._not_before[row.id] = self._clock.now() + timedelta(seconds=AGAIN_SECONDS)
        else:
            await self._ledger.doubled(row)


async def _seen(db: Connection, sighting: Sighting) -> Attempt | None:
    """The attempt whose message was seen: by its buttons, or, where those are gone, by its text."""
    if sighting.token:
        attempt = await attempts.get_attempt(db, sighting.token)
        return attempt if attempt is not None and await _bears(db, attempt, sighting) else None
    for attempt in await attempts.list_lost(db, sighting.chat_id):
        if attempt.text_digest == sighting.text_digest and await _may_be(db, attempt, sighting):
            return attempt
    return None


async def _bears(db: Connection, attempt: Attempt, sighting: Sighting) -> bool:
    """Whether its buttons are its own: while they are compared, another message may have them."""
    if attempt.chat_id != sighting.chat_id:
        return False
    is_compared = await attempts.is_compared(db, sighting.chat_id, sighting.message_id)
    return not is_compared or attempt.text_digest == sighting.text_digest


async def _may_be(db: Connection, attempt: Attempt, sighting: Sighting) -> bool:
    """The same words may have been said before, or in answer to somebody."""
    if attempt.last_id is None or sighting.message_id <= attempt.last_id:
        return False
    known = await known_ids.list_known_ids(db, attempt.chat_id, attempt.last_id)
    return sighting.message_id not in known


async def _ids_around(db: Connection, attempt: Attempt, row: OutboxRow) -> list[MessageId]:
    if attempt.last_id is None:
        return []
    known = await known_ids.list_known_ids(db, attempt.chat_id, attempt.last_id)
    reacted = await known_ids.list_reacted_ids(db, attempt.chat_id, attempt.last_id)
    if row.message_id is None or row.chat_id != attempt.chat_id:
        return upwards(attempt.last_id, known, reacted)
    return around(attempt.last_id, row.message_id, known, reacted)
