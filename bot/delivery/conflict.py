"""Another bot with the token: nothing is sent while it shows, and the operators are told at once.

Two machines with a token each get half of the updates and post everything twice. The notice is the
one thing that leaves meanwhile, past the lanes, since it says how to end it.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.delivery.troubles import Trouble
from storage import chats, troubles
from storage.database import DatabaseError
from storage.models import ChatId, NoticePush

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.clock import Clock
    from bot.delivery.operators import Operators
    from bot.delivery.troubles import Troubles
    from bot.locales import Texts
    from storage.database import Database

log = logging.getLogger(__name__)

OVER_SECONDS = 120.0
"""So long without a 409, and the other one is gone: it shows whenever we ask for updates."""
KEY = "trouble.conflict"


class ConflictAlarm:
    """Holds the sends, tells the operators, and sees when it is over.

    Args:
        hold: Lets nothing be sent for so many seconds.
        say: Sends a text to a person, past the lanes. Raises TelegramError.
        language: That of an operator who never opened the bot.
        monotonic: Seconds that never go back, whatever is done to the time of day.
    """

    def __init__(  # noqa: PLR0913  # each by its name
        self,
        *,
        database: Database,
        clock: Clock,
        operators: Operators,
        troubles: Troubles,
        catalogues: Mapping[str, Texts],
        language: str,
        hold: Callable[[float], None],
        say: Callable[[int, str], Awaitable[object]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._operators = operators
        self._troubles = troubles
        self._catalogues = catalogues
        self._language = language
        self._hold = hold
        self._say = say
        self._monotonic = monotonic
        self._seen_at = monotonic()
        """A 409, or the start: what an earlier run told of is over a while after it."""

    async def ring(self, seconds: float) -> None:
        """Telegram said 409: send nothing for so long, and tell, unless that is known."""
        self._seen_at = self._monotonic()
        self._hold(seconds)
        try:
            await self._tell()
        except DatabaseError as error:
            log.error("trouble_not_told", extra={"error": error})  # noqa: TRY400  # the error says it all

    async def look(self) -> None:
        """Tell that it is over, once no 409 came for a while."""
        if self._monotonic() - self._seen_at < OVER_SECONDS:
            return
        async with self._database.reader() as db:
            lasts = await troubles.list_subjects(db, Trouble.CONFLICT)
        if lasts:
            async with self._database.transaction() as tx:
                await self._troubles.over(tx, Trouble.CONFLICT)

    async def _tell(self) -> None:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            is_new = await troubles.add_trouble(tx, Trouble.CONFLICT, "", now, is_told=True)
        if not is_new:
            return
        missed = [one for one in self._operators.ids if not await self._reaches(one)]
        async with self._database.transaction() as tx:
            item = f"{KEY}:{now.timestamp():.0f}"
            await self._operators.put(tx, item, NoticePush(KEY, {}), only=missed)

    async def _reaches(self, operator: int) -> bool:
        async with self._database.reader() as db:
            chat = await chats.get_chat(db, ChatId(operator))
        language = self._language if chat is None else chat.settings.language
        texts = self._catalogues.get(language) or self._catalogues[self._language]
        try:
            await self._say(operator, texts(KEY))
        except TelegramError:
            return False
        return True
