"""What a lively group sees of what its members ask: as an older version had it, and in a new group.

    python -m benchmarks.noise [--actions 240] [--members 20] [--seed 7] [--json]

The same hour is played twice, on the real bot and the simulator: members ask /latest (now and then
for twenty), search, turn pages, open cards and full texts, try /settings, which only the owner may
open, and react. *Older* is a group whose answers stay and whose full texts open in the room;
*new* is what a new group starts with. What others see is a command, a message of the bot, or a
message of it that changes under their eyes; lines are forty characters wide. Then a day passes.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.archives import make_archive
from benchmarks.figures import Better, Ratio
from benchmarks.reporting import report
from bot.app import run
from bot.clock import SystemClock
from bot.config import load_settings
from bot.pages.actions import LatestPage, OpenCard, ShowCard, ShowFull, encode
from bot.simulator import Simulator
from handlers.reactions import SETTLE_SECONDS
from storage import chats
from storage.models import ChatId, PostId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.process.serving import Running
    from bot.simulator.events import Event
    from bot.simulator.people.cards import Card
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

POSTS, LINE, DAY_SECONDS = 60, 40, 86_400
SEARCHES = ("시장", "금리", "사람", "책", "도시", "기술")
SHARES = {
    "latest": 20,
    "latest 20": 5,
    "search": 15,
    "page": 15,
    "card": 10,
    "full text": 12,
    "refusal": 8,
    "settings": 3,
    "reaction": 12,
}
"""Of a hundred actions. Nobody has counted them in a real group."""
OLDER = {"cleanup_minutes": None, "full_here": True}


class LaterClock(SystemClock):
    """The machine's clock, which can be put on."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time, so much later."""
        return super().now() + self._ahead

    def put_on(self, seconds: float) -> None:
        """Be that much later from now on."""
        self._ahead += timedelta(seconds=seconds)


