"""Tells systemd how the bot is: ready, well, stopping (sd_notify(3), systemd.service(5)).

A message is a datagram of lines. Where nothing of systemd's waits for one, nothing is told.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from typing import TYPE_CHECKING, Self

from bot.clock import end
from bot.process.probing import condition_of

if TYPE_CHECKING:
    from types import TracebackType

    from bot.config import ServiceManager
    from bot.locales import Texts
    from bot.process.serving import Running

log = logging.getLogger(__name__)

STEP_SECONDS = 1.0
STATE_SECONDS = 5.0
EXTEND_SECONDS = 120
"""So much longer a start may take, from each time that it is told: the network may be away."""


class Notices:
    """Tells it while it is entered: `started` when the bot receives, the rest by itself.

    The watchdog is told twice in the time that it waits, as long as this loop turns and the tick
    comes; while the bot stops, as long as the loop turns. A tick that is late is told of as soon as
    it comes again.

    Args:
        manager: Who waits to hear of it.
        texts: In which language the state is told to people.
        stopping: Set when the bot is told to stop.
    """

    def __init__(
        self, manager: ServiceManager | None, texts: Texts, stopping: asyncio.Event
    ) -> None:
        self._manager = manager
        self._texts = texts
        self._stopping = stopping
        self._running: Running | None = None
        self._status = ""
        self._well_at = float("-inf")
        self._is_told_of_start = self._is_told_of_stop = self._is_unheard = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._manager is not None:
            self._task = asyncio.create_task(self._tell_on())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is not None:
            await end([self._task])
            if self._stopping.is_set():
                self._tell_of_stop()

    def started(self, running: Running) -> None:
        """Updates are received from now on."""
        self._running = running
        self._tell_of_start()

    async def _tell_on(self) -> None:
        while True:
            self._tell()
            if self._running is not None and not self._stopping.is_set():
                self._say(await self._state(self._running))
            await asyncio.sleep(STEP_SECONDS)

    def _tell(self) -> None:
        if self._stopping.is_set():
            self._tell_of_stop()
        elif self._running is None:
            self._say(self._texts("service.starting"))
            self._send(f"EXTEND_TIMEOUT_USEC={EXTEND_SECONDS * 1_000_000}")
        elif not self._is_told_of_start:
            self._tell_of_start()
        self._tell_watchdog()

    async def _state(self, running: Running) -> str:
        """In words; the one of before where it cannot be read, which the watchdog does not mind."""
        try:
            async with asyncio.timeout(STATE_SECONDS):
                missing = await running.what_is_missing()
        except Exception as error:  # noqa: BLE001  # whoever asks by /readyz is told of it
            log.debug("state_unknown", extra={"error": type(error).__name__})
            return self._status
        if missing is None:
            return self._texts("service.running", bot=f"@{running.services.me.username}")
        found = condition_of(missing)
        return self._texts(found.key, **found.values)

    def _tell_watchdog(self) -> None:
        seconds = None if self._manager is None else self._manager.watchdog_seconds
        if seconds is None or self._running is None:
            return
        is_well = self._stopping.is_set() or not self._running.tick.is_late
        now = time.monotonic()
        is_due = now - self._well_at >= seconds / 2 - STEP_SECONDS
        if is_well and is_due and self._send("WATCHDOG=1"):
            self._well_at = now

    def _tell_of_start(self) -> None:
        if self._send("READY=1", "WATCHDOG=1"):
            self._is_told_of_start = True
            self._well_at = time.monotonic()

    def _tell_of_stop(self) -> None:
        self._is_told_of_stop = self._is_told_of_stop or self._send("STOPPING=1")
        if self._is_told_of_stop:
            self._say(self._texts("service.stopping"))

    def _say(self, status: str) -> None:
        """Tell people what it does, where that is something else than before."""
        if status != self._status and self._send(f"STATUS={' '.join(status.split())}"):
            self._status = status

    def _send(self, *lines: str) -> bool:
        """Whether it arrived: what finds no room there is told again a second later."""
        if self._manager is None:
            return True
        address = self._manager.address
        to = f"\0{address[1:]}" if address.startswith("@") else address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
                one.settimeout(0)
                one.sendto("\n".join(lines).encode(), to)
        except OSError as error:
            if not self._is_unheard:
                log.warning("service_manager_not_told", extra={"error": type(error).__name__})
            self._is_unheard = True
            return False
        return True
