"""A chat's settings: a page of buttons, and a command for each choice for those who type.

Buttons carry the state that they set, so that a second press, or a late one, changes nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.choose import choose
from bot.errors import InputError
from bot.pages.night import overnight_line
from bot.pages.page import Page
from bot.pages.settings import changed_page, settings_page, usage_page
from bot.text.rich import plain
from storage import outbox

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.commands import Run
    from bot.interaction.context import BotContext
    from bot.pages.actions import Choose
    from storage.models import Chat


async def show(_: Update, context: BotContext) -> None:
    """Answer /settings with what is set, and a button for each choice."""
    await context.answer(await _page(context, context.chat))


def typed(name: str) -> Run:
    """The handler of the command for one choice: without words it says what is set."""

    async def change(_: Update, context: BotContext) -> None:
        try:
            settings = choose(context.chat.settings, name, context.words)
        except InputError as error:
            await context.answer(usage_page(context.texts, context.chat, name, error))
            return
        async with context.transaction() as tx:
            chat = await context.services.chats.change(tx, context.chat, settings)
        context.take(chat)
        await context.answer(changed_page(context.texts, chat, name))

    return change


async def pressed(_: Update, context: BotContext, action: Choose) -> None:
    """A button of the settings page was pressed."""
    try:
        settings = choose(context.chat.settings, action.name, action.value)
    except (InputError, KeyError):
        await context.toast(context.texts("stale"), alert=True)
        return
    async with context.transaction() as tx:
        chat = await context.services.chats.change(tx, context.chat, settings)
    context.take(chat)
    await context.edit(await _page(context, chat))
    await context.toast(context.texts("settings.saved"))


async def here(update: Update, context: BotContext) -> None:
    """Answer /here: what comes by itself comes to this topic from now on, or once it is open."""
    if update.effective_chat is None or not update.effective_chat.is_forum:
        await context.say("settings.here.no_topics")
        return
    settings = replace(context.chat.settings, thread_id=context.thread_id)
    async with context.transaction() as tx:
        chat = await context.services.chats.change(tx, context.chat, settings)
    context.take(chat)
    key = "settings.here.topic" if chat.settings.thread_id else "settings.here.chat"
    closed = plain(context.texts("settings.here.closed"))
    await context.answer(Page(plain(context.texts(key)), if_closed=closed))


async def _page(context: BotContext, chat: Chat) -> Page:
    """What is set, and under it what waits for the end of the quiet hours, if anything does."""
    page = settings_page(context.texts, chat, _languages(context))
    services = context.services
    async with services.database.reader() as db:
        nights = await outbox.list_overnight(db, services.clock.now(), chat.id)
    zone = ZoneInfo(chat.settings.timezone)
    lines = [overnight_line(context.texts, one, zone) for one in nights]
    return replace(page, text=plain("\n").join([page.text, *map(plain, lines)]))


def _languages(context: BotContext) -> dict[str, str]:
    """The languages that a chat may choose, each by the name that it has for itself."""
    return {lang: texts("language.name") for lang, texts in context.services.catalogues.items()}
