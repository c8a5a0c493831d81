"""What happens around a bot that is killed: posts, people, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.crash.places import (
    ASKED,
    Place,
    numbers_in,
    rows,
    scheduled_title,
    title_of,
    unready,
)
from benchmarks.rooms import RIGHTS
from benchmarks.settle import goes_wrong
from bot.pages.actions import Publish, Reword, SetTo, ShowLevel, TakeDown, Vote, decode, encode
from bot.simulator.people.pressing import ask_callback
from bot.simulator.reactions import as_reactions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from random import Random

    from benchmarks.crash.stage import Stage
    from bot.pages.actions import Action
    from bot.simulator.api.faults import Fault
    from bot.simulator.people.cards import Card
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room
    from storage.models import MenuId

FIRST, SECOND = "처음 한 말이에요", "나중에 한 말이에요"
"""What is said about a page that is published by hand."""
EMOJI = ("👍", "❤", "🔥", "👏")
AMBIGUOUS = ("timeout", "cut", "502/504", "half", "75 s late", "never")
"""As in benchmarks.settle; the seventh is the kill."""
LATE_SECONDS = 75.0
NEAR_SECONDS = 30.0
"""A send so near to a kill may not have been answered before it, on a busy machine."""
OUTAGE_SECONDS = 60.0
EDITION_SECONDS, GRACE_SECONDS = 300.0, 120.0
"""An edition comes so long after it was chosen, and surely is there so long after that."""
SEOUL = ZoneInfo("Asia/Seoul")
WAIT_SECONDS = 30.0
_POST = "SELECT id FROM posts WHERE title = ?"


def _menus(room: Room, heard: int) -> list[tuple[Card, MenuId]]:
    """The menus among a room's messages after so many, by the number that their buttons carry."""
    found = []
    for card in room.bot_messages[heard:]:
        actions = [decode(str(button.value)) for row in card.rows for button in row]
        levels = [one.menu_id for one in actions if isinstance(one, ShowLevel)]
        found += [(card, menu_id) for menu_id in levels[:1]]
    return found


def _offers(room: Room, title: str, kind: type[Action]) -> list[tuple[Card, str]]:
    """The messages about a page that have a button of a kind, and its data."""
    found = []
    for card in (one for one in room.bot_messages if title in one.text):
        data = [str(button.value) for row in card.rows for button in row]
        found += [(card, one) for one in data if isinstance(decode(one), kind)][:1]
    return found


@dataclass(eq=False)
class Ordered:
    """Something that was to go wrong in a chat, and the posts that may have felt it."""

    what: str
    place: Place | None
    fault: Fault | None
    numbers: set[int] = field(default_factory=set)
    at: float = field(default_factory=time.time)

    @property
    def happened(self) -> bool:
        """Whether it did go wrong."""
        return self.fault is None or self.fault.hits > 0


