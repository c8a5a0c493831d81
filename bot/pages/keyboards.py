"""Pages as the Bot API has them: what is sent as JSON. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from bot.text.characters import utf16_length
from bot.text.nesting import fit

if TYPE_CHECKING:
    from bot.pages.page import Button, Keyboard, Page
    from bot.text.rich import Entity, Rich

CALLBACK_BYTES = 64
"""Bot API, InlineKeyboardButton.callback_data: 1-64 bytes."""
COPY_UNITS = 256
"""Bot API, CopyTextButton.text: 1-256 characters."""

PLACEHOLDER_CHARACTERS = 64


JsonObject: TypeAlias = "dict[str, Any]"


class MessageArguments(TypedDict):
    """What sendMessage and editMessageText take besides the address (Bot API)."""

    text: str
    entities: list[JsonObject]
    reply_markup: JsonObject | None
    link_preview_options: JsonObject


def message_arguments(page: Page) -> MessageArguments:
    """A page as the parameters of a message."""
    fitted = fit(page.text)
    return {
        "text": fitted.text,
        "entities": message_entities(fitted),
        "reply_markup": inline_markup(page.keyboard),
        "link_preview_options": link_preview(page.preview_url),
    }


def message_entities(rich: Rich) -> list[JsonObject]:
    """The entities as they are, each a MessageEntity; `fit` makes them fit to send."""
    return [_entity(entity) for entity in rich.entities]


def _entity(entity: Entity) -> JsonObject:
    found: JsonObject = {
        "type": entity.kind.value,
        "offset": entity.offset,
        "length": entity.length,
    }
    if entity.url is not None:
        found["url"] = entity.url
    if entity.language is not None:
        found["language"] = entity.language
    return found


def inline_markup(keyboard: Keyboard) -> JsonObject | None:
    """The buttons, an InlineKeyboardMarkup; None where there are none.

    Raises:
        ValueError: a button breaks a limit of the Bot API, and Telegram would refuse the message.
    """
    rows = [[_inline_button(button) for button in row] for row in keyboard if row]
    return {"inline_keyboard": rows} if rows else None


def reply_request(page: Page) -> JsonObject | None:
    """What opens a reply for whoever wrote the message that is answered; None where none is wanted.

    Bot API, ForceReply: `selective` leaves the others alone, a placeholder has 1-64 characters.
    """
    if not page.asks:
        return None
    placeholder = page.asks[:PLACEHOLDER_CHARACTERS]
    return {"force_reply": True, "selective": True, "input_field_placeholder": placeholder}


def link_preview(url: str | None) -> JsonObject:
    """The preview of one address, or none at all: LinkPreviewOptions."""
    return {"url": url} if url else {"is_disabled": True}


def _inline_button(button: Button) -> JsonObject:
    if not button.label:
        raise ValueError("a button needs a label")
    if button.data is not None:
        if not 1 <= len(button.data.encode()) <= CALLBACK_BYTES:
            raise ValueError(f"callback data of {len(button.data.encode())} bytes: {button.data}")
        styled = {} if button.style is None else {"style": button.style}
        return {"text": button.label, "callback_data": button.data, **styled}
    if button.copy is not None:
        if not 1 <= utf16_length(button.copy) <= COPY_UNITS:
            raise ValueError(f"text to copy of {utf16_length(button.copy)} units")
        return {"text": button.label, "copy_text": {"text": button.copy}}
    if button.inline is not None:
        chosen = {
            "query": button.inline,
            "allow_user_chats": True,
            "allow_bot_chats": False,
            "allow_group_chats": True,
            "allow_channel_chats": True,
        }
        return {"text": button.label, "switch_inline_query_chosen_chat": chosen}
    if not button.url:
        raise ValueError(f"a button that does nothing: {button.label}")
    return {"text": button.label, "url": button.url}
