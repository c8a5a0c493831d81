"""A chat's settings: a page of buttons, and a command for each choice for those who type.

Buttons carry the state that they set, so that a second press, or a late one, changes nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat_settings.choose import choose
from bot.errors import InputError
from bot.pages.filters import preview_lines
from bot.pages.page import Page
from bot.pages.settings import changed_page, settings_page, usage_page
from bot.search.sieve import has_filter
from bot.text.rich import plain

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.commands import Run
    from bot.interaction.context import BotContext
    from bot.pages.actions import Choose


async def show(_: Update, context: BotContext) -> None:
    """Answer /settings with what is set, and a button for each choice."""
    await context.answer(settings_page(context.texts, context.chat, _languages(context)))


def typed(name: str) -> Run:
    """The handler of the command for one choice: without words it says what is set."""

    async def change(_: Update, context: BotContext) -> None:
        try:
            settings = choose(context.chat.settings, name, context.words)
        except InputError as error:
            page = usage_page(context.texts, context.chat, name, error)
            await context.answer(await _with_preview(context, name, page))
            return
        async with context.transaction() as tx:
            chat = await context.services.chats.change(tx, context.chat, settings)
        context.take(chat)
        page = changed_page(context.texts, chat, name)
        await context.answer(await _with_preview(context, name, page))

    return change


async def _with_preview(context: BotContext, name: str, page: Page) -> Page:
    """A page about the filter, and what the filter does."""
    settings = context.chat.settings
    if name != "filter" or not has_filter(settings):
        return page
    found = await context.services.posts.preview(settings)
    return replace(page, text=page.text + "\n\n" + preview_lines(context.texts, found))


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
    await context.edit(settings_page(context.texts, chat, _languages(context)))
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


def _languages(context: BotContext) -> dict[str, str]:
    """The languages that a chat may choose, each by the name that it has for itself."""
    return {lang: texts("language.name") for lang, texts in context.services.catalogues.items()}
