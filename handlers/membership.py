"""The bot comes to a chat, leaves it, is given or loses rights; a group becomes a supergroup."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberRestricted
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.chat_settings.beginnings import BEGINNINGS, begin, how_of
from bot.chats import GROUPS, tell_of_chat
from bot.delivery.administrators import reachable_administrators
from bot.delivery.troubles import Trouble, Troubles
from bot.errors import InputError
from bot.interaction.access import ADMINISTRATORS, discussion_of
from bot.interaction.sight import set_told
from bot.logs import chat_fields
from bot.pages.greetings import (
    UNDECIDED,
    approval_page,
    begun_page,
    first_page,
    greeting_page,
    welcome_key,
)
from bot.text.inert import inert
from storage import administrators, chats, known_ids, outbox
from storage.models import (
    ChatId,
    ChatKind,
    ChatState,
    MessageId,
    NewOutboxRow,
    NoticePush,
    UserId,
)
from storage.times import to_seconds

if TYPE_CHECKING:
    from telegram import ChatMemberUpdated, Update

    from bot.interaction.context import BotContext
    from bot.pages.actions import AllowPublishing, Approve, Begin, Leave
    from storage.database import Transaction
    from storage.models import Chat, ChatSettings

log = logging.getLogger(__name__)

GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})


async def changed(update: Update, context: BotContext) -> None:
    """The bot's own membership changed (Bot API, Update.my_chat_member)."""
    change = update.my_chat_member
    if change is None:
        return
    if is_gone(change.new_chat_member):
        async with context.transaction() as tx:
            await chats.set_state(tx, context.chat.id, ChatState.LEFT)
            if context.is_met and context.chat.state is not ChatState.LEFT:
                tell_of_chat(tx, "chat_left", context.chat, why="removed")
            if context.chat.kind is ChatKind.CHANNEL and context.chat.state is ChatState.SERVED:
                chat_id, title = str(context.chat.id), context.chat.title
                await _troubles(context).tell_of_loss(tx, chat_id, title or chat_id)
        return
    arrived = is_gone(change.old_chat_member) or context.chat.state is ChatState.LEFT
    chat = await _take_in(change, context)
    if arrived and chat.kind in GROUPS and chat.can_write:
        context.chat = chat
        if chat.state is ChatState.SERVED:
            await _welcome(context)
        else:
            await context.say_waiting()


async def _welcome(context: BotContext, *, stays: bool = False) -> None:
    """The first words in a chat, with what to do where reactions are hidden.

    A group that chose earlier how posts come is not asked.
    """
    chat = context.chat
    page = greeting_page if context.services.chats.is_as_new(chat) else first_page
    await context.answer(page(context.texts, chat), stays=stays)
    await set_told(context)


async def administrators_changed(update: Update, context: BotContext) -> None:
    """Somebody became an administrator, or is one no more (Bot API, Update.chat_member)."""
    change = update.chat_member
    if change is None:
        return
    is_one = change.new_chat_member.status in ADMINISTRATORS
    user_id = UserId(change.new_chat_member.user.id)
    await context.services.administrators.note(context.chat.id, user_id, is_one=is_one)


