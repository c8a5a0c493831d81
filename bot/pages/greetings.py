"""What the bot says when it comes, what it can do for whoever asks, and which groups wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.actions import Approve, encode
from bot.pages.page import Button, Page
from bot.text.rich import bold, plain
from storage.models import ChatKind, ChatState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.locales import Texts
    from storage.models import Chat


def welcome_page(texts: Texts, chat: Chat) -> Page:
    """The first words in a chat: what comes by itself, or that an operator has to approve it."""
    if chat.state is not ChatState.SERVED:
        return Page(plain(texts("group.waiting")))
    private = chat.kind is ChatKind.PRIVATE
    return Page(plain(texts("start.private" if private else "start.group")))


def help_page(texts: Texts, sections: Mapping[str, Sequence[str]]) -> Page:
    """The commands that this person may use here, under `member`, `admin` and `operator`."""
    parts = []
    for who, names in sections.items():
        lines = [f"/{name} — {texts(f'command.{name}')}" for name in names]
        parts.append(bold(texts(f"help.{who}")) + plain("\n" + "\n".join(lines)))
    parts.append(plain(texts("help.more")))
    return Page(plain("\n\n").join(parts))


def approval_page(texts: Texts, waiting: Sequence[Chat]) -> Page:
    """The groups that wait, a button each."""
    if not waiting:
        return Page(plain(texts("approve.none")))
    rows = tuple(
        (Button(chat.title or str(chat.id), data=encode(Approve(chat.id))),) for chat in waiting
    )
    return Page(plain(texts("approve.which")), rows)
