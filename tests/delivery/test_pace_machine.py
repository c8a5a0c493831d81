"""However requests come and however long they travel: never over a limit where they arrive.

The pace itself, on a clock that stands still; each request arrives somewhere between its leaving
and its answer. None is lost, and none waits behind what came long after it.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from telegram.error import RetryAfter

from bot.delivery.lanes import GRACE_SECONDS, Priority, Stamp
from bot.delivery.pace import Pace
from tests.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterable

GROUPS, PEOPLE = (-1001, -1002), (7, 8)
CHATS = st.sampled_from([*GROUPS, *PEOPLE])
TRIPS = st.sampled_from([0.0, 0.05, 0.4, 2.5])
SHARES = st.sampled_from([0.0, 0.5, 1.0])
PRIORITIES = st.sampled_from(Priority)
LONGEST_REFUSAL = 20


@dataclass(eq=False)
class Request:
    """One request: how long it travels, and after which share of that it arrives."""

    chat: int
    priority: Priority
    asked_at: float
    trip: float
    share: float
    refusals: int
    tries: int = 0
    is_done: bool = False

    @property
    def due(self) -> float:
        return self.asked_at + GRACE_SECONDS[self.priority]


class Pacing(RuleBasedStateMachine):
    """Requests of all kinds, and a Telegram that notes when each of them arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.clock = asyncio.Runner(), FakeClock()
        self.pace = Pace(self.clock, monotonic=self.now)
        self.requests: list[Request] = []
        self.tasks: list[asyncio.Task[object]] = []
        self.arrived: list[tuple[float, int]] = []
        self.unfair: list[Request] = []

    def now(self) -> float:
        return self.clock.now().timestamp()

    @rule(chat=CHATS, priority=PRIORITIES, trip=TRIPS, share=SHARES, refusals=st.integers(0, 1))
    def asks(self, chat: int, priority: Priority, trip: float, share: float, refusals: int) -> None:
        request = Request(chat, priority, self.now(), trip, share, refusals)
        self.requests.append(request)
        self.runner.run(self.start(request))

    @rule(chat=CHATS, count=st.integers(5, 25), trip=TRIPS)
    def many_ask_in_one_chat(self, chat: int, count: int, trip: float) -> None:
        for number in range(count):
            priority = list(Priority)[number % len(Priority)]
            self.asks(chat, priority, trip, 0.5, 0)

    @rule(count=st.integers(20, 50), priority=PRIORITIES, trip=TRIPS, share=SHARES)
    def something_goes_to_all(
        self, count: int, priority: Priority, trip: float, share: float
    ) -> None:
        for number in range(count):
            self.asks(-2000 - number, priority, trip, share, 0)

    @rule(seconds=st.sampled_from([0.01, 0.3, 1.0, 10.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.runner.run(self.clock.advance(seconds))

    async def start(self, request: Request) -> None:
        self.tasks.append(asyncio.create_task(self.send(request)))
        await self.clock.advance(0)

    async def send(self, request: Request) -> None:
        async def call() -> bool:
            request.tries += 1
            self.look_who_waits_longer(request)
            await self.clock.sleep(request.trip * request.share)
            self.arrived.append((self.now(), request.chat))
            await self.clock.sleep(request.trip * (1 - request.share))
            if request.refusals:
                request.refusals -= 1
                raise RetryAfter(LONGEST_REFUSAL)
            return True

        data, stamp = {"chat_id": request.chat}, Stamp(request.priority)
        await self.pace.process_request(call, (), {}, "sendMessage", data, stamp)
        request.is_done = True

    def look_who_waits_longer(self, request: Request) -> None:
        """In its chat nothing that was due before it is passed by, but edits that leave room."""
        waiting = [
            one
            for one in self.requests
            if one.chat == request.chat
            and not one.tries
            and one.due < request.due
            and (one.priority is not Priority.REFRESH or one.due <= self.now())
        ]
        self.unfair += waiting

    @invariant()
    def no_limit_is_passed_where_they_arrive(self) -> None:
        assert most_within(1.0, (at for at, _ in self.arrived)) <= 30
        for chat in (*GROUPS, *PEOPLE):
            mine = [at for at, one in self.arrived if one == chat]
            assert most_within(3.0, mine) <= 3
            assert chat in PEOPLE or most_within(60.0, mine) <= 20

    @invariant()
    def nobody_is_passed_by(self) -> None:
        assert not self.unfair

    def teardown(self) -> None:
        """In the end each has gone, once for each refusal more than once."""
        try:
            for _ in range(len(self.requests) + 20):
                if all(one.is_done for one in self.requests):
                    break
                self.time_passes(61.0)
            assert all(one.is_done for one in self.requests), "somebody starves"
            self.no_limit_is_passed_where_they_arrive()
            self.nobody_is_passed_by()
        finally:
            self.runner.run(self.pace.shutdown())
            self.runner.close()


def most_within(seconds: float, times: Iterable[float]) -> int:
    """The most events in any half-open span of so many seconds."""
    found = sorted(times)
    return max(
        (bisect_left(found, at + seconds) - number for number, at in enumerate(found)), default=0
    )


TestPacing = Pacing.TestCase
TestPacing.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