@dataclass(eq=False)
class Life:
    """Lets things happen, by chance."""

    stage: Stage
    luck: Random
    published: int = 0
    scheduled: int = 0
    """Pages of the blog that were scheduled, which its feed has not."""
    by_hand: dict[int, int] = field(default_factory=dict)
    """Of these, the pages that were named to be published now: by the update of the press."""
    reworded: dict[int, int] = field(default_factory=dict)
    """Likewise, those about which something else was said then."""
    questions: list[tuple[Place, str]] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    voted: defaultdict[tuple[Place, int, int], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """The updates of the presses by which the owner of a place voted, by the chat and message."""
    withdrawn: dict[int, int] = field(default_factory=dict)
    """By the number of a post, the update of the press by which it was taken down."""
    left: set[Place] = field(default_factory=set)
    """Where the bot was put out at some time."""
    ordered: list[Ordered] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    killed_at: list[float] = field(default_factory=list)
    known: set[tuple[int, int]] = field(default_factory=set)
    """Answers that the bot knew, by chat and message, whenever it ended."""
    late_until: float = 0.0
    point: str = ""
    """Where the run that goes on is to be killed."""
    points: dict[int, str] = field(default_factory=dict)
    """By a post's number, where the run was killed in which it was published."""

    def was_in_doubt(self, place: Place, at: float) -> bool:
        """Whether the bot may not know that what it sent to a place then has arrived.

        `at`: unix seconds, cut off as Telegram's dates are.
        """
        ordered = [
            one.at
            for one in self.ordered
            if one.place is place and one.what in AMBIGUOUS and one.happened
        ]
        return any(-1 < killed - at < NEAR_SECONDS for killed in self.killed_at) or any(
            order - 1 < at < order + LATE_SECONDS + NEAR_SECONDS for order in ordered
        )

    def note_known(self) -> None:
        """Note the answers of which the bot knows that they are to go."""
        for row in rows(self.stage.database, "SELECT chat_id, message_id FROM cleanups"):
            self.known.add((row["chat_id"], row["message_id"]))

    # -- what people do --------------------------------------------------------------------------

    def publish(self, count: int = 1) -> None:
        """Write so many posts at once."""
        for _ in range(count):
            self.published += 1
            self.points[self.published] = self.point
            for place in unready(self.stage.database, self.stage.places):
                place.excused.add(self.published)
                place.undigested.add(self.published)
            self.stage.blog.titles.append(title_of(self.published))
        for one in self.ordered[-12:]:
            one.numbers |= set(range(self.published - count + 1, self.published + 1))

    def place(self, *kinds: str) -> Place:
        """Some chat that the bot is in."""
        present = self.stage.present
        return self.luck.choice([one for one in present if not kinds or one.kind in kinds])

    def tidy(self) -> Place | None:
        """Where answers are deleted and editions chosen, unless the bot is out of it."""
        return next((one for one in self.stage.present if one.is_tidy), None)

    async def ask(self, place: Place | None = None) -> None:
        """A question in a group or in private."""
        place = place or self.place("group", "supergroup", "private")
        words = f"{ASKED}{len(self.questions):03}"
        self.questions.append((place, words))
        await place.owner.says(place.room, f"/search {words}")

    async def react(self) -> None:
        """Somebody reacts to one of the last cards; not to a second copy, for then both stay."""
        place = self.place()
        there = Counter(place.has())
        last = [one for one in place.cards() if one.chat is place.room.chat][-3:]
        cards = [one for one in last if there[numbers_in(one.text)[0]] == 1]
        if cards:
            emoji = self.luck.choice(EMOJI)
            message = self.luck.choice(cards)
            self.stage.sim.world.reactions.set(message, place.owner.user, as_reactions([emoji]))

    async def vote(self) -> None:
        """Somebody presses the button of an emoji under one of the last cards, or takes it back."""
        places = [one for one in self.stage.places if one.kind == "supergroup"]
        cards = [
            (place, card)
            for place in places
            if place not in self.left
            for card in place.cards()
            if card.chat is place.room.chat
        ]
        if cards:
            place, message = self.luck.choice(cards[-3:])
            world, data = self.stage.sim.world, encode(Vote("👍"))
            asked = ask_callback(world, place.owner.user, message, data)
            self.voted[place, message.chat.id, message.id].append(asked.update_id)

    async def chat(self) -> None:
        """People talk, so that ids are not the bot's alone."""
        place = self.place("group", "supergroup")
        await place.owner.says(place.room, "안녕하세요")

    async def choose(self) -> None:
        """An administrator chooses quiet hours that are far away."""
        place = self.place("group", "supergroup")
        await place.owner.says(place.room, f"/quiet {self._quiet(place)}")

    def _quiet(self, place: Place) -> str:
        """Quiet hours for a place that are far away, as they are typed and as a button has them."""
        now = time.gmtime(time.time() + 9 * 3600)
        start = (now.tm_hour * 60 + now.tm_min + 600 + self.luck.randrange(60)) % 1440
        place.quiet = (start, (start + 1) % 1440)
        return "-".join(f"{one // 60:02}:{one % 60:02}" for one in place.quiet)

    async def press(self) -> None:
        """An administrator opens the menu of settings, and presses such quiet hours."""
        place = self.place("group", "supergroup")
        heard = len(place.room.bot_messages)
        await place.owner.says(place.room, "/settings")
        await self.stage.until(lambda: _menus(place.room, heard), WAIT_SECONDS)
        for card, menu_id in _menus(place.room, heard)[-1:]:
            data = encode(SetTo(menu_id, "quiet", "", self._quiet(place)))
            ask_callback(self.stage.sim.world, place.owner.user, card.message, data)

    async def choose_edition(self) -> None:
        """An administrator chooses a weekly edition that soon comes, with a post at least in it."""
        place = self.tidy()
        if place is None or place.editions[-1:] > [time.time() - GRACE_SECONDS]:
            return
        self.publish()
        at = datetime.fromtimestamp(time.time() + EDITION_SECONDS, SEOUL).replace(second=0)
        place.editions.append(at.timestamp())
        await place.owner.says(place.room, f"/weekly {'월화수목금토일'[at.weekday()]} {at:%H:%M}")

    async def schedule(self) -> None:
        """An author has a page of the blog published two minutes later."""
        boss, address = self.stage.boss, self._write_page()
        await boss.says(self.stage.sim.private(boss), f"/schedule 2분 뒤 {address} 읽어 보세요")

    def _write_page(self) -> str:
        """A page that no feed has: its address."""
        self.scheduled += 1
        for place in unready(self.stage.database, self.stage.places):
            place.unscheduled.add(self.scheduled)
        return self.stage.blog.write(scheduled_title(self.scheduled))

    async def publish_page(self) -> None:
        """As `publish_by_hand`."""
        await self.publish_by_hand()

    async def publish_by_hand(self) -> int:
        """An author names a page of the blog, and says yes; its number."""
        address, number = self._write_page(), self.scheduled
        self.by_hand[number] = await self._decide(number, f"/publish {address} {FIRST}", Publish)
        return number

    async def reword(self) -> None:
        """An author names a page that was published, with other words, and says these alone."""
        number = await self.publish_by_hand()
        title = scheduled_title(number)
        database, address = self.stage.database, self.stage.blog.address_of(title)
        await self.stage.until(lambda: rows(database, _POST, title), WAIT_SECONDS)
        if rows(database, _POST, title):
            self.reworded[number] = await self._decide(number, f"{address} {SECOND}", Reword)

    async def _decide(self, number: int, words: str, kind: type[Action]) -> int:
        """Say this of a page, and press the first button of a kind; the update, 0 for none."""
        boss = self.stage.boss
        home = self.stage.sim.private(boss)
        title = scheduled_title(number)
        await boss.says(home, words)
        await self.stage.until(lambda: _offers(home, title, kind), WAIT_SECONDS)
        for card, data in _offers(home, title, kind)[-1:]:
            return ask_callback(self.stage.sim.world, boss.user, card.message, data).update_id
        return 0

    async def take_down(self) -> None:
        """An operator asks for the newest post that came, and takes it down."""
        number, boss = self.published, self.stage.boss
        database, title = self.stage.database, title_of(number)
        await self.stage.until(lambda: rows(database, _POST, title), WAIT_SECONDS)
        found = rows(database, _POST, title)
        if not found or number in self.withdrawn:
            return
        post_id, home = found[0]["id"], boss.private
        heard = len(home.bot_messages)
        await boss.says(home, f"/post {post_id}")
        await self.stage.until(lambda: home.bot_messages[heard:], WAIT_SECONDS)
        for card in home.bot_messages[heard:][:1]:
            data = encode(TakeDown(post_id, 1))
            asked = ask_callback(self.stage.sim.world, boss.user, card.message, data)
            self.withdrawn[number] = asked.update_id
            for place in self.stage.places:
                place.excused.add(number)
                place.undigested.add(number)

    async def forget(self) -> None:
        """Somebody asks to be forgotten, and says so twice."""
        person = self.stage.sim.user("잠깐 온 사람")
        room = self.stage.sim.private(person)
        await person.says(room, "/start")
        await self.stage.until(lambda: room.bot_messages, WAIT_SECONDS)
        await person.says(room, "/forgetme")
        await self.stage.until(lambda: room.bot_messages[1:], WAIT_SECONDS)
        if room.bot_messages[1:]:
            self._press(person, room)

    def _press(self, person: Person, room: Room) -> None:
        card = room.bot_messages[-1]
        button = card.rows[0][0]
        self.forgotten.append(person.id)
        ask_callback(self.stage.sim.world, person.user, card.message, button.value)

    async def leave(self) -> None:
        """The bot is put out of a chat, or blocked: what waits there is not sent."""
        if len(self.stage.present) <= len(self.stage.places) - 2:
            return
        place = self.place()
        place.excuse(self.published)
        place.unscheduled |= set(range(1, self.scheduled + 1))
        place.is_out = True
        self.left.add(place)
        for vote in [one for one in self.voted if one[0] is place]:
            del self.voted[vote]  # one that the bot reads after it was put out counts no more
        if place.kind == "private":
            await place.owner.blocks_bot()
        else:
            await place.owner.removes_bot(place.room)
        self.happened["kick"] += 1

    async def come_back(self) -> None:
        """It is brought back to all chats that it is out of."""
        for place in self.stage.places:
            if place.is_out:
                place.is_out, place.since = False, time.time()
                if place.kind == "private":
                    await place.owner.unblocks_bot()
                else:
                    rights = None if place.kind == "channel" else RIGHTS  # there it posts, too
                    await place.owner.adds_bot(place.room, rights=rights)

    async def migrate(self) -> None:
        """A basic group becomes a supergroup; another basic group takes its place."""
        place = self.place("group")
        place.rooms.append(place.room.migrates())
        place.kind = "migrated"
        self.happened["migration"] += 1
        owner = self.stage.sim.user("새 모임")
        room = self.stage.sim.group("새 모임", owner=owner, bot=False)
        await owner.adds_bot(room, admin=True)
        await owner.says(room, "/quiet off")
        place = Place("group", [room], owner, digests=False, first=self.published + 1)
        place.since = time.time()
        place.unscheduled |= set(range(1, self.scheduled + 1))
        self.stage.places.append(place)

    # -- what goes wrong -------------------------------------------------------------------------

    def doubt(self, how: str, place: Place | None = None) -> Ordered:
        """The next push to a chat may have arrived, or not."""
        place = place or self.place()
        fault = goes_wrong(self.stage.sim, how, place.room.id, LATE_SECONDS)
        if how == "75 s late":
            self.late_until = time.monotonic() + 2 * LATE_SECONDS
        self.ordered.append(Ordered(how, place, fault))
        return self.ordered[-1]

    def too_much(self) -> None:
        """Telegram wants a wait, in a chat or everywhere."""
        place = self.place() if self.luck.random() < 0.7 else None
        seconds = self.luck.uniform(1, 20)
        self.stage.sim.limits.refuse(seconds, None if place is None else place.room.chat)
        name = "429 everywhere" if place is None else "429 in a chat"
        self.ordered.append(Ordered(name, place, None))

    def server_errors(self) -> None:
        """Telegram fails to do what it is asked."""
        fault = self.stage.sim.faults.answers(self.luck.choice((500, 502)), times=2)
        self.ordered.append(Ordered("5xx", None, fault))

    def outage(self) -> None:
        """Nothing is answered for a minute."""
        fault = self.stage.sim.faults.cuts(after=False, method="*", times=None)
        loop = asyncio.get_running_loop()
        loop.call_later(OUTAGE_SECONDS, self.stage.sim.faults.remove, fault)
        self.ordered.append(Ordered("outage of a minute", None, fault))

    def cut_updates(self) -> None:
        """An answer with updates does not arrive."""
        fault = self.stage.sim.faults.cuts(after=True, method="getUpdates")
        self.ordered.append(Ordered("updates cut", None, fault))

    def repeat(self) -> None:
        """Updates come again."""
        self.stage.sim.updates.repeat(1)
        self.ordered.append(Ordered("updates repeated", None, None))

    def reorder(self) -> None:
        """Updates come in another order."""
        self.stage.sim.updates.reorder(1)
        self.ordered.append(Ordered("updates reordered", None, None))

    def blog_fails(self) -> None:
        """The blog is broken for a moment."""
        self.stage.blog.failures += 2
        self.ordered.append(Ordered("blog broken", None, None))

    # -- together --------------------------------------------------------------------------------

    async def goes_on(self) -> None:
        """A few things, each as likely as it is named."""
        if self.luck.random() < 0.5:
            self.doubt(self.luck.choice(AMBIGUOUS))
        for chance, what in self._troubles():
            if self.luck.random() < chance:
                what()
        if self.luck.random() < 0.7:
            self.publish(self.luck.choices((1, 2, 7), (85, 12, 3))[0])
        for likely, act in self._acts():
            if self.luck.random() < likely:
                await act()
                await asyncio.sleep(self.luck.uniform(0, 1))

    def _troubles(self) -> tuple[tuple[float, Callable[[], None]], ...]:
        return (
            (0.12, self.too_much),
            (0.1, self.server_errors),
            (0.02, self.outage),
            (0.1, self.cut_updates),
            (0.2, self.repeat),
            (0.2, self.reorder),
            (0.05, self.blog_fails),
        )

    def _acts(self) -> tuple[tuple[float, Callable[[], Awaitable[None]]], ...]:
        return (
            (0.5, self.ask),
            (0.7, self.react),
            (0.4, self.chat),
            (0.1, self.choose),
            (0.05, self.choose_edition),
            (0.05, self.schedule),
            (0.05, self.publish_page),
            (0.05, self.take_down),
            (0.04, self.leave),
            (0.3, self.come_back),
            (0.02, self.migrate),
        )
