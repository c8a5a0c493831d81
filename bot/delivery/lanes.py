"""Which request is sent next: one lane a chat, within Telegram's limits, the urgent first. Pure.

Times are seconds of any clock that never goes back; the caller hands them in.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ChatKey: TypeAlias = int | str
"""A chat's id, or its @name, or what stands for a chat where there is none."""


class Priority(IntEnum):
    """How urgent a request is: the lower goes first; of equals, the one that came first."""

    REPLY = 0
    """Somebody is waiting for it."""
    DIGEST = 1
    PUSH = 2
    REFRESH = 3
    """Counts and corrections of what was sent before."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a request waits for its turn."""

    priority: Priority = Priority.REPLY
    begin: Callable[[], Awaitable[None]] | None = None
    """Called when the turn has come, before each try leaves; what it raises calls the try off."""
    patient: bool = True
    """Sit out a wait that Telegram asks for; otherwise the caller hears of it at once."""


GRACE_SECONDS = {
    Priority.REPLY: 0.0,
    Priority.DIGEST: 120.0,
    Priority.PUSH: 300.0,
    Priority.REFRESH: 900.0,
}
"""How much later than a reply each class counts as having come: the more urgent goes first, and
nothing waits for ever behind what is more urgent."""


LATE_TURNS = 2
"""So many turns that the loop was late for are made up for."""


@dataclass(frozen=True, slots=True)
class SendLimits:
    """How much may be sent (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits).

    The spans are a little longer than Telegram's, because what leaves evenly may arrive bunched.
    """

    overall: int = 30
    overall_seconds: float = 1.015
    chat: int = 3
    """A short burst, at the pace of one a second."""
    chat_seconds: float = 3.1
    group: int = 20
    group_seconds: float = 60.5
    group_spared: int = 10
    """Of a group's, so many are no edits of counts: whoever taps on and off delays no answer."""
    patience_seconds: float = 60.0
    """A wait that Telegram asks for is sat out up to this; the caller hears of a longer one."""


DEFAULT_LIMITS = SendLimits()


@dataclass(eq=False, slots=True)
class Turn:
    """One request that waits for its lane, or has it."""

    chat: ChatKey
    priority: Priority
    number: int
    due: float
    held_seconds: float = 0.0
    """How long Telegram made it wait already."""
    withdrawn: bool = False

    def __lt__(self, other: Turn) -> bool:
        """Whether it goes before `other`."""
        return (self.due, self.number) < (other.due, other.number)


class _Window:
    """At most `most` events in any `seconds`; of those that can wait, `spared` less."""

    __slots__ = ("_events", "_seconds", "_unspared")

    def __init__(self, most: int, seconds: float, *, spared: int = 0) -> None:
        self._events: deque[float] = deque(maxlen=most)
        self._seconds = seconds
        self._unspared = max(1, most - spared)

    def add(self, now: float) -> None:
        self._events.append(now)

    def free_at(self) -> float:
        """When the next event is within the limit."""
        full = len(self._events) == self._events.maxlen
        return self._events[0] + self._seconds if full else 0.0

    def roomy_at(self) -> float:
        """When the next event leaves what is spared."""
        full = len(self._events) >= self._unspared
        return self._events[-self._unspared] + self._seconds if full else 0.0

    def forgotten_at(self) -> float:
        """When no event counts any more."""
        return self._events[-1] + self._seconds if self._events else 0.0


@dataclass(eq=False, slots=True)
class _Lane:
    windows: tuple[_Window, ...]
    waiting: list[Turn] = field(default_factory=list)
    busy: bool = False
    timed_at: float = math.inf
    """For when it is in the list of those whose time comes."""
    held_until: float = 0.0

    def head(self) -> Turn | None:
        while self.waiting and self.waiting[0].withdrawn:
            heappop(self.waiting)
        return self.waiting[0] if self.waiting else None

    def free_at(self, turn: Turn) -> float:
        """When the turn may begin; an edit of counts leaves room, until it has waited its grace."""
        free_at = max([self.held_until, *(window.free_at() for window in self.windows)])
        if turn.priority is not Priority.REFRESH:
            return free_at
        roomy_at = max([free_at, *(window.roomy_at() for window in self.windows)])
        return min(roomy_at, max(free_at, turn.due))

    def forgotten_at(self) -> float:
        return max([self.held_until, *(window.forgotten_at() for window in self.windows)])


