"""The numbers by which Telegram knows a chat or a person, each to be copied by a tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.page import Page
from bot.text.rich import plain

if TYPE_CHECKING:
    from bot.locales import Texts


def own_page(texts: Texts, user_id: int, channel: tuple[int, str] | None = None) -> Page:
    """A person's own number; and that of a channel, with its title, whose post they point at."""
    lines = [texts.rich("id.own", id=user_id)]
    if channel is None:
        lines.append(texts.rich("id.forward"))
    else:
        number, title = channel
        lines.insert(0, texts.rich("id.channel", title=title, id=number))
    return Page(plain("\n").join(lines))


def chat_page(texts: Texts, chat_id: int, topic_id: int | None = None) -> Page:
    """A group's number, and its topic's; a person's is nobody else's business."""
    lines = [texts.rich("id.chat", id=chat_id)]
    if topic_id is not None:
        lines.append(texts.rich("id.topic", id=topic_id))
    lines.append(texts.rich("id.where"))
    return Page(plain("\n").join(lines))
