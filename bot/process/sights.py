"""Finds out whether reactions are shown to the bot in groups of which that is not known.

A change is told by `my_chat_member` (Bot API, Update). Of groups that an older version served, and
of those that a new database does not know, Telegram tells nothing by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import chats
from storage.models import Sight

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.chats import Chats
    from storage.database import Database
    from storage.models import ChatId

EVERY_SECONDS = 600.0
AT_MOST = 50
"""Groups a round."""


class Sights:
    """Asks about each group in turn: where Telegram does not say, again after all the others."""

    def __init__(
        self,
        database: Database,
        known: Chats,
        sees: Callable[[ChatId], Awaitable[bool | None]],
    ) -> None:
        """`sees` says whether reactions are shown in a group; None: nobody says."""
        self._database = database
        self._chats = known
        self._sees = sees
        self._asked: set[ChatId] = set()

    async def run(self) -> int:
        """Ask about the next groups; of how many it is known now."""
        async with self._database.reader() as db:
            unknown = await chats.list_of_unknown_sight(db)
        if self._asked.issuperset(unknown):
            self._asked.clear()
        unasked = [one for one in unknown if one not in self._asked][:AT_MOST]
        return sum([await self._ask(one) for one in unasked])

    async def _ask(self, chat_id: ChatId) -> bool:
        self._asked.add(chat_id)
        is_seen = await self._sees(chat_id)
        if is_seen is None:
            return False
        async with self._database.transaction() as tx:
            chat = await chats.get_chat(tx, await chats.current_id(tx, chat_id))
            if chat is not None and chat.sight is Sight.UNKNOWN:  # a change was told meanwhile
                await self._chats.see(tx, chat.id, is_seen=is_seen)
        return True
