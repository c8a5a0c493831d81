"""What arrived of answers of several messages, for as long as another part of them is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.delivery.telegram import Sent
    from storage.models import ChatId, UpdateId

MOST_KEPT = 1000
"""Updates of which it is known; of one that never comes again nobody says so."""


class Parts:
    """The messages that are there, by the update that they answer, in this run alone."""

    def __init__(self) -> None:
        self._arrived: dict[UpdateId, Sequence[Sent]] = {}

    def keep(self, update_id: UpdateId, arrived: Sequence[Sent]) -> None:
        """These are there, in the order in which they were sent; the next one may not be."""
        if not arrived:
            return
        self._arrived[update_id] = arrived
        if len(self._arrived) > MOST_KEPT:
            del self._arrived[next(iter(self._arrived))]

    def take(self, update_id: UpdateId) -> Sequence[Sent]:
        """What is not to be sent again, now that the update is answered once more."""
        return self._arrived.pop(update_id, ())

    def forget(self, chat_id: ChatId) -> None:
        """Forget a chat (/forgetme in private)."""
        for key in [one for one, sent in self._arrived.items() if sent[0].chat_id == chat_id]:
            del self._arrived[key]
