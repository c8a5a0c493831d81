"""Flood limits: how often a bot may send, edit and pin.

Telegram, "Bots FAQ: My bot is hitting limits" (core.telegram.org/bots/faq): about one message a
second in a chat with short bursts, 20 a minute in a group, 30 a second in all. The real numbers
are not published; the burst, that edits and pins have limits of their own, and that a try before
a wait is over begins it anew (`restarts`) are assumptions.

Slow mode is a supergroup's own: seconds between two messages of a member (tdlib/td
`td/telegram/ChatManager.cpp`, `set_channel_slow_mode_delay`; administrators are free of it).
Telegram's servers refuse with SLOWMODE_WAIT_X as with FLOOD_WAIT_X, and both reach a bot as the
same 429 (`NetQueryDelayer::delay` in `td/telegram/net/NetQueryDelayer.cpp`).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.simulator.api.errors import too_many_requests

if TYPE_CHECKING:
    from bot.simulator.chats import Chat
    from bot.simulator.clock import SimulatedClock

CHAT_BURST = 3
"""Messages a chat takes at once after a pause."""
GROUP_MESSAGES = 20
GROUP_SECONDS = 60
OVERALL_BURST = 30
OVERALL_RATE = 30
"""Messages a second in all chats."""
_ROUNDING = 1e-6
"""Seconds that are none: sums of fractions come out a little above or below."""
_EVERYWHERE = 0
"""No chat's id: stands for all of them."""


class Counted(StrEnum):
    """What has a limit of its own."""

    SEND = "send"
    EDIT = "edit"
    PIN = "pin"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float

    def wait(self, now: float, rate: float, burst: float) -> float:
        """Refill; the seconds until one token is there, below zero for more than one."""
        self.tokens = min(burst, self.tokens + max(0.0, now - self.at) * rate)
        self.at = now
        return (1 - self.tokens) / rate


@dataclass(slots=True)
class _Ledger:
    """What was done of one thing, in all chats and in each."""

    overall: _Bucket
    chats: dict[int, _Bucket] = field(default_factory=dict)
    groups: dict[int, deque[float]] = field(default_factory=dict)

    def waits(self, chat: Chat, now: float) -> dict[int, float]:
        """Seconds until everywhere, and until this chat, takes one more; none and less for now."""
        bucket = self.chats.setdefault(chat.id, _Bucket(CHAT_BURST, now))
        mine = bucket.wait(now, 1, CHAT_BURST)
        if chat.is_group:
            mine = max(mine, self._group_wait(chat, now))
        return {
            _EVERYWHERE: self.overall.wait(now, OVERALL_RATE, OVERALL_BURST),
            chat.id: mine,
        }

    def spend(self, chat: Chat, now: float, times: int) -> None:
        """Count; after `waits`."""
        self.overall.tokens -= times
        self.chats[chat.id].tokens -= times
        if chat.is_group:
            self.groups[chat.id].extend([now] * times)

    def _group_wait(self, chat: Chat, now: float) -> float:
        done = self.groups.setdefault(chat.id, deque())
        while done and done[0] <= now - GROUP_SECONDS + _ROUNDING:
            done.popleft()
        return 0.0 if len(done) < GROUP_MESSAGES else done[0] + GROUP_SECONDS - now


@dataclass(slots=True)
class _Wait:
    seconds: float
    until: float


class FloodLimits:
    """Counts what is done; raises a 429 when it is too much. `refused` counts those."""

    def __init__(self, clock: SimulatedClock, *, enabled: bool) -> None:
        self.enabled = enabled
        self.restarts = False
        """A try before a wait is over begins it anew; with it, each refusal is such a wait."""
        self.least_wait = 0.0
        """No refusal for too much in all chats asks for a shorter wait, in seconds."""
        self.refused = 0
        self._clock = clock
        self._ledgers: dict[Counted, _Ledger] = {}
        self._waits: dict[tuple[Counted, int], _Wait] = {}
        self._slow: dict[int, float] = {}

    def refuse(
        self, seconds: float, chat: Chat | None = None, *, what: Counted = Counted.SEND
    ) -> None:
        """Refuse for so long from now on, in one chat or everywhere, while limits are enabled."""
        until = self._clock.now() + seconds
        self._waits[what, _EVERYWHERE if chat is None else chat.id] = _Wait(seconds, until)

    def spend(
        self, chat: Chat, messages: int = 1, *, what: Counted = Counted.SEND, is_free: bool = True
    ) -> None:
        """Count what is done in a chat, or raise ApiError 429 with the seconds to wait.

        `is_free`: the bot is an administrator there, whom slow mode does not hold.
        """
        now = self._clock.now()
        slow = chat.slow_mode_seconds if what is Counted.SEND and not is_free else 0
        if slow:
            self._check(self._slow.get(chat.id, -math.inf) + slow - now)
        if self.enabled:
            ledger = self._ledgers.setdefault(what, _Ledger(_Bucket(OVERALL_BURST, now)))
            for place, wait in ledger.waits(chat, now).items():
                self._check(self._asked(what, place, wait, now))
            ledger.spend(chat, now, messages)
        if slow:
            self._slow[chat.id] = now

    def _asked(self, what: Counted, place: int, wait: float, now: float) -> float:
        """The seconds to wait there, which begin anew where the bot did not wait."""
        known = self._waits.get((what, place))
        if known is not None and now < known.until - _ROUNDING:
            if self.restarts:
                known.until = now + known.seconds
            return known.until - now
        if wait > _ROUNDING:
            wait = max(wait, self.least_wait if place == _EVERYWHERE else 0.0)
            if self.restarts:
                self._waits[what, place] = _Wait(wait, now + wait)
        return wait

    def _check(self, wait: float) -> None:
        if wait > _ROUNDING:
            self.refused += 1
            raise too_many_requests(math.ceil(wait - _ROUNDING))
