"""Who administers which chats: listed from what Telegram said, and asked of it where it counts.

The list is filled when a chat is served and once a day (getChatAdministrators), by what Telegram
tells of changes (chat_member, which a bot gets where it is an administrator) and by whoever sets a
chat in the chat itself. What it says grants nothing: the chat that somebody chose is asked about.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.chat_settings.room_names import find_rooms
from bot.delivery.administrators import list_administrators
from bot.interaction.access import administers
from storage import administrators, chats

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import Bot, ChatFullInfo

    from bot.chat_settings.room_names import RoomName
    from bot.clock import Clock
    from storage.database import Database
    from storage.models import Chat, ChatId, UserId

FRESH = timedelta(minutes=1)
"""So long Telegram's yes holds: whoever is no administrator any more is refused after it."""
AGAIN = timedelta(minutes=10)
"""So long after nothing was answered a chat is asked about again."""
MOST_REMEMBERED = 10_000


class Administrators:
    """Knows whose chats are whose."""

    def __init__(self, bot: Bot, database: Database, clock: Clock) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._confirmed: dict[tuple[ChatId, UserId], datetime] = {}
        """When Telegram said last that somebody administers a chat."""

    async def list_rooms(self, user_id: UserId) -> list[Chat]:
        """The served chats that somebody was last known to administer, always in one order."""
        async with self._database.reader() as db:
            return await chats.list_administered(db, user_id)

    async def find(self, user_id: UserId, name: RoomName) -> list[Chat]:
        """The served chats that somebody can mean: those that they administer, if any is named so.

        A public name is found beyond those, for the list may be a day old.
        """
        found = find_rooms(name, await self.list_rooms(user_id))
        if found or name.username is None:
            return found
        async with self._database.reader() as db:
            return await chats.list_named(db, name.username)

    async def is_administrator(self, chat_id: ChatId, user_id: UserId) -> bool | None:
        """Whether somebody administers a chat, by what Telegram said within the last minute.

        None where it does not answer.
        """
        now, seen_at = self._clock.now(), self._confirmed.get((chat_id, user_id))
        if seen_at is not None and timedelta() <= now - seen_at < FRESH:
            return True
        is_one = await administers(self._bot, chat_id, user_id)
        if is_one is not None:
            await self.note(chat_id, user_id, is_one=is_one)
        return is_one

    async def note(self, chat_id: ChatId, user_id: UserId, *, is_one: bool) -> None:
        """Keep what Telegram just said of somebody."""
        self._remember(chat_id, user_id, is_one=is_one)
        async with self._database.reader() as db:
            if await administrators.is_known(db, chat_id, user_id) is is_one:
                return
        change = administrators.add_administrator if is_one else administrators.delete_administrator
        async with self._database.transaction() as tx:
            await change(tx, chat_id, user_id)

    def forget(self, user_id: UserId) -> None:
        """Whoever that is, nothing is kept of them here."""
        for key in [key for key in self._confirmed if key[1] == user_id]:
            del self._confirmed[key]

    async def run(self) -> bool:
        """Ask about one served chat that was not asked about for a day; False where there is none.

        One at a time: no answer waits behind it, and a restart makes no burst.
        """
        async with self._database.reader() as db:
            due = await administrators.list_unasked(db, self._clock.now(), 1)
        for chat_id in due:
            await self._ask(chat_id)
        return bool(due)

    async def _ask(self, chat_id: ChatId) -> None:
        """Take over who administers a chat, and what it is called."""
        listed, now = await list_administrators(self._bot, chat_id), self._clock.now()
        if listed is None:
            async with self._database.transaction() as tx:
                await administrators.put_off(tx, chat_id, now + AGAIN)
            return
        called = await self._called(chat_id)
        async with self._database.transaction() as tx:
            await administrators.set_administrators(tx, chat_id, listed, now)
            if called is not None:
                title = called.effective_name or ""
                await chats.set_names(tx, chat_id, title=title, username=called.username)
        for key in [key for key in self._confirmed if key[0] == chat_id and key[1] not in listed]:
            del self._confirmed[key]

    async def _called(self, chat_id: ChatId) -> ChatFullInfo | None:
        try:
            return await self._bot.get_chat(chat_id)
        except TelegramError:
            return None

    def _remember(self, chat_id: ChatId, user_id: UserId, *, is_one: bool) -> None:
        self._confirmed.pop((chat_id, user_id), None)
        if is_one:
            self._confirmed[chat_id, user_id] = self._clock.now()
        while len(self._confirmed) > MOST_REMEMBERED:
            del self._confirmed[next(iter(self._confirmed))]
