"""The commands that the bot registered, by scope and language.

Bot API, "BotCommandScope" and "Determining list of commands"; checks and error texts are those of
`set_commands` in tdlib/td `td/telegram/BotCommand.cpp` and `get_bot_command_scope` in
telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.simulator.api.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.simulator.chats import Chat, User

LONGEST_COMMAND = 32
LONGEST_DESCRIPTION = 256
MOST_COMMANDS = 100
"""Bot API, setMyCommands."""

_COMMAND = re.compile(r"[a-z0-9_]+\Z")
_LANGUAGE = re.compile(r"[a-z]{2}\Z")
_PLAIN_SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})

Scope = tuple[str, int, int]
"""Type, chat id or 0, user id or 0."""
DEFAULT_SCOPE: Scope = ("default", 0, 0)


class CommandBook:
    """All command lists."""

    def __init__(self) -> None:
        self._lists: dict[tuple[Scope, str], list[dict[str, str]]] = {}

    def set(self, scope: Scope, language: str, commands: list[dict[str, str]]) -> None:
        """Replace one list."""
        self._lists[scope, language] = commands

    def get(self, scope: Scope, language: str) -> list[dict[str, str]]:
        """One list exactly as it was set."""
        return self._lists.get((scope, language), [])

    def delete(self, scope: Scope, language: str) -> None:
        """Forget one list."""
        self._lists.pop((scope, language), None)

    def state(self) -> list[Any]:
        """All lists, as JSON's types."""
        return [(*scope, language, listed) for (scope, language), listed in self._lists.items()]

    def restore(self, state: list[Any]) -> None:
        """Have the lists of `state`."""
        self._lists = {
            ((kind, chat_id, user_id), language): listed
            for kind, chat_id, user_id, language, listed in state
        }

    def shown(self, chat: Chat, user: User) -> list[dict[str, str]]:
        """What a user is offered in a chat: the first list there is, narrowest scope first."""
        for scope in _scopes_for(chat, user):
            for language in dict.fromkeys((user.language[:2], "")):
                commands = self._lists.get((scope, language))
                if commands:
                    return commands
        return []


def parse_commands(value: object) -> list[dict[str, str]]:
    """The `commands` of setMyCommands; raises ApiError for what the server refuses."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_request("Expected an Array of BotCommand")
    if len(value) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_parse_command(item) for item in value]


def parse_scope(value: object, find: Callable[[str], Chat | None]) -> Scope:
    """The `scope` of a call; `find` gives the chat of an id or @username."""
    if value is None:
        return DEFAULT_SCOPE
    if not isinstance(value, dict):
        raise bad_request("Can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = value.get("type")
    if kind in _PLAIN_SCOPES:
        return str(kind), 0, 0
    if kind not in _CHAT_SCOPES:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    chat = find(str(value.get("chat_id", "")))
    if chat is None:
        raise bad_request("chat not found")
    if chat.kind == "private" and kind != "chat":
        raise bad_request("Can't use specified scope in private chats")
    if chat.is_channel:
        raise bad_request("Can't change commands in channel chats")
    given = str(value.get("user_id", ""))
    user_id = int(given) if kind == "chat_member" and given.isdigit() else 0
    if kind == "chat_member" and user_id <= 0:
        raise bad_request("Can't parse BotCommandScope: Invalid user_id specified")
    return str(kind), chat.id, user_id


def checked_language(code: str) -> str:
    """A two-letter language or nothing (`validate_bot_language_code` in td/telegram/misc.cpp)."""
    if code and not _LANGUAGE.match(code):
        raise bad_request("Invalid language code specified")
    return code


def _parse_command(item: Any) -> dict[str, str]:  # noqa: ANN401  # any JSON
    if not isinstance(item, dict) or not {"command", "description"} <= item.keys():
        raise bad_request("Can't parse BotCommand: expected an Object")
    command = str(item["command"]).strip().removeprefix("/")
    description = str(item["description"]).strip()
    if not command:
        raise bad_request("Command must be non-empty")
    if len(command) > LONGEST_COMMAND:
        raise bad_request(f"Command length must not exceed {LONGEST_COMMAND}")
    if not description:
        raise bad_request("Command description must be non-empty")
    if len(description) > LONGEST_DESCRIPTION:
        raise bad_request(f"Command description length must not exceed {LONGEST_DESCRIPTION}")
    if not _COMMAND.match(command):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


def _scopes_for(chat: Chat, user: User) -> Iterator[Scope]:
    if chat.user is not None:
        yield "chat", chat.id, 0
        yield "all_private_chats", 0, 0
    else:
        yield "chat_member", chat.id, user.id
        if chat.member(user).is_admin:
            yield "chat_administrators", chat.id, 0
        yield "chat", chat.id, 0
        if chat.member(user).is_admin:
            yield "all_chat_administrators", 0, 0
        yield "all_group_chats", 0, 0
    yield DEFAULT_SCOPE
