"""Editing, deleting, pinning.

Bot API, "Updating messages"; the checks are those of `edit_message_text`, `edit_message_caption`,
`edit_message_reply_markup` and `edit_message_live_location` in tdlib/td
`td/telegram/MessagesManager.cpp`, after those of telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulator.api.access import Access, chat_of, message_of
from bot.simulator.api.errors import bad_request
from bot.simulator.methods.sending import message_ids_of, read_preview
from bot.simulator.rules.keyboards import read_markup
from bot.simulator.rules.limits import Counted
from bot.simulator.rules.permissions import can_edit, check_pinning, why_not_delete
from bot.simulator.rules.texts import read_caption, read_text

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments
    from bot.simulator.messages import Content, Message
    from bot.simulator.rules.keyboards import Markup
    from bot.simulator.world import World

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(world: World, arguments: Arguments) -> dict[str, Any] | bool:
    """editMessageText; without `reply_markup` the keyboard goes away."""
    if not arguments.text("text"):
        raise bad_request("Message text is empty")
    message = _editable(world, arguments)
    if "text" not in message.content:
        raise bad_request("There is no text in the message to edit")
    rich = read_text(arguments, commands=not message.chat.is_channel, editing=True)
    content: Content = {"text": rich.text}
    if rich.spans:
        content["entities"] = rich.entities()
    preview = read_preview(arguments)
    if preview:
        content["link_preview_options"] = preview
    return _edited(world, arguments, message, content)


def edit_message_caption(world: World, arguments: Arguments) -> dict[str, Any] | bool:
    """EditMessageCaption."""
    message = _editable(world, arguments)
    if "text" in message.content:
        raise bad_request("There is no caption in the message to edit")
    rich = read_caption(arguments, commands=not message.chat.is_channel)
    content = {
        name: value
        for name, value in message.content.items()
        if name not in {"caption", "caption_entities"}
    }
    if rich.text:
        content["caption"] = rich.text
    if rich.spans:
        content["caption_entities"] = rich.entities()
    return _edited(world, arguments, message, content)


def edit_message_reply_markup(world: World, arguments: Arguments) -> dict[str, Any] | bool:
    """editMessageReplyMarkup: the same keyboard is refused, another one overwrites."""
    message = _editable(world, arguments, only_markup=True)
    return _edited(world, arguments, message, message.content)


def stop_message_live_location(world: World, arguments: Arguments) -> dict[str, Any] | bool:
    """stopMessageLiveLocation, which only ever refuses: no live locations are simulated."""
    _editable(world, arguments)
    raise bad_request("There is no live location in the message to edit")


def delete_message(world: World, arguments: Arguments) -> bool:
    """deleteMessage: within 48 hours."""
    if not arguments.text("chat_id"):
        raise bad_request("Chat identifier is not specified")
    if arguments.number("message_id") <= 0:
        raise bad_request("Message identifier is not specified")
    chat = chat_of(world, arguments, Access.WRITE)
    _delete(world, [message_of(world, chat, arguments, "message to delete")])
    return True


def delete_messages(world: World, arguments: Arguments) -> bool:
    """deleteMessages: those that are not there are skipped, one refused refuses all."""
    ids = message_ids_of(arguments)
    chat = chat_of(world, arguments, Access.WRITE)
    found = [world.find_message(chat, message_id) for message_id in ids]
    _delete(world, [message for message in found if message is not None])
    return True


def pin_chat_message(world: World, arguments: Arguments) -> bool:
    """pinChatMessage; the service message about it comes as an update, the bot's own too.

    `need_skip_update_message` in telegram-bot-api/Client.cpp lets messagePinMessage pass.
    """
    chat = chat_of(world, arguments, Access.WRITE)
    message = message_of(world, chat, arguments, "message to pin")
    check_pinning(chat, world.me(chat))
    if chat.pinned and chat.pinned[-1] == message.id:
        return True
    world.limits.spend(chat, what=Counted.PIN)
    chat.pinned = [*(pin for pin in chat.pinned if pin != message.id), message.id]
    world.tell("pin", chat, message)
    world.post(
        chat,
        {"pinned_message": message.json(with_reply=False)},
        sender=None if chat.is_channel else world.bot,
        sender_chat=chat if chat.is_channel else None,
        is_service=True,
        is_ours=True,
    )
    return True


def unpin_chat_message(world: World, arguments: Arguments) -> bool:
    """unpinChatMessage: the named one, or the newest."""
    chat = chat_of(world, arguments, Access.WRITE)
    check_pinning(chat, world.me(chat))
    message_id = arguments.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    world.tell("pin", chat, chat.messages[message_id])
    return True


def unpin_all_chat_messages(world: World, arguments: Arguments) -> bool:
    """UnpinAllChatMessages."""
    chat = chat_of(world, arguments, Access.WRITE)
    check_pinning(chat, world.me(chat))
    chat.pinned.clear()
    return True


def _editable(world: World, arguments: Arguments, *, only_markup: bool = False) -> Message:
    inline_id = arguments.text("inline_message_id")
    if inline_id and not arguments.text("chat_id"):
        message = world.inline_messages.get(inline_id)
        if message is None or message.is_deleted:
            raise bad_request("MESSAGE_ID_INVALID")
        return message
    if not arguments.text("chat_id") and not arguments.number("message_id"):
        raise bad_request("Message identifier is not specified")
    chat = chat_of(world, arguments, Access.EDIT)
    message = message_of(world, chat, arguments, "message to edit")
    now = world.clock.now()
    if not can_edit(message, world.bot, world.me(chat), now, only_markup=only_markup):
        raise bad_request("Message can't be edited")
    return message


def _edited(
    world: World, arguments: Arguments, message: Message, content: Content
) -> dict[str, Any] | bool:
    markup: Markup = read_markup(arguments, in_channel=message.chat.is_channel, only_inline=True)
    if content == message.content and markup == message.markup:
        raise bad_request(_NOT_MODIFIED)
    world.limits.spend(message.chat, what=Counted.EDIT)
    is_new = content is not message.content and content != message.content
    world.change(message, content=content if is_new else None, markup=markup)
    is_inline = bool(arguments.text("inline_message_id")) and not arguments.text("chat_id")
    return True if is_inline else message.json()


def _delete(world: World, messages: list[Message]) -> None:
    now = world.clock.now()
    for message in messages:
        refusal = why_not_delete(message, world.me(message.chat), now)
        if refusal is not None:
            raise refusal
    for message in messages:
        world.delete(message)
