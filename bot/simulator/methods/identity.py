"""Who the bot is: getMe, its names and descriptions, its commands.

Bot API, "getMe" to "getMyShortDescription".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulator.api.access import Access, check_access
from bot.simulator.api.errors import bad_request
from bot.simulator.commands import checked_language, parse_commands, parse_scope

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments
    from bot.simulator.chats import Chat
    from bot.simulator.commands import Scope
    from bot.simulator.world import World

_LONGEST = {"name": 64, "description": 512, "short_description": 120}
_TOO_LONG = {
    "name": "BOT_TITLE_INVALID",
    "description": "BOT_DESCRIPTION_TOO_LONG",
    "short_description": "BOT_ABOUT_TOO_LONG",
}


def get_me(world: World, arguments: Arguments) -> dict[str, Any]:  # noqa: ARG001  # a method
    """GetMe."""
    return {
        **world.bot.json(),
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": world.inline,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


def accept(world: World, arguments: Arguments) -> bool:  # noqa: ARG001  # a method
    """logOut, close and other methods whose effects are not simulated."""
    return True


def set_my_commands(world: World, arguments: Arguments) -> bool:
    """SetMyCommands."""
    commands = parse_commands(arguments.decoded("commands", "Can't parse commands JSON object"))
    scope = _scope(world, arguments)
    world.commands.set(scope, checked_language(arguments.text("language_code")), commands)
    return True


def get_my_commands(world: World, arguments: Arguments) -> list[dict[str, str]]:
    """GetMyCommands."""
    scope = _scope(world, arguments)
    return world.commands.get(scope, checked_language(arguments.text("language_code")))


def delete_my_commands(world: World, arguments: Arguments) -> bool:
    """DeleteMyCommands."""
    scope = _scope(world, arguments)
    world.commands.delete(scope, checked_language(arguments.text("language_code")))
    return True


def set_profile(world: World, arguments: Arguments, field: str) -> bool:
    """setMyName, setMyDescription, setMyShortDescription."""
    text = arguments.text(field)
    if len(text) > _LONGEST[field]:
        raise bad_request(_TOO_LONG[field])
    world.profile[field, checked_language(arguments.text("language_code"))] = text
    return True


def get_profile(world: World, arguments: Arguments, field: str) -> dict[str, str]:
    """getMyName, getMyDescription, getMyShortDescription."""
    language = checked_language(arguments.text("language_code"))
    default = world.bot.first_name if field == "name" else ""
    text = world.profile.get((field, language)) or world.profile.get((field, ""), default)
    return {field: text or default}


def get_file(world: World, arguments: Arguments) -> dict[str, Any]:
    """getFile; its path is served under /file/bot<token>/."""
    file_id = arguments.text("file_id")
    if file_id not in world.files:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    size = len(world.files[file_id])
    return {
        "file_id": file_id,
        "file_unique_id": file_id[-16:],
        "file_size": size,
        "file_path": f"files/{file_id}",
    }


def _scope(world: World, arguments: Arguments) -> Scope:
    def find(name: str) -> Chat | None:
        chat = world.find_chat(name) if name else None
        if chat is not None:
            check_access(world, chat, Access.READ)
        return chat

    value = arguments.decoded("scope", "Can't parse BotCommandScope JSON object")
    return parse_scope(value, find)
