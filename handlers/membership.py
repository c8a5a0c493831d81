"""The bot comes to a chat, leaves it, is given or loses rights; a group becomes a supergroup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberRestricted

from bot.interaction.access import discussion_of
from bot.pages.greetings import approval_page, welcome_page
from storage import chats
from storage.models import ChatId, ChatKind, ChatState

if TYPE_CHECKING:
    from telegram import ChatMemberUpdated, Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import Approve
    from storage.models import Chat

GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})


async def changed(update: Update, context: BotContext) -> None:
    """The bot's own membership changed (Bot API, Update.my_chat_member)."""
    change = update.my_chat_member
    if change is None:
        return
    if is_gone(change.new_chat_member):
        async with context.transaction() as tx:
            await chats.set_state(tx, context.chat.id, ChatState.LEFT)
        return
    arrived = is_gone(change.old_chat_member) or context.chat.state is ChatState.LEFT
    chat = await _take_in(change, context)
    if arrived and chat.kind in {ChatKind.GROUP, ChatKind.SUPERGROUP} and chat.can_write:
        context.chat = chat
        await context.answer(welcome_page(context.texts, chat))


async def _take_in(change: ChatMemberUpdated, context: BotContext) -> Chat:
    """Keep the chat and what the bot may do there; a chat that waits is told to the operators."""
    services = context.services
    by_operator = services.chats.is_operator(change.from_user.id)
    met = services.chats.new(
        context.chat.id,
        ChatKind(change.chat.type),
        change.chat.effective_name or "",
        is_forum=bool(change.chat.is_forum),
        language=context.texts.lang,
    )
    discussion = await discussion_of(context.bot, met)
    async with context.transaction() as tx:
        chat = await services.chats.join(tx, met, by_operator=by_operator)
        if chat.kind is ChatKind.CHANNEL:
            await chats.set_discussion(tx, chat.id, discussion)
        await chats.set_can_write(tx, chat.id, can_write=can_write(change.new_chat_member))
        if chat.state is ChatState.WAITING:
            await services.operators.ask_approval(tx, chat)
        return await chats.get_chat(tx, chat.id) or chat


async def migrated(update: Update, context: BotContext) -> None:
    """A group became a supergroup; it keeps everything (both service messages say so)."""
    message = update.message
    if message is None:
        return
    old = message.migrate_from_chat_id or message.chat.id
    new = message.migrate_to_chat_id or message.chat.id
    async with context.transaction() as tx:
        await chats.set_migrated(tx, ChatId(old), ChatId(new))


async def approve(_: Update, context: BotContext) -> None:
    """Answer /approve: this group in a group; in private, the groups that wait."""
    if context.chat.kind is ChatKind.PRIVATE:
        async with context.services.database.reader() as db:
            waiting = await chats.list_chats(db, ChatState.WAITING)
        await context.answer(approval_page(context.texts, waiting))
        return
    # A group that asks for it is one that the bot is in, whatever a new database knows of it.
    async with context.transaction() as tx:
        chat = await context.services.chats.join(tx, context.chat, by_operator=True)
    context.take(chat)
    await context.answer(welcome_page(context.texts, chat))


async def approve_pressed(_: Update, context: BotContext, action: Approve) -> None:
    """An operator pressed a group's name: it is served from now on."""
    chat = await _approve(context, action.chat_id)
    if chat is None:
        await context.toast(context.texts("approve.gone"), alert=True)
        return
    await context.toast(context.texts("approve.done", title=chat.title))


async def _approve(context: BotContext, chat_id: ChatId) -> Chat | None:
    async with context.transaction() as tx:
        return await context.services.chats.approve(tx, chat_id)


def is_gone(member: ChatMember) -> bool:
    """Whether this status means that the bot is not in the chat."""
    return member.status in GONE or (
        isinstance(member, ChatMemberRestricted) and not member.is_member
    )


def can_write(member: ChatMember) -> bool:
    """Whether the bot may send messages; in a channel that is a right of its own."""
    if isinstance(member, ChatMemberRestricted):
        return member.can_send_messages
    if isinstance(member, ChatMemberAdministrator):
        return member.can_post_messages is not False
    return True
