"""PING_URL: a monitor elsewhere is told that all is well, and misses it when it is not.

As healthchecks.io has it: the address itself says that all is well, `/start` behind it that a run
began, `/fail` that something is wrong, with a few words as the body of a POST. The address is a
secret: whoever has it can say that all is well, so no log has it.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Self

import aiohttp
from yarl import URL

from bot.clock import end
from bot.errors import SosikError
from bot.process.probing import condition_of
from bot.redaction import redact
from bot.sources.http.network import trusted_authorities
from storage import facts
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from bot.clock import Clock
    from bot.locales import Texts
    from bot.process.serving import Running
    from storage.database import Database, Transaction

log = logging.getLogger(__name__)

EVERY_SECONDS = 120.0
PATIENCE_SECONDS = 10.0
WRITE_SECONDS = 30.0
MOST_MISSED = 3
"""So often in a row something may be missing before a word is said of it."""
LONGEST_WORDS = 200
WELL, START, FAIL = "", "start", "fail"
WRITTEN = "pinged_at"


class Pinger:
    """Pings for as long as it is open: `async with`. What goes wrong inside is told at its end.

    Args:
        address: PING_URL.
        clock: What waits are done with.
        texts: In which language what is wrong is told.
    """

    def __init__(self, address: str, clock: Clock, texts: Texts) -> None:
        self._own = address
        self._clock = clock
        self._texts = texts
        self.look: Callable[[], Awaitable[str | None]] = self._nothing_yet
        """What is missing, in a few words; None: all is well."""
        self._missed = 0
        self._is_told = False
        self._is_silent = False
        """Whether the last ping did not arrive."""
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None:
            await end([self._task])
        if isinstance(error, Exception):
            reason = _words(self._texts, error)
            await self._ping(FAIL, self._texts("ping.ended", reason=reason))

    async def _nothing_yet(self) -> str | None:
        return self._texts("service.starting")

    async def _run(self) -> None:
        await self._ping(START)
        while True:
            await self._clock.sleep(EVERY_SECONDS)
            try:
                await self._look()
            except Exception:
                log.exception("ping_failed")

    async def _look(self) -> None:
        missing = await self.look()
        if missing is None:
            self._missed, self._is_told = 0, False
            await self._ping(WELL)
            return
        self._missed += 1
        if self._missed >= MOST_MISSED and not self._is_told:
            self._is_told = await self._ping(FAIL, missing)

    async def _ping(self, what: str, words: str = "") -> bool:
        """Whether the monitor heard it. That it did not is logged once, until it does again."""
        try:
            status = await self._ask(what, words)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return self._note(type(error).__name__)
        return self._note("" if status < 400 else f"status {status}")  # noqa: PLR2004  # RFC 9110, 15

    def _note(self, error: str) -> bool:
        if error and not self._is_silent:
            log.warning("ping_not_heard", extra={"error": error})
        elif self._is_silent and not error:
            log.info("ping_heard_again")
        self._is_silent = bool(error)
        return not error

    async def _ask(self, what: str, words: str) -> int:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        body = words[:LONGEST_WORDS].encode("utf-8", "replace") or None
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.request(
                "POST" if body else "GET",
                self._address(what),
                data=body,
                headers={"User-Agent": "Sosik", "Content-Type": "text/plain; charset=utf-8"},
                ssl=trusted_authorities(),
            ) as response,
        ):
            return response.status

    def _address(self, what: str) -> URL:
        """The address, with a word behind its path; what stands behind a `?` stays there."""
        url = URL(self._own, encoded="%" in self._own)
        if not what:
            return url
        path = f"{url.raw_path.rstrip('/')}/{what}"
        return url.with_path(path, encoded=True).with_query(url.query)


def look_at(running: Running) -> Callable[[], Awaitable[str | None]]:
    """Looks whether a bot is ready, and its database takes what is written."""
    services = running.services
    texts = services.catalogues[services.settings.language]

    async def look() -> str | None:
        missing = await running.what_is_missing()
        if missing is not None:
            found = condition_of(missing)  # in the words of `sosik health` and of systemd's state
            return texts(found.key, **found.values)
        try:
            return await _unwritable(services.database, services.clock, texts)
        except DatabaseError as error:
            return _words(texts, error)

    return look


async def _unwritable(database: Database, clock: Clock, texts: Texts) -> str | None:
    """Why nothing can be written; None where it can: it was. Raises DatabaseError."""
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            await database.write(partial(_write, at=clock.now().isoformat(timespec="seconds")))
    except TimeoutError:
        return texts("database.busy", path=database.path)
    return None


async def _write(tx: Transaction, *, at: str) -> None:
    await facts.set_fact(tx, WRITTEN, at)


def _words(texts: Texts, error: Exception) -> str:
    """What an error says to people; of one that nobody foresaw, which may name them, its kind."""
    if not isinstance(error, SosikError | DatabaseError):
        return type(error).__name__
    return redact(texts(error.key, **error.values) if error.key else str(error))
