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
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.updates.raw import (
    ALLOWED_UPDATES,
    Raw,
    chat_id_of,
    message_id_of,
    trimmed,
)
from storage import facts, inbox
from storage.database import DatabaseError
from storage.models import InboxRow, UpdateId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram.request import BaseRequest

    from bot.clock import Clock
    from storage.database import Database

log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 30
READ_SLACK_SECONDS = 10
BATCH = 100
MOST_UNHANDLED = 5_000
"""Above it, reception waits: Telegram keeps updates for a day."""
CONFLICT_HOLD_SECONDS = 60.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 30.0
OFFSET = "offset"


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

    def __init__(
        self,
        *,
        request: BaseRequest,
        address: str,
        wanted: Callable[[Raw], bool],
        database: Database,
        sink: Sink,
        clock: Clock,
        hold_sends: Callable[[float], Awaitable[None] | None],
    ) -> None:
        """`address` holds the token; `wanted` says what to keep; `hold_sends` stops sending."""
        self._request = request
        self._address = address
        self._wanted = wanted
        self._database = database
        self._sink = sink
        self._clock = clock
        self._hold_sends = hold_sends
        self._failures = 0
        self._conflict = False
        self.last_answer_at = clock.now()

    async def run(self) -> None:
        """Receive until cancelled. Raises InvalidToken when Telegram does not know the token."""
        async with self._database.reader() as db:
            offset = int(await facts.get_fact(db, OFFSET) or 0)
        while True:
            await self._sink.has_room(MOST_UNHANDLED)
            try:
                batch = await self._poll(offset)
            except InvalidToken:
                raise
            except TelegramError as error:
                await self._wait_out(error)
                continue
            self._answered()
            if batch:
                offset = await self._take_in(batch, offset)

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
            raise TelegramError("getUpdates gave no list")
        return [raw for raw in answer if isinstance(raw, dict) and _id_of(raw) is not None]

    async def _take_in(self, batch: list[Raw], offset: int) -> int:
        """Commit a batch, hand it on, and return the offset that confirms it."""
        now = self._clock.now()
        by_id: dict[int, Raw] = {}
        rows = []
        for raw in sorted(batch, key=lambda one: int(one["update_id"])):
            wanted = self._wanted(raw)
            kept = trimmed(raw) if wanted else {}
            row = InboxRow(
                update_id=UpdateId(raw["update_id"]),
                chat_id=chat_id_of(raw),
                message_id=message_id_of(raw),
                received_at=now,
                body=json.dumps(kept, ensure_ascii=False) if wanted else "",
            )
            by_id[row.update_id] = kept
            rows.append(row)
        offset = max(offset, rows[-1].update_id + 1)
        new = await self._commit(rows, offset)
        self._sink.feed([(row, by_id[row.update_id]) for row in new])
        return offset

    async def _commit(self, rows: list[InboxRow], offset: int) -> list[InboxRow]:
        """Commit, however long the disk is full or the database is busy."""
        failures = 0
        while True:
            try:
                async with self._database.transaction() as tx:
                    new = await inbox.add_updates(tx, rows)
                    await facts.set_fact(tx, OFFSET, str(offset))
            except DatabaseError as error:
                failures += 1
                log.error("inbox_not_committed", extra={"error": str(error), "updates": len(rows)})  # noqa: TRY400  # the error says it all
                await self._clock.sleep(_wait_seconds(failures))
            else:
                return new

    def _answered(self) -> None:
        if self._failures:
            log.info("reception_resumed", extra={"failures": self._failures})
        self._failures = 0
        self._conflict = False
        self.last_answer_at = self._clock.now()

    async def _wait_out(self, error: TelegramError) -> None:
        self._failures += 1
        if isinstance(error, Conflict):
            if not self._conflict:
                log.error("another_instance_runs", extra={"holding_seconds": CONFLICT_HOLD_SECONDS})
            self._conflict = True
            held = self._hold_sends(CONFLICT_HOLD_SECONDS)
            if held is not None:
                await held
        elif self._failures == 1:
            log.warning("reception_failed", extra={"error": f"{type(error).__name__}: {error}"})
        seconds = _wait_seconds(self._failures)
        if isinstance(error, RetryAfter):
            seconds = _retry_seconds(error)
        await self._clock.sleep(seconds)


def _id_of(raw: Raw) -> int | None:
    value = raw.get("update_id")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _retry_seconds(error: RetryAfter) -> float:
    after: Any = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _wait_seconds(failures: int) -> float:
    """Doubling from half a second to half a minute, less up to a half by chance."""
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(failures, 10))
    return longest * random.uniform(0.5, 1)  # noqa: S311  # jitter, no secret


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
