"""The one rate limiter: everything that sends waits here for its chat's lane.

A chat has at most one send under way, so at most one is ever in doubt. Calls that put nothing into
a chat (getChat, answerCallbackQuery, sendChatAction) pass at once and cost nothing.

Where Telegram refuses everything, or answers nothing, everything waits: whatever left would be
refused as well, or be in doubt for nothing. What is decided of it is in `lanes.py`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import Counter, defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.clock import end, wait_for
from bot.delivery.failures import Ambiguous, DeliveryError, NotSent
from bot.delivery.holds import Hold
from bot.delivery.lanes import (
    DEFAULT_LIMITS,
    Ending,
    Kind,
    Lanes,
    Priority,
    SendLimits,
    Stamp,
    Turn,
)
from bot.delivery.telegram import OUR_OWN, NotSentError, classify, seconds_of
from storage.database import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import TypeAlias

    from bot.clock import Clock
    from bot.delivery.flood import ChatKey

    Answer: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]

log = logging.getLogger(__name__)

_EDITING = ("editMessage", "stopMessage", "deleteMessages", "pinChat", "unpinChat")
_SENDING = ("send", "copyMessage", "forwardMessage", *_EDITING)
LONG_WAIT_SECONDS = 10.0
"""Who waits longer for an answer, because of what a group is sent, is told so: once a minute."""
SHORTEST_WAIT_SECONDS = 0.001
"""Of a wait shorter than the clock's steps there would be no end."""
MOST_HOLDS = 20
"""Told of, since the last time that somebody asked."""
_NOT_SENDING = frozenset({"sendChatAction"})


@dataclass(slots=True)
class PaceCounters:
    """What happened since the start, for the metrics."""

    started: Counter[Priority] = field(default_factory=Counter)
    waited_seconds: dict[Priority, float] = field(default_factory=lambda: defaultdict(float))
    """From the request to its first try."""
    flooded: int = 0
    """429s that came in spite of it all."""
    handed_up: int = 0
    """Requests whose wait the caller was told of instead of sitting it out."""
    refused: int = 0
    """Requests that were still waiting when the lanes were closed."""


