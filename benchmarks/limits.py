"""What a refusal of everything and an outage of Telegram cost, by policy.

    python -m benchmarks.limits [--chats 120 3000] [--live 0] [--json]

One post goes to every chat through the bot's own pacing, two answers a second beside it, sixty at
once after ten seconds. Telegram is a model: requests take 10 to 150 ms each way, the loop is late
like on a busy machine, and what arrives is counted by the simulator's limits, which begin a wait
anew where the bot tries early. The time is made up, so an hour passes in seconds; the decisions are
the real ones (`bot/delivery/`). "each alone" is the floor: a 429 holds its own chat, a failed send
is in doubt and sent again after a minute, two, four, and so on up to an hour.

`--live N` sends to N groups in real time as well: the whole bot in a process of its own, on the
simulator over HTTP.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import selectors
import tempfile
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import ConnectionTimeoutError
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from benchmarks import broadcast
from benchmarks.archives import make_archive
from benchmarks.contestants import contestant, cpu_seconds
from benchmarks.figures import Better, Ratio, quotient
from benchmarks.reporting import figure, percentile, report, shown
from benchmarks.rooms import serve
from bot.backoff import Backoff
from bot.config import prepare_environment
from bot.delivery.lanes import Ending, Lanes, Priority, Stamp, Turn
from bot.delivery.next_step import Again, decide_next
from bot.delivery.pace import Pace
from bot.delivery.rate import Rate
from bot.delivery.telegram import classify
from bot.simulator import Simulator
from bot.simulator.api.errors import ApiError
from bot.simulator.chats import Chat
from bot.simulator.clock import SimulatedClock
from bot.simulator.rules.limits import FloodLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import TypeAlias

    from bot.delivery.flood import Flood

    Row: TypeAlias = dict[str, object]

TRIP_SECONDS = (0.01, 0.15)
LATE_SECONDS, VERY_LATE_SECONDS, VERY_LATE_CHANCE = 0.02, 0.7, 0.01
READ_SECONDS = 5.0
"""python-telegram-bot's read timeout."""
SIDE_BY_SIDE, POLL_SECONDS = 32, 1.0
"""As `bot/delivery/outbox.py` has it."""
DOUBTS = Backoff.doubling(60.0, longest=3600.0)
REACHED_AT = 20
"""So many chats have the post when everything is refused."""
BURST_AT_SECONDS, BURST = 10.0, 60
FIRST_READER = 1_000_000


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is made up: where it would wait, it is as late as a busy machine."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(_NoWait(self._pass))
        self._chance = chance
        self._passed = 0.0

    def time(self) -> float:
        """Seconds since the loop began."""
        return self._passed

    def _pass(self, seconds: float) -> None:
        very = self._chance.random() < VERY_LATE_CHANCE
        late = VERY_LATE_SECONDS if very else LATE_SECONDS
        self._passed += seconds + self._chance.uniform(0, late)


class _NoWait(selectors.SelectSelector):
    def __init__(self, passed: Callable[[float], None]) -> None:
        super().__init__()
        self._pass = passed

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout:
            self._pass(timeout)
        return super().select(0)


class LoopClock(SimulatedClock):
    """The loop's time, as the bot's clock and as the simulator's."""

    def now(self) -> Any:  # noqa: ANN401  # each of the two has its own type
        """Seconds since the loop began."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on it."""
        await asyncio.sleep(seconds)


class FromLeaving(Rate):
    """Counts a request from its leaving alone."""

    def begin(self, now: float) -> None:
        """A request leaves."""
        super().begin(now)
        super().end(now)

    def end(self, now: float) -> None:
        """Nothing more is counted."""


class EachAlone(Lanes):
    """The floor: whatever happens concerns its own chat."""

    def __init__(self) -> None:
        super().__init__()
        self._rate = FromLeaving(30, 1.015)

    def _judge(self, turn: Turn, flood: Flood, now: float, seconds: float) -> float:
        del turn, flood, now
        return seconds

    def finish(self, turn: Turn, now: float, ending: Ending = Ending.ACCEPTED) -> None:
        """Whatever the ending was, it says nothing of the others."""
        del ending
        super().finish(turn, now, Ending.UNTOLD)


POLICIES: dict[str, Callable[[], Lanes]] = {"each alone": EachAlone, "together": Lanes}


