"""The methods by name, as the URL has them: in any case of letters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.simulator.methods import answers, chats, editing, identity, sending, webhooks

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulator.api.arguments import Arguments
    from bot.simulator.world import World

    Method = Callable[[World, Arguments], object]

METHODS: dict[str, Method] = {
    "getme": identity.get_me,
    "logout": identity.accept,
    "close": identity.accept,
    "setmydefaultadministratorrights": identity.accept,
    "setchatmenubutton": identity.accept,
    "setmycommands": identity.set_my_commands,
    "getmycommands": identity.get_my_commands,
    "deletemycommands": identity.delete_my_commands,
    "setmyname": partial(identity.set_profile, field="name"),
    "getmyname": partial(identity.get_profile, field="name"),
    "setmydescription": partial(identity.set_profile, field="description"),
    "getmydescription": partial(identity.get_profile, field="description"),
    "setmyshortdescription": partial(identity.set_profile, field="short_description"),
    "getmyshortdescription": partial(identity.get_profile, field="short_description"),
    "setwebhook": webhooks.set_webhook,
    "deletewebhook": webhooks.delete_webhook,
    "getwebhookinfo": webhooks.get_webhook_info,
    "getfile": identity.get_file,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "sendchataction": sending.send_chat_action,
    "forwardmessage": sending.forward_message,
    "forwardmessages": sending.forward_messages,
    "copymessage": sending.copy_message,
    "copymessages": sending.copy_messages,
    "editmessagetext": editing.edit_message_text,
    "editmessagecaption": editing.edit_message_caption,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "stopmessagelivelocation": editing.stop_message_live_location,
    "deletemessage": editing.delete_message,
    "deletemessages": editing.delete_messages,
    "pinchatmessage": editing.pin_chat_message,
    "unpinchatmessage": editing.unpin_chat_message,
    "unpinallchatmessages": editing.unpin_all_chat_messages,
    "answercallbackquery": answers.answer_callback_query,
    "answerinlinequery": answers.answer_inline_query,
    "setmessagereaction": answers.set_message_reaction,
    "getchat": chats.get_chat,
    "getchatmember": chats.get_chat_member,
    "getchatadministrators": chats.get_chat_administrators,
    "getchatmembercount": chats.get_chat_member_count,
    "leavechat": chats.leave_chat,
}
