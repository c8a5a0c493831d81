"""A chat's settings: a page of buttons, and a command for each choice for those who type.

In private, whoever administers chats chooses one of them first, or names it before the words.

Buttons carry the state that they set, so that a second press, or a late one, changes nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.choose import choose
from bot.errors import InputError
from bot.pages.chat_filter import preview_lines
from bot.pages.night import overnight_line
from bot.pages.page import Page
from bot.pages.rooms import rooms_page
from bot.pages.settings import changed_page, room_heading, settings_page, usage_page
from bot.search.sieve import has_filter
from bot.text.rich import plain
from storage import outbox
from storage.models import ChatKind

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.commands import Run
    from bot.interaction.context import BotContext
    from bot.pages.actions import Choose, ChooseIn, ListRooms, OpenRoom
    from storage.models import Chat


async def show(_: Update, context: BotContext) -> None:
    """Answer /settings with what is set, and a button for each choice; first, which chat."""
    rooms = [] if context.is_elsewhere else await _rooms(context)
    if rooms:
        await context.answer(rooms_page(context.texts, context.chat.id, rooms))
    else:
        await context.answer(await _page(context))


async def listed(_: Update, context: BotContext, action: ListRooms) -> None:
    """Show the chats that whoever pressed administers."""
    rooms = await _rooms(context)
    await context.edit(rooms_page(context.texts, context.chat.id, rooms, action.offset))


async def opened(_: Update, context: BotContext, __: OpenRoom) -> None:
    """Show what is set in the chat that was chosen, where its button was pressed."""
    await context.edit(await _page(context))


def typed(name: str) -> Run:
    """The handler of the command for one choice: without words it says what is set."""

    async def change(_: Update, context: BotContext) -> None:
        try:
            settings = choose(context.room.settings, name, context.words)
        except InputError as error:
            page = usage_page(context.texts, context.room, name, error)
            await context.answer(_named(context, await _with_preview(context, name, page)))
            return
        async with context.transaction() as tx:
            chat = await context.services.chats.change(tx, context.room, settings)
        context.choose_room(chat)
        own = context.services.catalogues[chat.settings.language]  # it says what it speaks now
        page = changed_page(own if name == "language" else context.texts, chat, name)
        await context.answer(_named(context, await _with_preview(context, name, page)))

    return change


async def _with_preview(context: BotContext, name: str, page: Page) -> Page:
    """A page about the filter, and what the filter does."""
    settings = context.room.settings
    if name != "filter" or not has_filter(settings):
        return page
    found = await context.services.posts.preview(settings)
    return replace(page, text=page.text + "\n\n" + preview_lines(context.texts, found))


async def pressed(_: Update, context: BotContext, action: Choose | ChooseIn) -> None:
    """A button of the settings page was pressed."""
    try:
        settings = choose(context.room.settings, action.name, action.value)
    except (InputError, KeyError):
        await context.toast(context.texts("stale"), alert=True)
        return
    async with context.transaction() as tx:
        chat = await context.services.chats.change(tx, context.room, settings)
    context.choose_room(chat)
    await context.edit(await _page(context))
    await context.toast(context.texts("settings.saved"))


async def here(update: Update, context: BotContext) -> None:
    """Answer /here: what comes by itself comes to this topic from now on, or once it is open."""
    if update.effective_chat is None or not update.effective_chat.is_forum:
        await context.say("settings.here.no_topics")
        return
    settings = replace(context.room.settings, thread_id=context.thread_id)
    async with context.transaction() as tx:
        chat = await context.services.chats.change(tx, context.room, settings)
    context.choose_room(chat)
    key = "settings.here.topic" if chat.settings.thread_id else "settings.here.chat"
    closed = plain(context.texts("settings.here.closed"))
    await context.answer(Page(plain(context.texts(key)), if_closed=closed))


async def _page(context: BotContext) -> Page:
    """What is set, and under it what waits for the end of the quiet hours, if anything does."""
    room, elsewhere = context.room, context.is_elsewhere
    page = settings_page(context.texts, room, _languages(context), elsewhere=elsewhere)
    services = context.services
    async with services.database.reader() as db:
        nights = await outbox.list_overnight(db, services.clock.now(), room.id)
    zone = ZoneInfo(room.settings.timezone)
    lines = [overnight_line(context.texts, one, zone) for one in nights]
    return replace(page, text=plain("\n").join([page.text, *map(plain, lines)]))


def _named(context: BotContext, page: Page) -> Page:
    """The page under the name of the chat that it is about, where that is not this one."""
    if not context.is_elsewhere:
        return page
    heading = room_heading(context.texts, context.room)
    return replace(page, text=plain("\n").join([heading, page.text]))


async def _rooms(context: BotContext) -> list[Chat]:
    """What whoever asks in private administers."""
    if context.chat.kind is not ChatKind.PRIVATE or context.user_id is None:
        return []
    return await context.services.administrators.list_rooms(context.user_id)


def _languages(context: BotContext) -> dict[str, str]:
    """The languages that a chat may choose, each by the name that it has for itself."""
    return {lang: texts("language.name") for lang, texts in context.services.catalogues.items()}
