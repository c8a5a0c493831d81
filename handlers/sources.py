"""The sources, for operators: how they are, one more, polled now, or followed no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatAction

from bot.delivery.announce import Announcer
from bot.pages.page import Page
from bot.pages.sources import Follows, sources_page
from bot.sources.changes import ChangeKind, Recorded
from bot.sources.errors import SourceError
from bot.sources.follow import follow
from bot.sources.reading import POLLED
from bot.text.rich import plain
from storage import chats, posts
from storage import sources as stored
from storage.models import ChatKind, ChatState, SourceId

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import HandleSource, PushQuiet


async def sources(_: Update, context: BotContext) -> None:
    """Answer /sources with how each is; /sources URL follows one more."""
    if context.words:
        try:
            await _add(context, context.words.split()[0])
        except SourceError as error:
            await context.say(error.key, **error.values)
        return
    await context.answer(await _page(context))


async def pressed(_: Update, context: BotContext, action: HandleSource) -> None:
    """An operator pressed a source's button."""
    services = context.services
    source_id = SourceId(action.source_id)
    if action.what == "end":
        async with context.transaction() as tx:
            await stored.set_ended(tx, source_id, services.clock.now())
    else:
        await services.poller.poll(source_id)
    await context.edit(await _page(context))


async def quiet_pressed(_: Update, context: BotContext, action: PushQuiet) -> None:
    """Push what came in unannounced: once, whoever presses, and however often."""
    async with context.transaction() as tx:
        quiet = await posts.list_quiet(tx, SourceId(action.source_id), action.at)
        if quiet:
            await posts.set_announced(tx, [one.id for one in quiet])
            announced = [Recorded(ChangeKind.NEW, one, None, quiet=False) for one in quiet]
            await Announcer(context.services.clock)(tx, announced)
    if quiet:
        await context.edit(Page(plain(context.texts.count("quiet.pushed", len(quiet)))))
    else:
        await context.toast(context.texts("quiet.gone"), alert=True)


async def _add(context: BotContext, address: str) -> None:
    """Follow a source, poll it at once, and say what came of it."""
    services = context.services
    await context.bot.send_chat_action(context.chat.id, ChatAction.TYPING)
    address = address if "://" in address else f"https://{address}"
    source_id = await follow(services.database, address, services.clock.now(), again=True)
    polled = await services.poller.poll(source_id)
    if polled is not None and polled.error is not None:
        await _forget_untried(context, source_id)
        await context.say(polled.error.key, **polled.error.values)
        return
    await context.answer(await _page(context))


async def _forget_untried(context: BotContext, source_id: SourceId) -> None:
    """An address that never worked is most likely a slip of a finger: it is not followed."""
    async with context.services.database.transaction() as tx:
        source = await stored.get_source(tx, source_id)
        if source is not None and source.first_fetched_at is None:
            await stored.delete_source(tx, source_id)


async def _page(context: BotContext) -> Page:
    async with context.services.database.reader() as db:
        found = await stored.list_sources(db)
        served = await chats.list_chats(db, ChatState.SERVED)
    channels = [chat for chat in served if chat.kind is ChatKind.CHANNEL]
    return sources_page(context.texts, Follows(found, channels, POLLED), context.zone)
