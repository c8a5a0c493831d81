"""Which messages the bot may edit, delete and pin.

`can_edit_message`, `can_delete_channel_message` and `can_revoke_message` in tdlib/td
`td/telegram/MessagesManager.cpp`, `can_pin_messages` in `td/telegram/DialogManager.cpp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulator.api.errors import ApiError, bad_request

if TYPE_CHECKING:
    from bot.simulator.chats import Chat, Member, User
    from bot.simulator.messages import Message

TWO_DAYS_SECONDS = 2 * 86_400
_GRACE_SECONDS = 300


def can_edit(message: Message, bot: User, me: Member, now: float, *, only_markup: bool) -> bool:
    """Whether the bot may edit a message: its own, one sent through it, or any with the right."""
    if message.origin is not None or message.is_service or message.markup.other:
        return False
    if message.via_bot is not None:
        return message.via_bot is bot
    if not message.chat.is_channel:
        return message.is_ours
    may_edit_any = me.may("can_edit_messages")
    if not may_edit_any and not (message.is_ours and me.may("can_post_messages")):
        return False
    is_recent = now - message.date - _GRACE_SECONDS < TWO_DAYS_SECONDS
    return message.is_ours or may_edit_any or only_markup or is_recent


def why_not_delete(message: Message, me: Member, now: float) -> ApiError | None:
    """The refusal to delete a message, None when the bot may."""
    is_old = now - message.date > TWO_DAYS_SECONDS
    kind = message.chat.kind
    if kind in {"supergroup", "channel"}:
        allowed = not is_old and (me.may("can_delete_messages") or _may_delete_own(message, me))
        return None if allowed else bad_request("Message can't be deleted")
    is_own = message.is_ours and not message.is_service
    allowed = not is_old and (kind == "private" or is_own or me.is_admin)
    return None if allowed else bad_request("Message can't be deleted for everyone")


def check_pinning(chat: Chat, me: Member) -> None:
    """Raise ApiError unless the bot may pin here."""
    right = "can_edit_messages" if chat.is_channel else "can_pin_messages"
    if chat.kind != "private" and not me.may(right):
        raise bad_request("Not enough rights to manage pinned messages in the chat")


def _may_delete_own(message: Message, me: Member) -> bool:
    if not message.is_ours:
        return False
    return me.may("can_post_messages") if message.chat.is_channel else not message.is_service