@dataclass
class Seen:
    """What the others saw in one group."""

    room: Room
    commands: int = 0
    messages: int = 0
    changes: int = 0
    lines: int = 0
    by_action: Counter[str] = field(default_factory=Counter)
    action: str = ""

    def note(self, event: Event) -> None:
        """Count what happens in the room while a member does something."""
        if event.chat is not self.room.chat or event.message is None or not self.action:
            return
        if event.kind not in {"message", "edit"}:
            return
        self.by_action[self.action] += 1
        if not event.message.is_ours:
            self.commands += 1
            return
        self.messages += event.kind == "message"
        self.changes += event.kind == "edit"
        self.lines += sum(1 + len(line) // LINE for line in event.message.text.splitlines())

    @property
    def at_once(self) -> int:
        """Everything that moved on their screens."""
        return self.commands + self.messages + self.changes

    def left(self) -> int:
        """What is still there, of members' commands and the bot's answers."""
        return sum(not card.is_deleted for card in self.room.messages)


class Hour:
    """One group through its hour."""

    def __init__(self, sim: Simulator, members: int, seed: int) -> None:
        self.owner = sim.user("방장", language="ko")
        self.members = [sim.user(f"회원{number}", language="ko") for number in range(members)]
        people = [*self.members, self.owner]
        self.room = sim.supergroup("독서모임", people, owner=self.owner, bot_admin=True)
        self.seen = Seen(self.room)
        sim.events.subscribe(self.seen.note)
        self.luck = random.Random(seed)  # the same hour twice
        self.lists: list[tuple[Person, Card]] = []
        self.cards: list[tuple[Card, PostId]] = []

    async def play(self, actions: int) -> None:
        """Do so many things, one after the other."""
        self.seen.action = "begin"
        await self.open_card(self.members[0], 1)
        acts: dict[str, Callable[[Person], Awaitable[Any]]] = {
            "latest": lambda one: self.ask(one, "/latest"),
            "latest 20": lambda one: self.ask(one, "/latest 20"),
            "search": lambda one: self.ask(one, f"/search {self.luck.choice(SEARCHES)}"),
            "page": self.turn,
            "card": lambda one: self.open_card(one, self.luck.randint(1, POSTS)),
            "full text": self.read,
            "refusal": lambda one: self.ask(one, "/settings"),
            "settings": lambda _: self.ask(self.owner, "/settings"),
            "reaction": self.react,
        }
        for name in self.luck.choices(list(SHARES), list(SHARES.values()), k=actions):
            self.seen.action = name
            await acts[name](self.luck.choice(self.members))

    async def ask(self, one: Person, command: str) -> Card:
        """Ask, and wait for the answer."""
        await one.says(self.room, command)
        answer = await self.room.receives()
        if command.startswith("/latest"):
            self.lists.append((one, answer))
        return answer

    async def open_card(self, one: Person, number: int) -> None:
        """A number of one's list, where there is one; a command otherwise."""
        if self.lists:
            await one.presses_data(self.lists[-1][1], encode(OpenCard(PostId(number))))
            card = await self.room.receives()
        else:
            card = await self.ask(one, f"/post {number}")
        self.cards.append((card, PostId(number)))

    async def turn(self, _: Person) -> None:
        """Whoever asked turns the page of their list."""
        if self.lists:
            whose, page = self.lists[-1]
            offset = 5 * self.luck.randint(0, 9)
            await whose.presses_data(page, encode(LatestPage(offset, 5)))

    async def read(self, one: Person) -> None:
        """Open a full text, and close it again where it was opened in the room."""
        card, post_id = self.luck.choice(self.cards)
        pressed = await one.presses_data(card, encode(ShowFull(post_id, 0)))
        if pressed.url:
            await one.starts(pressed.url.partition("?start=")[2])
            await one.private.receives()
        else:
            await one.presses_data(card, encode(ShowCard(post_id)))

    async def react(self, one: Person) -> None:
        """React to a card."""
        card, _ = self.luck.choice(self.cards)
        await one.reacts(card, self.luck.choice("👍🔥🎉"))


async def measure(folder: Path, given: argparse.Namespace, **chosen: object) -> Seen:
    """One group's hour, and the day after it."""
    path = folder / f"{'older' if chosen else 'new'}.db"
    await make_archive(path, POSTS)
    clock, stopping = LaterClock(), asyncio.Event()
    async with await Simulator.start() as sim:
        settings = load_settings(
            bot_token=sim.token,
            telegram_api_url=sim.url,
            database_path=path,
            serve="open",
            _env_file=None,
        )
        started: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(
            run(settings, clock, stopping, started=started.set_result, limits=None)
        )
        bot = await started
        hour = Hour(sim, given.members, given.seed)
        await hour.ask(hour.owner, "/quiet off")
        await _choose(bot, hour.room, chosen)
        await hour.play(given.actions)
        hour.seen.action = "reaction"  # cards follow what was given to them a little later
        await asyncio.sleep(SETTLE_SECONDS + 1)
        hour.seen.action = ""
        await _a_day_later(bot, sim, clock)
        stopping.set()
        await running
    return hour.seen


async def _choose(bot: Running, room: Room, chosen: dict[str, Any]) -> None:
    async with bot.services.database.transaction() as tx:
        known = await chats.get_chat(tx, ChatId(room.id))
        if known is not None:
            settings = replace(known.settings, **chosen)
            await chats.set_settings(tx, known.id, settings, known.digest_due_at)


async def _a_day_later(bot: Running, sim: Simulator, clock: LaterClock) -> None:
    """Put both clocks on, and wait until nothing is left to be deleted."""
    clock.put_on(DAY_SECONDS + 60)
    sim.clock.advance(DAY_SECONDS + 60)
    while True:
        await asyncio.sleep(0.5)
        async with bot.services.database.reader() as db:
            if not await db.fetch_all("SELECT 1 FROM cleanups LIMIT 1"):
                return


def rows_of(seen: dict[str, Seen], actions: int) -> list[dict[str, object]]:
    """A row a group, and what the new one is of the older."""
    rows: list[dict[str, object]] = [
        {
            "group": name,
            "commands": one.commands,
            "messages": one.messages,
            "changes": one.changes,
            "seen/action": one.at_once / actions,
            "lines/action": one.lines / actions,
            "left/action": one.left() / actions,
        }
        for name, one in seen.items()
    ]
    older, new = rows
    shares = {
        name: 100 * float(str(new[name])) / float(str(value))
        for name, value in older.items()
        if name != "group" and value
    }
    return [older, new, {"group": "new, % of older", **shares}]


async def main() -> None:
    """Play both, and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.noise")
    parser.add_argument("--actions", type=int, default=240)
    parser.add_argument("--members", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        older = await measure(Path(folder), given, **OLDER)
        new = await measure(Path(folder), given)
    kinds = [
        {"action": name, "older": older.by_action[name], "new": new.by_action[name]}
        for name in SHARES
    ]
    tables = {
        f"{given.actions} actions of {given.members} members": rows_of(
            {"older": older, "new": new}, given.actions
        ),
        "what others saw, by action": kinds,
    }
    ratios = [
        Ratio("seen, of an older group's", new.at_once / older.at_once, Better.LOWER),
        Ratio("lines, of an older group's", new.lines / older.lines, Better.LOWER),
        Ratio("left after a day, of an older group's", new.left() / older.left(), Better.LOWER),
    ]
    report("noise", tables, as_json=given.json, ratios=ratios)


if __name__ == "__main__":
    asyncio.run(main())