@dataclass
class Telegram:
    """What answers: with limits, and out of order from `out_from` on for `out_seconds`."""

    limits: FloodLimits
    chance: random.Random
    trouble: str = ""
    out_from: float = 0.0
    out_seconds: float = 0.0
    arrived: list[float] = field(default_factory=list)

    async def call(self, chat: Chat | None) -> bool:
        """A request on its way, there and back; `chat` None asks getMe. Raises TelegramError."""
        if self.is_out() and self.trouble == "no connection":
            raise _unconnected()
        await asyncio.sleep(self.chance.uniform(*TRIP_SECONDS))
        if self.is_out():
            await self._fail()
        if chat is not None:
            self._take(chat)
        await asyncio.sleep(self.chance.uniform(*TRIP_SECONDS))
        return True

    def is_out(self) -> bool:
        """Whether nothing is answered now."""
        now = asyncio.get_running_loop().time()
        return bool(self.trouble) and self.out_from <= now < self.out_from + self.out_seconds

    async def _fail(self) -> None:
        if self.trouble == "silence":
            await asyncio.sleep(READ_SECONDS)
            raise TimedOut
        raise NetworkError("Bad Gateway")

    def _take(self, chat: Chat) -> None:
        now = asyncio.get_running_loop().time()
        self.arrived.append(now)
        try:
            self.limits.spend(chat)
        except ApiError as error:
            raise RetryAfter(error.parameters["retry_after"]) from None


def _unconnected() -> NetworkError:
    error = NetworkError("no connection")
    error.__cause__ = ConnectionTimeoutError()
    return error


@dataclass
class Pushed:
    """A push: when it may be tried, and what became of it."""

    chat: Chat
    due: float = 0.0
    attempts: int = 0
    doubts: int = 0
    sent_at: float | None = None


