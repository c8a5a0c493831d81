"""A community's week as the log tells it: how many lines a day, of which events.

    python -m benchmarks.evenings [--days 7] [--groups 20] [--seed 7] [--show] [--json]

The real bot on the simulator, with clocks that are put on from one thing to the next: groups and a
channel, three posts a day (one in the night), digests, quiet hours, what members ask, commands that
are refused, a group that waits and one that leaves; on the third day Telegram does not answer for
ten minutes, on the fourth a handler fails for an hour, on the sixth one of the two feeds fails all
day. The lines are those of the default level; `--show` prints them. Of two hundred a day, the most
that an operator should have to read, is what the fullest day is compared with.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import random
import sys
import tempfile
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp import web

import bot.app
from benchmarks.archives import make_archive
from benchmarks.figures import Better, Ratio
from benchmarks.korean_text import Writer
from benchmarks.reporting import report
from bot.config import load_settings
from bot.delivery.pace import Pace
from bot.demo.blog import Blog
from bot.demo.clock import ShiftedClock
from bot.logs import ConsoleFormatter, set_up_logs
from bot.process.tick import Tick
from bot.simulator import Simulator
from storage import outbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.process.serving import Running
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

EPOCH = datetime.fromtimestamp(0, UTC)
SEOUL = ZoneInfo("Asia/Seoul")
MOST_A_DAY = 200
POSTS, STEP_SECONDS, OUTAGE_STEP_SECONDS = 60, 600.0, 20.0
LOOKS, LOOK_SECONDS, AFTER_SECONDS = 3_000, 0.02, 11.0
"""How often, and after how many real seconds, it is looked whether the bot rests; made-up ones
after which counts are logged."""
PUBLISHED = (10.5, 15.0, 23.2)
"""Hours of a day."""
ASKED, REFUSED = 40, 4
"""Commands of a day."""
WORDS = ("시장", "금리", "사람", "책", "도시", "기술")
BY_DIGEST = 4
"""One group in so many gets digests alone."""
OUTAGE, FAILURE, BROKEN_FEED = 3, 4, 6
"""Days."""


class FragileBlog(Blog):
    """A blog that may be broken."""

    is_broken = False

    async def _feed(self, request: web.Request) -> web.Response:
        if self.is_broken:
            return web.Response(status=503)
        return await super()._feed(request)


@dataclass
class Week:
    """The community, the bot, and the time."""

    clock: ShiftedClock
    sim: Simulator
    running: Running
    blogs: list[FragileBlog]
    luck: random.Random
    begun_at: datetime = EPOCH
    """Its first midnight."""
    offset: float = 0.0
    """How many seconds the clock is ahead."""
    groups: list[Room] = field(default_factory=list)
    members: list[Person] = field(default_factory=list)
    """The first owns the groups, and runs the bot."""

    async def until(self, at: datetime) -> None:
        """Go on to a moment, with every poll on the way."""
        while (left := (at - self.clock.now()).total_seconds()) > 0:
            step = min(left, OUTAGE_STEP_SECONDS if self._is_disturbed else STEP_SECONDS)
            if step > 2 * AFTER_SECONDS:
                await self._pass(step - AFTER_SECONDS)
            await self._pass(min(step, AFTER_SECONDS))

    async def _pass(self, seconds: float) -> None:
        self.offset += seconds
        self.clock.shift_to(self.offset)
        self.sim.clock.advance(seconds)
        await self.running.tick.tick()
        await self.rests()

    async def rests(self) -> None:
        """Return once nothing is on its way, or after a while: Telegram may not answer."""
        for _ in range(LOOKS):
            await asyncio.sleep(LOOK_SECONDS)
            if not await self._is_busy():
                return

    @property
    def _is_disturbed(self) -> bool:
        return next(iter(self.sim.faults), None) is not None

    async def _is_busy(self) -> bool:
        running = self.running
        if self._is_disturbed:
            return False
        async with running.services.database.reader() as db:
            due = await outbox.list_due(db, self.clock.now(), limit=1)
        return bool(
            due
            or len(self.sim.updates)
            or running.dispatcher.unhandled
            or running.services.poller.is_busy
            or running.duties.sender.under_way
        )

    async def ask(self, words: str, room: Room | None = None) -> None:
        """A member says something in a group."""
        await self.luck.choice(self.members[1:]).says(room or self.luck.choice(self.groups), words)
        await self.rests()


def plan_day(week: Week, day: int, writer: Writer) -> list[tuple[float, Callable[[], Any]]]:
    """What happens on a day, each with its hour."""
    luck = week.luck
    acts: list[tuple[float, Callable[[], Any]]] = [
        (hour, partial(_publish, blog, writer))
        for hour, blog in zip(PUBLISHED, (week.blogs[0], week.blogs[1], week.blogs[0]), strict=True)
    ]
    asked = ("/latest", "/top", f"/search {luck.choice(WORDS)}", "/post 3")
    acts += [(luck.uniform(8, 23.5), partial(week.ask, luck.choice(asked))) for _ in range(ASKED)]
    acts += [(luck.uniform(8, 23), partial(week.ask, "/push off")) for _ in range(REFUSED)]
    more: dict[int, list[tuple[float, Callable[[], Any]]]] = {
        2: [(12.0, partial(_come, week))],
        OUTAGE: _outage(week),
        FAILURE: _failure(week),
        5: [(20.0, partial(_go, week))],
        BROKEN_FEED: [(0.0, partial(_break, week, is_broken=True))],
        BROKEN_FEED + 1: [(0.0, partial(_break, week, is_broken=False))],
    }
    return sorted([*acts, *more.get(day, [])], key=lambda one: one[0])


def _publish(blog: Blog, writer: Writer) -> None:
    (post,) = writer.posts(1)
    blog.publish(post.title, post.body)


async def _come(week: Week) -> None:
    """A stranger brings the bot to a group of theirs; an operator lets it be served."""
    owner, boss = week.sim.user("이웃", language="ko"), week.members[0]
    room = week.sim.group("이웃 모임", owner=owner, members=[boss], bot=False)
    await owner.adds_bot(room)
    await week.rests()
    await boss.says(room, "/approve")
    await week.rests()


async def _go(week: Week) -> None:
    await week.members[0].removes_bot(week.groups.pop())
    await week.rests()


def _break(week: Week, *, is_broken: bool) -> None:
    week.blogs[1].is_broken = is_broken


def _outage(week: Week) -> list[tuple[float, Callable[[], Any]]]:
    """While the post of the afternoon is on its way, and people ask."""
    begin, minute = PUBLISHED[1] + 0.02, 1 / 60
    asks = [(begin + one * minute, partial(week.ask, "/latest")) for one in range(1, 10)]
    return [
        (begin, lambda: week.sim.faults.answers(502, method="*", times=None)),
        *asks,
        (begin + 10 * minute, week.sim.faults.clear),
        *[(begin + (10 + one / 3) * minute, week.rests) for one in range(1, 6)],
    ]


def _failure(week: Week) -> list[tuple[float, Callable[[], Any]]]:
    """A handler fails for whoever asks within an hour."""
    kind = type(week.running.services.posts)
    whole = kind.newest

    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("broken for an hour")

    asks = [(19 + one / 31, partial(week.ask, "/latest")) for one in range(1, 31)]
    return [
        (19.0, lambda: setattr(kind, "newest", broken)),
        *asks,
        (20.0, lambda: setattr(kind, "newest", whole)),
    ]


async def live(week: Week, days: int) -> None:
    """All days, one thing after the other."""
    writer = Writer(week.luck.randrange(1000))
    for day in range(1, days + 1):
        midnight = week.begun_at + timedelta(days=day - 1)
        for hour, act in plan_day(week, day, writer):
            await week.until(midnight + timedelta(hours=hour))
            done: Awaitable[None] | None = act()
            if asyncio.iscoroutine(done):
                await done
        await week.until(midnight + timedelta(days=1))


async def settle(week: Week, groups: int) -> None:
    """The groups and the channel, before the week begins."""
    boss = week.members[0]
    await boss.starts()
    for number in range(groups):
        room = week.sim.group(f"모임 {number}", owner=boss, members=week.members[1:], bot=False)
        await boss.adds_bot(room, admin=True)
        week.groups.append(room)
        await week.rests()
        if number % BY_DIGEST == 0:
            await boss.says(room, "/push digest")
            await week.rests()
    channel = week.sim.channel("소식 채널", owner=boss, bot=False)
    await boss.adds_bot(channel, admin=True)
    await week.rests()


async def measure(given: argparse.Namespace, folder: Path) -> list[logging.LogRecord]:
    """Live the days; what was logged at the default level, less what made the community."""
    begun_at = datetime.now(SEOUL).replace(hour=0, minute=0, second=0, microsecond=0)
    offset = (begun_at + timedelta(hours=23.5) - datetime.now(SEOUL)).total_seconds()
    clock = ShiftedClock(offset)
    records = _records_of(clock)

    def by_the_clock() -> float:
        return clock.now().timestamp()

    paced = {"Tick": partial(Tick, monotonic=by_the_clock)}  # no jump is seen
    vars(bot.app).update(paced, Pace=partial(Pace, monotonic=by_the_clock))
    await make_archive(folder / "sosik.db", POSTS)
    async with AsyncExitStack() as stack:
        week = await _begin(stack, folder, clock, random.Random(given.seed))
        week.offset, week.begun_at = offset, begun_at + timedelta(days=1)
        await settle(week, given.groups)
        await week.until(week.begun_at)
        records.clear()
        await live(week, given.days)
        return list(records)


async def _begin(
    stack: AsyncExitStack, folder: Path, clock: ShiftedClock, luck: random.Random
) -> Week:
    """Telegram, two blogs, and the bot, which all end with `stack`."""
    sim = await stack.enter_async_context(await Simulator.start())
    sim.clock.set(clock.now())
    blogs = [await FragileBlog.start(f"블로그 {one}", "글쓴이", clock.now) for one in (1, 2)]
    for blog in blogs:
        stack.push_async_callback(blog.close)
    members = [sim.user(f"회원{one}", language="ko") for one in range(9)]
    settings = load_settings(
        bot_token=sim.token,
        telegram_api_url=sim.url,
        database_path=folder / "sosik.db",
        sources=" ".join(blog.feed_address for blog in blogs),
        allow_private_sources=True,
        operator_ids=str(members[0].id),
        _env_file=None,
    )
    stopping = asyncio.Event()
    started: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(
        bot.app.run(settings, clock, stopping, started=started.set_result, limits=None)
    )

    async def stop() -> None:
        stopping.set()
        await running

    stack.push_async_callback(stop)
    return Week(clock, sim, await started, blogs, luck, members=members)


def _records_of(clock: ShiftedClock) -> list[logging.LogRecord]:
    """What the handler writes from now on, by the clock of the community."""
    made, records = logging.getLogRecordFactory(), list[logging.LogRecord]()

    def record(*values: Any, **more: Any) -> logging.LogRecord:  # noqa: ANN401  # as logging calls it
        one = made(*values, **more)
        one.created = clock.now().timestamp()
        return one

    class Keeping(ConsoleFormatter):
        """Keeps what is written."""

        def format(self, record: logging.LogRecord) -> str:
            """As the console has it."""
            records.append(record)
            return super().format(record)

    logging.setLogRecordFactory(record)
    set_up_logs("console", stream=io.StringIO())
    (handler,) = logging.getLogger().handlers
    handler.setFormatter(Keeping(SEOUL))
    return records


def rows_of(records: list[logging.LogRecord], days: int) -> list[dict[str, object]]:
    """A row an event, a column a day, and the lines of all."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    first = datetime.fromtimestamp(records[0].created, SEOUL).date() if records else None
    for one in records:
        day = (datetime.fromtimestamp(one.created, SEOUL).date() - first).days + 1 if first else 1
        counts[one.getMessage()][min(day, days)] += 1
        counts["all"][min(day, days)] += 1
    names = sorted(counts, key=lambda name: (name == "all", name))
    return [
        {"event": name} | {f"day {day}": counts[name][day] for day in range(1, days + 1)}
        for name in names
    ]


def main() -> None:
    """Live, and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.evenings")
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--groups", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", action="store_true", help="the lines themselves")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        records = asyncio.run(measure(given, Path(folder)))
    if given.show:
        form = ConsoleFormatter(SEOUL)
        print("\n".join(form.format(one) for one in records), file=sys.stderr)
    rows = rows_of(records, given.days)
    fullest = max((int(str(rows[-1][f"day {day}"])) for day in range(1, given.days + 1)), default=0)
    ratio = Ratio(f"lines of the fullest day, of {MOST_A_DAY}", fullest / MOST_A_DAY, Better.LOWER)
    title = f"{given.days} days, {given.groups} groups and a channel"
    report("evenings", {title: rows}, as_json=given.json, ratios=[ratio])


if __name__ == "__main__":
    main()
