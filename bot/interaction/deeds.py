"""What people did that is not done twice, and that they may not have been told of.

Where an answer is in doubt, or an interruption came before it, whoever did it is told at their next
word in that chat. What is kept in the database outlives the run.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from storage import chats, deeds
from storage.database import DatabaseError
from storage.slices import EVERY

if TYPE_CHECKING:
    from bot.clock import Clock
    from storage.database import Database, Transaction
    from storage.models import ChatId, Deed, UpdateId

KEPT = timedelta(days=1)
"""Nobody waits to hear of it any longer; `privacy.text` promises no more."""

log = logging.getLogger(__name__)


class Deeds:
    """Keeps them until they are told."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._untold: defaultdict[int, dict[UpdateId, Deed]] = defaultdict(dict)
        """By person."""

    async def load(self) -> int:
        """At a start: what an earlier run did and may not have told; how many that are."""
        async with self._database.reader() as db:
            kept = await deeds.list_deeds(db)
        for deed in kept:
            self._untold[deed.person_id][deed.update_id] = deed
        return len(kept)

    async def doubt(self, deed: Deed) -> None:
        """Nobody knows whether whoever did it was answered."""
        log.debug("deed_untold", extra={"update_id": deed.update_id, "is_done": deed.is_done})
        self._untold[deed.person_id][deed.update_id] = deed
        if not deed.is_kept:
            return
        try:
            async with self._database.transaction() as tx:
                await deeds.add_deed(tx, deed, in_doubt=True)
        except DatabaseError as error:  # it is told in this run, or not at all
            log.warning("deed_not_kept", extra={"error": error})

    async def list_untold(self, chat_id: ChatId, person_id: int, update_id: UpdateId) -> list[Deed]:
        """What a person has to be told in a chat, in order. Raises DatabaseError.

        What is older than a day is not, but for what this very update did, lest it run again.
        A supergroup is one chat with the group that it was, whichever of their ids each update had.
        """
        since, mine = self._clock.now() - KEPT, self._untold.get(person_id, {}).values()
        untold = [one for one in mine if one.done_at >= since or one.update_id == update_id]
        if not untold:
            return []
        async with self._database.reader() as db:
            here = await chats.current_id(db, chat_id)
            return [one for one in untold if await chats.current_id(db, one.chat_id) == here]

    async def take(self, deed: Deed) -> None:
        """It counts as told from now on. Raises DatabaseError: then it does not."""
        async with self._database.transaction() as tx:
            await deeds.delete_deeds(tx, [deed.update_id])
        untold = self._untold.get(deed.person_id, {})
        untold.pop(deed.update_id, None)
        if not untold:
            self.forget(deed.person_id)

    def forget(self, person_id: int) -> None:
        """Whoever that is, nothing is kept of them."""
        self._untold.pop(person_id, None)

    async def forget_old(self, tx: Transaction, limit: int = EVERY) -> int:
        """Forget what was done more than a day ago, in the database (how many) and here."""
        before = self._clock.now() - KEPT
        gone = await deeds.delete_old(tx, before, limit)
        for person_id, untold in list(self._untold.items()):
            for update_id in [key for key, one in untold.items() if one.done_at < before]:
                del untold[update_id]
            if not untold:
                self.forget(person_id)
        return gone
