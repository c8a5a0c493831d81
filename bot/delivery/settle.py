"""What to do about a push that may have arrived: look for it, wait, or send it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeAlias

from bot.backoff import Backoff
from bot.delivery.candidates import ALONE, Queue, upwards
from bot.delivery.failures import (
    Ambiguous,
    AnotherInstance,
    DeliveryError,
    NotSent,
    Throttled,
    TokenRejected,
)
from storage import attempts, chats, known_ids
from storage.known_ids import ACCOUNT, sequence_of
from storage.models import ChatKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.delivery.failures import Failure
    from bot.delivery.record import Ledger
    from bot.delivery.search import Search
    from storage.database import Connection, Database
    from storage.models import Attempt, ChatId, MessageId, OutboxId, OutboxRow

DOUBTS = Backoff.doubling(60.0, longest=3600.0)
"""A send that hung up can still land."""
FIRST_SECONDS = 2
"""After the hang-up: what updates wait come first."""
BURST, SECONDS_A_CALL = 6, 10
"""The share of a chat's limits: so many questions at once, then one in so many seconds."""
CALLS_A_LOOK = 8
"""Then it is enough: where many chats count together, there is always one more to ask about."""
MOST_BEFORE, TURN_SECONDS = 3, 30
"""With more lost before it in its sequence, a look waits so long at most for those to be found: the
place of each tells where the next one is."""
IDS_AT_ONCE = 2
"""Then it is seen what became known meanwhile."""
MOST_CALLS = 40
"""Questions while it is the last attempt of its push."""
AGAIN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Resend:
    """Nothing proves that it arrived: it is sent again, silently, and counted."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It is too early to say."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """It was seen, and is recorded."""


Settled: TypeAlias = Resend | Wait | Arrived


class Settler(Protocol):
    """Finds out what became of a push in doubt."""

    async def settle(self, row: OutboxRow) -> Settled:
        """What is known of it now; called again and again until it is more than Wait."""
        ...


class PatientSettler:
    """Sends a push in doubt again after a minute, after two the next time, up to an hour.

    No push is lost this way. One that is sent again may be there twice: it ends as
    `resent_unproven`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def settle(self, row: OutboxRow) -> Settled:
        """Resend once the wait is over."""
        return Resend() if self._clock.now() - row.changed_at >= wait_of(row) else Wait()


def wait_of(row: OutboxRow) -> timedelta:
    """How long after its hang-up a push in doubt is sent again."""
    return timedelta(seconds=DOUBTS.after(row.doubts + 1))


def allowance(seconds: float) -> int:
    """How many questions there may have been so long after the begin of a look."""
    return BURST + int(seconds / SECONDS_A_CALL)


def is_passing(failure: Failure) -> bool:
    """Whether the same question may be answered a little later."""
    return isinstance(failure, NotSent | Ambiguous | Throttled | TokenRejected | AnotherInstance)


def _last_lost(of_row: Sequence[Attempt]) -> list[Attempt]:
    """Those that nobody has seen, in the chat that the last of them left for.

    A group that became a supergroup keeps, under its old id, what was sent there.
    """
    lost = [one for one in of_row if one.message_id is None]
    return [one for one in lost if one.chat_id == lost[-1].chat_id]


async def _queue(db: Connection, attempt: Attempt) -> Queue:
    if sequence_of(attempt.chat_id) != ACCOUNT:
        return ALONE
    return Queue(*await attempts.get_queue(db, attempt))


@dataclass(slots=True)
class _Pass:
    """A look at all candidates: the first at once, the last before it is sent again."""

    begun_at: datetime
    is_last: bool
    may_ask: bool | None = None
    calls: int = 0
    hidden: set[MessageId] = field(default_factory=set)
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Gap:
    """What may be found of a push, and where."""

    is_seen: bool
    """An earlier attempt was, while this one was on its way."""
    lost: Sequence[Attempt]
    ids: Sequence[MessageId]
    leads: Sequence[MessageId]
    """Somebody reacted to these."""
    before: int
    """How many are lost before it, where its ids are counted."""
    is_ours_alone: bool
    """Whatever nobody else was seen to write there is ours: no other bot hides from us."""


