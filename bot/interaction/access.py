"""Who somebody is in a chat: an administrator, anonymous ones included, or not.

Rules: Bot API, `Message.sender_chat`: it is the chat itself for its anonymous administrators, and
another chat for those who send as a channel, which says nothing of their rights here.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import ChatMember
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.delivery.administrators import list_administrators
from bot.logs import chat_fields
from storage.models import ChatId, ChatKind, UserId

if TYPE_CHECKING:
    from telegram import Bot, Update

    from storage.models import Chat

log = logging.getLogger(__name__)

LACKING_RIGHTS = frozenset(
    {"refusal.operators", "refusal.authors", "refusal.administrators", "refusal.room"}
)
"""The messages that say no to whoever may not; others say that it cannot be done."""
ADMINISTRATORS = frozenset({ChatMember.ADMINISTRATOR, ChatMember.OWNER})
PRESENT = ADMINISTRATORS | {ChatMember.MEMBER, ChatMember.RESTRICTED}


def note_refusal(chat: Chat, command: str, refusal: str) -> None:
    """Log that a command, or a kind of button, was refused for lack of rights; not by whom."""
    if refusal in LACKING_RIGHTS:
        needs = refusal.removeprefix("refusal.")
        log.info("command_refused", extra={"command": command, "needs": needs, **chat_fields(chat)})


async def discussion_of(bot: Bot, chat: Chat) -> ChatId | None:
    """The group that a channel's posts are forwarded to (Bot API, ChatFullInfo.linked_chat_id)."""
    if chat.kind is not ChatKind.CHANNEL:
        return None
    try:
        linked = (await bot.get_chat(chat.id)).linked_chat_id
    except TelegramError:
        return None
    return None if linked is None else ChatId(linked)


async def sees_reactions(bot: Bot, chat_id: ChatId) -> bool | None:
    """Whether the bot is shown reactions in a group; None where nobody says, or it is not there.

    Administrators are (Bot API, Update.message_reaction).
    """
    try:
        member = await _member(bot, chat_id, bot.id)
    except TelegramError:
        return None
    return member.status in ADMINISTRATORS if member.status in PRESENT else None


async def is_administrator(update: Update, bot: Bot) -> bool:
    """Whether whoever caused the update administers its chat, asked of Telegram each time."""
    chat, user, message = update.effective_chat, update.effective_user, update.message
    if chat is None:
        return False
    if chat.type == chat.PRIVATE:
        return True
    if message is not None and message.sender_chat is not None:
        return message.sender_chat.id == chat.id
    if user is None:
        return False
    return await administers(bot, ChatId(chat.id), UserId(user.id)) is True


async def administers(bot: Bot, chat_id: ChatId, user_id: UserId) -> bool | None:
    """Whether somebody administers a chat; None where Telegram does not answer now.

    Where members are hidden, a bot without rights may not ask about one of them (Bot API,
    getChatMember): there the list of administrators, which everybody may see, decides.
    """
    try:
        member = await _member(bot, chat_id, user_id)
    except (BadRequest, Forbidden):
        listed = await list_administrators(bot, chat_id)
        return None if listed is None else user_id in listed
    except TelegramError:
        return None
    return member.status in ADMINISTRATORS


async def _member(bot: Bot, chat_id: int, user_id: int) -> ChatMember:
    """Somebody's standing in a chat, which may have become a supergroup since they spoke there."""
    try:
        return await bot.get_chat_member(chat_id, user_id)
    except ChatMigrated as moved:
        return await bot.get_chat_member(moved.new_chat_id, user_id)
