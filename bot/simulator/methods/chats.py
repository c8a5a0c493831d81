"""Chats and their members (Bot API, getChat to leaveChat; telegram-bot-api/Client.cpp)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulator.api.access import Access, chat_of
from bot.simulator.api.errors import bad_request
from bot.simulator.people.membership import leave

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments
    from bot.simulator.world import World


def get_chat(world: World, arguments: Arguments) -> dict[str, Any]:
    """GetChat."""
    return chat_of(world, arguments, Access.READ).full_json()


def get_chat_member(world: World, arguments: Arguments) -> dict[str, Any]:
    """getChatMember; somebody who was never here has left."""
    user_id = arguments.number("user_id")
    if user_id <= 0:
        raise bad_request("Invalid user_id specified")
    access = Access.READ if user_id == world.bot.id else Access.READ_MEMBERS
    chat = chat_of(world, arguments, access)
    user = world.users.get(user_id)
    if user is None:
        raise bad_request("user not found")
    if chat.is_channel and not world.me(chat).is_admin:
        raise bad_request("member list is inaccessible")
    if chat.user is not None:
        return {"user": user.json(), "status": "member"}
    return chat.member(user).json(chat.kind)


def get_chat_administrators(world: World, arguments: Arguments) -> list[dict[str, Any]]:
    """getChatAdministrators, without other bots."""
    chat = chat_of(world, arguments, Access.READ_MEMBERS)
    if chat.user is not None:
        raise bad_request("there are no administrators in the private chat")
    if chat.is_channel and not world.me(chat).is_admin:
        raise bad_request("member list is inaccessible")
    return [
        member.json(chat.kind)
        for member in chat.members.values()
        if member.is_admin and (not member.user.is_bot or member.user is world.bot)
    ]


def get_chat_member_count(world: World, arguments: Arguments) -> int:
    """GetChatMemberCount."""
    chat = chat_of(world, arguments, Access.READ_MEMBERS)
    if chat.user is not None:
        return 2
    return sum(member.is_present for member in chat.members.values())


def leave_chat(world: World, arguments: Arguments) -> bool:
    """LeaveChat."""
    chat = chat_of(world, arguments, Access.READ)
    if chat.user is not None:
        raise bad_request("chat member status can't be changed in private chats")
    leave(world, chat, world.bot, world.bot)
    return True
