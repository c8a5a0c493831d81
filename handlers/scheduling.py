"""Posts by hand, at a moment to come: typed or pressed, said back, listed and called off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat_settings.typed_moments import FARTHEST
from bot.interaction.authors import is_unsaid
from bot.interaction.drafting import find_draft, page_of, read_moment, reader_of, schedule_each
from bot.interaction.links import timed_in
from bot.pages.scheduled import scheduled_list_page, when_page
from bot.sources.publishing import title_of
from storage import drafts
from storage.models import MessageId
from storage.times import from_seconds, to_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import AskWhen, CallOff, HandleScheduled, Schedule
    from bot.pages.page import Page
    from storage.models import Draft

LISTED, OFF, NOW = "list", "off", "now"


async def schedule(update: Update, context: BotContext) -> None:
    """Answer /schedule WHEN URL with the card, and when it comes; words behind are a remark."""
    typed, named = timed_in(update.message)
    if not typed or not named:
        await context.say("schedule.how")
        return
    at = await read_moment(context, typed)
    if at is not None:
        await schedule_each(context, named, at)


async def pressed(_: Update, context: BotContext, action: Schedule) -> None:
    """The author chose one of the moments that a draft offers."""
    ahead = action.at - to_seconds(context.services.clock.now())
    if 0 < ahead <= FARTHEST.total_seconds():
        await _show_due(context, action.draft_id, from_seconds(action.at))
        return
    async with context.services.database.reader() as db:
        found = await find_draft(db, context, action.draft_id)
    if not isinstance(found, str):  # with the moments that are ahead by now
        await context.edit(await page_of(context, found))
        found = "schedule.gone"
    await context.toast(context.texts(found), alert=True)


async def called_off(_: Update, context: BotContext, action: CallOff) -> None:
    """A draft waits for its author again, and not for its time."""
    await _show_due(context, action.draft_id, None)


async def asked(_: Update, context: BotContext, action: AskWhen) -> None:
    """Ask when, to be answered by a reply."""
    database = context.services.database
    async with database.reader() as db:
        found = await find_draft(db, context, action.draft_id)
    if isinstance(found, str):
        await context.toast(context.texts(found), alert=True)
        return
    reader = await reader_of(context)
    sent = await context.answer(when_page(reader.texts))
    async with database.transaction() as tx:
        await drafts.set_prompt(tx, found.id, sent.message_id)


async def is_answer(context: BotContext) -> bool:
    """Whether what somebody wrote says when a draft is to be published; then it is."""
    message = context.incoming.message
    replied = None if message is None else message.reply_to_message
    if message is None or replied is None:
        return False
    async with context.services.database.reader() as db:
        draft = await drafts.get_prompted(db, context.chat.id, MessageId(replied.message_id))
    if draft is None:
        return False
    if not context.services.chats.is_author(context.user_id):
        await context.refuse("refusal.authors")
        return True
    at = await read_moment(context, message.text or "")
    if at is not None:
        context.begin_deed("")
        found = await _set_due(context, draft.id, at)
        if isinstance(found, str):
            await context.say(found)
        else:
            await context.answer(await page_of(context, found))
    return True


async def listed(_: Update, context: BotContext) -> None:
    """Answer /scheduled with what waits for its time."""
    await context.answer(await _list_page(context, 0))


async def list_pressed(_: Update, context: BotContext, action: HandleScheduled) -> None:
    """Call off or publish what is listed, and list what still waits."""
    said = ""
    if action.what in {OFF, NOW}:
        said = await _handle(context, action)
    elif action.what != LISTED:
        await context.toast(context.texts("stale"), alert=True)
        return
    await context.edit(await _list_page(context, action.offset))
    await context.toast(said)


async def _handle(context: BotContext, action: HandleScheduled) -> str:
    """Do it; what came of it, in words."""
    async with context.transaction() as tx:
        found = await find_draft(tx, context, action.draft_id)
        if isinstance(found, str):
            return context.texts(found)
        if action.what == OFF:
            await drafts.call_off(tx, found.id, context.services.clock.now())
            return context.texts("schedule.off")
        post = await context.services.publisher.publish_draft(tx, found)
    if post is not None and post.taken_down_at is not None:
        return context.texts("publish.known.taken_down")
    if post is not None and is_unsaid(found, post):
        return context.texts("remark.not_yours")
    return context.texts("publish.done", title=title_of(found))


async def _show_due(context: BotContext, draft_id: int, at: datetime | None) -> None:
    """Have a draft published then, or by its author again, and show so in its message."""
    found = await _set_due(context, draft_id, at)
    if isinstance(found, str):
        await context.toast(context.texts(found), alert=True)
    else:
        await context.edit(await page_of(context, found))


async def _set_due(context: BotContext, draft_id: int, at: datetime | None) -> Draft | str:
    """The draft as it is then; the message that says no to whoever may not decide about it."""
    async with context.transaction() as tx:
        found = await find_draft(tx, context, draft_id)
        if not isinstance(found, str):
            if at is None:
                await drafts.call_off(tx, draft_id, context.services.clock.now())
            else:
                await drafts.set_due(tx, draft_id, at)
            found = await find_draft(tx, context, draft_id)
    return found


async def _list_page(context: BotContext, offset: int) -> Page:
    """What waits: an author's own, or of all for an operator."""
    services = context.services
    sees_all = services.chats.is_operator(context.user_id)
    async with services.database.reader() as db:
        found = await drafts.list_scheduled(db, None if sees_all else context.user_id)
    titled = [(one, title_of(one)) for one in found]
    now = services.clock.now()
    return scheduled_list_page(context.reader, titled, now, offset, with_names=sees_all)
