"""The sources that are followed: by SOURCES, and by what operators add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sources.addresses import checked_address
from storage import sources
from storage.models import SourceKind

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from storage.models import SourceId


async def follow(
    database: Database, address: str, now: datetime, *, again: bool = False
) -> SourceId:
    """Follow a feed or a site from now on; one that is followed stays as it is. Raises SourceError.

    The first poll finds out what the address is, and fills the archive quietly. One that ended is
    followed once more only where somebody asks for it `again`: a restart undoes no decision.
    """
    address = checked_address(address)
    async with database.transaction() as tx:
        known = await sources.get_by_address(tx, address)
        if known is None or (again and known.ended_at is not None):
            return await sources.add_source(tx, address, SourceKind.FEED, next_poll_at=now)
        return known.id
