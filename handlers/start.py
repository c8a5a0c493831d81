"""The first words, the list of commands, and links that open a post."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chats import tell_of_chat
from bot.interaction.commands import Who
from bot.pages.actions import PUSHED, from_start
from bot.pages.greetings import help_page, welcome_page
from bot.pages.page import Button, Page
from bot.pages.post_numbers import parse_written
from storage import chats
from storage.models import ChatKind, ChatState

if TYPE_CHECKING:
    from telegram import Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import About

SEARCH_WORDS = frozenset({"search", "검색", "찾기"})
"""After /help: how searching works."""


async def start(_: Update, context: BotContext) -> None:
    """Answer /start: with the post that the link names, or with a welcome.

    What else a link asks is found in handlers.routes.
    """
    if context.chat.kind is ChatKind.PRIVATE:
        await _keep(context)
    linked = parse_written(context.words)
    if linked is not None and context.chat.state is ChatState.SERVED:
        await context.show_card(linked)
    elif context.chat.kind is not ChatKind.PRIVATE or from_start(context.words) is None:
        await context.answer(_welcome(context))


async def help_(_: Update, context: BotContext) -> None:
    """Answer /help with what this person may do here, /help search with how searching works."""
    if context.words.removeprefix("/").casefold() in SEARCH_WORDS:
        await context.answer(Page(context.texts.rich("help.search")))
        return
    whose = [Who.MEMBER]
    if await context.is_administrator():
        whose.append(Who.ADMIN)
    if context.services.chats.is_author(context.user_id):
        whose.append(Who.AUTHOR)
    if context.services.chats.is_operator(context.user_id):
        whose.append(Who.OPERATOR)
    commands = context.services.commands
    listed = [one for one in commands if one.listed]
    sections = {str(who): [one.name for one in listed if one.who is who] for who in whose}
    private = context.chat.kind is ChatKind.PRIVATE
    await context.answer(help_page(context.texts, sections, private=private))


async def about(_: Update, context: BotContext, action: About) -> None:
    """Say why a message came unasked, to whoever pressed alone."""
    key = f"about.{action.what}" if action.what in PUSHED else "stale"
    await context.toast(context.texts(key), alert=True)


def _welcome(context: BotContext) -> Page:
    """The first words; operators find there how to bring the bot to a channel, with no more rights.

    Bot API, "Deep links": `startchannel` asks for those rights alone.
    """
    page = welcome_page(context.texts, context.chat)
    is_private = context.chat.kind is ChatKind.PRIVATE
    if not (is_private and context.services.chats.is_operator(context.user_id)):
        return page
    address = f"https://t.me/{context.services.me.username}?startchannel&admin=post_messages"
    return replace(page, keyboard=((Button(context.texts("button.channel"), url=address),),))


async def _keep(context: BotContext) -> None:
    """A private chat that starts the bot, or starts it again, is served."""
    async with context.services.database.transaction() as tx:
        if await chats.get_chat(tx, context.chat.id) is None:
            await chats.add_chat(tx, context.chat)
            tell_of_chat(tx, "chat_met", context.chat)
        elif context.chat.state is not ChatState.SERVED:
            await chats.set_state(tx, context.chat.id, ChatState.SERVED)
            await chats.set_can_write(tx, context.chat.id, can_write=True)
            tell_of_chat(tx, "chat_met", context.chat)
    known = await context.services.chats.get(context.chat.id)
    if known is not None:
        context.take(known)
