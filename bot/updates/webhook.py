"""Reception by a webhook: a delivery is answered once it is committed, like a confirmed poll.

At each start what waits is fetched as polling does, in its order and a hundred at a time; then the
webhook is set. Deliveries that came together are committed together, in the order of their ids
(bot.updates.sequence). Twice a minute Telegram is asked what it thinks of the webhook: one that was
deleted is set again; one that leads elsewhere, or is deleted again and again, means another
instance; and where updates wait that nobody delivers, they are fetched.
"""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.clock import end
from bot.redaction import hide
from bot.updates.raw import update_id_of
from bot.updates.receive import MOST_UNHANDLED, shown
from bot.updates.sequence import Sequence
from bot.updates.webhook_calls import MOST_CONNECTIONS, delete_webhook, set_webhook, webhook_info
from storage import facts, inbox
from storage.database import DatabaseError

if TYPE_CHECKING:
    from datetime import datetime

    from telegram.request import BaseRequest

    from bot.clock import Clock
    from bot.updates.committing import Committer
    from bot.updates.raw import Raw
    from bot.updates.receive import Receiver
    from bot.updates.telegram_time import TelegramTime
    from bot.updates.webhook_calls import WebhookInfo
    from storage.database import Database

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""So long an id that is missing is waited for: longer than what is refused takes to come again."""
ANSWER_SECONDS = 25.0
"""Telegram waits for about a minute."""
LOOK_SECONDS = 30.0
CONTESTED_SECONDS = 600.0
"""One that is deleted twice within it is not deleted by hand: a program that polls does so."""
BREATH_SECONDS = 1.0
"""Telegram sets a webhook once a second at most (Client::process_set_webhook_query)."""
SECRET = "webhook_secret"  # noqa: S105  # the name that it is kept under
SECRET_BYTES = 32
URL = "webhook_url"
"""What the one that was set last is kept under: whoever looks later knows it from another's."""


class AwayError(Exception):
    """It cannot be taken now: we begin, or end, or too much waits to be handled."""


@dataclass(slots=True, eq=False)
class _Delivery:
    """One that waits for its answer."""

    raw: Raw
    done: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def end(self, error: Exception | None = None) -> None:
        """It is committed, or could not be."""
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class Webhook:
    """Takes deliveries, commits them, hands them on, and only then has them answered.

    Args:
        request: What asks Telegram.
        address: Telegram's, with the token in it.
        url: Where Telegram is to deliver.
        secret: What it shows with each delivery; one of our own where it is empty.
        poller: Fetches what waits before the webhook is set.
        committer: Keeps what is delivered.
        telegram_time: Hears what comes.
    """

    def __init__(  # noqa: PLR0913  # each by its name
        self,
        *,
        request: BaseRequest,
        address: str,
        url: str,
        secret: str,
        poller: Receiver,
        committer: Committer,
        database: Database,
        clock: Clock,
        telegram_time: TelegramTime,
    ) -> None:
        self._request = request
        self._address = address
        self._url = url
        self._secret = secret
        self._poller = poller
        self._committer = committer
        self._database = database
        self._clock = clock
        self._time = telegram_time
        self._sequence: Sequence[_Delivery] | None = None
        self._commits = asyncio.Lock()
        self._news = asyncio.Event()
        self._state = _State()

    async def run(self) -> None:
        """Receive until cancelled. Raises InvalidToken when Telegram does not know the token."""
        async with self._database.reader() as db:
            newest = await inbox.newest_id(db)
        self._sequence = Sequence(PATIENCE_SECONDS, MOST_CONNECTIONS, newest)
        both = {asyncio.create_task(self._commit_all()), asyncio.create_task(self._watch())}
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await end(both)
            self._refuse_all(AwayError())
            self._sequence = None

    async def deliver(self, raw: Raw) -> None:
        """Return once an update, which has an id, is committed.

        Raises AwayError and DatabaseError: Telegram is to come again with it.
        """
        update_id = update_id_of(raw)
        if self._sequence is None or update_id is None:
            raise AwayError
        one = _Delivery(raw)
        self._sequence.add(update_id, one, self._now())
        self._state.note_arrival()
        self._news.set()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await one.done
        except TimeoutError:
            raise AwayError from None
        finally:
            if self._sequence is not None:
                self._sequence.remove(one)

    async def secret(self) -> str:
        """What Telegram shows with each delivery: as it was set, or made once and kept."""
        if not self._secret:
            async with self._database.transaction() as tx:
                kept = await facts.get_fact(tx, SECRET)
                self._secret = kept or secrets.token_urlsafe(SECRET_BYTES)
                await facts.set_fact(tx, SECRET, self._secret)
            hide([self._secret])  # as those of the settings are
        return self._secret

    @property
    def last_answer_at(self) -> datetime:
        """When Telegram answered last, or delivered."""
        return self._poller.last_answer_at

    def missing(self) -> str | None:
        """Why nothing comes in, in a few words; None as long as deliveries would."""
        return self._poller.missing() or self._state.missing

    async def _commit_all(self) -> None:
        """Commit what came, as soon as its turn has come."""
        sequence = self._sequence
        assert sequence is not None  # noqa: S101  # run makes it
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(sequence.wakes_at):
                    await self._news.wait()
            self._news.clear()
            await self._committer.has_room(MOST_UNHANDLED)
            async with self._commits:
                group = sequence.take(self._now())
                if group:
                    await self._commit(group)

    async def _commit(self, group: list[_Delivery]) -> None:
        """Commit deliveries, or have all that wait come again together, in their order."""
        raws = [one.raw for one in group]
        try:
            await self._committer.commit(self._committer.read(raws, 0))
        except DatabaseError as error:
            for one in group:
                one.end(error)
            self._refuse_all(error)
            self._state.note_refusal(error)
            return
        for one in group:
            one.end()
        self._note(max(int(raw["update_id"]) for raw in raws))
        self._time.hear(raws, is_all=False)
        self._poller.answered()
        self._state.is_refusing = False

    def _refuse_all(self, error: Exception) -> None:
        for one in self._sequence.clear() if self._sequence is not None else ():
            one.end(error)

    def _note(self, update_id: int | None) -> None:
        if self._sequence is not None and update_id is not None:
            self._sequence.note(update_id)

    async def _watch(self) -> None:
        """Set the webhook, and see that it stays so."""
        while True:
            try:
                if not self._state.is_set:
                    await self._set()
                await self._look()
            except Exception as error:  # noqa: BLE001  # what is final is raised again
                self._state.failure = shown(f"{type(error).__name__}: {error}")
                await self._poller.wait_out(error)
            else:
                await self._clock.sleep(LOOK_SECONDS if self._state.is_set else BREATH_SECONDS)

    async def _set(self) -> None:
        """Fetch what waits, in its order, and have Telegram deliver what comes from then on."""
        async with self._commits:
            await delete_webhook(self._request, self._address)
            await self._poller.catch_up()
            async with self._database.reader() as db:
                self._note(await inbox.newest_id(db))
            await self._keep_url()
            await set_webhook(self._request, self._address, self._url, await self.secret())
        self._state.begin()
        log.info("webhook_set")

    async def _keep_url(self) -> None:
        async with self._database.reader() as db:
            kept = await facts.get_fact(db, URL)
        if kept != self._url:
            async with self._database.transaction() as tx:
                await facts.set_fact(tx, URL, self._url)

    async def _look(self) -> None:
        """What Telegram says of the webhook."""
        info = await webhook_info(self._request, self._address)
        self._poller.answered()
        if not info.waiting:
            self._time.hear((), is_all=True)
        self._state.look(info, self._url, self._now())
        if self._state.is_elsewhere or self._state.is_contested:
            await self._poller.hold()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


