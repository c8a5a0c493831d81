"""What has to happen for a run to come to a point, and how long that may take."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.crash.points import WIRE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from random import Random

    from benchmarks.crash.life import Life
    from benchmarks.crash.points import Kill
    from bot.simulator.events import Event

    Act = Callable[[Life, Kill], Coroutine[Any, Any, None]]


async def nothing(life: Life, kill: Kill) -> None:
    """What happens anyway is enough."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is done once the bot starts; `most`: it may end at a later time that it comes there."""

    act: Act = nothing
    seconds: float = 60.0
    most: int = 1

    def times(self, luck: Random) -> int:
        """The how-manieth time it is to be."""
        return luck.randint(1, self.most)


async def publishes(life: Life, _: Kill) -> None:
    """Posts come, one after the other."""
    for _again in range(3):
        life.publish()
        await asyncio.sleep(15)


async def asks(life: Life, _: Kill) -> None:
    """Somebody asks."""
    await life.ask()


async def talk(life: Life, _: Kill) -> None:
    """People say one thing after the other, so that updates come more than once."""
    bot = life.stage.bot
    for _again in range(15):
        if bot is not None and not bot.has_ended:
            await life.chat()
            await asyncio.sleep(3)


async def reacts(life: Life, _: Kill) -> None:
    """Somebody reacts, to be sure more than once."""
    for _again in range(3):
        await life.react()
        await asyncio.sleep(1)


async def chooses(life: Life, _: Kill) -> None:
    """An administrator chooses."""
    await life.choose()


async def is_answered(life: Life, _: Kill) -> None:
    """Somebody asks where answers are deleted, to be sure more than once."""
    place = life.tidy()
    if place is not None:
        for _again in range(2):
            await life.ask(place)


async def chooses_edition(life: Life, _: Kill) -> None:
    """An administrator chooses a weekly edition, which comes some minutes later."""
    await life.choose_edition()


async def schedules(life: Life, _: Kill) -> None:
    """An author schedules a post, which comes two minutes later."""
    await life.schedule()


async def publishes_by_hand(life: Life, _: Kill) -> None:
    """An author publishes a page."""
    await life.publish_by_hand()


async def rewords(life: Life, _: Kill) -> None:
    """An author publishes a page, and says something else about it."""
    await life.reword()


async def takes_down(life: Life, _: Kill) -> None:
    """A post comes, and an operator takes it down."""
    life.publish()
    await life.take_down()


async def presses(life: Life, _: Kill) -> None:
    """An administrator opens the menu, and presses one of its buttons."""
    await life.press()


async def forgets(life: Life, _: Kill) -> None:
    """Somebody is forgotten."""
    await life.forget()


async def votes(life: Life, _: Kill) -> None:
    """Somebody votes, to be sure more than once, after what was missed before had its time."""
    await asyncio.sleep(15)
    for _again in range(3):
        await life.vote()
        await asyncio.sleep(1)


async def leaves(life: Life, _: Kill) -> None:
    """The bot is put out of a chat, and others take it back."""
    await life.come_back()
    await life.leave()


async def returns(life: Life, _: Kill) -> None:
    """The bot is put out and taken back."""
    await life.leave()
    await asyncio.sleep(1)
    await life.come_back()


async def migrates(life: Life, _: Kill) -> None:
    """A group becomes a supergroup."""
    await life.migrate()


async def is_cut(life: Life, _: Kill) -> None:
    """A push arrives, and its answer does not."""
    life.doubt("cut")
    life.doubt("half")
    life.publish()


async def never_comes(life: Life, _: Kill) -> None:
    """A push does not arrive, and nobody says so."""
    for _again in range(2):
        life.doubt("never")
    life.publish()


async def comes_late(life: Life, _: Kill) -> None:
    """A push arrives after it was sent again."""
    for _again in range(2):
        life.doubt("75 s late")
    life.publish()


async def piles_up(life: Life, _: Kill) -> None:
    """Posts come one by one while a chat takes none: then they go as one."""
    place = life.place()
    life.stage.sim.limits.refuse(60, place.room.chat)
    for _again in range(8):
        life.publish()
        await asyncio.sleep(6)


async def is_under_way(life: Life, kill: Kill) -> None:
    """A push has left, and the process ends before Telegram answers."""
    bot = life.stage.bot
    assert bot is not None
    if kill.position == "after":

        def kill_at(event: Event) -> None:
            if event.kind == "message" and event.message is not None and event.message.is_ours:
                bot.kill()
                unsubscribe()

        unsubscribe = life.stage.sim.events.subscribe(kill_at)
        life.publish()
        return
    order = life.doubt("75 s late")
    life.publish()
    await life.stage.until(lambda: order.happened, 50)
    bot.kill()


SCENES: dict[str, Scene] = {
    "Cleaning._put_down": Scene(is_answered, seconds=300),
    "Database.overwrite": Scene(forgets),
    "Digests.run": Scene(seconds=90, most=4),
    "Dispatcher._flush": Scene(asks, most=2),
    "Editions.run": Scene(chooses_edition, seconds=420),
    "Intake.take_in": Scene(most=1),
    "Ledger.arrived": Scene(is_cut, seconds=75),
    "Ledger.claim": Scene(most=8),
    "Ledger.mended": Scene(comes_late, seconds=250),
    "Ledger.not_sent": Scene(is_cut, most=2),
    "Ledger.resent": Scene(never_comes, seconds=120),
    "Ledger.sent": Scene(most=8),
    "Noting._note": Scene(asks, most=2),
    "OutboxSender._gather": Scene(piles_up, seconds=120),
    "Pinning._pin": Scene(publishes, seconds=90, most=2),
    "Receiver._commit": Scene(talk, most=3),
    "Refresher._put_down": Scene(reacts),
    "Refresher.run": Scene(most=10),
    "Scheduled.run": Scene(schedules, seconds=240),
    "Search._compare": Scene(is_cut, seconds=75, most=2),
    "SourcePoller._poll": Scene(most=2),
    "SourcePoller.run": Scene(most=3),
    "Spreader.run": Scene(publishes, most=6),
    "drafting.schedule_each": Scene(schedules),
    "membership._take_in": Scene(returns),
    "membership.changed": Scene(leaves),
    "membership.migrated": Scene(migrates, most=2),
    "menu._set": Scene(presses),
    "privacy.forget_pressed": Scene(forgets),
    "publishing._renew": Scene(rewords, seconds=180),
    "publishing.pressed": Scene(publishes_by_hand),
    "room_menus.open_menu": Scene(presses),
    "settings.typed": Scene(chooses),
    "votes.pressed": Scene(votes),
    WIRE: Scene(is_under_way),
    "Withdrawing._delete": Scene(takes_down, seconds=120, most=4),
    "corrections.take_down": Scene(takes_down, seconds=120),
}
"""Points that are not named are passed at each start."""