class Pace(BaseRateLimiter[Priority | Stamp]):
    """Holds each request until its chat's lane, its chat's limits and the bot's limit are free.

    A request without `rate_limit_args` counts as a reply. One that Telegram refuses for flooding
    goes again when the wait is over, and holds up its own chat only, unless Telegram refuses
    everything. Nothing is dropped: where the
    waits of one request add up to more than `patience_seconds`, the caller gets the RetryAfter and
    keeps what it wanted to send (the outbox puts its row back, the inbox its update).

    Args:
        clock: What the waiting is done with.
        monotonic: Seconds that never go back, whatever is done to the time of day.
        limits: How much may be sent; None lets everything through at once, for benchmarks.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        limits: SendLimits | None = DEFAULT_LIMITS,
    ) -> None:
        self.counters = PaceCounters()
        self.ask: Callable[[], Awaitable[object]] | None = None
        """A harmless call, by which is found out whether Telegram is there again."""
        self.crowded: Callable[[int, int | None], Awaitable[object]] | None = None
        """Says in a group, and topic, that answers have to wait."""
        self._clock = clock
        self._monotonic = monotonic
        self._limits = limits or DEFAULT_LIMITS
        self._enabled = limits is not None
        self._lanes = Lanes(self._limits)
        self._waiting: dict[Turn, asyncio.Future[None]] = {}
        self._under_way = 0
        self._closed = False
        self._stopped = False
        self._quiet = asyncio.Event()
        self._timer: asyncio.Task[None] | None = None
        self._timer_at = 0.0
        self._asking: asyncio.Task[None] | None = None
        self._troubles: dict[str, tuple[float, int]] = {}
        self._holds: deque[Hold] = deque(maxlen=MOST_HOLDS)
        self._said_at: dict[int, float] = {}
        """When groups were told that answers have to wait."""
        self._saying: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        return len(self._waiting)

    @property
    def under_way(self) -> int:
        """Requests that Telegram has not answered yet."""
        return self._under_way

    @property
    def lanes(self) -> int:
        """Lanes in memory."""
        return len(self._lanes)

    @property
    def is_held(self) -> bool:
        """Whether Telegram refuses everything, or answers nothing."""
        return bool(self._lanes.troubles)

    def take_holds(self) -> list[Hold]:
        """What held every chat and is over, since the last call."""
        taken = list(self._holds)
        self._holds.clear()
        return taken

    async def initialize(self) -> None:
        """Open the lanes."""
        self._closed = self._stopped = False

    async def shutdown(self) -> None:
        """Close the lanes: what waits never leaves, and its callers get NotSentError."""
        self._closed = True
        self._refuse_waiting()
        running = [task for task in (self._timer, self._asking) if task is not None]
        running += self._saying
        await end(running)
        self._timer = self._asking = None

    async def drain(self, seconds: float) -> bool:
        """Take nothing new, let what waits or is under way finish; True when all of it did.

        What still waits after `seconds` is refused, as by `shutdown`.
        """
        self._closed = True
        self._note_quiet()
        finished = await wait_for(self._quiet, self._clock, seconds)
        self._refuse_waiting()
        return finished

    def hold(self, seconds: float) -> None:
        """Send nothing, anywhere, for so long (another instance may be sending)."""
        self._lanes.hold_all(self._monotonic() + seconds)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,  # noqa: ANN401  # as python-telegram-bot declares it
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | Stamp | None,
    ) -> Answer:
        """Make the call when its turn comes.

        Raises:
            NotSentError: the lanes are closed.
            RetryAfter: Telegram wants a longer wait than is sat out here.
        """
        stamp = _stamp(rate_limit_args)
        if not self._enabled or not takes_a_lane(endpoint):
            return await self._pass(stamp, lambda: callback(*args, **kwargs))
        chat, kind = lane_of(data), kind_of(endpoint)
        self._check(chat, kind, stamp)
        asked_at = self._monotonic()
        turn = self._lanes.add(chat, stamp.priority, asked_at, kind)
        self._note_crowd(turn, data, asked_at)
        await self._begin(turn)
        self.counters.started[stamp.priority] += 1
        self.counters.waited_seconds[stamp.priority] += self._monotonic() - asked_at
        return await self._call(turn, stamp, lambda: callback(*args, **kwargs))

    def _note_crowd(self, turn: Turn, data: dict[str, Any], now: float) -> None:
        """Have a group told where an answer has to wait for long, once a minute at most."""
        is_answer = turn.priority is Priority.REPLY and turn.kind is Kind.SEND
        chat, say, span = turn.chat, self.crowded, self._limits.group_seconds
        if say is None or not is_answer or not isinstance(chat, int) or chat >= 0:
            return
        if self._lanes.wait_of(turn, now) < LONG_WAIT_SECONDS:
            return
        self._said_at = {one: at for one, at in self._said_at.items() if now - at < span}
        if chat not in self._said_at:
            self._said_at[chat] = now
            saying = asyncio.create_task(_quietly(say(chat, data.get("message_thread_id"))))
            self._saying.add(saying)
            saying.add_done_callback(self._saying.discard)

    async def _pass(self, stamp: Stamp, call: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """Make a call that waits for nothing; any answer to it says that Telegram is there."""
        if stamp.begin is not None:
            await stamp.begin()
        try:
            answer = await call()
        except TelegramError as error:
            self._heard(ending_of(error))
            raise
        self._heard(Ending.ANSWERED)
        return answer

    def _heard(self, ending: Ending) -> None:
        if ending is not Ending.ANSWERED:
            return
        self._lanes.heard()
        if self._troubles:
            self._report()
            self._pump()

    async def _call(
        self, turn: Turn, stamp: Stamp, call: Callable[[], Coroutine[Any, Any, Answer]]
    ) -> Answer:
        while True:
            await self._claim(turn, stamp)
            try:
                answer = await call()
            except RetryAfter as error:
                seconds = self._put_back(turn, seconds_of(error))
                if turn.held_seconds > self._patience(stamp):
                    self._give_up(turn)
                    self.counters.handed_up += 1
                    raise RetryAfter(math.ceil(seconds) or 1) from error
            except BaseException as error:
                self._finish(turn, ending_of(error))
                raise
            else:
                self._finish(turn, Ending.ACCEPTED)
                return answer
            await self._begin(turn)

    async def _claim(self, turn: Turn, stamp: Stamp) -> None:
        """Say that it leaves now; what is called off then has cost no turn."""
        if stamp.begin is None:
            return
        try:
            await stamp.begin()
        except BaseException:
            self._finish(turn, Ending.UNSENT)
            raise

    def _patience(self, stamp: Stamp) -> float:
        return self._limits.patience_seconds if stamp.patient else 0.0

    def _check(self, chat: ChatKey, kind: Kind, stamp: Stamp) -> None:
        """Tell whom a wait is too long; a push waits for all chats' here, and keeps its place."""
        if self._closed:
            raise NotSentError("the lanes are closed")
        now = self._monotonic()
        held = self._lanes.held_for(chat, now)
        if stamp.patient:
            held = max(held, self._lanes.all_held_for(kind, now))
        if held > self._patience(stamp):
            self.counters.handed_up += 1
            raise RetryAfter(int(held) + 1)

    async def _begin(self, turn: Turn) -> None:
        """Wait for the turn; its lane is then its own."""
        if self._stopped:
            self._give_up(turn)
            raise NotSentError("the lanes are closed")
        begun = asyncio.get_running_loop().create_future()
        self._waiting[turn] = begun
        self._pump()
        try:
            await begun
        except BaseException:
            if begun.done() and not begun.cancelled() and begun.exception() is None:
                self._finish(turn, Ending.UNSENT)
            else:
                self._give_up(turn)
            raise
        finally:
            self._waiting.pop(turn, None)
            self._note_quiet()

    def _give_up(self, turn: Turn) -> None:
        self._lanes.withdraw(turn, self._monotonic())
        self._note_quiet()
        self._pump()

    def _put_back(self, turn: Turn, seconds: float) -> float:
        self.counters.flooded += 1
        self._under_way -= 1
        now = self._monotonic()
        again_in = self._lanes.put_back(turn, now, seconds)
        self._report()
        held = self._lanes.all_held_for(turn.kind, now)
        if held > self._limits.patience_seconds:
            self._refuse_answers(lambda: RetryAfter(math.ceil(held)), asked_by=now, kind=turn.kind)
        return again_in

    def _finish(self, turn: Turn, ending: Ending) -> None:
        self._under_way -= 1
        self._lanes.finish(turn, self._monotonic(), ending)
        self._report()
        self._note_quiet()
        self._pump()

    def _report(self) -> None:
        """Say once when everything is held, and once when it is over."""
        now, troubles = self._monotonic(), self._lanes.troubles
        for name in troubles - self._troubles.keys():
            self._troubles[name] = now, self.counters.flooded
            log.warning("sending_held", extra={"why": name})
        for name in self._troubles.keys() - troubles:
            since, flooded = self._troubles.pop(name)
            counts = {"seconds": round(now - since), "refused": self.counters.flooded - flooded}
            log.warning("sending_resumed", extra={"why": name, **counts})
            self._holds.append(Hold(name, now - since))
        if self._lanes.knocks_in_seconds is not None and self._asking is None:
            self._asking = asyncio.create_task(self._find_out())

    async def _find_out(self) -> None:
        """Ask until Telegram is there again, or may be."""
        while (seconds := self._lanes.knocks_in_seconds) is not None:
            await self._clock.sleep(seconds)
            asked_by = self._monotonic() - self._limits.patience_seconds
            self._refuse_answers(lambda: NotSentError("nothing is answered"), asked_by=asked_by)
            if self.ask is None:
                self._lanes.try_again()
            else:
                with suppress(Exception):  # whatever came instead of an answer
                    await self.ask()
        self._asking = None
        self._pump()

    def _note_quiet(self) -> None:
        if self._waiting or self._under_way:
            self._quiet.clear()
        else:
            self._quiet.set()

    def _refuse_answers(
        self, error: Callable[[], TelegramError], *, asked_by: float, kind: Kind | None = None
    ) -> None:
        """Hand up the answers that wait since then or longer: nobody waits for them that long."""
        for turn, begun in self._waiting.items():
            is_answer = turn.priority is Priority.REPLY and turn.due <= asked_by
            if is_answer and kind in {None, turn.kind} and not begun.done():
                begun.set_exception(error())
                self.counters.handed_up += 1

    def _refuse_waiting(self) -> None:
        self._stopped = True
        for begun in self._waiting.values():
            if not begun.done():
                begun.set_exception(NotSentError("the lanes were closed"))
                self.counters.refused += 1

    def _pump(self) -> None:
        """Begin every turn that may begin, and wake up for the next."""
        now = self._monotonic()
        while (turn := self._lanes.take(now)) is not None:
            self._under_way += 1
            begun = self._waiting.get(turn)
            if begun is None or begun.done():
                self._under_way -= 1
                self._lanes.finish(turn, now, Ending.UNSENT)
            else:
                begun.set_result(None)
        self._wake_at(self._lanes.next_at(), now)

    def _wake_at(self, at: float | None, now: float) -> None:
        if at is None or (self._timer is not None and self._timer_at <= at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = asyncio.create_task(self._wake(max(SHORTEST_WAIT_SECONDS, at - now)))

    async def _wake(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._timer = None
        self._pump()


async def _quietly(work: Awaitable[object]) -> None:
    """A word that cannot be said is no reason for anything."""
    try:
        await work
    except (DatabaseError, DeliveryError, TelegramError) as error:
        log.debug("wait_not_said", extra={"error": type(error).__name__})


def _stamp(given: Priority | Stamp | None) -> Stamp:
    return given if isinstance(given, Stamp) else Stamp(given or Priority.REPLY)


def takes_a_lane(endpoint: str) -> bool:
    """Whether a method of the Bot API puts something into a chat, or changes what is there."""
    return endpoint.startswith(_SENDING) and endpoint not in _NOT_SENDING


def kind_of(endpoint: str) -> Kind:
    """As what Telegram counts a method that takes a lane."""
    return Kind.EDIT if endpoint.startswith(_EDITING) else Kind.SEND


def ending_of(error: BaseException) -> Ending:
    """What an error of a call says about Telegram."""
    if not isinstance(error, TelegramError):
        return Ending.UNTOLD
    failure = classify(error)
    if isinstance(failure, NotSent) and failure.reason in OUR_OWN:
        return Ending.UNTOLD
    return Ending.UNANSWERED if isinstance(failure, NotSent | Ambiguous) else Ending.ANSWERED


def lane_of(data: dict[str, Any]) -> ChatKey:
    """The lane that a request's parameters name; a message sent inline is a lane of its own."""
    chat = data.get("chat_id")
    if isinstance(chat, int):
        return chat
    if chat is None:
        return f"inline {data.get('inline_message_id')}"
    name = str(chat)
    return int(name) if name.lstrip("-").isdecimal() else name.lower()
