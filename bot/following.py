"""The sources that are followed: by SOURCES, and by what operators add."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bot.delivery.announce import Announcer
from bot.search.index import index_changes
from bot.sources.addresses import checked_address
from bot.sources.http.fetch import Fetcher
from bot.sources.intake import Intake
from bot.sources.poll import SourcePoller
from bot.sources.poll_record import Verdicts
from bot.sources.reading import SourceReader
from bot.text.html import html_to_rich
from storage import sources
from storage.models import SourceKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from bot.clock import Clock
    from bot.config import Settings
    from bot.delivery.operators import Operators
    from bot.sources.poll import Polled
    from bot.sources.record import PostObserver
    from storage.database import Database, Transaction
    from storage.models import SourceId


def source_poller(  # what it is made of
    settings: Settings,
    database: Database,
    clock: Clock,
    fetcher: Fetcher,
    observers: tuple[PostObserver, ...],
    operators: Operators | None,
) -> SourcePoller:
    """The poller as the settings have it; without `operators`, nobody is told of trouble."""
    verdicts = Verdicts(
        clock=clock,
        teller=operators,
        interval_seconds=settings.poll_interval,
        chance=random.random,
    )
    intake = Intake(
        database=database,
        clock=clock,
        html_to_text=lambda html: html_to_rich(html).text,
        observers=observers,
        verdicts=verdicts,
    )
    named = [checked_address(one) for one in settings.sources if "://" in one]
    return SourcePoller(
        fetcher=fetcher,
        reader=SourceReader(fetcher),
        intake=intake,
        private_addresses=frozenset(named if settings.allow_private_sources else ()),
    )


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


async def poll_all(
    settings: Settings, database: Database, clock: Clock
) -> AsyncIterator[tuple[str, Polled]]:
    """Poll every source of SOURCES and of the database once, and say what came of each.

    New posts are put into the outbox, for the bot to send when it runs.
    """
    observers: tuple[PostObserver, ...] = (index_posts, Announcer(clock))
    for address in settings.sources:
        if "://" in address:
            await follow(database, address, clock.now())
    async with Fetcher(clock) as fetcher, database.reader() as db:
        poller = source_poller(settings, database, clock, fetcher, observers, None)
        for source in await sources.list_sources(db):
            polled = await poller.poll(source.id) if source.ended_at is None else None
            if polled is not None:
                yield source.address, polled


async def index_posts(tx: Transaction, _: object) -> None:
    """Keep the search index with the posts, in the transaction that changes them."""
    await index_changes(tx)