class Lanes:
    """The lanes of every chat that has something to send, or had a minute ago."""

    def __init__(self, limits: SendLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._overall = _Window(limits.overall, limits.overall_seconds)
        self._all_held_until = 0.0
        self._spread_seconds = limits.overall_seconds / limits.overall
        self._even_at = 0.0
        self._lanes: dict[ChatKey, _Lane] = {}
        self._ready: list[tuple[Turn, _Lane]] = []
        self._timed: list[tuple[float, int, _Lane]] = []
        self._idle: dict[ChatKey, None] = {}
        self._numbers = count()

    def __len__(self) -> int:
        """How many lanes are kept in memory."""
        return len(self._lanes)

    def add(self, chat: ChatKey, priority: Priority, now: float) -> Turn:
        """Queue a request."""
        turn = Turn(chat, priority, next(self._numbers), now + GRACE_SECONDS[priority])
        lane = self._lanes.get(chat)
        if lane is None:
            lane = self._lanes[chat] = _Lane(_windows(chat, self._limits))
        self._idle.pop(chat, None)
        heappush(lane.waiting, turn)
        self._schedule(lane, now)
        return turn

    def take(self, now: float) -> Turn | None:
        """The turn that begins now, which has its lane until `finish` or `put_back`; or None."""
        while self._timed and self._timed[0][0] <= now:
            at, _, lane = heappop(self._timed)
            if at == lane.timed_at:
                lane.timed_at = math.inf
            self._schedule(lane, now)
        while self._ready:
            turn, lane = self._ready[0]
            stale = lane.busy or lane.head() is not turn or lane.free_at(turn) > now
            if not stale and self._overall_free_at(turn) > now:
                return None
            heappop(self._ready)
            if not stale:
                heappop(lane.waiting)
                lane.busy = True
                self._begin(now)
                return turn
        return None

    def next_at(self) -> float | None:
        """When `take` may have another turn, should nothing happen until then."""
        times = [self._timed[0][0]] if self._timed else []
        if self._ready:
            times.append(self._overall_free_at(self._ready[0][0]))
        return min(times, default=None)

    def finish(self, turn: Turn, now: float) -> None:
        """The request was answered: its lane is free. It counts from its end, to be safe."""
        lane = self._lanes[turn.chat]
        self._free(lane, now)
        if lane.head() is None:
            self._idle[turn.chat] = None
        else:
            self._schedule(lane, now)
        self._forget(now)

    def put_back(self, turn: Turn, now: float, seconds: float) -> None:
        """Telegram refused the request for flooding: its chat, and no other, waits `seconds`."""
        lane = self._lanes[turn.chat]
        lane.held_until = now + seconds
        turn.held_seconds += seconds
        heappush(lane.waiting, turn)
        self._free(lane, now)
        self._schedule(lane, now)

    def withdraw(self, turn: Turn, now: float) -> None:
        """Nobody waits for the request any more; it has not begun."""
        turn.withdrawn = True
        lane = self._lanes.get(turn.chat)
        if lane is None or lane.busy:
            return
        if lane.head() is None:
            self._idle[turn.chat] = None
        else:
            self._schedule(lane, now)

    def hold_all(self, until: float) -> None:
        """Let no turn begin before then, in any chat."""
        self._all_held_until = max(self._all_held_until, until)

    def held_for(self, chat: ChatKey, now: float) -> float:
        """How many seconds Telegram makes the chat wait yet."""
        lane = self._lanes.get(chat)
        return max(0.0, lane.held_until - now) if lane else 0.0

    def _free(self, lane: _Lane, now: float) -> None:
        lane.busy = False
        for window in lane.windows:
            window.add(now)

    def _schedule(self, lane: _Lane, now: float) -> None:
        turn = lane.head()
        if lane.busy or turn is None:
            return
        at = lane.free_at(turn)
        if at <= now:
            heappush(self._ready, (turn, lane))
        elif at < lane.timed_at:
            lane.timed_at = at
            heappush(self._timed, (at, next(self._numbers), lane))

    def _begin(self, now: float) -> None:
        """Count a turn; one that begins a little late lets the next be as much earlier."""
        self._overall.add(now)
        late_at_most = now - LATE_TURNS * self._spread_seconds
        self._even_at = max(self._even_at, late_at_most) + self._spread_seconds

    def _overall_free_at(self, turn: Turn) -> float:
        """Replies go at once while there is room; the rest is spread evenly and leaves room."""
        free_at = max(self._overall.free_at(), self._all_held_until)
        return free_at if turn.priority is Priority.REPLY else max(free_at, self._even_at)

    def _forget(self, now: float) -> None:
        """Drop idle lanes whose past does not count any more; two a call keep the memory flat."""
        for _ in range(min(2, len(self._idle))):
            chat = next(iter(self._idle))
            del self._idle[chat]
            if self._lanes[chat].forgotten_at() <= now:
                del self._lanes[chat]
            else:
                self._idle[chat] = None


def _windows(chat: ChatKey, limits: SendLimits) -> tuple[_Window, ...]:
    each = _Window(limits.chat, limits.chat_seconds)
    if _is_group(chat):
        return each, _Window(limits.group, limits.group_seconds, spared=limits.group_spared)
    return (each,)


def _is_group(chat: ChatKey) -> bool:
    """Groups, supergroups and channels have negative ids; only public ones and bots a @name."""
    return chat.startswith("@") if isinstance(chat, str) else chat < 0
