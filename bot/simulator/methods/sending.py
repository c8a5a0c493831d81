"""sendMessage, sendPhoto, sendDocument, copies, forwards, chat actions.

Bot API, "Available methods"; the order of the checks is that of `do_send_message` in
telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from bot.simulator.api.access import (
    Access,
    chat_of,
    check_writing,
    message_of,
    reply_of,
    topic_of,
)
from bot.simulator.api.errors import bad_request
from bot.simulator.rules.keyboards import read_markup
from bot.simulator.rules.texts import read_caption, read_text

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments
    from bot.simulator.chats import Chat
    from bot.simulator.messages import Content, Message
    from bot.simulator.world import World

_ACTIONS = frozenset(
    {
        "cancel",
        "typing",
        "choose_sticker",
        "find_location",
        "pick_up_location",
        "record_audio",
        "record_video",
        "record_video_note",
        "record_voice",
        "upload_audio",
        "upload_document",
        "upload_photo",
        "upload_video",
        "upload_video_note",
        "upload_voice",
    }
)
_PHOTO_SIDE = 1280


def send_message(world: World, arguments: Arguments) -> dict[str, Any]:
    """SendMessage."""
    if not arguments.text("text"):
        raise bad_request("Message text is empty")
    chat = chat_of(world, arguments, Access.WRITE)
    rich = read_text(arguments, commands=not chat.is_channel)
    content: Content = {"text": rich.text}
    if rich.spans:
        content["entities"] = rich.entities()
    preview = read_preview(arguments)
    if preview:
        content["link_preview_options"] = preview
    return _sent(world, chat, arguments, content).json()


def send_photo(world: World, arguments: Arguments) -> dict[str, Any]:
    """sendPhoto: an upload, a known file_id or an address (which is not fetched)."""
    file_id, size = _stored(world, arguments, "photo")
    photo = {
        "file_id": file_id,
        "file_unique_id": file_id[-16:],
        "width": _PHOTO_SIDE,
        "height": _PHOTO_SIDE,
        "file_size": size,
    }
    return _sent_media(world, arguments, {"photo": [photo]})


def send_document(world: World, arguments: Arguments) -> dict[str, Any]:
    """sendDocument: likewise."""
    file_id, size = _stored(world, arguments, "document")
    upload = arguments.file("document")
    document = {"file_id": file_id, "file_unique_id": file_id[-16:], "file_size": size}
    if upload is not None:
        document |= {"file_name": upload.name, "mime_type": upload.content_type}
    return _sent_media(world, arguments, {"document": document})


def send_chat_action(world: World, arguments: Arguments) -> bool:
    """SendChatAction."""
    action = arguments.text("action")
    if action.lower() not in _ACTIONS:
        raise bad_request("Wrong parameter action in request")
    chat = chat_of(world, arguments, Access.WRITE)
    world.tell("action", chat, action=action.lower())
    return True


def forward_message(world: World, arguments: Arguments) -> dict[str, Any]:
    """ForwardMessage."""
    chat, source = _chats(world, arguments)
    message = message_of(world, source, arguments, "message to forward")
    return _forward(world, chat, arguments, message).json()


def forward_messages(world: World, arguments: Arguments) -> list[dict[str, int]]:
    """forwardMessages; those that are not there are left out."""
    chat, source = _chats(world, arguments)
    found = _found(world, source, arguments, "messages to forward")
    return [{"message_id": _forward(world, chat, arguments, item).id} for item in found]


def copy_message(world: World, arguments: Arguments) -> dict[str, int]:
    """copyMessage, with another caption or markup if given."""
    chat, source = _chats(world, arguments)
    message = message_of(world, source, arguments, "message to copy")
    content = dict(message.content)
    if arguments.text("caption") and "text" not in content:
        rich = read_caption(arguments)
        content |= {"caption": rich.text, "caption_entities": rich.entities()}
    return {"message_id": _sent(world, chat, arguments, _copyable(message, content)).id}


def copy_messages(world: World, arguments: Arguments) -> list[dict[str, int]]:
    """copyMessages; those that are not there are left out."""
    chat, source = _chats(world, arguments)
    found = _found(world, source, arguments, "messages to copy")
    copies = [(item, _copyable(item, dict(item.content))) for item in found]
    return [{"message_id": _sent(world, chat, arguments, copy).id} for _, copy in copies]


def read_preview(arguments: Arguments) -> dict[str, Any]:
    """The `link_preview_options` of a call, empty for none."""
    value = arguments.decoded(
        "link_preview_options", "Can't parse link preview options JSON object"
    )
    if value is None:
        return {"is_disabled": True} if arguments.flag("disable_web_page_preview") else {}
    if not isinstance(value, dict):
        raise bad_request("Object expected as link preview options")
    return {name: item for name, item in value.items() if item not in (None, False, "")}


def message_ids_of(arguments: Arguments, most: int = 100) -> list[int]:
    """The `message_ids` of a call (`get_message_ids` in telegram-bot-api/Client.cpp)."""
    value = arguments.decoded("message_ids", "Can't parse message_ids JSON object")
    if value is None or value == []:
        raise bad_request("Message identifiers are not specified")
    if not isinstance(value, list):
        raise bad_request("Expected an Array of message identifiers")
    if len(value) > most:
        raise bad_request("Too many message identifiers specified")
    ids = [int(item) if str(item).isdigit() else 0 for item in value]
    if not all(ids):
        raise bad_request("Invalid message identifier specified")
    return ids


def _sent(world: World, chat: Chat, arguments: Arguments, content: Content) -> Message:
    topic_id = topic_of(chat, arguments)
    reply_to = reply_of(world, chat, arguments)
    if topic_id == 0 and reply_to is not None and reply_to.chat is chat:
        topic_id = reply_to.thread_id if reply_to.is_topic else 0
    check_writing(world, chat, topic_id)
    markup = read_markup(arguments, in_channel=chat.is_channel)
    world.limits.spend(chat, is_free=world.me(chat).is_admin)
    return world.post(
        chat,
        content,
        sender=None if chat.is_channel else world.bot,
        sender_chat=chat if chat.is_channel else None,
        markup=markup,
        reply_to=reply_to if reply_to is not None and reply_to.chat is chat else None,
        topic_id=topic_id,
        is_ours=True,
        is_silent=arguments.flag("disable_notification"),
    )


def _sent_media(world: World, arguments: Arguments, content: Content) -> dict[str, Any]:
    chat = chat_of(world, arguments, Access.WRITE)
    rich = read_caption(arguments, commands=not chat.is_channel)
    if rich.text:
        content["caption"] = rich.text
    if rich.spans:
        content["caption_entities"] = rich.entities()
    return _sent(world, chat, arguments, content).json()


def _stored(world: World, arguments: Arguments, name: str) -> tuple[str, int]:
    upload = arguments.file(name)
    if upload is not None:
        if not upload.data:
            raise bad_request("file must be non-empty")
        file_id = "AgACAgUAAxkD" + hashlib.sha256(upload.data).hexdigest()[:32]
        world.files[file_id] = upload.data
        return file_id, len(upload.data)
    value = arguments.text(name)
    if not value:
        raise bad_request(f"There is no {name} in the request")
    if value.startswith(("http://", "https://")):
        return "AgACAgUAAxkU" + hashlib.sha256(value.encode()).hexdigest()[:32], 0
    if value not in world.files:
        raise bad_request("Wrong file identifier/HTTP URL specified")
    return value, len(world.files[value])


def _chats(world: World, arguments: Arguments) -> tuple[Chat, Chat]:
    source = chat_of(world, arguments, Access.READ, "from_chat_id")
    return chat_of(world, arguments, Access.WRITE), source


def _found(world: World, source: Chat, arguments: Arguments, what: str) -> list[Message]:
    found = [world.find_message(source, message_id) for message_id in message_ids_of(arguments)]
    messages = [message for message in found if message is not None and not message.is_service]
    if not messages:
        raise bad_request(f"there are no {what}")
    return messages


def _forward(world: World, chat: Chat, arguments: Arguments, message: Message) -> Message:
    if message.is_service:
        raise bad_request("Message can't be forwarded")
    topic_id = topic_of(chat, arguments)
    check_writing(world, chat, topic_id)
    world.limits.spend(chat, is_free=world.me(chat).is_admin)
    return world.post(
        chat,
        message.content,
        sender=None if chat.is_channel else world.bot,
        sender_chat=chat if chat.is_channel else None,
        origin=message.as_origin(),
        topic_id=topic_id,
        is_ours=True,
        is_silent=arguments.flag("disable_notification"),
    )


def _copyable(message: Message, content: Content) -> Content:
    if message.is_service:
        raise bad_request("Message can't be copied")
    return content
