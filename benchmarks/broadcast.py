"""How fast one post reaches many chats under Telegram's limits, and what answers feel of it.

    python -m benchmarks.broadcast [--chats 3000] [--members 100 0] [--every 50] [--posts 1000]
        [--contestants sosik "bare loop"] [--json]

The simulator refuses what is over the limits (30 a second in all, 1 a second a chat, 20 a minute a
group) with 429. While the post goes out, so many members ask /latest, each once in `--every`
seconds by the clock, in turn in the groups and in private; with 0 members nobody asks. The bare
bot is a python-telegram-bot application that sends the same card to the same chats from one loop, a
send each thirtieth of a second, without a ledger.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.archives import make_archive
from benchmarks.contestants import contestant, cpu_seconds
from benchmarks.figures import Better, Ratio
from benchmarks.reporting import figure, percentile, report
from benchmarks.rooms import serve
from bot.clock import SystemClock
from bot.delivery.announce import Announcer
from bot.simulator import Simulator
from bot.sources.changes import ChangeKind, Recorded
from bot.sources.entries import title_key
from storage import posts
from storage.database import Database
from storage.models import (
    NewPost,
    SourceId,
)
from storage.posts import Addition

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from multiprocessing.process import BaseProcess

    from telegram import Update

    from bot.simulator.events import Event
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

TITLE = "한 번에 천 개의 방으로 가는 글"
BODY = "같은 시각에 모든 방으로 가는 글이에요. 순서대로, 한 번씩만 도착해야 해요."
QUESTION = "/latest"
LIMIT = 30.0
MEMBERS = 100
EVERY_SECONDS = 50.0
START_SECONDS = 2.0
"""From the moment that everybody has begun to ask to the post."""


@dataclass
class Watch:
    """When which chat got the post, and how long each answer took; seconds of perf_counter."""

    asked: dict[int, float] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    pushes: dict[int, float] = field(default_factory=dict)
    doubles: int = 0
    chats: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Every chat has the post."""

    def note(self, event: Event) -> None:
        """Take an event of the simulator."""
        if event.kind != "message" or event.chat is None or event.message is None:
            return
        if not event.message.is_ours:
            return
        now, chat = time.perf_counter(), event.chat.id
        pushed = event.message.reply_to is None and TITLE in event.message.text
        if pushed and chat < 0:
            self.doubles += chat in self.pushes
            self.pushes.setdefault(chat, now)
            if len(self.pushes) == self.chats:
                self.done.set()
        elif (since := self.asked.pop(chat, None)) is not None:
            self.answers.append(now - since)

    def row(self, name: str, refused: int, announced: float, cpu: float) -> dict[str, object]:
        """What the table says of one bot."""
        times = sorted(self.pushes.values())
        rate = (len(times) - 1) / (times[-1] - times[0])
        waits: dict[str, object] = {
            f"p{percent} ms": 1000 * percentile(self.answers, percent) if self.answers else "-"
            for percent in (50, 95)
        }
        return {
            "bot": name,
            "chats": len(times),
            "doubled": self.doubles,
            "pushes/s": rate,
            "of 30/s %": 100 * rate / LIMIT,
            "first s": times[0] - announced,
            "last s": times[-1] - announced,
            "answers": len(self.answers),
            "unanswered": len(self.asked),
            **waits,
            "429s": refused,
            "CPU %": 100 * cpu / (times[-1] - announced),
        }


@dataclass(frozen=True, slots=True)
class Scene:
    """To how many groups a post goes, and how many members ask meanwhile, each how often."""

    chats: int
    members: int = MEMBERS
    every: float = EVERY_SECONDS
    """Seconds from a member's question to the next one."""

    @property
    def name(self) -> str:
        """What the table is called."""
        asking = f"{self.members} members ask" if self.members else "nobody asks"
        return f"one post to {self.chats:,} groups, {asking}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.broadcast")
    parser.add_argument("--chats", type=int, default=3_000)
    parser.add_argument("--members", type=int, nargs="+", default=[MEMBERS, 0])
    parser.add_argument(
        "--every", type=float, default=EVERY_SECONDS, help="seconds, of each member"
    )
    parser.add_argument("--posts", type=int, default=1_000)
    parser.add_argument("--contestants", nargs="+", choices=list(CONTESTANTS), metavar="NAME")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = asyncio.run(measure(given, Path(folder)))
    report("broadcast", tables, as_json=given.json, ratios=ratios_of(tables))


def ratios_of(tables: Mapping[str, Sequence[Mapping[str, object]]]) -> list[Ratio]:
    """How near to Telegram's limit Sosik comes in each scene."""
    return [
        Ratio(f"pushes/s, of 30: {name}", figure(row, "pushes/s") / LIMIT, Better.HIGHER)
        for name, rows in tables.items()
        for row in rows
        if row["bot"] == "sosik"
    ]


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, list[dict[str, object]]]:
    """A table a scene: each bot with a Telegram of its own."""
    archive = folder / "archive.db"
    await make_archive(archive, given.posts)
    tables = {}
    for members in given.members:
        scene = Scene(given.chats, members, given.every)
        tables[scene.name] = [
            await CONTESTANTS[name](scene, Path(shutil.copy(archive, folder / f"{members}.db")))
            for name in given.contestants or CONTESTANTS
        ]
    return tables


async def _sosik(scene: Scene, path: Path) -> dict[str, object]:
    async with await Simulator.start() as sim:
        rooms, people = settle_rooms(sim, scene.chats, scene.members)
        await serve(path, rooms)
        async with contestant(sim, run_paced, str(path)) as process:
            stage = Stage(sim, rooms, people, scene)
            return await stage.broadcast("sosik", process, lambda: announce(path))


