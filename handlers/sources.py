"""The sources, for operators: how they are, one more, polled now, or followed no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from telegram.constants import ChatAction

from bot.pages.sources import Follows, quiet_page, sources_page
from bot.sources.errors import SourceError
from bot.sources.follow import follow
from bot.sources.quiet import OFFERED, count_offered, list_offered, push_offered
from bot.sources.reading import POLLED
from storage import chats
from storage import sources as stored
from storage.models import ChatKind, ChatState, SourceId

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import HandleSource, PushQuiet, TakeEdits
    from bot.pages.page import Page


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
    if action.what == "quiet":
        await _show_quiet(context, source_id)
        return
    if action.what == "end":
        async with context.transaction() as tx:
            await stored.set_ended(tx, source_id, services.clock.now())
    elif action.what == "poll":
        await services.poller.poll(source_id)
    await context.edit(await _page(context))


async def take_pressed(_: Update, context: BotContext, action: TakeEdits) -> None:
    """An operator wants the edits that are held back; pressed later, it takes no others."""
    services, source_id = context.services, SourceId(action.source_id)
    held_at = datetime.fromtimestamp(action.since, UTC)
    async with context.transaction() as tx:
        await stored.accept_held(tx, source_id, held_at, services.clock.now())
    await services.poller.poll(source_id)
    await context.edit(await _page(context))


async def push_pressed(_: Update, context: BotContext, action: PushQuiet) -> None:
    """An operator wants those pushed that came in quietly; pressed again, it says that they are."""
    services, source_id = context.services, SourceId(action.source_id)
    async with context.transaction() as tx:
        pushed = await push_offered(
            tx,
            source_id,
            last=action.last,
            now=services.clock.now(),
            observers=services.observers,
        )
    said = context.texts.count("sources.quiet.pushed", pushed)
    await context.toast(said if pushed else context.texts("sources.quiet.none"), alert=True)
    await context.edit(await _page(context))


async def _show_quiet(context: BotContext, source_id: SourceId) -> None:
    """List what a source brought quietly, or all sources where that is nothing any more."""
    async with context.services.database.reader() as db:
        offered = await list_offered(db, source_id, context.services.clock.now())
    if not offered:
        await context.toast(context.texts("sources.quiet.none"), alert=True)
        await context.edit(await _page(context))
        return
    await context.edit(quiet_page(context.texts, source_id, offered, days=OFFERED.days))


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
        quiet = await count_offered(db, context.services.clock.now())
    channels = [chat for chat in served if chat.kind is ChatKind.CHANNEL]
    return sources_page(context.texts, Follows(found, channels, POLLED, quiet), context.zone)
