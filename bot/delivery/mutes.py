"""Looks whether groups that let nobody write do so again, of which Telegram tells nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from storage import outbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Clock
    from storage.database import Database
    from storage.models import ChatId

log = logging.getLogger(__name__)

EVERY_SECONDS = 600.0
"""So often, at most, a group is asked about."""
AT_MOST = 50
"""Groups a round, those that wait the longest; the others are tried once an hour."""


class Mutes:
    """Asks about the groups whose pushes wait because members may not write.

    A right that is the bot's own is told by `my_chat_member` (Bot API, Update); the default
    permissions of a group are only found by asking (Bot API, getChat).
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lets_write: Callable[[ChatId], Awaitable[bool]],
    ) -> None:
        """`lets_write` says whether a group lets its members write now."""
        self._database = database
        self._clock = clock
        self._lets_write = lets_write

    async def run(self) -> int:
        """Let go what waits in groups that are open again; how many pushes that were."""
        async with self._database.reader() as db:
            muted = await outbox.list_muted(db, self._clock.now(), limit=AT_MOST)
        return sum([await self._let_go(chat_id) for chat_id in muted])

    async def _let_go(self, chat_id: ChatId) -> int:
        if not await self._lets_write(chat_id):
            return 0
        async with self._database.transaction() as tx:
            pushes = await outbox.set_unmuted(tx, chat_id, self._clock.now())
        log.info("mute_is_over", extra={"chat": chat_id, "pushes": pushes})
        return pushes
