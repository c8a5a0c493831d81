"""An evening that each released version lived through before its database was kept.

One post arrived everywhere; two more were on their way when everything went wrong at once, and then
the bot was killed. Whatever a version is, its rooms are these, with these ids and this state.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import SystemClock

if TYPE_CHECKING:
    from bot.simulator import Person, Room, Simulator

NINE_AT = datetime(2026, 11, 23, 0, 0, 1, tzinfo=UTC)
"""Nine in Seoul, when a digest is due."""
BEGAN_AT = NINE_AT - timedelta(minutes=5)
FIRST, SECOND, THIRD = "글 1", "글 2", "글 3"
SUPERGROUPS = ("회사", "Money", "모아보는 방", "조용한 방", "알림 없는 방", "내보낸 방")
GROUPS = ("동네", "산책")
LANDED = ("동네", "회사")
"""Where the second post is in the room, and the bot does not know it."""


class LaterClock(SystemClock):
    """The machine's clock, as if it were `at` now; `advance` moves it on."""

    def __init__(self, at: datetime) -> None:
        self._ahead = at - super().now()

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        return super().now() + self._ahead

    def advance(self, seconds: float) -> None:
        """Jump by some seconds."""
        self._ahead += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Town:
    """Who and what there is, by name."""

    boss: Person
    minji: Person
    stranger: Person
    rooms: dict[str, Room]


def build(sim: Simulator, *, with_bot: bool) -> Town:
    """Everybody and every room, with the same ids each time; the bot in them or not yet."""
    boss, minji = sim.user("운영자", language="ko"), sim.user("민지", language="ko")
    rooms: dict[str, Room] = {}
    for title in ("독서모임", *SUPERGROUPS):
        has_bot = with_bot and title != "내보낸 방"
        rooms[title] = sim.supergroup(title, [minji], owner=boss, bot=has_bot, bot_admin=has_bot)
    for title in GROUPS:
        rooms[title] = sim.group(title, [minji], owner=boss, bot=with_bot, bot_admin=with_bot)
    rooms["소식"] = sim.channel("소식", [minji], owner=boss, bot=with_bot)
    stranger = sim.user("낯선이", language="ko")
    rooms["기다리는 방"] = sim.supergroup("기다리는 방", owner=stranger, bot=with_bot)
    return Town(boss, minji, stranger, rooms)
