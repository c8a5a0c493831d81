"""At a start, and when the clock was set: what is due in every chat is worked out anew, in slices.

Each slice of chats is read and written in one transaction: between two of them the writer is
everybody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import chats

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from storage.database import Database, Transaction
    from storage.models import Chat

CHATS_AT_ONCE = 400
"""Chats of a slice."""


async def replan_served(
    database: Database, write: Callable[[Transaction, Sequence[Chat]], Awaitable[None]]
) -> None:
    """Hand all served chats to `write`, a slice a transaction.

    The greatest ids first: a group that becomes a supergroup meanwhile moves behind, and is met
    there, for the second time perhaps.
    """
    before, is_going = None, True
    while is_going:
        async with database.transaction() as tx:
            some = await chats.list_served(tx, before=before, limit=CHATS_AT_ONCE)
            await write(tx, some)
        is_going = len(some) == CHATS_AT_ONCE
        before = some[-1].id if some else None
