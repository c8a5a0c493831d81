"""What stops delivery, told to the operators: once when it begins, and once when it is over.

What lasts is a row (storage.troubles). Where many of a kind begin within an hour, one notice names
how to see them all, and only those that were told are told to be over.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from bot.delivery.failures import REFUSED
from storage import chats, facts, outbox, troubles
from storage.database import BusyError, DiskFullError
from storage.models import ChatKind, NoticePush
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.clock import Clock
    from bot.delivery.failures import Failure
    from bot.delivery.operators import Operators
    from storage.database import Database, DatabaseError, Transaction
    from storage.models import ChatId

log = logging.getLogger(__name__)

WITHIN = timedelta(hours=1)
MOST_TOLD = 5
"""Troubles of a kind, each with a notice of its own, within that time."""
LOSSES = "losses_told"
"""The fact that has the hour, and how many lost chats were told in it."""
MOST_DOUBTS = 10
"""Pushes in doubt at once that are nothing unusual."""


class Trouble(StrEnum):
    """What may last; `trouble.<kind>` and `trouble.<kind>.over` are its messages."""

    CHAT = "chat"
    """The bot may not write to a chat, which is the subject."""
    CONFLICT = "conflict"
    """Another bot has the token."""
    DOUBTS = "doubts"
    """Many pushes are in doubt."""
    BACKUP = "backup"
    """The scheduled backup could not be made."""


class Troubles:
    """Keeps what lasts, and tells of it."""

    def __init__(self, database: Database, clock: Clock, operators: Operators) -> None:
        self._database = database
        self._clock = clock
        self._operators = operators

    async def begin(
        self, tx: Transaction, kind: Trouble, subject: str = "", **values: object
    ) -> bool:
        """Tell of a trouble; False where it lasts already."""
        now = self._clock.now()
        many = await troubles.count_told_since(tx, kind, now - WITHIN) >= MOST_TOLD
        if not await troubles.add_trouble(tx, kind, subject, now, is_told=not many):
            return False
        extra = _fields(kind, subject, values)
        tx.afterwards(partial(log.warning, "trouble_begins", extra=extra))
        if many:
            hour = to_seconds(now) // int(WITHIN.total_seconds())
            await self._operators.tell(tx, f"trouble:{kind}:many:{hour}", f"trouble.{kind}.many")
        else:
            await self._tell(tx, subject, f"trouble.{kind}", values)
        return True

    async def tell_administrators(
        self, tx: Transaction, chat_id: ChatId, title: str, people: Collection[int]
    ) -> None:
        """Tell who administers a chat that it cannot be written to; operators know already."""
        others = frozenset(people) - frozenset(self._operators.ids)
        item = f"trouble.chat:{chat_id}:{to_seconds(self._clock.now())}"
        notice = NoticePush("trouble.chat", {"title": title})
        await self._operators.put(tx, item, notice, only=sorted(others))

    async def over(
        self, tx: Transaction, kind: Trouble, subject: str = "", **values: object
    ) -> None:
        """Tell that a trouble is over, where the operators know of it."""
        if await troubles.delete_trouble(tx, kind, subject):
            extra = _fields(kind, subject, values)
            tx.afterwards(partial(log.info, "trouble_over", extra=extra))
            await self._tell(tx, subject, f"trouble.{kind}.over", values)

    async def tell_of_loss(self, tx: Transaction, subject: str, title: str) -> None:
        """A chat is gone, and what waited for it; of many within an hour, that there are many."""
        await troubles.delete_trouble(tx, Trouble.CHAT, subject)
        hour = to_seconds(self._clock.now()) // int(WITHIN.total_seconds())
        before, _, number = (await facts.get_fact(tx, LOSSES) or "").partition(" ")
        told = int(number) if before == str(hour) else 0
        if told >= MOST_TOLD:
            await self._operators.tell(tx, f"trouble:gone:many:{hour}", "trouble.chat.gone.many")
            return
        await facts.set_fact(tx, LOSSES, f"{hour} {told + 1}")
        await self._tell(tx, subject, "trouble.chat.gone", {"title": title})

    async def tell_of_refusal(self, tx: Transaction, chat_id: ChatId, failure: Failure) -> None:
        """What is of `REFUSED` went in no form, and was set aside; once an hour at most.

        Whose private chat it was is nobody's business.
        """
        if not isinstance(failure, REFUSED):
            return
        chat = await chats.get_chat(tx, chat_id)
        title: object = chat.title if chat is not None and chat.title else str(chat_id)
        if chat is None or chat.kind is ChatKind.PRIVATE:
            title = {"key": "trouble.refused.private", "values": {}}
        hour = to_seconds(self._clock.now()) // int(WITHIN.total_seconds())
        values = {"title": title, "reason": getattr(failure, "reason", type(failure).__name__)}
        await self._operators.put(
            tx, f"trouble:refused:{hour}", NoticePush("trouble.refused", values)
        )

    async def look(self) -> None:
        """See what nobody reports by itself: pushes in doubt, and writes that were refused.

        A database that was replaced ends the run: it is noted.
        """
        self._database.check_place()
        async with self._database.reader() as db:
            count = await outbox.count_unknown(db)
            lasts = await troubles.list_subjects(db, Trouble.DOUBTS)
        refusal = self._database.refusal
        if refusal is None and not (count > MOST_DOUBTS or (lasts and not count)):
            return
        async with self._database.transaction() as tx:
            if refusal is not None:
                await self._tell_of_refusal(tx, refusal)
            if count > MOST_DOUBTS:
                await self.begin(tx, Trouble.DOUBTS, count=count)
            elif not count:
                await self.over(tx, Trouble.DOUBTS)
        if refusal is not None:
            self._database.forget_refusal()

    async def _tell_of_refusal(self, tx: Transaction, refusal: DatabaseError) -> None:
        """That this can be written proves that it is over; once an hour at most."""
        kinds = {DiskFullError: "full", BusyError: "busy"}
        kind = kinds.get(type(refusal), "other")
        hour = to_seconds(self._clock.now()) // int(WITHIN.total_seconds())
        await self._operators.tell(tx, f"trouble:{kind}:{hour}", f"trouble.database.{kind}")

    async def _tell(
        self, tx: Transaction, subject: str, key: str, values: dict[str, object]
    ) -> None:
        item = f"{key}:{subject}:{to_seconds(self._clock.now())}"
        await self._operators.put(tx, item, NoticePush(key, values))


def _fields(kind: Trouble, subject: str, values: dict[str, object]) -> dict[str, object]:
    """What a line says of a trouble: its kind, and the chat where it is one's own."""
    chat: dict[str, object] = {"chat": int(subject)} if kind is Trouble.CHAT else {}
    return {"trouble": str(kind), **chat, **values}
