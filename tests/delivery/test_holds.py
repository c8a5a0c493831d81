"""What held every chat is told once it is over, and only where it concerns somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.delivery.flood import SUSPECTS
from bot.delivery.holds import _KEYS, LEAST_SECONDS, MOST_TOLD, Hold, Holds
from bot.delivery.lanes import Ending, Kind, Lanes, Priority
from bot.delivery.operators import Operators
from bot.delivery.outage import UNANSWERED
from bot.delivery.pace import Pace
from storage import outbox
from storage.database import DatabaseError
from storage.models import ChatId, ChatState, NewOutboxRow, NoticePush, PostId, PostPush
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

BOSS, OTHER = 900, 901
OUTAGE = "nothing is answered"


@dataclass
class Gate:
    """Holds every chat as it is told."""

    is_held: bool = False
    over: list[Hold] = field(default_factory=list)

    def take_holds(self) -> list[Hold]:
        taken, self.over = self.over, []
        return taken


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def holds(database: Database, clock: FakeClock, gate: Gate) -> Holds:
    return Holds(database, clock, Operators((BOSS, OTHER), clock), gate)


async def told(database: Database, to: int = BOSS) -> list[NoticePush]:
    async with database.reader() as db:
        ids = await db.fetch_all(
            "SELECT id FROM outbox WHERE chat_id = ? AND item LIKE 'hold.%' ORDER BY id", (to,)
        )
        rows = [await outbox.get_row(db, row["id"]) for row in ids]
    return [row.push for row in rows if row is not None and isinstance(row.push, NoticePush)]


async def queue(database: Database, clock: FakeClock, posts: int) -> None:
    """Pushes that are due, to a chat that takes them, and one to a chat that was left."""
    await add_chats(database, chat(-1), chat(-2, state=ChatState.LEFT))
    rows = [
        NewOutboxRow(ChatId(where), str(one), PostPush((PostId(one),)), clock.now())
        for one in range(posts)
        for where in (-1, -2)
    ]
    async with database.transaction() as tx:
        await outbox.add_rows(tx, rows, clock.now())


@pytest.mark.parametrize("why", _KEYS)
async def test_it_is_told_once_it_is_over_with_how_long_it_was_and_what_waited(
    database: Database, clock: FakeClock, gate: Gate, holds: Holds, why: str
) -> None:
    await queue(database, clock, 7)
    gate.is_held = True
    await holds.look()
    assert await told(database) == []
    async with database.transaction() as tx:
        await tx.execute("UPDATE outbox SET state = 'sent' WHERE item <> '0'")
    gate.is_held, gate.over = False, [Hold(why, 754.0)]
    for _ in range(2):
        await holds.look()
        await clock.advance(10)
    expected = [NoticePush(_KEYS[why], {"minutes": 13, "count": 7})]
    assert await told(database) == await told(database, OTHER) == expected
    gate.over = [Hold(why, LEAST_SECONDS)]
    await holds.look()
    assert (await told(database))[1:] == [NoticePush(_KEYS[why], {"minutes": 1, "count": 3})]


async def test_what_is_over_within_a_minute_concerns_nobody(
    database: Database, gate: Gate, holds: Holds
) -> None:
    gate.over = [Hold(OUTAGE, LEAST_SECONDS - 0.1)]
    await holds.look()
    assert await told(database) == []


async def test_many_within_an_hour_are_one_more_notice(
    database: Database, clock: FakeClock, gate: Gate, holds: Holds
) -> None:
    for _ in range(20):
        gate.over = [Hold(OUTAGE, 90)]
        await holds.look()
        await clock.advance(100)
    keys = [one.key for one in await told(database)]
    assert keys == ["hold.outage"] * MOST_TOLD + ["hold.many"]


async def test_what_cannot_be_told_now_is_told_later(
    database: Database, gate: Gate, holds: Holds, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.over = [Hold(OUTAGE, 90)]

    def full() -> None:
        raise DatabaseError("full")

    with monkeypatch.context() as patch:
        patch.setattr(database, "transaction", full)
        with pytest.raises(DatabaseError):
            await holds.look()
    await holds.look()
    assert [one.key for one in await told(database)] == ["hold.outage"]


def test_every_reason_of_the_lanes_has_its_words() -> None:
    seen: set[str] = set()
    lanes = Lanes()
    for kind in Kind:
        for number in range(SUSPECTS):
            lanes.add(-number - 1, Priority.REPLY, 0.0, kind)
            turn = lanes.take(0.0)
            assert turn is not None
            lanes.put_back(turn, 0.0, 5.0)
        seen |= lanes.troubles
        lanes = Lanes()
    for number in range(UNANSWERED):
        lanes.add(number + 1, Priority.REPLY, 0.0)
        turn = lanes.take(0.0)
        assert turn is not None
        lanes.finish(turn, 0.0, Ending.UNANSWERED)
    assert seen | lanes.troubles == set(_KEYS)


def test_a_pace_that_never_held_has_nothing_to_tell(clock: FakeClock) -> None:
    assert Pace(clock).take_holds() == []
