"""Reception: long polling whose offset is confirmed only after the batch is committed.

The raw answer of getUpdates is read through python-telegram-bot's own networking; an answer that is
late, cut, malformed or an error is waited out with jitter. 401 ends it (the token is wrong). 409
means that another instance runs: nothing is sent until a minute has passed without one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter

from bot.backoff import Backoff, spread
from bot.updates.raw import (
    ALLOWED_UPDATES,
    Raw,
    chat_id_of,
    message_id_of,
    replied_of,
    trimmed,
    update_id_of,
)
from bot.updates.telegram_time import TelegramTime
from storage import cleanups, facts, inbox
from storage.database import DatabaseError
from storage.models import InboxRow, UpdateId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from telegram.request import BaseRequest

    from bot.clock import Clock
    from storage.database import Database
    from storage.models import ChatId, MessageId

log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 30
READ_SLACK_SECONDS = 10
BATCH = 100
MOST_UNHANDLED = 5_000
"""Above it, reception waits: Telegram keeps updates for a day."""
CONFLICT_HOLD_SECONDS = 60.0
WAITS = Backoff.doubling(1.0, longest=30.0)
LONGEST_RETRY_AFTER_SECONDS = 3600.0
BREATH_SECONDS = 0.2
"""Between empty answers that come at once, from a server that does not hold the request."""
SHOWN_CHARACTERS = 200
OFFSET = "offset"


class MalformedError(Exception):
    """What came is no answer to getUpdates."""


class Sink(Protocol):
    """Where committed updates go."""

    def feed(self, rows: list[tuple[InboxRow, Raw]]) -> None:
        """Take them, in order."""
        ...

    async def has_room(self, most: int) -> None:
        """Return once fewer than `most` updates wait."""
        ...


class Receiver:
    """Reads updates, commits them, hands them on, and only then confirms them."""

    def __init__(  # noqa: PLR0913  # what reception is made of, each by its name
        self,
        *,
        request: BaseRequest,
        address: str,
        wanted: Callable[[Raw], bool],
        database: Database,
        sink: Sink,
        clock: Clock,
        hold_sends: Callable[[float], Awaitable[None] | None],
        telegram_time: TelegramTime | None = None,
    ) -> None:
        """`address` holds the token; `wanted` says what to keep; `hold_sends` stops sending.

        `telegram_time` hears what comes.
        """
        self._request = request
        self._address = address
        self._wanted = wanted
        self._database = database
        self._sink = sink
        self._clock = clock
        self._hold_sends = hold_sends
        self._time = telegram_time or TelegramTime(clock)
        self._failures = 0
        self._conflict_at: datetime | None = None
        self.last_answer_at = clock.now()

    async def run(self) -> None:
        """Receive until cancelled. Raises InvalidToken when Telegram does not know the token."""
        async with self._database.reader() as db:
            offset = int(await facts.get_fact(db, OFFSET) or 0)
        while True:
            await self._sink.has_room(MOST_UNHANDLED)
            asked_at = asyncio.get_running_loop().time()
            self._time.ask()
            try:
                batch = await self._poll(offset)
            except Exception as error:  # whatever came instead of an answer, another may follow
                if _is_final(error):
                    raise
                await self._wait_out(error)
                continue
            self._answered()
            self._time.hear(batch, is_all=len(batch) < BATCH)
            if batch:
                offset = await self._take_in(batch)
            elif asyncio.get_running_loop().time() - asked_at < 1:
                await asyncio.sleep(BREATH_SECONDS)

    async def _poll(self, offset: int) -> list[Raw]:
        query = urlencode(
            {
                "offset": offset,
                "limit": BATCH,
                "timeout": LONG_POLL_SECONDS,
                "allowed_updates": json.dumps(ALLOWED_UPDATES),
            }
        )
        answer: Any = await self._request.post(
            f"{self._address}/getUpdates?{query}",
            read_timeout=LONG_POLL_SECONDS + READ_SLACK_SECONDS,
        )
        if not isinstance(answer, list):
            raise MalformedError("getUpdates gave no list")
        batch = [raw for raw in answer if update_id_of(raw) is not None]
        if len(batch) < len(answer):
            log.warning("updates_without_id", extra={"updates": len(answer) - len(batch)})
            if not batch:
                raise MalformedError("getUpdates gave no update with an id")
        return batch

    async def _take_in(self, batch: list[Raw]) -> int:
        """Commit a batch, hand it on, and return the offset that confirms it.

        That is one above the batch's own ids, even where an earlier one was higher: after a week
        of silence, or on another server, the ids begin anew (Bot API, Update), and an offset far
        above them is ignored (telegram-bot-api, Client::do_get_updates).
        """
        now = self._clock.now()
        kept: dict[int, Raw] = {}
        rows: dict[int, InboxRow] = {}
        for raw in sorted(batch, key=lambda one: int(one["update_id"])):
            body = trimmed(raw) if self._wanted(raw) else None
            row = _row(raw, body, now)
            kept[row.update_id] = body or {}
            rows[row.update_id] = row
        offset = max(rows) + 1
        replied = [place for raw in batch if (place := replied_of(raw)) is not None]
        new = await self._commit(list(rows.values()), offset, replied)
        self._sink.feed([(row, kept[row.update_id]) for row in new])
        return offset

    async def _commit(
        self, rows: list[InboxRow], offset: int, replied: list[tuple[ChatId, MessageId]]
    ) -> list[InboxRow]:
        """Commit, however long the disk is full or the database is busy.

        What was `replied` to stays, in a chat whose answers go away.
        """
        failures = 0
        while True:
            try:
                async with self._database.transaction() as tx:
                    new = await inbox.add_updates(tx, rows)
                    await cleanups.keep_used(tx, replied)
                    await facts.set_fact(tx, OFFSET, str(offset))
            except DatabaseError as error:
                failures += 1
                if failures == 1:
                    extra = {"error": str(error), "updates": len(rows)}
                    log.error("inbox_not_committed", extra=extra)  # noqa: TRY400  # the error says it all
                await self._clock.sleep(_wait_seconds(failures))
            else:
                return new

    def _answered(self) -> None:
        if self._failures:
            log.info("reception_resumed", extra={"failures": self._failures})
        self._failures = 0
        self.last_answer_at = self._clock.now()

    async def _wait_out(self, error: Exception) -> None:
        self._failures += 1
        if isinstance(error, Conflict):
            await self._hold()
        elif self._failures == 1:
            text = f"{type(error).__name__}: {error}"[:SHOWN_CHARACTERS]
            log.warning("reception_failed", extra={"error": text})
        asked = _retry_seconds(error) if isinstance(error, RetryAfter) else None
        await self._clock.sleep(_wait_seconds(self._failures) if asked is None else asked)

    async def _hold(self) -> None:
        """Send nothing for a minute; say so once, however often the other instance shows."""
        now, before = self._clock.now(), self._conflict_at
        if before is None or (now - before).total_seconds() > CONFLICT_HOLD_SECONDS:
            log.error("another_instance_runs", extra={"holding_seconds": CONFLICT_HOLD_SECONDS})
        self._conflict_at = now
        held = self._hold_sends(CONFLICT_HOLD_SECONDS)
        if held is not None:
            await held


def _row(raw: Raw, body: Raw | None, now: datetime) -> InboxRow:
    return InboxRow(
        update_id=UpdateId(raw["update_id"]),
        chat_id=chat_id_of(raw),
        message_id=message_id_of(raw),
        received_at=now,
        body="" if body is None else json.dumps(body),  # ASCII: half a surrogate pair is no UTF-8
    )


def _is_final(error: Exception) -> bool:
    """Whether Telegram itself refuses the token; a proxy's 404 is a page, not the API's JSON."""
    return isinstance(error, InvalidToken) and error.__cause__ is None


def _retry_seconds(error: RetryAfter) -> float | None:
    """How long Telegram asks to wait; None where it says something else than seconds."""
    after: object = error.retry_after  # a number without PTB_TIMEDELTA=1
    if isinstance(after, timedelta):
        after = after.total_seconds()
    if not isinstance(after, int | float):
        return None
    return min(max(float(after), 0.0), LONGEST_RETRY_AFTER_SECONDS)


def _wait_seconds(failures: int) -> float:
    """Doubling from a second to half a minute, less up to a half by chance."""
    luck = random.random()  # noqa: S311  # jitter, no secret
    return spread(WAITS.after(failures), luck, least=0.5, most=1.0)
