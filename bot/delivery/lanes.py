"""Which request is sent next: one lane a chat, within Telegram's limits, the urgent first. Pure.

Times are seconds of any clock that never goes back; the caller hands them in.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import TYPE_CHECKING

from bot.delivery.flood import TRIAL_SECONDS, ChatKey, Flood
from bot.delivery.outage import Outage
from bot.delivery.rate import Rate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Kind(Enum):
    """What Telegram counts apart: it may refuse all edits, and take what is sent."""

    SEND = "sends"
    EDIT = "edits"


class Ending(Enum):
    """How a request came to an end, other than by a 429."""

    ACCEPTED = auto()
    ANSWERED = auto()
    """Refused, for a reason that is its own."""
    UNANSWERED = auto()
    """A 5xx, or nothing at all."""
    UNTOLD = auto()
    """Nobody waited for the answer."""
    UNSENT = auto()
    """It did not leave: its turn is as if it had not been."""


class Priority(IntEnum):
    """How urgent a request is: the lower goes first; of equals, the one that came first."""

    NOTICE = -1
    """Says that others have to wait: the last message of a group's minute is kept for it."""
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
    Priority.NOTICE: -3600.0,
    Priority.REPLY: 0.0,
    Priority.DIGEST: 120.0,
    Priority.PUSH: 300.0,
    Priority.REFRESH: 900.0,
}
"""How much later than a reply each class counts as having come: the more urgent goes first, and
nothing waits for ever behind what is more urgent."""


@dataclass(frozen=True, slots=True)
class SendLimits:
    """How much may be sent (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits).

    The spans are a little longer than Telegram's. Each request counts from its leaving until so
    long after its answer, because what leaves evenly may arrive bunched.
    """

    overall: int = 30
    overall_seconds: float = 1.005
    chat: int = 3
    """A short burst, at the pace of one a second."""
    chat_seconds: float = 3.1
    group: int = 20
    group_seconds: float = 60.5
    group_kept: int = 1
    """Of a group's, so many are for nothing but to say that answers have to wait."""
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
    kind: Kind = Kind.SEND
    began_at: float = 0.0
    left_after: int = 0
    """So many answers, by the count of the outage's gate."""
    held_seconds: float = 0.0
    """How long Telegram made it wait already."""
    withdrawn: bool = False

    def __lt__(self, other: Turn) -> bool:
        """Whether it goes before `other`."""
        return (self.due, self.number) < (other.due, other.number)


class _Window:
    """At most `most` events in any `seconds`; of those that can wait, `spared` less."""

    __slots__ = ("_events", "_ordinary", "_seconds", "_unspared")

    def __init__(self, most: int, seconds: float, *, spared: int = 0, kept: int = 0) -> None:
        self._events: deque[float] = deque(maxlen=most)
        self._seconds = seconds
        self._ordinary: deque[float] = deque(maxlen=max(1, most - kept))
        """Those that may not have what is kept."""
        self._unspared = max(1, most - spared)

    def add(self, now: float, *, is_ordinary: bool) -> None:
        self._events.append(now)
        if is_ordinary:
            self._ordinary.append(now)

    def free_at(self) -> float:
        """When the next event is within the limit."""
        full = len(self._events) == self._events.maxlen
        return self._events[0] + self._seconds if full else 0.0

    def open_at(self) -> float:
        """When the next event leaves what is kept."""
        full = len(self._ordinary) == self._ordinary.maxlen
        return max(self.free_at(), self._ordinary[0] + self._seconds if full else 0.0)

    def roomy_at(self) -> float:
        """When the next event leaves what is spared."""
        full = len(self._events) >= self._unspared
        return self._events[-self._unspared] + self._seconds if full else 0.0

    def explains(self, now: float) -> bool:
        """Whether one event more is as many as the limit allows."""
        events, most = self._events, self._ordinary.maxlen or 1
        return len(events) >= most - 1 and (most == 1 or events[1 - most] > now - self._seconds)

    def forgotten_at(self) -> float:
        """When no event counts any more."""
        return self._events[-1] + self._seconds if self._events else 0.0


