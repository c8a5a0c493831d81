"""A chat's settings for those who type: a command for each choice.

Buttons are in handlers/menu.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat_settings.choose import choose, choose_words
from bot.chat_settings.press import press
from bot.chat_settings.words import means_off, means_on
from bot.errors import InputError
from bot.pages.chat_filter import preview_lines
from bot.pages.page import Page
from bot.pages.settings import changed_page, sources_page, usage_page
from bot.search.sieve import has_filter
from bot.text.rich import plain
from storage import sources as stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Update

    from bot.interaction.commands import Run
    from bot.interaction.context import BotContext
    from storage.models import ChatSettings, Source


LONGEST_NUMBER = 9


def typed(name: str) -> Run:
    """The handler of the command for one choice: without words it says what is set."""

    async def change(_: Update, context: BotContext) -> None:
        try:
            choose(context.room.settings, name, context.words)  # what cannot be read waits for none
            before = await context.change_room(lambda now: choose(now, name, context.words))
        except InputError as error:
            page = usage_page(context.texts, context.room, name, error)
            await context.answer_of_room(await _with_preview(context, name, page))
            return
        page = changed_page(context.texts, context.room, name, before)
        await context.answer_of_room(await _with_preview(context, name, page))

    return change


async def _with_preview(context: BotContext, name: str, page: Page) -> Page:
    """A page about the filter, and what the filter does."""
    settings = context.room.settings
    if name != "filter" or not has_filter(settings):
        return page
    found = await context.services.posts.preview(settings)
    return replace(page, text=page.text + "\n\n" + preview_lines(context.texts, found))


async def room_sources(_: Update, context: BotContext) -> None:
    """Answer /room_sources with where posts come from; with a number, change that."""
    async with context.services.database.reader() as db:
        known = [one for one in await stored.list_sources(db) if one.ended_at is None]
    try:
        if context.words:
            await context.change_room(lambda now: choose_sources(now, known, context.words))
    except InputError as error:
        await context.answer_of_room(usage_page(context.texts, context.room, "sources", error))
        return
    await context.answer_of_room(sources_page(context.texts, context.room.settings, known))


def choose_sources(settings: ChatSettings, known: Sequence[Source], typed: str) -> ChatSettings:
    """A source by its number in the list: alone the other way round, with on, off, or its words.

    `on` alone: all come again. Raises InputError.
    """
    if means_on(typed):
        return replace(settings, left_out=frozenset())
    number, _, words = typed.partition(" ")
    place = number.removesuffix("번").rstrip(".")
    is_number = place.isascii() and place.isdigit() and len(place) <= LONGEST_NUMBER
    if not is_number or not 0 < int(place) <= len(known):
        raise InputError("settings.usage.sources", typed=typed)
    source = known[int(place) - 1]
    if words and not (means_on(words) or means_off(words)):
        return choose_words(settings, source.id, words)
    is_on = means_on(words) if words else source.id in settings.left_out
    return press(settings, "sources", str(source.id), "on" if is_on else "off")


async def here(update: Update, context: BotContext) -> None:
    """Answer /here: what comes by itself comes to this topic from now on, or once it is open."""
    if update.effective_chat is None or not update.effective_chat.is_forum:
        await context.say("settings.here.no_topics")
        return
    await context.change_room(lambda now: replace(now, thread_id=context.thread_id))
    key = "settings.here.topic" if context.thread_id else "settings.here.chat"
    closed = plain(context.texts("settings.here.closed"))
    await context.answer(Page(plain(context.texts(key)), if_closed=closed))
