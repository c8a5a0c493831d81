"""May the bot do this here: the checks before a call touches a chat or message.

`check_chat_access`, `check_chat`, `check_message`, `check_message_topic` and
`check_reply_parameters` in telegram-bot-api/Client.cpp; writing also `can_send_message_to_dialog`
in tdlib/td `td/telegram/DialogManager.cpp` and `process_send_message_fail_error` in
`td/telegram/MessagesManager.cpp`.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.simulator.api.errors import bad_request, forbidden

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments
    from bot.simulator.chats import Chat
    from bot.simulator.messages import Message
    from bot.simulator.world import World

GENERAL_TOPIC_ID = 1
_LARGEST_INT = (1 << 31) - 1
_NUMBER = re.compile(r"-?[0-9]+\Z")


class Access(IntEnum):
    """How much a call wants, in the server's order."""

    READ = 0
    READ_MEMBERS = 1
    EDIT = 2
    WRITE = 3


def chat_of(world: World, arguments: Arguments, access: Access, name: str = "chat_id") -> Chat:
    """The chat that a call names, if the bot has that access there; raises ApiError."""
    text = arguments.text(name)
    if not text:
        raise bad_request("chat_id is empty")
    chat = world.find_chat(text)
    if chat is None or (text.startswith("@") and chat.kind not in {"supergroup", "channel"}):
        raise bad_request("chat not found")
    check_access(world, chat, access)
    return chat


def check_access(world: World, chat: Chat, access: Access) -> None:
    """Raise ApiError unless the bot has that access to the chat."""
    if chat.user is not None:
        _check_private(chat, access)
    elif chat.kind == "group":
        _check_group(world, chat, access)
    else:
        _check_supergroup(world, chat, access)


def message_of(world: World, chat: Chat, arguments: Arguments, what: str) -> Message:
    """The message that a call names, or the 400 `<what> not found`.

    Missing, of another chat, deleted and hidden by privacy mode are all the same to a bot.
    """
    message = world.find_message(chat, arguments.number("message_id"))
    if message is None:
        raise bad_request(f"{what} not found")
    return message


def topic_of(chat: Chat, arguments: Arguments) -> int:
    """The forum topic that a call names, 0 for none.

    Outside of forums the parameter is ignored; in private chats it is refused, because no topics
    are simulated there.
    """
    topic_id = max(0, arguments.number("message_thread_id"))
    if topic_id == 0 or not (chat.is_forum or chat.user is not None):
        return 0
    topic = chat.topics.get(topic_id)
    if topic is None or topic.is_deleted or topic_id == GENERAL_TOPIC_ID:
        raise bad_request("message thread not found")
    return topic_id


def reply_of(world: World, chat: Chat, arguments: Arguments) -> Message | None:
    """The message that a call answers, None for none.

    A number that is not positive names none, and neither do `reply_parameters` without a field or
    text, which go before the older parameter (`get_reply_parameters` in Client.cpp).
    """
    value = arguments.decoded("reply_parameters", "Can't parse reply parameters JSON object")
    if value is None and not arguments.text("reply_parameters"):
        value = {} if arguments.has("reply_parameters") else _legacy_reply(arguments)
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply parameters")
    if not value:
        return None
    message_id = _replied_id(value)
    if message_id <= 0:
        return None
    where = value.get("chat_id")
    other = world.find_chat(str(where)) if where else chat
    if other is None:
        raise bad_request("chat not found")
    check_access(world, other, Access.READ)
    message = world.find_message(other, message_id)
    if message is None and not value.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def check_writing(world: World, chat: Chat, topic_id: int = 0) -> None:
    """Raise ApiError unless the bot may send here; for after `Access.WRITE`."""
    me = world.me(chat)
    if chat.is_channel and not me.may("can_post_messages"):
        raise bad_request("Need administrator rights in the channel chat")
    if chat.refuses_writing:
        raise bad_request("CHAT_WRITE_FORBIDDEN")
    if chat.is_group and not me.is_admin and not (chat.allows_writing and me.can_write):
        # MessageContent.cpp, can_send_message_content
        raise bad_request("Not enough rights to send text messages to the chat")
    topic = chat.topics.get(topic_id)
    if topic is not None and topic.is_closed and not me.is_admin:
        raise bad_request("TOPIC_CLOSED")


def _check_private(chat: Chat, access: Access) -> None:
    user = chat.user
    if user is None or access < Access.EDIT:
        return
    if user.deactivated:
        raise forbidden("user is deactivated")
    if access < Access.WRITE:
        return
    if user.is_bot:
        raise forbidden("The bot can't send messages to the bot")
    if user.blocked:
        raise forbidden("bot was blocked by the user")
    if not user.started:
        raise forbidden("Bot can't initiate conversation with a user")


def _check_group(world: World, chat: Chat, access: Access) -> None:
    wants_write = access in {Access.WRITE, Access.READ_MEMBERS}
    wants_edit = wants_write or access == Access.EDIT
    if chat.migrated_to is not None and wants_write:
        raise bad_request(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to.id
        )
    if chat.is_deleted and wants_write:
        raise forbidden("the group chat was deleted")
    is_active = chat.migrated_to is None and not chat.is_deleted
    if is_active and wants_edit:
        _check_membership(world, chat)


def _check_supergroup(world: World, chat: Chat, access: Access) -> None:
    if chat.is_deleted:
        raise bad_request("chat not found")
    status = world.me(chat).status
    if status == "kicked" or not chat.username or access >= Access.EDIT:
        _check_membership(world, chat)


def _check_membership(world: World, chat: Chat) -> None:
    status = world.me(chat).status
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if status == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")


def _replied_id(reply: dict[str, object]) -> int:
    """A whole number of 32 bits, or its text (`get_required_int_field` in JsonBuilder.cpp)."""
    if "message_id" not in reply:
        raise bad_request('Can\'t find field "message_id"')
    value = reply["message_id"]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise bad_request('Field "message_id" must be a Number')
    if not _NUMBER.match(str(value)) or abs(int(value)) > _LARGEST_INT:
        raise bad_request('Field "message_id" must be a valid Number')
    return int(value)


def _legacy_reply(arguments: Arguments) -> dict[str, object]:
    message_id = arguments.number("reply_to_message_id")
    if message_id <= 0:
        return {}
    return {
        "message_id": message_id,
        "allow_sending_without_reply": arguments.flag("allow_sending_without_reply"),
    }
