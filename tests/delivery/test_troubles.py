"""What stops delivery is told once when it begins and once when it is over."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from telegram.error import NetworkError

import storage.database
from bot.delivery.conflict import OVER_SECONDS, ConflictAlarm
from bot.delivery.operators import Operators
from bot.delivery.troubles import MOST_DOUBTS, MOST_TOLD, Trouble, Troubles
from bot.locales import get_texts
from storage import outbox, troubles
from storage.database import BusyError, ClosedError, Database, DatabaseError, DiskFullError
from storage.models import ChatId, NewOutboxRow, NoticePush
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from tests.clock import FakeClock

BOSS, OTHER = 900, 901


def troubles_of(database: Database, clock: FakeClock) -> Troubles:
    """As a start makes them: nothing is kept in memory."""
    return Troubles(database, clock, Operators((BOSS,), clock))


async def told(database: Database, to: int = BOSS) -> list[str]:
    """The messages that an operator was told, in order."""
    async with database.reader() as db:
        rows = await db.fetch_all(
            "SELECT payload FROM outbox WHERE chat_id = ? AND kind = 'notice' ORDER BY id", (to,)
        )
    return [json.loads(row["payload"])["key"] for row in rows]


@pytest.mark.parametrize("kind", [Trouble.CHAT, Trouble.CONFLICT])
async def test_it_is_told_once_and_once_when_it_is_over_whatever_starts_anew(
    database: Database, clock: FakeClock, kind: Trouble
) -> None:
    for _ in range(2):
        for _ in range(3):
            async with database.transaction() as tx:
                await troubles_of(database, clock).begin(tx, kind, "7", title="모임")
            await clock.advance(3700)
        for _ in range(3):
            async with database.transaction() as tx:
                await troubles_of(database, clock).over(tx, kind, "7", title="모임")
            await clock.advance(1)
    key = f"trouble.{kind}"
    assert await told(database) == [key, f"{key}.over"] * 2


async def test_many_at_once_are_one_notice_and_their_ends_are_none(
    database: Database, clock: FakeClock
) -> None:
    subject = troubles_of(database, clock)
    async with database.transaction() as tx:
        for number in range(50):
            await subject.begin(tx, Trouble.CHAT, str(number), title="모임")
    await clock.advance(60)
    async with database.transaction() as tx:
        for number in range(50):
            await subject.over(tx, Trouble.CHAT, str(number), title="모임")
    said = await told(database)
    assert said.count("trouble.chat") == said.count("trouble.chat.over") == MOST_TOLD
    assert said.count("trouble.chat.many") == 1
    assert len(said) == 2 * MOST_TOLD + 1


async def test_many_that_are_gone_at_once_are_one_notice(
    database: Database, clock: FakeClock
) -> None:
    for _ in range(2):
        async with database.transaction() as tx:
            for number in range(50):
                await troubles_of(database, clock).tell_of_loss(tx, str(number), "모임")
        await clock.advance(3600)
    said = await told(database)
    assert said.count("trouble.chat.gone") == 2 * MOST_TOLD
    assert said.count("trouble.chat.gone.many") == 2
    assert len(said) == 2 * MOST_TOLD + 2


async def test_after_an_hour_each_is_told_by_itself_again(
    database: Database, clock: FakeClock
) -> None:
    subject = troubles_of(database, clock)
    for number in range(MOST_TOLD + 1):
        if number == MOST_TOLD:
            await clock.advance(3600)
        async with database.transaction() as tx:
            await subject.begin(tx, Trouble.CHAT, str(number), title="모임")
    assert await told(database) == ["trouble.chat"] * (MOST_TOLD + 1)


async def test_a_trouble_that_nobody_ends_is_forgotten(
    database: Database, clock: FakeClock
) -> None:
    async with database.transaction() as tx:
        await troubles_of(database, clock).begin(tx, Trouble.CHAT, "7", title="모임")
        assert await troubles.delete_old(tx, clock.now()) == 0
        assert await troubles.delete_old(tx, clock.now() + timedelta(seconds=1)) == 1
        assert await troubles.list_subjects(tx, Trouble.CHAT) == frozenset()


async def test_a_chat_that_is_gone_is_told_and_is_no_trouble_any_more(
    database: Database, clock: FakeClock
) -> None:
    subject = troubles_of(database, clock)
    async with database.transaction() as tx:
        await subject.begin(tx, Trouble.CHAT, "7", title="모임")
        await subject.tell_of_loss(tx, "7", "모임")
        await subject.over(tx, Trouble.CHAT, "7", title="모임")
    assert await told(database) == ["trouble.chat", "trouble.chat.gone"]


async def test_pushes_in_doubt_beyond_a_few_are_told_until_none_is(
    database: Database, clock: FakeClock
) -> None:
    rows = [
        NewOutboxRow(ChatId(-number), "1", NoticePush("notice.topic", {}), clock.now())
        for number in range(1, MOST_DOUBTS + 2)
    ]
    async with database.transaction() as tx:
        await outbox.add_rows(tx, rows, clock.now())
    for doubtful in (MOST_DOUBTS, MOST_DOUBTS + 1, MOST_DOUBTS + 1, 3, 0, 0):
        async with database.transaction() as tx:
            await tx.execute("UPDATE outbox SET state = 'sent' WHERE chat_id < 0")
            await tx.execute(
                "UPDATE outbox SET state = 'unknown' WHERE chat_id < 0 AND chat_id >= ?",
                (-doubtful,),
            )
        await troubles_of(database, clock).look()
    assert await told(database) == ["trouble.doubts", "trouble.doubts.over"]


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (DiskFullError("full"), "trouble.database.full"),
        (BusyError("busy"), "trouble.database.busy"),
        (DatabaseError("io"), "trouble.database.other"),
    ],
)
async def test_writes_that_were_refused_are_told_once_they_are_not(
    database: Database, clock: FakeClock, error: DatabaseError, key: str
) -> None:
    async def refuse(problem: Exception) -> None:
        async with database.transaction():
            raise problem

    subject = troubles_of(database, clock)
    with pytest.raises(ClosedError):
        await refuse(ClosedError("closed"))
    await subject.look()
    assert await told(database) == []
    for _ in range(2):
        with pytest.raises(DatabaseError):
            await refuse(error)
        await subject.look()
        await clock.advance(1799)
    assert await told(database) == [key], "once an hour"
    with pytest.raises(DatabaseError):
        await refuse(error)
    await clock.advance(3600)
    await subject.look()
    assert await told(database) == [key, key]
    assert database.refusal is None


async def test_what_still_cannot_be_written_is_not_over(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "BUSY_TIMEOUT_SECONDS", 0.05)
    async with Database.opened(database.path) as held:
        subject = troubles_of(held, clock)
        async with database.transaction() as writing:
            await writing.run(lambda _: None)  # it begins with the first of what is done
            for _ in range(2):
                held.refusal = BusyError("busy")
                with pytest.raises(BusyError):
                    await subject.look()
        await subject.look()
        assert await told(held) == ["trouble.database.busy"]


class Alarm:
    """An alarm with what it held and said; `deaf` operators cannot be reached."""

    def __init__(self, database: Database, clock: FakeClock, deaf: tuple[int, ...] = ()) -> None:
        self.seconds = 0.0
        self.held: list[float] = []
        self.said: list[tuple[int, str]] = []
        self.deaf = deaf
        operators = Operators((BOSS, OTHER), clock)
        self.alarm = ConflictAlarm(
            database=database,
            clock=clock,
            operators=operators,
            troubles=Troubles(database, clock, operators),
            catalogues={"ko": get_texts("ko"), "en": get_texts("en")},
            language="ko",
            hold=self.held.append,
            say=self._say,
            monotonic=lambda: self.seconds,
        )

    async def _say(self, operator: int, text: str) -> None:
        if operator in self.deaf:
            raise NetworkError("down")
        self.said.append((operator, text))


async def test_another_bot_with_the_token_is_told_at_once_past_what_is_held(
    database: Database, clock: FakeClock
) -> None:
    """And by the outbox, later, where it could not be; once, also by the next run."""
    await add_chats(database, chat(OTHER, language="en"))
    one = Alarm(database, clock)
    for _ in range(3):
        await one.alarm.ring(60)
        one.seconds += 30
        await one.alarm.look()
    assert one.held == [60, 60, 60]
    assert one.said == [
        (BOSS, get_texts("ko")("trouble.conflict")),
        (OTHER, get_texts("en")("trouble.conflict")),
    ]
    again = Alarm(database, clock)
    again.seconds += OVER_SECONDS - 1
    await again.alarm.ring(60)
    again.seconds += OVER_SECONDS - 1
    await again.alarm.look()
    assert (again.said, await told(database)) == ([], [])
    again.seconds += 1
    for _ in range(2):
        await again.alarm.look()
    assert await told(database) == await told(database, OTHER) == ["trouble.conflict.over"]


async def test_who_cannot_be_told_at_once_is_told_later(
    database: Database, clock: FakeClock
) -> None:
    one = Alarm(database, clock, deaf=(BOSS,))
    await one.alarm.ring(60)
    assert [operator for operator, _ in one.said] == [OTHER]
    assert await told(database) == ["trouble.conflict"]
    assert await told(database, OTHER) == []


async def test_a_database_that_cannot_be_written_stops_no_alarm(
    database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    one = Alarm(database, clock)
    await database.close()
    await one.alarm.ring(60)
    assert one.held == [60]
    assert "trouble_not_told" in caplog.messages