async def _bare(scene: Scene, _: Path) -> dict[str, object]:
    async with await Simulator.start() as sim:
        rooms, people = settle_rooms(sim, scene.chats, scene.members)
        first = sim.user("운영자")
        sim.private(first)

        async def start() -> None:
            sim.updates.push("message", _start_message(first))

        async with contestant(sim, run_bare_loop, [room.id for room in rooms]) as process:
            stage = Stage(sim, rooms, people, scene)
            return await stage.broadcast("bare loop", process, start)


CONTESTANTS: dict[str, Callable[[Scene, Path], Awaitable[dict[str, object]]]] = {
    "sosik": _sosik,
    "bare loop": _bare,
}


def _start_message(person: Person) -> dict[str, Any]:
    """The message that has the bare bot begin."""
    user = {"id": person.id, "is_bot": False, "first_name": "운영자"}
    chat = {"id": person.id, "type": "private", "first_name": "운영자"}
    entity = {"type": "bot_command", "offset": 0, "length": 3}
    return {
        "message_id": 1,
        "date": int(time.time()),
        "chat": chat,
        "from": user,
        "text": "/go",
        "entities": [entity],
    }


@dataclass(frozen=True)
class Stage:
    """Where a bot is measured."""

    sim: Simulator
    rooms: Sequence[Room]
    people: Sequence[Person]
    scene: Scene

    async def broadcast(
        self, name: str, process: BaseProcess, start: Callable[[], Awaitable[None]]
    ) -> dict[str, object]:
        """Have the post go out while members ask, and count."""
        watch = Watch(chats=len(self.rooms))
        unsubscribe = self.sim.events.subscribe(watch.note)
        self.sim.limits.enabled = True
        asking = asyncio.create_task(ask(watch, self.rooms, self.people, self.scene.every))
        await asyncio.sleep(START_SECONDS)
        watch.answers.clear()
        announced, cpu = time.perf_counter(), cpu_seconds(process.pid)
        await start()
        async with asyncio.timeout(len(self.rooms) / 10 + 30):
            await watch.done.wait()
        used = cpu_seconds(process.pid) - cpu
        asking.cancel()
        await asyncio.wait([asking])
        await asyncio.sleep(1)
        unsubscribe()
        return watch.row(name, self.sim.limits.refused, announced, used)


async def ask(
    watch: Watch, rooms: Sequence[Room], people: Sequence[Person], every: float = EVERY_SECONDS
) -> None:
    """Ask by the clock, whether or not the last answer has come: in private, then in a group.

    Each of the people asks once in `every` seconds.
    """
    begun = time.perf_counter()
    for number in range(1_000_000 if people else 0):
        due = begun + number * every / len(people)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        person = people[number // 2 % len(people)]
        room = person.private if number % 2 else rooms[number % len(rooms)]
        watch.asked[room.id] = time.perf_counter()
        await person.says(room, QUESTION)


def settle_rooms(
    sim: Simulator, count: int, members: int = MEMBERS
) -> tuple[list[Room], list[Person]]:
    """Groups with the bot in them, and people who are in all of them."""
    people = [sim.user(f"회원{number}") for number in range(members)]
    for person in people:
        sim.private(person)
    rooms = [
        sim.supergroup(f"모임 {number}", members=people, bot_admin=True) for number in range(count)
    ]
    return rooms, people


async def announce(path: Path) -> None:
    """Write a new post and its outbox rows, as a poll of its source would."""
    clock = SystemClock()
    database = await Database.open(path)
    try:
        async with database.transaction() as tx:
            new = NewPost(title=TITLE, body=BODY, author="글쓴이", link="https://blog.example/new")
            key = title_key(new.title)
            addition = Addition(SourceId(1), new, key, first_seen_at=clock.now())
            (post,) = await posts.add_posts(tx, [addition])
            await Announcer(clock)(tx, [Recorded(ChangeKind.NEW, post, None, quiet=False)])
    finally:
        await database.close()


def run_paced(url: str, token: str, path: str) -> None:
    """The whole bot, paced."""
    from bot.app import run  # noqa: PLC0415  # each process loads only what it runs
    from bot.config import load_settings  # noqa: PLC0415  # likewise

    logging.disable(logging.WARNING)
    given: dict[str, Any] = {"bot_token": token, "telegram_api_url": url, "database_path": path}
    settings = load_settings(**given, serve="open", _env_file=None)

    async def until_told() -> None:
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        await run(settings, SystemClock(), stopping)

    asyncio.run(until_told())


def run_bare_loop(url: str, token: str, chat_ids: list[int]) -> None:
    """python-telegram-bot: one handler that answers, and one that sends to every chat in turn."""
    from telegram.error import RetryAfter  # noqa: PLC0415  # see above
    from telegram.ext import Application, CommandHandler  # noqa: PLC0415  # see above

    logging.disable(logging.ERROR)

    async def latest(update: Update, _: object) -> None:
        if update.message is not None:
            await update.message.reply_text("최신 글")

    async def go(update: Update, _: object) -> None:
        bot, begun = update.get_bot(), time.perf_counter()
        for number, chat_id in enumerate(chat_ids):
            await asyncio.sleep(max(0.0, begun + number / LIMIT - time.perf_counter()))
            while True:
                try:
                    await bot.send_message(chat_id, f"{TITLE}\n\n{BODY}")
                    break
                except RetryAfter as error:
                    wait = error.retry_after
                    await asyncio.sleep(wait if isinstance(wait, int) else wait.total_seconds())

    builder = Application.builder().token(token).base_url(f"{url}/bot").connection_pool_size(64)
    app = builder.pool_timeout(30).concurrent_updates(64).build()
    app.add_handler(CommandHandler("latest", latest))
    app.add_handler(CommandHandler("go", go))
    app.run_polling()


if __name__ == "__main__":
    main()
