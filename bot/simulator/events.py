"""What happens, for those who watch: a terminal, a page, a test."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from bot.simulator.chats import Chat
    from bot.simulator.messages import Message

EventKind = Literal[
    "message", "edit", "delete", "reaction", "pin", "answer", "inline", "action", "member", "call"
]

PATIENCE_SECONDS = 60.0
"""How long actors wait for what the bot should do, unless told otherwise: it may be busy."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `data` holds what the kind needs beyond chat and message."""

    kind: EventKind
    at: float
    chat: Chat | None = None
    message: Message | None = None
    data: dict[str, Any] = field(default_factory=dict)


class Events:
    """Hands each event to every subscriber at once; costs nothing while nobody watches."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Event], None]] = []

    def __bool__(self) -> bool:
        return bool(self._callbacks)

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call `callback` with each event; returns what ends it."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._callbacks.remove(callback)

        return unsubscribe

    def emit(self, event: Event) -> None:
        """Tell all subscribers."""
        for callback in tuple(self._callbacks):
            callback(event)

    async def listen(self) -> AsyncGenerator[Event, None]:
        """Each event from now on, as an endless iterator."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        unsubscribe = self.subscribe(queue.put_nowait)
        try:
            while True:
                yield await queue.get()
        finally:
            unsubscribe()


class Signal:
    """Wakes all who wait for something to change."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Wake them."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, timeout_seconds: float) -> bool:
        """Wait for the next `fire`; False when the time is up before."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter, max(0.0, timeout_seconds))
        except TimeoutError:
            return False
        finally:
            self._waiters.discard(waiter)
        return True
