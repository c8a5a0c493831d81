"""Looks for a lost message of ours among ids: whose each is, and whether its buttons are the ones.

Nothing of others' is touched. Of ours, only the buttons of one that nobody knew can be overwritten,
and they are put back from what is kept of it. No text is ever edited to find out whose it is.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.failures import Ambiguous, CalledOffError, DeliveryError
from bot.delivery.probe import Whose
from storage import attempts, known_ids
from storage.known_ids import sequence_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from bot.delivery.failures import Failure
    from bot.delivery.probe import Prober
    from bot.delivery.record import Ledger
    from storage.database import Database
    from storage.models import Attempt, ChatId, MessageId

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Questions on their way, in all chats: however much is in doubt, pushes and answers go on."""
GAP_SECONDS = 1.6
"""Between two questions: of a chat's three requests in three seconds, answers keep one."""


@dataclass(slots=True)
class Looked:
    """What a search came to."""

    found: bool = False
    calls: int = 0
    hidden: set[MessageId] = field(default_factory=set)
    """Nothing is there that the bot may see; it may come yet."""
    failure: Failure | None = None
    """Why it ended before its time."""


class Search:
    """Asks Telegram about one id after the other."""

    def __init__(self, database: Database, clock: Clock, prober: Prober, ledger: Ledger) -> None:
        self._database = database
        self._clock = clock
        self._prober = prober
        self._ledger = ledger
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def may_ask(self, chat_id: ChatId) -> bool:
        """Whether questions do no harm there. Raises DeliveryError."""
        return sequence_of(chat_id) != chat_id or await self._prober.may_ask(chat_id)

    async def look(
        self, lost: Sequence[Attempt], ids: Sequence[MessageId], *, calls: int
    ) -> Looked:
        """Look for any of `lost`, all of one push and one chat, with about so many calls.

        What is found is recorded, and ends the search.
        """
        looked = Looked()
        try:
            for message_id in ids:
                if looked.found or looked.calls >= calls:
                    break
                with suppress(CalledOffError):  # it was somebody's message meanwhile
                    await self._ask(lost, message_id, looked)
        except DeliveryError as error:
            looked.failure = error.failure
            log.debug("search_interrupted", extra={"failure": str(error.failure)})
        await self._count(lost, looked.calls)
        return looked

    async def _ask(self, lost: Sequence[Attempt], message_id: MessageId, looked: Looked) -> None:
        chat_id = lost[0].chat_id
        await self._breathe(looked)
        async with self._slots:
            begin = partial(self._call_off_if_known, chat_id, message_id)
            whose = await self._prober.whose(chat_id, message_id, begin)
        if whose is Whose.OURS:
            await self._breathe(looked)
            looked.found = await self._compare(lost, message_id)
        if whose is Whose.HIDDEN:
            looked.hidden.add(message_id)
        elif not looked.found:
            await self._ledger.known(chat_id, message_id)

    async def _call_off_if_known(self, chat_id: ChatId, message_id: MessageId) -> None:
        """An answer that was sent meanwhile is noted before the lane is free: it is not touched."""
        async with self._database.reader() as db:
            if await known_ids.is_known_id(db, chat_id, message_id):
                raise CalledOffError

    async def _breathe(self, looked: Looked) -> None:
        if looked.calls:
            await self._clock.sleep(GAP_SECONDS)
        looked.calls += 1

    async def _compare(self, lost: Sequence[Attempt], message_id: MessageId) -> bool:
        """Whether a message of ours is one of `lost`, which is recorded."""
        tried = lost[-1]
        async with self._database.transaction() as tx:
            is_first = await attempts.add_comparison(
                tx, tried.chat_id, message_id, self._clock.now()
            )
        try:
            async with self._slots:
                seen = await self._tell_apart(tried, message_id, is_first=is_first)
        except (DeliveryError, CalledOffError) as error:
            if is_first and not _may_have_changed(error):
                await self._end_comparison(tried.chat_id, message_id)
            raise
        if seen is None:
            return await self._found(tried, message_id)
        if isinstance(seen, Whose):
            await self._end_comparison(tried.chat_id, message_id)
            return False
        return await self._put_back(lost, message_id, seen, is_first=is_first)

    async def _tell_apart(
        self, tried: Attempt, message_id: MessageId, *, is_first: bool
    ) -> str | Whose | None:
        """None: it bears the attempt's buttons, and not because they were put there.

        Where an earlier comparison has not ended, its text tells: an edit that changes something
        gives it, and one of two does.
        """
        begin = partial(self._call_off_if_known, tried.chat_id, message_id)
        compare = partial(self._prober.compare, tried.chat_id, message_id)
        if is_first:
            return await compare(tried.keyboard, begin)
        seen = await compare("", begin)
        return seen if seen is not None else await compare(tried.keyboard, begin)

    async def _put_back(
        self, lost: Sequence[Attempt], message_id: MessageId, seen: str, *, is_first: bool
    ) -> bool:
        """It was another of ours: by its text it is known which, and it gets its buttons again."""
        tried = lost[-1]
        async with self._database.reader() as db:
            others = await attempts.list_lost(db, tried.chat_id)
        same = [one for one in others if one.text_digest == seen]
        same.sort(key=lambda one: one.token == tried.token)  # it would have had the buttons
        owner = same[0] if same else None
        buttons = "" if owner is None else owner.keyboard
        log.warning(
            "buttons_put_back", extra={"message_id": message_id, "known": owner is not None}
        )
        if owner is None or owner.token != tried.token or not is_first:
            await self._prober.compare(tried.chat_id, message_id, buttons)
        if owner is None:
            await self._end_comparison(tried.chat_id, message_id)
            return False
        await self._found(owner, message_id)
        return owner.outbox_id == tried.outbox_id

    async def _found(self, attempt: Attempt, message_id: MessageId) -> bool:
        await self._ledger.arrived(attempt.token, message_id)
        await self._end_comparison(attempt.chat_id, message_id)
        return True

    async def _end_comparison(self, chat_id: ChatId, message_id: MessageId) -> None:
        async with self._database.transaction() as tx:
            await attempts.delete_comparison(tx, chat_id, message_id)

    async def _count(self, lost: Sequence[Attempt], calls: int) -> None:
        async with self._database.transaction() as tx:
            for one in lost:
                await attempts.add_calls(tx, one.token, calls)


def _may_have_changed(error: DeliveryError | CalledOffError) -> bool:
    """Whether a comparison that failed so may have put the buttons on."""
    return isinstance(error, DeliveryError) and isinstance(error.failure, Ambiguous)
