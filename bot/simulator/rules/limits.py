"""Flood limits: how often a bot may send.

Telegram, "Bots FAQ: My bot is hitting limits" (core.telegram.org/bots/faq): about one message a
second in a chat with short bursts, 20 a minute in a group, 30 a second in all. The real numbers
are not published; the burst here is an assumption.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
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


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float

    def wait(self, now: float, rate: float, burst: float) -> float:
        """Refill; the seconds until one token is there, below zero for more than one."""
        self.tokens = min(burst, self.tokens + max(0.0, now - self.at) * rate)
        self.at = now
        return (1 - self.tokens) / rate


class FloodLimits:
    """Counts what is sent; raises a 429 when it is too much. `refused` counts those."""

    def __init__(self, clock: SimulatedClock, *, enabled: bool) -> None:
        self.enabled = enabled
        self.refused = 0
        self._clock = clock
        self._overall = _Bucket(OVERALL_BURST, clock.now())
        self._chats: dict[int, _Bucket] = {}
        self._groups: dict[int, deque[float]] = {}

    def spend(self, chat: Chat, messages: int = 1) -> None:
        """Count messages to a chat, or raise ApiError 429 with the seconds to wait."""
        if not self.enabled:
            return
        now = self._clock.now()
        bucket = self._chats.setdefault(chat.id, _Bucket(CHAT_BURST, now))
        waits = [
            self._overall.wait(now, OVERALL_RATE, OVERALL_BURST),
            bucket.wait(now, 1, CHAT_BURST),
            self._group_wait(chat, now) if chat.is_group else 0.0,
        ]
        wait = max(waits) - _ROUNDING
        if wait > 0:
            self.refused += 1
            raise too_many_requests(math.ceil(wait))
        self._overall.tokens -= messages
        bucket.tokens -= messages
        if chat.is_group:
            self._groups[chat.id].extend([now] * messages)

    def _group_wait(self, chat: Chat, now: float) -> float:
        sent = self._groups.setdefault(chat.id, deque())
        while sent and sent[0] <= now - GROUP_SECONDS + _ROUNDING:
            sent.popleft()
        return 0.0 if len(sent) < GROUP_MESSAGES else sent[0] + GROUP_SECONDS - now