async def _take_in(change: ChatMemberUpdated, context: BotContext) -> Chat:
    """Keep the chat and what the bot may do there; a chat that waits is told to the operators.

    An operator who brings the bot approves the chat; one who changes its rights does not.
    """
    services = context.services
    is_brought = is_gone(change.old_chat_member) or not context.is_met
    by_operator = is_brought and services.chats.is_operator(change.from_user.id)
    is_named = services.chats.is_named(change.chat.id, change.chat.username)
    met = services.chats.new(
        context.chat.id,
        ChatKind(change.chat.type),
        change.chat.effective_name or "",
        is_forum=bool(change.chat.is_forum),
        language=context.texts.lang,
    )
    discussion = await discussion_of(context.bot, met)
    people: tuple[int, ...] = ()
    if not can_write(change.new_chat_member):
        people = await reachable_administrators(context.bot, services.database, met.id)
    async with context.transaction() as tx:
        met = await _as_it_is_now(tx, met)
        chat = await services.chats.join(tx, met, by_operator=by_operator or is_named)
        if chat.kind is ChatKind.CHANNEL:
            await chats.set_discussion(tx, chat.id, discussion)
            if not change.from_user.is_bot:  # only an administrator brings anybody to a channel
                by = UserId(change.from_user.id)
                await administrators.add_administrator(tx, chat.id, by)
        await _set_can_write(tx, context, chat.id, can_write=can_write(change.new_chat_member))
        if chat.state is ChatState.SERVED and chat.kind is not ChatKind.PRIVATE:
            await _tell_of_rights(tx, context, chat, change.new_chat_member, people)
        if chat.kind in GROUPS:
            is_seen = change.new_chat_member.status in ADMINISTRATORS
            await services.chats.see(tx, chat.id, is_seen=is_seen)
        if chat.state is ChatState.WAITING:
            await services.operators.ask_approval(tx, chat, change.chat.username)
        elif chat.kind is ChatKind.CHANNEL and not (is_named or chat.may_publish):
            await services.operators.offer_publishing(tx, chat)
        return await chats.get_chat(tx, chat.id) or chat


async def _as_it_is_now(tx: Transaction, met: Chat) -> Chat:
    """The chat that the bot came to, which may have become a supergroup since: with it the bot."""
    now_id = await chats.current_id(tx, met.id)
    return met if now_id == met.id else replace(met, id=now_id, kind=ChatKind.SUPERGROUP)


async def _set_can_write(
    tx: Transaction, context: BotContext, chat_id: ChatId, *, can_write: bool
) -> None:
    """Keep whether the bot may write; what waited until it may goes at once."""
    await chats.set_can_write(tx, chat_id, can_write=can_write)
    if can_write:
        await outbox.set_unmuted(tx, chat_id, context.services.clock.now())


async def _tell_of_rights(
    tx: Transaction,
    context: BotContext,
    chat: Chat,
    member: ChatMember,
    people: tuple[int, ...],
) -> None:
    """Tell at once of a chat that takes nothing any more, and once it does again."""
    troubles, subject, title = _troubles(context), str(chat.id), chat.title or str(chat.id)
    if can_write(member):
        await troubles.over(tx, Trouble.CHAT, subject, title=title)
    elif await troubles.begin(tx, Trouble.CHAT, subject, title=title):
        await troubles.tell_administrators(tx, chat.id, title, people)


def _troubles(context: BotContext) -> Troubles:
    services = context.services
    return Troubles(services.database, services.clock, services.operators)


async def migrated(update: Update, context: BotContext) -> None:
    """A group became a supergroup; it keeps everything (both service messages say so).

    Ids begin anew there with the one that says so, and whatever is ours comes after it.
    """
    message = update.message
    if message is None:
        return
    old = message.migrate_from_chat_id or message.chat.id
    new = message.migrate_to_chat_id or message.chat.id
    async with context.transaction() as tx:
        if await chats.current_id(tx, ChatId(old)) == old:  # the first of the two that say so
            moved = replace(context.chat, id=ChatId(new), kind=ChatKind.SUPERGROUP)
            tell_of_chat(tx, "chat_moved", moved, before=old)
        await chats.set_migrated(tx, ChatId(old), ChatId(new))
        if message.migrate_from_chat_id:
            now = context.services.clock.now()
            await known_ids.add_known_id(tx, ChatId(new), MessageId(message.message_id), now)


async def approve(_: Update, context: BotContext) -> None:
    """Answer /approve: this group in a group; in private, the groups that wait."""
    if context.chat.kind is ChatKind.PRIVATE:
        async with context.services.database.reader() as db:
            waiting = await chats.list_chats(db, *UNDECIDED)
        await context.answer(approval_page(context.texts, waiting))
        return
    # A group that asks for it is one that the bot is in, whatever a new database knows of it.
    async with context.transaction() as tx:
        chat = await context.services.chats.join(tx, context.chat, by_operator=True)
    context.take(chat)
    await _welcome(context, stays=True)


async def approve_pressed(_: Update, context: BotContext, action: Approve) -> None:
    """An operator pressed a chat's name: it is served from now on."""
    async with context.transaction() as tx:
        chat = await _meant(tx, action)
        if chat is not None:
            await _serve(tx, context, chat)
    await _say_outcome(context, chat, "approve.done")


