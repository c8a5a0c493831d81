"""A page: a message as it goes out, with the buttons under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.text.rich import Rich
    from storage.models import PostId


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: exactly one of `data`, `url`, `copy` and `inline`."""

    label: str
    data: str | None = None
    """Callback data; see `bot.pages.actions`."""
    url: str | None = None
    copy: str | None = None
    """Text that a tap puts on the clipboard."""
    inline: str | None = None
    """An inline query that the reader takes to a chat of their choice."""
    style: Literal["primary", "success", "danger"] | None = None


PROMPT_MARK = "✏"
"""What a message begins with that asks for words, and no other of ours: so it is known, before
anything is looked up, that a reply to it is meant for us."""
Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A message as it goes out: text, buttons, and whose preview is shown, if any."""

    text: Rich
    keyboard: Keyboard = ()
    preview_url: str | None = None
    if_closed: Rich | None = None
    """What is said in its place, elsewhere in the group, where its topic is closed."""
    asks: str = ""
    """An example of what is to be typed, in a reply to this message; such a page has no buttons."""
    items: tuple[PostId, ...] | None = None
    """The posts that it lists, each by a number, in order; None where it is no list."""
    first: int = 1
    """The number of the first of them."""
    besides: tuple[PostId, ...] = ()
    """The posts that it shows without a number."""

    def where_closed(self) -> Page:
        """The page for the group of a topic that is closed."""
        return self if self.if_closed is None else Page(self.if_closed)
