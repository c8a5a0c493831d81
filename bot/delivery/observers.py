"""Who hears of posts that were recorded, in the transaction that writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.announce import Announcer
from bot.search.index import index_changes

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.sources.record import PostObserver
    from storage.database import Transaction


def post_observers(clock: Clock) -> tuple[PostObserver, ...]:
    """The search index, and the chats: for whoever takes posts in."""
    return _index, Announcer(clock)


async def _index(tx: Transaction, _: object) -> None:
    await index_changes(tx)
