"""Who administers which chats: what is remembered of Telegram's answers, and for how long."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from telegram.error import BadRequest, TimedOut

from bot.chat_settings.room_names import RoomName
from bot.interaction import administrators as module
from bot.interaction.administrators import AGAIN, FRESH, Administrators
from storage import administrators, chats
from storage.models import ChatId, ChatState, UserId
from tests.clock import FakeClock
from tests.storage.rows import add_chats, chat

if TYPE_CHECKING:
    from telegram import Bot
    from telegram.error import TelegramError

    from storage.database import Database
    from storage.models import Chat

ROOM, OTHER = ChatId(-1), ChatId(-2)
MINJI, JUNHO = UserId(7), UserId(8)


class FakeTelegram:
    """Chats with their administrators; `error` in place of every answer."""

    def __init__(self, **rooms: list[UserId]) -> None:
        self.rooms = {int(name.removeprefix("r")): ids for name, ids in rooms.items()}
        self.error: TelegramError | None = None
        self.silent_about_names = False
        self.asked: list[tuple[int, int]] = []

    async def get_chat_member(self, chat_id: int, user_id: int) -> object:
        self.asked.append((chat_id, user_id))
        self._fail()
        is_one = user_id in self.rooms[-chat_id]
        return SimpleNamespace(status="administrator" if is_one else "member")

    async def get_chat_administrators(self, chat_id: int) -> list[object]:
        self._fail()
        users = [SimpleNamespace(id=one, is_bot=False) for one in self.rooms[-chat_id]]
        return [SimpleNamespace(user=one) for one in users]

    async def get_chat(self, chat_id: int) -> object:
        if self.silent_about_names:
            raise TimedOut
        return SimpleNamespace(effective_name=f"방 {-chat_id}", username=f"room_{-chat_id}")

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram(r1=[MINJI], r2=[JUNHO])


@pytest.fixture
async def known(database: Database, telegram: FakeTelegram, clock: FakeClock) -> Administrators:
    await add_chats(database, chat(ROOM, username="first"), chat(OTHER, username="second"))
    return Administrators(cast("Bot", telegram), database, clock)


async def listed(database: Database, chat_id: ChatId) -> list[int]:
    async with database.reader() as db:
        rows = await db.fetch_all(
            "SELECT user_id FROM administrators WHERE chat_id = ? ORDER BY 1", (chat_id,)
        )
    return [row["user_id"] for row in rows]


async def test_a_yes_holds_for_a_minute_and_a_no_for_nothing(
    known: Administrators, telegram: FakeTelegram, clock: FakeClock
) -> None:
    for _ in range(2):
        assert await known.is_administrator(ROOM, MINJI) is True
        assert await known.is_administrator(ROOM, JUNHO) is False
    assert telegram.asked == [(ROOM, MINJI), (ROOM, JUNHO), (ROOM, JUNHO)]
    telegram.rooms[1] = []
    await clock.advance(FRESH.total_seconds() - 1)
    assert await known.is_administrator(ROOM, MINJI) is True
    await clock.advance(1)
    assert await known.is_administrator(ROOM, MINJI) is False


async def test_after_a_clock_was_set_back_telegram_is_asked(
    known: Administrators, telegram: FakeTelegram, clock: FakeClock
) -> None:
    assert await known.is_administrator(ROOM, MINJI)
    clock._now -= FRESH
    telegram.rooms[1] = []
    assert await known.is_administrator(ROOM, MINJI) is False


async def test_what_telegram_says_is_kept_and_its_silence_is_not(
    known: Administrators, telegram: FakeTelegram, database: Database
) -> None:
    await known.is_administrator(ROOM, MINJI)
    assert await listed(database, ROOM) == [MINJI]
    known.forget(MINJI)
    telegram.error = TimedOut()
    assert await known.is_administrator(ROOM, MINJI) is None
    assert await listed(database, ROOM) == [MINJI]
    telegram.error, telegram.rooms[1] = None, []
    assert await known.is_administrator(ROOM, MINJI) is False
    assert await listed(database, ROOM) == []


async def test_what_is_told_of_a_change_counts_at_once(
    known: Administrators, telegram: FakeTelegram
) -> None:
    await known.is_administrator(ROOM, MINJI)
    telegram.rooms[1] = []
    await known.note(ROOM, MINJI, is_one=False)
    assert await known.is_administrator(ROOM, MINJI) is False


async def test_no_more_is_remembered_than_so_many(
    known: Administrators, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_REMEMBERED", 1)
    for room, user in ((ROOM, MINJI), (OTHER, JUNHO), (OTHER, JUNHO), (ROOM, MINJI)):
        assert await known.is_administrator(room, user)
    assert telegram.asked == [(ROOM, MINJI), (OTHER, JUNHO), (ROOM, MINJI)]


async def test_each_chat_is_asked_about_once_and_a_yes_that_it_ends_holds_no_longer(
    known: Administrators, telegram: FakeTelegram, database: Database
) -> None:
    assert await known.is_administrator(ROOM, MINJI)
    telegram.rooms[1] = [JUNHO]
    assert [await known.run() for _ in range(3)] == [True, True, False]
    assert await listed(database, ROOM) == await listed(database, OTHER) == [JUNHO]
    assert await known.is_administrator(ROOM, MINJI) is False
    rooms = await known.list_rooms(JUNHO)
    assert [(one.title, one.username) for one in rooms] == [("방 2", "room_2"), ("방 1", "room_1")]


async def test_what_is_not_told_is_not_taken_over(
    known: Administrators, telegram: FakeTelegram, database: Database, clock: FakeClock
) -> None:
    telegram.silent_about_names = True
    assert [await known.run() for _ in range(3)] == [True, True, False]
    assert [(await get(database, one)).username for one in (ROOM, OTHER)] == ["first", "second"]
    await clock.advance(administrators.ASKED_EVERY.total_seconds())
    telegram.error = TimedOut()
    assert [await known.run() for _ in range(3)] == [True, True, False]
    assert await listed(database, ROOM) == [MINJI]
    await clock.advance(AGAIN.total_seconds())
    telegram.error = BadRequest("member list is inaccessible")
    assert await known.run()
    assert [await listed(database, one) for one in (ROOM, OTHER)] in ([[], [8]], [[7], []])


async def get(database: Database, chat_id: ChatId) -> Chat:
    async with database.reader() as db:
        found = await chats.get_chat(db, chat_id)
    assert found is not None
    return found


async def test_a_chat_is_found_by_its_name_beyond_those_that_are_listed(
    known: Administrators, database: Database
) -> None:
    """Whether somebody may set it is asked then; one that is not served is not found."""
    async with database.transaction() as tx:
        await administrators.add_administrator(tx, ROOM, MINJI)
    for name, found in (
        (RoomName(number=1), [ROOM]),
        (RoomName(number=2), []),
        (RoomName(title="독서모임"), [ROOM]),
        (RoomName(username="First"), [ROOM]),
        (RoomName(username="second"), [OTHER]),
        (RoomName(username="third"), []),
    ):
        assert [one.id for one in await known.find(MINJI, name)] == found
    async with database.transaction() as tx:
        await chats.set_state(tx, OTHER, ChatState.WAITING)
    assert await known.find(MINJI, RoomName(username="second")) == []
