"""Whether Telegram refuses one chat, or everything that the bot sends. Pure.

A 429 does not say whose limit it is about (Bot API, ResponseParameters). It is taken for the bot's
where several chats are refused at once, nothing is accepted in between, and what these chats were
sent does not explain it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection

ChatKey: TypeAlias = int | str
"""A chat's id, or its @name, or what stands for a chat where there is none."""

SUSPECTS = 3
SUSPICION_SECONDS = 1.0
TRIAL_SECONDS = 60.0
"""A wait that is longer than this is tried once before it is over: what was refused for an hour
is often accepted after a minute. Once only, for a try may begin the wait anew."""


class _Refusal(NamedTuple):
    at: float
    until: float


@dataclass(slots=True)
class _Hold:
    """Nothing is sent; `is_tried` once a request left to try."""

    since: float
    until: float
    is_tried: bool = False
    was_tried: bool = False
    """Before the last request left."""

    @property
    def tries_at(self) -> float:
        return self.until if self.is_tried else min(self.until, self.since + TRIAL_SECONDS)

    def extend(self, until: float) -> None:
        """Wait as long as the longest refusal asks for; after a try, as its refusal does."""
        self.until = until if self.is_tried else max(self.until, until)


class Flood:
    """Holds everything while Telegram refuses everything, then lets a single request try."""

    def __init__(self) -> None:
        self._hold: _Hold | None = None
        self._under_way = 0
        self._in_a_row: dict[ChatKey, _Refusal] = {}
        """How each chat was refused since something was last accepted."""
        self._suspects: dict[ChatKey, _Refusal] = {}
        """Likewise, since something was accepted that had left later than it was refused."""

    @property
    def is_on(self) -> bool:
        """Whether everything is held."""
        return self._hold is not None

    @property
    def tries_at(self) -> float:
        """When the next request may try; long ago where nothing is held."""
        return 0.0 if self._hold is None else self._hold.tries_at

    def begin(self) -> None:
        """A request leaves. While everything is held, that is the one that tries."""
        self._under_way += 1
        if self._hold is not None:
            self._hold.was_tried, self._hold.is_tried = self._hold.is_tried, True

    def call_off(self) -> None:
        """A request did not leave after all: nothing was tried by it."""
        self._under_way -= 1
        if self._hold is not None:
            self._hold.is_tried = self._hold.was_tried

    def end(self) -> None:
        """A request came to an end."""
        self._under_way -= 1

    def free_at(self) -> float:
        """When the next request may leave; infinite while one that left is to be waited for."""
        return inf if self.is_on and self._under_way else self.tries_at

    def accepted(self, began_at: float) -> None:
        """Telegram took a request that left then: not everything is refused (any more).

        What left before a chat was refused says nothing of whose wait that is.
        """
        self._in_a_row.clear()
        self._suspects = _from(began_at, self._suspects)
        if self._hold is not None and self._hold.is_tried:
            self._hold = None

    def refused(self, chat: ChatKey, now: float, seconds: float) -> Collection[ChatKey]:
        """Telegram refused a chat for so long, and nothing that it was sent explains it.

        Where all is refused, by this refusal or since before, the chats whose waits are
        everybody's.
        """
        if self._hold is not None:
            self._hold.extend(now + seconds)
            return (chat,)
        refusal = {chat: _Refusal(now, now + seconds)}
        self._in_a_row = _from(now - SUSPICION_SECONDS, self._in_a_row) | refusal
        self._suspects = _from(now - TRIAL_SECONDS, self._suspects) | refusal
        if len(self._in_a_row) < SUSPECTS:
            return ()
        self._hold = _Hold(now, max(one.until for one in self._in_a_row.values()))
        found, self._suspects, self._in_a_row = self._suspects, {}, {}
        return found


def _from(start: float, refusals: dict[ChatKey, _Refusal]) -> dict[ChatKey, _Refusal]:
    return {chat: refusal for chat, refusal in refusals.items() if refusal.at >= start}
