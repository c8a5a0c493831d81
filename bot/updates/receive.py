"""Reception: long polling whose offset is confirmed only after the batch is committed.

The raw answer of getUpdates is read through python-telegram-bot's own networking; an answer that is
late, cut, malformed or an error is waited out with jitter. 401 ends it (the token is wrong). 409
means that another instance runs: nothing is sent until a minute has passed without one. At the
start it may mean a webhook that an earlier run had: that is deleted, and what waits is not lost.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter

from bot.backoff import Backoff, spread
from bot.redaction import redact
from bot.updates.committing import OFFSET
from bot.updates.raw import ALLOWED_UPDATES, Raw, update_id_of
from bot.updates.telegram_time import TelegramTime
from bot.updates.webhook_calls import delete_webhook
from storage import facts
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from telegram.request import BaseRequest

    from bot.clock import Clock
    from bot.updates.committing import Came, Committer
    from storage.database import Database

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
SILENT = timedelta(minutes=2)
"""So long without an answer, and the bot is not ready any more."""
WEBHOOK_IS_ACTIVE = "webhook is active"
"""In a 409, of what an earlier run left (telegram-bot-api, Client::process_get_updates_query)."""


class MalformedError(Exception):
    """What came is no answer to getUpdates."""


class Receiver:
    """Reads updates, commits them, hands them on, and only then confirms them."""

    def __init__(
        self,
        *,
        request: BaseRequest,
        address: str,
        committer: Committer,
        database: Database,
        clock: Clock,
        hold_sends: Callable[[float], Awaitable[None] | None],
        telegram_time: TelegramTime | None = None,
    ) -> None:
        """`address` holds the token; `hold_sends` stops sending.

        `telegram_time` hears what comes.
        """
        self._request = request
        self._address = address
        self._committer = committer
        self._database = database
        self._clock = clock
        self._hold_sends = hold_sends
        self._time = telegram_time or TelegramTime(clock)
        self._failures = 0
        self._failed_at = clock.now()
        self._conflict_at: datetime | None = None
        self._may_end_webhook = True
        self.last_answer_at = clock.now()

    async def run(self) -> None:
        """Receive until cancelled. Raises InvalidToken when Telegram does not know the token."""
        async with self._database.reader() as db:
            offset = int(await facts.get_fact(db, OFFSET) or 0)
        while True:
            await self._committer.has_room(MOST_UNHANDLED)
            asked_at = asyncio.get_running_loop().time()
            self._time.ask()
            try:
                batch = await self._poll(offset, LONG_POLL_SECONDS)
            except Exception as error:  # noqa: BLE001  # another may follow, whatever came instead
                if not await self._ended_webhook(error):
                    await self.wait_out(error)
                continue
            self.answered()
            self._time.hear(batch, is_all=len(batch) < BATCH)
            if batch:
                offset = await self._take_in(batch)
            elif asyncio.get_running_loop().time() - asked_at < 1:
                await asyncio.sleep(BREATH_SECONDS)

    async def catch_up(self) -> None:
        """Take in all that waits at Telegram, without waiting for more; no webhook may be set.

        Raises TelegramError and MalformedError.
        """
        offset = 0
        while True:
            await self._committer.has_room(MOST_UNHANDLED)
            batch = await self._poll(offset, 0)
            self._time.hear(batch, is_all=len(batch) < BATCH)
            if not batch:
                return
            offset = await self._take_in(batch)

    def missing(self) -> str | None:
        """Why nothing comes in, in a few words; None as long as Telegram answers."""
        is_silent = self._clock.now() - self.last_answer_at > SILENT
        return "Telegram does not answer" if is_silent else None

    async def wait_out(self, error: Exception) -> None:
        """Wait as long as an error asks for, or longer each time. Raises what is final."""
        if _is_final(error):
            raise error
        if not self._failures:
            self._failed_at = self._clock.now()
        self._failures += 1
        if isinstance(error, Conflict):
            await self.hold()
        elif self._failures == 1:
            log.warning(
                "reception_failed", extra={"error": shown(f"{type(error).__name__}: {error}")}
            )
        asked = _retry_seconds(error) if isinstance(error, RetryAfter) else None
        await self._clock.sleep(_wait_seconds(self._failures) if asked is None else asked)

    async def hold(self) -> None:
        """Send nothing for a minute; say so once, however often the other instance shows."""
        now, before = self._clock.now(), self._conflict_at
        if before is None or (now - before).total_seconds() > CONFLICT_HOLD_SECONDS:
            log.error("another_instance_runs", extra={"holding_seconds": CONFLICT_HOLD_SECONDS})
        self._conflict_at = now
        held = self._hold_sends(CONFLICT_HOLD_SECONDS)
        if held is not None:
            await held

    def answered(self) -> None:
        """Telegram answered: what went wrong before is over."""
        if self._failures:
            seconds = round((self._clock.now() - self._failed_at).total_seconds())
            log.info("reception_resumed", extra={"failures": self._failures, "seconds": seconds})
        self._failures = 0
        self._may_end_webhook = False
        self.last_answer_at = self._clock.now()

    async def _ended_webhook(self, error: Exception) -> bool:
        """Delete the webhook of an earlier run, before anything was answered, and only once."""
        is_told = isinstance(error, Conflict) and WEBHOOK_IS_ACTIVE in str(error)
        if not (is_told and self._may_end_webhook):
            return False
        try:
            await delete_webhook(self._request, self._address)
        except Exception as failed:  # noqa: BLE001  # it is waited out, and tried again
            await self.wait_out(failed)
        else:
            self._may_end_webhook = False
            log.info("webhook_deleted")
        return True

    async def _poll(self, offset: int, seconds: int) -> list[Raw]:
        query = urlencode(
            {
                "offset": offset,
                "limit": BATCH,
                "timeout": seconds,
                "allowed_updates": json.dumps(ALLOWED_UPDATES),
            }
        )
        answer: Any = await self._request.post(
            f"{self._address}/getUpdates?{query}",
            read_timeout=seconds + READ_SLACK_SECONDS,
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
        offset = max(int(raw["update_id"]) for raw in batch) + 1
        await self._commit(self._committer.read(batch, offset))
        return offset

    async def _commit(self, came: Came) -> None:
        """Commit, however long the disk is full or the database is busy."""
        failures = 0
        while True:
            try:
                return await self._committer.commit(came)
            except DatabaseError as error:
                failures += 1
                if failures == 1:
                    extra = {"error": error, "updates": len(came.bodies)}
                    log.error("inbox_not_committed", extra=extra)  # noqa: TRY400  # the error says it all
                await self._clock.sleep(_wait_seconds(failures))


def shown(words: str) -> str:
    """What somebody else said, short: redacted before it is cut, for half a token is one too.

    A proxy's page of an error quotes the address that was asked, and that has the token.
    """
    return redact(words)[:SHOWN_CHARACTERS]


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