async def begin_pressed(_: Update, context: BotContext, action: Begin) -> None:
    """An administrator answered the greeting's question; what was chosen since stays as it is."""
    known = context.services.chats
    if action.how not in BEGINNINGS or to_seconds(context.chat.joined_at) != action.since:
        await context.toast(context.texts("stale"), alert=True)
        return

    def alter(now: ChatSettings) -> ChatSettings:
        if how_of(now) != action.how and not known.is_as_new(replace(context.chat, settings=now)):
            raise InputError("start.decided")
        return begin(now, action.how)

    try:
        await context.change_room(alter)
    except InputError as error:
        await context.toast(context.texts(error.key), alert=True)
        return
    await context.edit(begun_page(context.texts, context.chat, action.how))
    await context.toast(context.texts("settings.saved"))


async def publishing_pressed(_: Update, context: BotContext, action: AllowPublishing) -> None:
    """An operator lets a channel publish by its own messages, or no more."""
    async with context.transaction() as tx:
        chat = await _meant(tx, action)
        if chat is not None and chat.kind is not ChatKind.CHANNEL:
            chat = None
        if chat is not None:
            if action.yes:
                await _serve(tx, context, chat)
            await chats.set_may_publish(tx, chat.id, may=bool(action.yes))
    await _say_outcome(context, chat, "approve.publishing" if action.yes else "approve.silenced")


async def leave_pressed(_: Update, context: BotContext, action: Leave) -> None:
    """An operator does not want the bot in a chat that waits: it goes."""
    async with context.transaction() as tx:
        chat = await _meant(tx, action)
        if chat is not None and chat.state not in UNDECIDED:
            chat = None
        if chat is not None:  # first, so that nobody approves it meanwhile
            await chats.set_state(tx, chat.id, ChatState.LEFT)
    if chat is not None and not await _leave(context, chat):
        await context.toast(context.texts("error.unexpected"), alert=True)
        return
    if chat is not None:
        log.info("chat_left", extra=chat_fields(chat) | {"why": "declined"})
    await _say_outcome(context, chat, "approve.left")


async def _leave(context: BotContext, chat: Chat) -> bool:
    """Go; False where that cannot be done now, and the chat waits as before."""
    try:
        with suppress(BadRequest, Forbidden):  # it is not there, which is what was wanted
            await context.bot.leave_chat(chat.id)
    except TelegramError:
        async with context.services.database.transaction() as tx:
            await chats.set_state(tx, chat.id, chat.state)
        return False
    return True


async def _meant(tx: Transaction, action: Approve | AllowPublishing | Leave) -> Chat | None:
    """The chat of a button; None where the bot left it since, or was decided about already."""
    chat = await chats.get_chat(tx, await chats.current_id(tx, action.chat_id))
    if chat is None or chat.state is ChatState.LEFT or to_seconds(chat.joined_at) != action.since:
        return None
    return chat


async def _serve(tx: Transaction, context: BotContext, before: Chat) -> None:
    """Serve a chat, and greet it where it had to wait."""
    chat = await context.services.chats.approve(tx, before.id)
    if chat is not None and before.state is ChatState.WAITING:
        now = context.services.clock.now()
        greeting = NoticePush(welcome_key(chat.kind), {})
        item = f"welcome:{to_seconds(chat.joined_at)}"
        await outbox.add_rows(tx, [NewOutboxRow(chat.id, item, greeting, not_before=now)], now)
        await chats.set_told_of_sight(tx, chat.id)


async def _say_outcome(context: BotContext, chat: Chat | None, key: str) -> None:
    """Say what was decided, and which chats still wait."""
    if chat is None:
        await context.toast(context.texts("approve.gone"), alert=True)
        return
    outcome = context.texts.rich(key, title=inert(chat.title or str(chat.id)))
    async with context.services.database.reader() as db:
        waiting = await chats.list_chats(db, *UNDECIDED)
    await context.edit(approval_page(context.texts, waiting, outcome))
    await context.toast(outcome.text)


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
