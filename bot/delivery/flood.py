"""Whether Telegram refuses one chat, or everything that the bot sends. Pure.

A 429 does not say whose limit it is about (Bot API, ResponseParameters). It is taken for the bot's
where several chats are refused at once, nothing is accepted in between, and what these chats were
sent does not explain it.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection

ChatKey: TypeAlias = int | str
"""A chat's id, or its @name, or what stands for a chat where there is none."""

SUSPECTS = 3
SUSPICION_SECONDS = 1.0
TRIAL_SECONDS = 60.0
"""A wait that is longer than this is tried once before it is over: what was refused for an hour
is often accepted after a minute. Once only, for a try may begin the wait anew."""


class Flood:
    """Holds everything while Telegram refuses everything, then lets a single request try."""

    def __init__(self) -> None:
        self.is_on = False
        self.tries_at = 0.0
        """While it is on: when the next request may try."""
        self._since = 0.0
        self._until = 0.0
        self._is_tried = False
        self._under_way = 0
        self._in_a_row: dict[ChatKey, float] = {}
        """When each chat was refused since something was last accepted."""
        self._suspects: dict[ChatKey, float] = {}
        """Likewise, since something was accepted that had left later than it was refused."""

    def begin(self) -> None:
        """A request leaves. While it is on, that is the one that tries."""
        self._under_way += 1
        self._is_tried = True

    def end(self) -> None:
        """A request came to an end."""
        self._under_way -= 1

    def free_at(self) -> float:
        """When the next request may leave; infinite while one that left is to be waited for."""
        if not self.is_on:
            return 0.0
        return inf if self._under_way else self.tries_at

    def accepted(self, began_at: float) -> None:
        """Telegram took a request that left then: not everything is refused (any more).

        What left before a chat was refused says nothing of whose wait that is.
        """
        self._in_a_row.clear()
        self._suspects = {chat: at for chat, at in self._suspects.items() if at >= began_at}
        if self._is_tried:
            self.is_on = False

    def refused(self, chat: ChatKey, now: float, seconds: float) -> Collection[ChatKey]:
        """Telegram refused a chat for so long, and nothing that it was sent explains it.

        Where all is refused, by this refusal or since before, the chats whose waits are
        everybody's.
        """
        if self.is_on:
            self._extend(now, seconds)
            return (chat,)
        self._in_a_row = _since(now - SUSPICION_SECONDS, self._in_a_row) | {chat: now}
        self._suspects = _since(now - TRIAL_SECONDS, self._suspects) | {chat: now}
        if len(self._in_a_row) < SUSPECTS:
            return ()
        self.is_on, self._is_tried = True, False
        self._since = self._until = now
        self._extend(now, seconds)
        found, self._suspects, self._in_a_row = self._suspects, {}, {}
        return found

    def _extend(self, now: float, seconds: float) -> None:
        """Wait as long as the longest refusal asks for; after a try, as its refusal does."""
        if self._is_tried:
            self.tries_at = now + seconds
            return
        self._until = max(self._until, now + seconds)
        self.tries_at = min(self._until, self._since + TRIAL_SECONDS)


def _since(start: float, refusals: dict[ChatKey, float]) -> dict[ChatKey, float]:
    return {chat: at for chat, at in refusals.items() if at > start}
