"""What the bot gets to see.

Telegram, "Bots FAQ: What messages will my bot get?" and "Privacy mode" (core.telegram.org/bots):
with privacy mode a bot that is no administrator sees commands meant for it, answers to it, what was
sent through it, and service messages. No bot sees its own messages, nor other bots'.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.simulator.chats import Member, User
    from bot.simulator.messages import Message

_COMMAND = re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@([a-zA-Z0-9_]{3,32}))?")


def may_see(message: Message, bot: User, me: Member, *, privacy: bool) -> bool:
    """Whether the bot may see a message at all, its own ones included."""
    if message.is_ours:
        return True
    if _is_from_bot(message) or not _is_in(message, me):
        return False
    if message.chat.kind in {"private", "channel"} or message.is_service:
        return True
    if me.is_admin or not privacy:
        return True
    return _is_meant_for(message, bot)


def _is_in(message: Message, me: Member) -> bool:
    user = message.chat.user
    return user.started and not user.blocked if user is not None else me.is_present


def _is_from_bot(message: Message) -> bool:
    sender = message.sender
    return sender is not None and sender.is_bot and message.sender_chat is None


def _is_meant_for(message: Message, bot: User) -> bool:
    if message.via_bot is bot:
        return True
    answered = message.reply_to
    if answered is not None and answered.is_known and not answered.is_service:
        return True
    names = {match.group(1) for match in _COMMAND.finditer(message.text)}
    if None in names and message.chat.last_bot_id in {0, bot.id}:
        return True
    return bot.username.lower() in {name.lower() for name in names if name}