class _State:
    """What is known of the webhook."""

    def __init__(self) -> None:
        self.is_set = False
        self.is_elsewhere = False
        self.is_contested = False
        """Somebody deletes it whenever it is set."""
        self._deleted_at = -math.inf
        self.failure = ""
        """Why it could not be set, or what Telegram says of its last delivery."""
        self._is_unreached = False
        self._arrived = 0
        self._seen_arrived = 0
        self._stuck = 0
        self._failed_at = 0
        self.is_refusing = False

    @property
    def missing(self) -> str | None:
        """Why nothing comes in."""
        why = f": {self.failure}" if self.failure else ""
        if self.is_elsewhere:
            return "the webhook leads elsewhere: another instance runs"
        if self.is_contested:
            return "the webhook is deleted again and again: another instance runs"
        if self._is_unreached:
            return f"Telegram does not reach the webhook{why}"
        return None if self.is_set else f"the webhook is not set{why}"

    def begin(self) -> None:
        """It was set."""
        self.is_set = True
        self.is_elsewhere = False
        self.failure = ""
        self._stuck = self._failed_at = 0

    def note_arrival(self) -> None:
        """Telegram does reach it, whether or not what came can be kept."""
        self._arrived += 1
        self._is_unreached = False

    def note_refusal(self, error: DatabaseError) -> None:
        """They could not be."""
        if not self.is_refusing:
            log.error("inbox_not_committed", extra={"error": error})
        self.is_refusing = True

    def look(self, info: WebhookInfo, url: str, at: float) -> None:
        """Take in what Telegram says, at seconds of whatever clock."""
        self._note_failure(info)
        self.is_elsewhere = bool(info.url) and info.url != url
        self.is_contested = not info.url and at - self._deleted_at < CONTESTED_SECONDS
        if not info.url:
            log.warning("webhook_was_deleted")
            self.is_set = False
            self._deleted_at = at
            return
        has_come = self._arrived != self._seen_arrived
        self._seen_arrived = self._arrived
        self._stuck = 0 if has_come or not info.waiting else self._stuck + 1
        if not info.waiting and not info.failed_at:
            self._is_unreached = False
        if self._stuck > 1 and not self.is_elsewhere:
            self._is_unreached = True
            self.is_set = False

    def _note_failure(self, info: WebhookInfo) -> None:
        if info.failed_at > self._failed_at:
            self.failure = shown(info.failure)
            log.warning("webhook_failed", extra={"error": self.failure})
        self._failed_at = info.failed_at
