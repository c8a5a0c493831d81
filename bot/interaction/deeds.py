"""What people did that is not done twice, and that they may not have been told of.

Where an answer is in doubt, or an interruption came before it, whoever did it is told at their next
word in that chat. What is kept in the database outlives the run.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from storage import deeds
from storage.database import DatabaseError

if TYPE_CHECKING:
    from storage.database import Database
    from storage.models import ChatId, Deed, UpdateId

log = logging.getLogger(__name__)


class Deeds:
    """Keeps them until they are told."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._untold: defaultdict[tuple[ChatId, int], dict[UpdateId, Deed]] = defaultdict(dict)

    async def load(self) -> int:
        """At a start: what an earlier run did and may not have told; how many that are."""
        async with self._database.reader() as db:
            kept = await deeds.list_deeds(db)
        for deed in kept:
            self._untold[deed.chat_id, deed.person_id][deed.update_id] = deed
        return len(kept)

    async def doubt(self, deed: Deed) -> None:
        """Nobody knows whether whoever did it was answered."""
        log.info("deed_untold", extra={"update_id": deed.update_id, "is_done": deed.is_done})
        self._untold[deed.chat_id, deed.person_id][deed.update_id] = deed
        if not deed.is_kept:
            return
        try:
            async with self._database.transaction() as tx:
                await deeds.add_deed(tx, deed, in_doubt=True)
        except DatabaseError as error:  # it is told in this run, or not at all
            log.warning("deed_not_kept", extra={"error": str(error)})

    def list_untold(self, chat_id: ChatId, person_id: int) -> list[Deed]:
        """What a person has to be told in a chat, in order."""
        return list(self._untold.get((chat_id, person_id), {}).values())

    async def take(self, deed: Deed) -> None:
        """It counts as told from now on. Raises DatabaseError: then it does not."""
        async with self._database.transaction() as tx:
            await deeds.delete_deeds(tx, [deed.update_id])
        untold = self._untold.get((deed.chat_id, deed.person_id), {})
        untold.pop(deed.update_id, None)
        if not untold:
            self._untold.pop((deed.chat_id, deed.person_id), None)

    def forget(self, person_id: int) -> None:
        """Whoever that is, nothing is kept of them."""
        for key in [one for one in self._untold if one[1] == person_id]:
            del self._untold[key]