@dataclass(eq=False, slots=True)
class _Lane:
    windows: tuple[_Window, ...]
    waiting: list[Turn] = field(default_factory=list)
    busy: bool = False
    timed_at: float = inf
    """For when it is in the list of those whose time comes."""
    held_until: float = 0.0

    def head(self) -> Turn | None:
        while self.waiting and self.waiting[0].withdrawn:
            heappop(self.waiting)
        return self.waiting[0] if self.waiting else None

    def free_at(self, turn: Turn) -> float:
        """When the turn may begin; an edit of counts leaves room, until it has waited its grace."""
        if turn.priority is Priority.NOTICE:
            return max([self.held_until, *(window.free_at() for window in self.windows)])
        free_at = max([self.held_until, *(window.open_at() for window in self.windows)])
        if turn.priority is not Priority.REFRESH:
            return free_at
        roomy_at = max([free_at, *(window.roomy_at() for window in self.windows)])
        return min(roomy_at, max(free_at, turn.due))

    def explains(self, now: float) -> bool:
        return any(window.explains(now) for window in self.windows)

    def forgotten_at(self) -> float:
        return max([self.held_until, *(window.forgotten_at() for window in self.windows)])


class Lanes:
    """The lanes of every chat that has something to send, or had a minute ago."""

    def __init__(self, limits: SendLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._rate = Rate(limits.overall, limits.overall_seconds)
        self._floods = {kind: Flood() for kind in Kind}
        self._outage = Outage()
        self._all_held_until = 0.0
        self._lanes: dict[ChatKey, _Lane] = {}
        self._ready: dict[Kind, list[tuple[Turn, _Lane]]] = {kind: [] for kind in Kind}
        self._timed: list[tuple[float, int, _Lane]] = []
        self._idle: dict[ChatKey, None] = {}
        self._numbers = count()

    def __len__(self) -> int:
        """How many lanes are kept in memory."""
        return len(self._lanes)

    @property
    def troubles(self) -> frozenset[str]:
        """Why the bot as a whole is held: names for a log, none while it sends."""
        floods = {f"all {kind.value} are refused" for kind in Kind if self._floods[kind].is_on}
        return frozenset(floods | ({"nothing is answered"} if self._outage.is_on else set()))

    @property
    def knocks_in_seconds(self) -> float | None:
        """How long to wait before Telegram is asked whether it is there; None while it is."""
        return self._outage.knocks_in_seconds if self._outage.is_closed else None

    def add(self, chat: ChatKey, priority: Priority, now: float, kind: Kind = Kind.SEND) -> Turn:
        """Queue a request."""
        turn = Turn(chat, priority, next(self._numbers), now + GRACE_SECONDS[priority], kind)
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
                lane.timed_at = inf
            self._schedule(lane, now)
        for ready in self._ready.values():
            _drop_stale(ready, now)
        heads = sorted(ready[0][0] for ready in self._ready.values() if ready)
        if self._outage.tries_an_edit:
            heads.sort(key=lambda one: one.kind is not Kind.EDIT)
        turn = next((one for one in heads if self._free_at(one) <= now), None)
        if turn is None:
            return None
        _, lane = heappop(self._ready[turn.kind])
        heappop(lane.waiting)
        lane.busy, turn.began_at = True, now
        self._floods[turn.kind].begin()
        turn.left_after = self._outage.begin()
        self._rate.begin(now)
        return turn

    def next_at(self) -> float | None:
        """When `take` may have another turn, should nothing happen until then."""
        times = [self._timed[0][0]] if self._timed else []
        times += [self._free_at(ready[0][0]) for ready in self._ready.values() if ready]
        at = min(times, default=inf)
        return None if at == inf else at

    def finish(self, turn: Turn, now: float, ending: Ending = Ending.ACCEPTED) -> None:
        """The request came to an end: its lane is free. It counts from its end, to be safe."""
        lane = self._lanes[turn.chat]
        if ending is Ending.UNSENT:
            self._call_off(turn, lane)
        else:
            self._end(turn, lane, now)
        if ending is Ending.ACCEPTED:
            self._floods[turn.kind].accepted(turn.began_at)
            self._rate.speed_up()
        if ending is Ending.UNANSWERED:
            self._outage.unanswered(turn.left_after)
        elif ending not in {Ending.UNTOLD, Ending.UNSENT}:
            self._outage.answered(is_send=turn.kind is Kind.SEND)
        if lane.head() is None:
            self._idle[turn.chat] = None
        else:
            self._schedule(lane, now)
        self._forget(now)

    def put_back(self, turn: Turn, now: float, seconds: float) -> float:
        """Telegram refused the request for flooding: its chat waits `seconds`, or all chats do.

        The seconds after which to come again, where the request is not to wait here. They are
        fewer where it is not known, or not true, that the wait is the chat's own.
        """
        lane, flood = self._lanes[turn.chat], self._floods[turn.kind]
        explained = lane.explains(now)
        lane.held_until = now + seconds
        turn.held_seconds += seconds
        heappush(lane.waiting, turn)
        self._end(turn, lane, now)
        self._outage.answered(is_send=turn.kind is Kind.SEND)
        self._schedule(lane, now)
        if explained:
            return seconds
        return self._judge(turn, flood, now, seconds)

    def _judge(self, turn: Turn, flood: Flood, now: float, seconds: float) -> float:
        """Whose wait it is; where it is everybody's, the chats that told of it wait no longer."""
        was_on = flood.is_on
        for chat in flood.refused(turn.chat, now, seconds):
            lane = self._lanes.get(chat)
            if lane is not None:  # one that waits for nothing more may be forgotten by now
                lane.held_until = now
                self._schedule(lane, now)
        if flood.is_on and not was_on:
            self._rate.slow_down()
        return 0.0 if flood.is_on else min(seconds, TRIAL_SECONDS)

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

    def heard(self) -> None:
        """Something else than a request of these lanes was answered: Telegram is there."""
        self._outage.heard(is_idle=not any(self._ready.values()))

    def try_again(self) -> None:
        """Let one request try whether Telegram is there, where nothing else asks."""
        self._outage.heard(is_idle=False)

    def wait_of(self, turn: Turn, now: float) -> float:
        """How many seconds the limits of its chat make a turn wait that is queued, at least."""
        return max(0.0, self._lanes[turn.chat].free_at(turn) - now)

    def held_for(self, chat: ChatKey, now: float) -> float:
        """How many seconds Telegram makes the chat wait yet."""
        lane = self._lanes.get(chat)
        return max(0.0, lane.held_until - now) if lane else 0.0

    def all_held_for(self, kind: Kind, now: float) -> float:
        """How many seconds Telegram makes all chats wait yet, until one request may try."""
        flood = self._floods[kind]
        return max(self._all_held_until, flood.tries_at) - now

    def _end(self, turn: Turn, lane: _Lane, now: float) -> None:
        self._floods[turn.kind].end()
        self._outage.end(turn.left_after)
        self._rate.end(now)
        lane.busy = False
        for window in lane.windows:
            window.add(now, is_ordinary=turn.priority is not Priority.NOTICE)

    def _call_off(self, turn: Turn, lane: _Lane) -> None:
        self._floods[turn.kind].call_off()
        self._outage.end(turn.left_after)
        self._rate.call_off()
        lane.busy = False

    def _schedule(self, lane: _Lane, now: float) -> None:
        turn = lane.head()
        if lane.busy or turn is None:
            return
        at = lane.free_at(turn)
        if at <= now:
            heappush(self._ready[turn.kind], (turn, lane))
        elif at < lane.timed_at:
            lane.timed_at = at
            heappush(self._timed, (at, next(self._numbers), lane))

    def _free_at(self, turn: Turn) -> float:
        """Replies go at once while there is room; the rest is spread evenly and leaves room."""
        whole = (self._rate, self._floods[turn.kind], self._outage)
        free_at = max([self._all_held_until, *(one.free_at() for one in whole)])
        return free_at if turn.priority <= Priority.REPLY else max(free_at, self._rate.even_at)

    def _forget(self, now: float) -> None:
        """Drop idle lanes whose past does not count any more; two a call keep the memory flat."""
        for _ in range(min(2, len(self._idle))):
            chat = next(iter(self._idle))
            del self._idle[chat]
            if self._lanes[chat].forgotten_at() <= now:
                del self._lanes[chat]
            else:
                self._idle[chat] = None


def _drop_stale(ready: list[tuple[Turn, _Lane]], now: float) -> None:
    """Leave at the head what really may begin in its lane."""
    while ready:
        turn, lane = ready[0]
        if not lane.busy and lane.head() is turn and lane.free_at(turn) <= now:
            return
        heappop(ready)


def _windows(chat: ChatKey, limits: SendLimits) -> tuple[_Window, ...]:
    each = _Window(limits.chat, limits.chat_seconds)
    if _is_group(chat):
        spared, kept = limits.group_spared, limits.group_kept
        return each, _Window(limits.group, limits.group_seconds, spared=spared, kept=kept)
    return (each,)


def _is_group(chat: ChatKey) -> bool:
    """Groups, supergroups and channels have negative ids; only public ones and bots a @name."""
    return chat.startswith("@") if isinstance(chat, str) else chat < 0
