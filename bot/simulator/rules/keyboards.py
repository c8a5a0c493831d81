"""Reply markups, read and refused as the real server does.

The shape is read as in `get_reply_markup` of telegram-bot-api/Client.cpp, the buttons are checked
as in tdlib/td `td/telegram/ReplyMarkup.cpp`. The server takes the first action of a button that has
several; here that is an error, because the documentation (Bot API, "InlineKeyboardButton") asks for
exactly one and such a button is a mistake.

A button whose text is empty as it is sent, and that has no icon either, is passed over
(`get_reply_markup` there); one that has an icon, or whose text is empty once `clean_input_string`
(`td/telegram/misc.cpp`) has taken out what it takes out, is refused. Blanks are text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulator.api.errors import bad_request
from bot.simulator.rules.links import checked_link, linked_user_id
from bot.simulator.rules.texts import cleaned_text

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments

MOST_BUTTONS = 100
"""In one message (`InlineKeyboardMarkupLimit` in python-telegram-bot's constants)."""
MOST_IN_ROW = 8
"""Likewise."""
LONGEST_CALLBACK_DATA = 64
"""Bytes (Bot API, "InlineKeyboardButton")."""
LONGEST_COPY_TEXT = 256
"""Characters (Bot API, "CopyTextButton")."""

_STYLES = frozenset({"primary", "danger", "success"})
_ACTIONS = (
    "url",
    "callback_data",
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
    "copy_text",
)
_MAY_BE_EMPTY = frozenset({"switch_inline_query", "switch_inline_query_current_chat"})
_CHOSEN_CHATS = ("allow_user_chats", "allow_bot_chats", "allow_group_chats", "allow_channel_chats")
_OTHER_MARKUPS = ("keyboard", "remove_keyboard", "force_reply")
_INTEGER = re.compile(r"-?[0-9]+\Z")

Rows = list[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Markup:
    """What a message carries: inline rows, or some other markup that is only remembered."""

    rows: Rows | None = None
    other: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows or self.other)


NO_MARKUP = Markup()


def read_markup(
    arguments: Arguments, *, in_channel: bool = False, only_inline: bool = False
) -> Markup:
    """The `reply_markup` of a call; raises ApiError as the server does."""
    value = arguments.decoded("reply_markup", "Can't parse reply keyboard markup JSON object")
    if value is None:
        return NO_MARKUP
    return parse_markup(value, in_channel=in_channel, only_inline=only_inline)


def parse_markup(value: object, *, in_channel: bool = False, only_inline: bool = False) -> Markup:
    """A markup object; in channels and edits only inline keyboards are taken."""
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply markup")
    other = next((name for name in _OTHER_MARKUPS if value.get(name)), "")
    if not other:
        rows = _rows(value.get("inline_keyboard") or [], in_channel=in_channel)
        return Markup(rows=rows) if rows else NO_MARKUP
    if only_inline or in_channel:
        raise bad_request("Inline keyboard expected")
    return Markup(other=other)


def _rows(value: object, *, in_channel: bool) -> Rows:
    if not isinstance(value, list):
        raise bad_request('Field "inline_keyboard" must be of type Array')
    rows: Rows = []
    for row in value:
        if not isinstance(row, list):
            raise bad_request(
                'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
            )
        buttons = [_button(button, in_channel=in_channel) for button in row]
        rows.append([button for button in buttons if button is not None])
    rows = [row for row in rows if row]
    if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > MOST_IN_ROW for row in rows):
        raise bad_request("reply markup is too long")
    return rows


def _button(value: object, *, in_channel: bool) -> dict[str, Any] | None:
    """The button as it is kept, None for one that is passed over."""
    if not isinstance(value, dict):
        raise _unparsable("InlineKeyboardButton must be an Object")
    text = _text(value)
    name = _action_name(value)
    button: dict[str, Any] = {"text": cleaned_text(text)}
    if icon := _icon(value):
        button["icon_custom_emoji_id"] = icon
    _add_style(button, value.get("style"))
    if not text and not icon:
        return None
    if not button["text"]:
        raise bad_request("Inline keyboard button text must be non-empty")
    return {**button, name: _action(name, value[name], in_channel=in_channel)}


def _text(button: dict[str, Any]) -> str:
    """A button's text; a number is text too (`get_required_string_field` in JsonBuilder.cpp)."""
    text = button.get("text")
    if text is None:
        raise _unparsable('Can\'t find field "text"')
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise _unparsable('Field "text" must be of type String')
    return str(text)


def _icon(button: dict[str, Any]) -> str:
    """The id of a button's custom emoji, empty for none."""
    icon = str(button.get("icon_custom_emoji_id") or 0)
    if not _INTEGER.match(icon):
        raise _unparsable('Field "icon_custom_emoji_id" must be a valid Number')
    return icon if int(icon) else ""


def _action_name(button: dict[str, Any]) -> str:
    actions = [name for name in _ACTIONS if _is_given(name, button.get(name))]
    if not actions:
        raise _unparsable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unparsable(f"exactly one action is allowed, found {' and '.join(actions)}")
    return actions[0]


def _is_given(name: str, value: object) -> bool:
    return value is not None and (value != "" or name in _MAY_BE_EMPTY)


def _add_style(button: dict[str, Any], style: object) -> None:
    if style in (None, "", "default"):
        return
    if str(style).lower() not in _STYLES:
        raise _unparsable("invalid button style specified")
    button["style"] = str(style).lower()


def _action(name: str, value: Any, *, in_channel: bool) -> object:  # noqa: ANN401  # any JSON
    if name == "url":
        return _url(str(value))
    if name == "callback_data":
        if len(str(value).encode()) > LONGEST_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
        return str(value)
    if name.startswith("switch_inline_query"):
        return _switch(name, value, in_channel=in_channel)
    if name == "copy_text":
        return _copied(value)
    if name in {"login_url", "web_app"}:
        return _web(name, value)
    return value


def _url(url: str) -> str:
    if linked_user_id(url) is not None:
        return url
    return checked_link(url, what="Inline keyboard button ")


def _switch(name: str, value: Any, *, in_channel: bool) -> object:  # noqa: ANN401  # any JSON
    if in_channel:
        shown = name.removesuffix("_chosen_chat")
        raise bad_request(
            f"Can't use {shown} button in a channel chat, because users will not be able to use "
            "the button without knowing bot's username"
        )
    if name != "switch_inline_query_chosen_chat":
        return str(value)
    if not isinstance(value, dict):
        raise _unparsable(f'Field "{name}" must be of type Object')
    if not any(value.get(kind) for kind in _CHOSEN_CHATS):
        # TargetDialogTypes::get_target_dialog_types in td/telegram/TargetDialogTypes.cpp
        raise bad_request("At least one chat type must be allowed")
    allowed = {kind: bool(value.get(kind)) for kind in _CHOSEN_CHATS}
    return {"query": str(value.get("query", "")), **allowed}


def _copied(value: object) -> dict[str, str]:
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise _unparsable('Can\'t find field "text"')
    if not 1 <= len(text) <= LONGEST_COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return {"text": text}


def _web(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("url"), str):
        raise _unparsable('Can\'t find field "url"')
    what = "login " if name == "login_url" else "Web App "
    if linked_user_id(value["url"]) is not None:
        raise bad_request(f"Link to a user can't be used in {what}URL buttons")
    url = checked_link(value["url"], what=f"Inline keyboard button {what}", https_only=True)
    return {**value, "url": url}


def _unparsable(reason: str) -> Exception:
    return bad_request(f"Can't parse inline keyboard button: {reason}")