class SearchingSettler:
    """Looks for a push in doubt at once, and again after the wait; then it is sent again.

    Args:
        database: Where the attempts are.
        clock: What the waits are measured by.
        ledger: Takes what was found.
        search: Asks Telegram; None: updates alone prove something.
        tell: Told of a chat in which questions would do harm.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ledger: Ledger,
        search: Search | None,
        tell: Callable[[ChatId], Awaitable[None]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._ledger = ledger
        self._search = search
        self._tell = tell
        self._passes: dict[OutboxId, _Pass] = {}

    async def settle(self, row: OutboxRow) -> Settled:
        """Arrived where it was found; Resend once the wait is over and the last look is done."""
        now = self._clock.now()
        if now - row.changed_at < timedelta(seconds=FIRST_SECONDS):
            return Wait()
        is_last = now - row.changed_at >= wait_of(row)
        gap = await self._gap(row)
        if gap.is_seen:
            await self._ledger.seen(row)
            return Arrived()
        settled = await self._look(row, gap, is_last=is_last) if gap.lost else None
        if settled is None:
            settled = Resend() if is_last else Wait()
        if not isinstance(settled, Wait):
            self._passes.pop(row.id, None)
        return settled

    async def _gap(self, row: OutboxRow) -> _Gap:
        async with self._database.reader() as db:
            of_row = await attempts.list_attempts(db, row.id)
            lost = _last_lost(of_row)
            is_seen = any(one.message_id is not None for one in of_row)
            last_id = next((one.last_id for one in lost), None)
            if last_id is None:
                return _Gap(is_seen, lost, (), (), 0, is_ours_alone=False)
            place = lost[0].chat_id
            known = await known_ids.list_known_ids(db, place, last_id)
            reacted = await known_ids.list_reacted_ids(db, place, last_id)
            queue = await _queue(db, lost[0])
            chat = await chats.get_chat(db, place)
        kind = None if chat is None else chat.kind
        return _Gap(
            is_seen,
            lost,
            upwards(last_id, known, reacted, queue),
            [one for one in reacted if one not in known],
            queue.before,
            is_ours_alone=kind in {ChatKind.CHANNEL, ChatKind.PRIVATE},
        )

    async def _look(self, row: OutboxRow, gap: _Gap, *, is_last: bool) -> Settled | None:
        """None where all that can be asked for now was asked."""
        search = self._search
        found = self._passes.get(row.id)
        if found is None or found.is_last is not is_last:
            found = self._passes[row.id] = _Pass(self._clock.now(), is_last)
        if found.not_before is not None and self._clock.now() < found.not_before:
            return Wait()
        if search is None or not await self._may_ask(search, row, found):
            return await self._believe(gap)
        return Wait() if found.may_ask is None else await self._ask(search, gap, found)

    async def _believe(self, gap: _Gap) -> Settled | None:
        """Without a question: a reaction in the gap is to ours, where only ours are unknown."""
        if not gap.leads or not gap.is_ours_alone:
            return None
        await self._ledger.arrived(gap.lost[-1].token, gap.leads[0])
        return Arrived()

    async def _may_ask(self, search: Search, row: OutboxRow, found: _Pass) -> bool:
        """Whether there is hope of an answer; `found.may_ask` is None while there is none yet."""
        if found.may_ask is None:
            try:
                found.may_ask = await search.may_ask(row.chat_id)
            except DeliveryError as error:
                found.not_before = self._clock.now() + timedelta(seconds=AGAIN_SECONDS)
                return is_passing(error.failure)
            if not found.may_ask:
                await self._tell(row.chat_id)
        return found.may_ask

    async def _ask(self, search: Search, gap: _Gap, found: _Pass) -> Settled | None:
        seconds = (self._clock.now() - found.begun_at).total_seconds()
        if gap.before > MOST_BEFORE and seconds < TURN_SECONDS and not gap.leads:
            return Wait()
        room = allowance(seconds) - found.calls
        ids = [one for one in gap.ids if one not in found.hidden]
        is_enough = found.calls >= CALLS_A_LOOK or gap.lost[-1].calls >= MOST_CALLS
        if not ids or is_enough:
            return None
        if room <= 0:
            return Wait()
        looked = await search.look(gap.lost, ids[:IDS_AT_ONCE], calls=room)
        found.calls += looked.calls
        found.hidden |= looked.hidden
        if looked.found:
            return Arrived()
        if looked.failure is not None and not is_passing(looked.failure):
            return None
        if looked.failure is not None:
            found.not_before = self._clock.now() + timedelta(seconds=AGAIN_SECONDS)
        return Wait()
