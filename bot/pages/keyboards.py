"""Pages in Telegram's types: the only module of the pages that knows python-telegram-bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from telegram import (
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    SwitchInlineQueryChosenChat,
)

from bot.text.characters import utf16_length
from bot.text.nesting import fit

if TYPE_CHECKING:
    from bot.pages.page import Button, Keyboard, Page
    from bot.text.rich import Rich

CALLBACK_BYTES = 64
"""Bot API, InlineKeyboardButton.callback_data: 1-64 bytes."""
COPY_UNITS = 256
"""Bot API, CopyTextButton.text: 1-256 characters."""

PLACEHOLDER_CHARACTERS = 64


class MessageArguments(TypedDict):
    """What `send_message` and `edit_message_text` take besides the address."""

    text: str
    entities: list[MessageEntity]
    reply_markup: InlineKeyboardMarkup | None
    link_preview_options: LinkPreviewOptions


def message_arguments(page: Page) -> MessageArguments:
    """A page as arguments: `bot.send_message(chat_id, **message_arguments(page))`."""
    fitted = fit(page.text)
    return {
        "text": fitted.text,
        "entities": message_entities(fitted),
        "reply_markup": inline_markup(page.keyboard),
        "link_preview_options": link_preview(page.preview_url),
    }


def message_entities(rich: Rich) -> list[MessageEntity]:
    """The entities as they are; `fit` makes them fit to send."""
    return [
        MessageEntity(
            entity.kind.value,
            entity.offset,
            entity.length,
            url=entity.url,
            language=entity.language,
        )
        for entity in rich.entities
    ]


def inline_markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """The buttons, or None where there are none.

    Raises:
        ValueError: a button breaks a limit of the Bot API, and Telegram would refuse the message.
    """
    rows = [[_inline_button(button) for button in row] for row in keyboard if row]
    return InlineKeyboardMarkup(rows) if rows else None


def reply_request(page: Page) -> ForceReply | None:
    """What opens a reply for whoever wrote the message that is answered; None where none is wanted.

    Bot API, ForceReply: `selective` leaves the others alone, a placeholder has 1-64 characters.
    """
    if not page.asks:
        return None
    return ForceReply(selective=True, input_field_placeholder=page.asks[:PLACEHOLDER_CHARACTERS])


def link_preview(url: str | None) -> LinkPreviewOptions:
    """The preview of one address, or none at all."""
    return LinkPreviewOptions(url=url) if url else LinkPreviewOptions(is_disabled=True)


def _inline_button(button: Button) -> InlineKeyboardButton:
    if not button.label:
        raise ValueError("a button needs a label")
    if button.data is not None:
        if not 1 <= len(button.data.encode()) <= CALLBACK_BYTES:
            raise ValueError(f"callback data of {len(button.data.encode())} bytes: {button.data}")
        return InlineKeyboardButton(button.label, callback_data=button.data, style=button.style)
    if button.copy is not None:
        if not 1 <= utf16_length(button.copy) <= COPY_UNITS:
            raise ValueError(f"text to copy of {utf16_length(button.copy)} units")
        return InlineKeyboardButton(button.label, copy_text=CopyTextButton(button.copy))
    if button.inline is not None:
        chosen = SwitchInlineQueryChosenChat(
            button.inline,
            allow_user_chats=True,
            allow_bot_chats=False,
            allow_group_chats=True,
            allow_channel_chats=True,
        )
        return InlineKeyboardButton(button.label, switch_inline_query_chosen_chat=chosen)
    if not button.url:
        raise ValueError(f"a button that does nothing: {button.label}")
    return InlineKeyboardButton(button.label, url=button.url)