@dataclass
class Outbox:
    """The outbox's rules on rows in memory: what is due goes, so many chats side by side."""

    pace: Pace
    telegram: Telegram
    rows: list[Pushed]
    doubts: int = 0
    reached: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Twenty chats, or half of them, have it."""
    jobs: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, until: float) -> None:
        """Send until every chat has it, or the time is over."""
        loop, busy = asyncio.get_running_loop(), set[int]()
        while loop.time() < until and any(row.sent_at is None for row in self.rows):
            for row in self.rows:
                if len(busy) >= SIDE_BY_SIDE:
                    break
                if row.sent_at is None and row.due <= loop.time() and row.chat.id not in busy:
                    busy.add(row.chat.id)
                    task = asyncio.create_task(self._send(row, busy))
                    self.jobs.add(task)
                    task.add_done_callback(self.jobs.discard)
            if self.jobs:
                await asyncio.wait(
                    self.jobs, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
            else:
                await asyncio.sleep(POLL_SECONDS)

    async def _send(self, row: Pushed, busy: set[int]) -> None:
        loop = asyncio.get_running_loop()
        try:
            await call(self.pace, self.telegram, row.chat, Stamp(Priority.PUSH, patient=False))
        except TelegramError as error:
            row.due = loop.time() + self._wait(row, error)
        else:
            row.sent_at = loop.time()
            self.reached += 1
            if self.reached >= min(REACHED_AT, len(self.rows) // 2):
                self.begun.set()
        finally:
            busy.discard(row.chat.id)

    def _wait(self, row: Pushed, error: TelegramError) -> float:
        row.attempts += 1
        now = datetime.fromtimestamp(0, UTC)
        following = decide_next(classify(error), row.attempts, now, 0.5)
        if isinstance(following, Again):
            return (following.at - now).total_seconds()
        row.doubts += 1
        self.doubts += 1
        return DOUBTS.after(row.doubts)


async def call(pace: Pace, telegram: Telegram, chat: Chat, stamp: Stamp) -> None:
    """Send to a chat as python-telegram-bot does."""
    data = {"chat_id": chat.id}
    await pace.process_request(telegram.call, (chat,), {}, "sendMessage", data, stamp)


@dataclass
class Play:
    """One run of a policy."""

    policy: str
    chats: int
    seed: int = 1

    def run(self, order: Callable[[Stage], Coroutine[Any, Any, Row]]) -> Row:
        """Play it on a made-up time."""
        chance = random.Random(self.seed)
        with asyncio.Runner(loop_factory=lambda: FastLoop(chance)) as runner:
            return runner.run(self._play(chance, order))

    async def _play(
        self, chance: random.Random, order: Callable[[Stage], Coroutine[Any, Any, Row]]
    ) -> Row:
        clock = LoopClock()
        pace = Pace(clock, monotonic=asyncio.get_running_loop().time)
        pace._lanes = POLICIES[self.policy]()  # noqa: SLF001  # the one part that differs
        limits = FloodLimits(clock, enabled=True)
        limits.restarts, limits.least_wait = True, 5.0
        telegram = Telegram(limits, chance)

        async def get_me() -> None:
            await pace.process_request(telegram.call, (None,), {}, "getMe", {}, None)

        pace.ask = get_me
        rows = [Pushed(Chat(-number, "supergroup", "모임")) for number in range(1, self.chats + 1)]
        stage = Stage(self.policy, telegram, Outbox(pace, telegram, rows), pace)
        asking = asyncio.create_task(stage.ask())
        shown = await order(stage)
        for task in (asking, *stage.answers, *stage.outbox.jobs):
            task.cancel()
        await asyncio.gather(asking, *stage.answers, *stage.outbox.jobs, return_exceptions=True)
        await pace.shutdown()
        return shown


@dataclass
class Stage:
    """What plays: the bot, its Telegram, and people who ask."""

    policy: str
    telegram: Telegram
    outbox: Outbox
    pace: Pace
    answers: set[asyncio.Task[None]] = field(default_factory=set)
    waits: list[float] = field(default_factory=list)
    asked: int = 0

    async def ask(self) -> None:
        """Two questions a second, and many at once."""
        loop = asyncio.get_running_loop()
        has_burst = False
        while True:
            await asyncio.sleep(0.5)
            if self.telegram.is_out():
                continue
            burst = loop.time() >= BURST_AT_SECONDS and not has_burst
            has_burst = has_burst or burst
            for _ in range(BURST if burst else 1):
                self.asked += 1
                task = asyncio.create_task(self._answer(self.asked))
                self.answers.add(task)
                task.add_done_callback(self.answers.discard)

    async def _answer(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        asked_at, chat = loop.time(), Chat(FIRST_READER + number, "private", "회원")
        try:
            await call(self.pace, self.telegram, chat, Stamp())
        except TelegramError:
            return
        self.waits.append(loop.time() - asked_at)

    def reached(self) -> list[float]:
        """When each chat that has the post got it, in order."""
        return sorted(row.sent_at for row in self.outbox.rows if row.sent_at is not None)


def peak(times: list[float]) -> int:
    """The most that arrive in any second."""
    times = sorted(times)
    return max(
        (bisect_left(times, at + 1.0) - number for number, at in enumerate(times)), default=0
    )


def play_flood(policy: str, chats: int, seconds: float, lifted_after: float | None) -> Row:
    """Telegram refuses everything once twenty chats have the post, or relents after that long."""

    async def order(stage: Stage) -> Row:
        limits, loop = stage.telegram.limits, asyncio.get_running_loop()
        sending = asyncio.create_task(stage.outbox.run(2 * seconds + chats + 600))
        await stage.outbox.begun.wait()
        limits.refuse(seconds)
        if lifted_after is not None:
            loop.call_later(lifted_after, limits.refuse, 0.0)
        await sending
        times = stage.reached()
        return {
            "policy": policy,
            "chats": chats,
            "said s": seconds,
            "lasts s": "wait" if lifted_after is None else lifted_after,
            "reached": len(times),
            "last after s": times[-1],
            "refused": limits.refused,
            "most in a second": peak(stage.telegram.arrived),
            "answered %": 100 * len(stage.waits) / stage.asked,
        }

    return Play(policy, chats).run(order)


def play_outage(policy: str, chats: int, trouble: str, seconds: float) -> Row:
    """Telegram is gone for so long, one second after a post went out, and so are questions."""

    async def order(stage: Stage) -> Row:
        telegram = stage.telegram
        telegram.trouble, telegram.out_from, telegram.out_seconds = trouble, 1.0, seconds
        await stage.outbox.run(2 * seconds + chats + 7_200)
        end, times = 1.0 + seconds, stage.reached()
        after = [at - end for at in times if at > end]
        untouched = [row.sent_at for row in stage.outbox.rows if row.sent_at and not row.doubts]
        late = [at - end for at in untouched if at > end]
        return {
            "policy": policy,
            "outage": trouble,
            "lasts s": seconds,
            "reached": len(times),
            "doubts": stage.outbox.doubts,
            "chats in doubt": sum(row.doubts > 0 for row in stage.outbox.rows),
            "first after s": after[0] if after else 0.0,
            "undoubted all s": max(late, default=0.0),
            "all s": after[-1] if after else 0.0,
        }

    return Play(policy, chats).run(order)


FLOODS: tuple[tuple[float, float | None], ...] = ((35.0, None), (3600.0, 45.0), (3600.0, None))
OUTAGES = ("502", "no connection", "silence")


def measure(chats: list[int], *, out_chats: int = 120) -> dict[str, list[Row]]:
    """Both tables."""
    floods = [
        play_flood(policy, count, seconds, lifted)
        for count in chats
        for seconds, lifted in FLOODS
        for policy in POLICIES
    ]
    outages = [
        play_outage(policy, out_chats, trouble, seconds)
        for seconds in (30.0, 195.0)
        for trouble in OUTAGES
        for policy in POLICIES
    ]
    return {
        "all is refused once 20 chats have the post; an early try begins the wait anew": floods,
        f"an outage, one second after a post began to go to {out_chats} chats": outages,
    }


def ratios_of(tables: dict[str, list[Row]]) -> list[Ratio]:
    """What is refused, and what comes into doubt, of what the floor has of it."""
    rows = [row for some in tables.values() for row in some if "policy" in row]
    pairs = [rows[at : at + len(POLICIES)] for at in range(0, len(rows), len(POLICIES))]
    return [
        Ratio(
            f"{what}, of the floor's: {_told(own)}",
            quotient(figure(own, what), figure(floor, what)),
            Better.LOWER,
        )
        for floor, own in pairs
        for what in ("refused", "doubts")
        if what in own
    ]


def _told(row: Row) -> str:
    """What was played."""
    names = ("chats", "outage", "said s", "lasts s")
    return ", ".join(f"{name} {shown(row[name])}" for name in names if name in row)


async def live(count: int, folder: Path) -> Row:
    """The whole bot over HTTP in real time; everything is refused for 35 s on the way."""
    path = folder / "sosik.db"
    await make_archive(path, 100)
    async with await Simulator.start() as sim:
        rooms, people = broadcast.settle_rooms(sim, count)
        await serve(path, rooms)
        watch = broadcast.Watch(chats=count)
        sim.events.subscribe(watch.note)
        sim.limits.enabled = sim.limits.restarts = True
        arrived, begun = list[float](), asyncio.Event()
        sim.events.subscribe(lambda event: _note_arrival(event, arrived))
        sim.events.subscribe(lambda _: begun.set() if len(watch.pushes) >= REACHED_AT else None)
        async with contestant(sim, broadcast.run_paced, str(path)) as process:
            asking = asyncio.create_task(broadcast.ask(watch, rooms, people))
            announced, cpu = asyncio.get_running_loop().time(), cpu_seconds(process.pid)
            await broadcast.announce(path)
            await begun.wait()
            sim.limits.refuse(35.0)
            async with asyncio.timeout(count / 5 + 200):
                await watch.done.wait()
            seconds = asyncio.get_running_loop().time() - announced
            cpu = cpu_seconds(process.pid) - cpu
            asking.cancel()
            await asyncio.wait([asking])
    return {
        "chats": len(watch.pushes),
        "doubled": watch.doubles,
        "seconds": seconds,
        "refused": sim.limits.refused,
        "most in a second": peak(arrived),
        "answers": len(watch.answers),
        "p95 answer s": percentile(watch.answers, 95),
        "CPU %": 100 * cpu / seconds,
    }


def _note_arrival(event: Any, arrived: list[float]) -> None:  # noqa: ANN401  # a simulator's event
    if event.kind == "call" and event.data["call"].method.startswith("send"):
        arrived.append(event.data["call"].at)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.limits")
    parser.add_argument("--chats", type=int, nargs="+", default=[120, 3_000])
    parser.add_argument(
        "--live", type=int, default=0, metavar="N", help="in real time, to N groups"
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    prepare_environment()
    logging.disable(logging.WARNING)
    tables = measure(given.chats)
    if given.live:
        with tempfile.TemporaryDirectory() as folder:
            row = asyncio.run(live(given.live, Path(folder)))
        tables[f"live: {given.live:,} groups over HTTP, all is refused for 35 s"] = [row]
    report("limits", tables, as_json=given.json, ratios=ratios_of(tables))


if __name__ == "__main__":
    main()
