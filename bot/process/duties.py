"""What the bot does unasked: imports archives, polls, sends pushes and digests, deletes the old."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telegram import Bot
from telegram.error import TelegramError

from bot.clock import end
from bot.config import ServePolicy, SettlePolicy
from bot.delivery.carried_filters import tell_of_filters
from bot.delivery.cleaning import Cleaning
from bot.delivery.compose import Composer
from bot.delivery.conflict import ConflictAlarm
from bot.delivery.digest import Digests
from bot.delivery.editions import Editions
from bot.delivery.holds import Holds
from bot.delivery.mutes import EVERY_SECONDS, Mutes
from bot.delivery.outbox import OutboxSender
from bot.delivery.pinning import Pinning
from bot.delivery.probe import TelegramProber
from bot.delivery.reachable import ReachableTransport
from bot.delivery.record import Ledger
from bot.delivery.refresh import Refresher
from bot.delivery.scheduled import Scheduled
from bot.delivery.search import Search
from bot.delivery.settle import PatientSettler, SearchingSettler
from bot.delivery.settlements import Settlements
from bot.delivery.spreading import Spreader
from bot.delivery.tally import Tally
from bot.delivery.telegram import TelegramTransport
from bot.delivery.troubles import Troubles
from bot.delivery.withdrawal import Withdrawing
from bot.errors import SosikError
from bot.interaction.access import sees_reactions
from bot.interaction.menus import set_menus
from bot.process import sights
from bot.process.archive_files import take_in
from bot.process.backups import Backups
from bot.process.housekeeping import SLICE, sweeps
from bot.process.sights import Sights
from bot.process.tick import Duty
from bot.sources.follow import follow
from storage import chats, due
from storage.database import DatabaseError
from storage.models import ChatId, ChatKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from telegram.ext import ExtBot

    from bot.delivery.pace import Pace
    from bot.figures import Figures
    from bot.interaction.services import Services

log = logging.getLogger(__name__)

SECOND, ADMINISTRATORS_SECONDS, TROUBLE_SECONDS, HOUR = 1.0, 3.0, 10.0, 3600.0
BACKUP_SECONDS = 60.0
AGAIN_SECONDS = 10.0
"""So long after the database could not be used, what begins the run begins again."""


class Duties:
    """The work of a start, in `start`, and what the tick has to look after, in `all`."""

    def __init__(
        self, services: Services, bot: ExtBot[Any], *, pace: Pace, figures: Figures
    ) -> None:
        """`pace` is what sends wait for; `figures` counts what becomes of them."""
        self._services = services
        self._figures = figures
        self._bot = bot
        self._pace = pace
        self._task: asyncio.Task[None] | None = None
        composer = _composer(services)
        database, clock, transport = services.database, services.clock, TelegramTransport(bot)
        self._troubles = Troubles(database, clock, services.operators)
        self._holds = Holds(database, clock, services.operators, pace)
        reachable = ReachableTransport(transport, bot, database, self._troubles)
        self.conflict = self._conflict_alarm(self._hold)
        self._tally = Tally(clock)
        self.settlements = _settlements(services, bot, self._tally, figures)
        self.sender = OutboxSender(
            database=database,
            clock=clock,
            composer=composer,
            transport=reachable,
            settlements=self.settlements,
            tally=self._tally,
            figures=figures,
        )
        self._refresher = Refresher(
            database=database,
            clock=clock,
            composer=composer,
            editor=reachable,
            leaf=services.posts.leaf,
        )
        self._digests = Digests(database, clock)
        self._editions = Editions(database, clock)
        self._spreader = Spreader(database, clock)
        self._scheduled = _scheduled(services)
        self._mutes = Mutes(database, clock, transport.lets_everybody_write)
        self._sights = Sights(database, services.chats, partial(sees_reactions, bot))
        self.ready = asyncio.Event()
        """Set once the archive files are in and the search index is up to date."""

    async def start(self) -> None:
        """Take the archive in, then begin to work; what takes longer goes on behind the answers."""
        settings = self._services.settings
        if not settings.operator_ids and settings.serve is ServePolicy.APPROVED:
            log.warning("nobody_can_approve", extra={"setting": "OPERATOR_IDS"})
        for address in settings.sources:
            if "://" in address:
                await self._follow(address)
            else:
                await self._import(address)
        await self.trust_clock()
        await self._services.deeds.load()
        async with self._services.database.transaction() as tx:
            await tell_of_filters(tx, self._services.clock.now())
        await self.sender.start()
        self._task = asyncio.create_task(self._begin())

    async def trust_clock(self) -> None:
        """At a start, and when the clock was set: what is due later than it can be is due again."""
        async with self._services.database.transaction() as tx:
            moved = await due.set_back(tx, self._services.clock.now())
        await self._services.chats.plan_nights()
        if moved:
            log.warning("due_times_set_back", extra={"rows": moved})
        await self._digests.prepare()
        await self._editions.prepare()

    async def close(self, seconds: float) -> None:
        """End what runs: what is prepared is prepared at the next start; sends have `seconds`."""
        if self._task is not None:
            await end([self._task])
        await self.sender.close(seconds)
        self._tally.close()

    def all(self) -> tuple[Duty, ...]:
        """What the tick asks for."""
        services, database = self._services, self._services.database
        cleaning = Cleaning(self._bot, services.me.id, database, services.clock)
        withdrawing = Withdrawing(self._bot, database, services.clock)
        pinning = Pinning(self._bot, database, services.operators)
        backups = Backups(services.settings, database, services.clock, self._troubles)
        return (
            Duty("sources", SECOND, self._services.poller.run),
            Duty("scheduled", SECOND, self._publish_scheduled),
            Duty("spreading", SECOND, self._spread_posts),
            Duty("refresh", SECOND, self._refresher.run),
            Duty("digests", SECOND, self._send_digests),
            Duty("search", SECOND, self._services.search.catch_up),
            Duty("similar", SECOND, self._services.search.read_on),
            Duty("meaning", SECOND, self._services.search.read_meaning),
            Duty("administrators", ADMINISTRATORS_SECONDS, self._ask_for_administrators),
            Duty("troubles", TROUBLE_SECONDS, self._look_for_trouble),
            Duty("mutes", EVERY_SECONDS, self._mutes.run),
            Duty("cleaning", SECOND, cleaning.run),
            Duty("withdrawing", SECOND, withdrawing.run),
            Duty("pinning", SECOND, pinning.run),
            Duty("sights", sights.EVERY_SECONDS, self._sights.run),
            Duty("tally", SECOND, self._tally.run),
            Duty("housekeeping", HOUR, self._keep_house),
            Duty("backups", BACKUP_SECONDS, backups.run),
        )

    async def clock_jumped(self, by: timedelta) -> None:
        """The clock was set: ahead by so much, or back where it is negative."""
        await self.trust_clock()
        async with self._services.database.transaction() as tx:
            await self._services.operators.tell_of_clock(tx, by)
        self.sender.wake()

    def _hold(self, seconds: float) -> None:
        """Telegram said 409: send nothing for so long."""
        self._figures.conflicted()
        self._pace.hold(seconds)

    def _conflict_alarm(self, hold: Callable[[float], None]) -> ConflictAlarm:
        services, bot = self._services, self._bot
        direct = Bot(
            bot.token,
            f"{services.settings.telegram_api_url}/bot",
            request=bot.request,
            get_updates_request=bot.request,
        )
        return ConflictAlarm(
            database=services.database,
            clock=services.clock,
            operators=services.operators,
            troubles=self._troubles,
            catalogues=services.catalogues,
            language=services.settings.language,
            hold=hold,
            say=direct.send_message,
        )

    async def _look_for_trouble(self) -> None:
        await self._troubles.look()
        await self._holds.look()
        await self.conflict.look()

    async def _ask_for_administrators(self) -> None:
        """Ask about one chat, behind all that is to be sent."""
        if not (self._pace.is_held or self._pace.waiting):
            await self._services.administrators.run()

    async def _send_digests(self) -> None:
        """Digests before editions, which leave out what those have just told."""
        queued = await self._digests.run() + await self._editions.run()
        if queued:
            self.sender.wake()

    async def _spread_posts(self) -> None:
        if await self._spreader.run():
            self.sender.wake()

    async def _publish_scheduled(self) -> None:
        if await self._scheduled.run():
            self.sender.wake()

    async def _begin(self) -> None:
        """Prepare, however long the database is busy; each step may be taken again."""
        while True:
            try:
                await self._prepare()
            except DatabaseError as error:
                log.error("start_waits", extra={"error": error})  # noqa: TRY400  # the error says it all
                await self._services.clock.sleep(AGAIN_SECONDS)
            except Exception:
                log.exception("start_failed")
                return
            else:
                return

    async def _prepare(self) -> None:
        services = self._services
        settings = services.settings
        await services.search.prepare()
        self.ready.set()
        await self._serve_channels()
        await set_menus(
            self._bot,
            services.database,
            services.commands,
            services.catalogues,
            default=settings.language,
            operators=settings.operator_ids,
            authors=settings.author_ids,
        )

    async def _serve_channels(self) -> None:
        """Know the channels that CHANNELS names, by their ids."""
        services = self._services
        for name in services.settings.channels:
            try:
                found = await self._bot.get_chat(name if name.startswith("@") else int(name))
            except TelegramError as error:
                log.error("channel_not_found", extra={"channel": name, "error": str(error)})  # noqa: TRY400  # the error says it all
                continue
            title = found.effective_name or name
            met = services.chats.new(ChatId(found.id), ChatKind(found.type), title)
            linked = found.linked_chat_id
            async with services.database.transaction() as tx:
                await services.chats.join(tx, met, by_operator=True)
                await chats.set_discussion(tx, met.id, None if linked is None else ChatId(linked))
        async with services.database.transaction() as tx:
            await services.operators.ask_about_held(tx)

    async def _follow(self, address: str) -> None:
        services = self._services
        try:
            await follow(services.database, address, services.clock.now())
        except SosikError as error:
            log.error("source_not_followed", extra={"error": str(error)})  # noqa: TRY400  # the error says it all

    async def _import(self, file: str) -> None:
        try:
            await take_in(self._services, file)
        except SosikError as error:
            log.error("archive_not_imported", extra={"file": Path(file).name, "error": str(error)})  # noqa: TRY400  # the error says it all

    async def _keep_house(self) -> None:
        """Forget what has had its time, slice by slice, and go on with that an hour later."""
        database, now = self._services.database, self._services.clock.now()
        for sweep in await sweeps(database, self._services.deeds, now):
            gone = SLICE
            while gone >= SLICE:
                async with database.transaction() as tx:
                    gone = await sweep(tx, limit=SLICE)
        await self._services.database.tidy()


def _composer(services: Services) -> Composer:
    return Composer(
        services.catalogues,
        username=services.me.username,
        language=services.settings.language,
        timezone=services.settings.timezone,
        hand_of=services.chats.hand_of,
    )


def _scheduled(services: Services) -> Scheduled:
    return Scheduled(
        publisher=services.publisher,
        database=services.database,
        clock=services.clock,
        operators=services.operators,
        is_author=services.chats.is_author,
    )


def _settlements(
    services: Services, bot: ExtBot[Any], tally: Tally, figures: Figures
) -> Settlements:
    """How pushes in doubt are settled, by the setting."""
    database, clock, policy = services.database, services.clock, services.settings.settle
    ledger = Ledger(database, clock, tally, figures)
    if policy is SettlePolicy.OFF:
        patient = PatientSettler(clock)
        return Settlements(database=database, clock=clock, ledger=ledger, settler=patient)
    prober = TelegramProber(bot)
    search = None if policy is SettlePolicy.UPDATES else Search(database, clock, prober, ledger)

    async def tell(chat_id: ChatId) -> None:
        async with database.transaction() as tx:
            chat = await chats.get_chat(tx, chat_id)
            title = str(chat_id) if chat is None else chat.title or str(chat_id)
            item = f"settle:{chat_id}"
            await services.operators.tell(tx, item, "notice.settle", title=title)

    return Settlements(
        database=database,
        clock=clock,
        ledger=ledger,
        settler=SearchingSettler(database, clock, ledger, search, tell),
        search=search,
        prober=prober,
        me=services.me.id,
    )
