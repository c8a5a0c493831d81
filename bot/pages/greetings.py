"""What the bot says when it comes, what it can do for whoever asks, and which groups wait."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.beginnings import BEGINNINGS, how_of
from bot.chat_settings.votes import blindness_key, is_blind
from bot.pages.actions import AllowPublishing, Approve, Begin, Leave, encode
from bot.pages.page import Button, Page
from bot.text.rich import bold, plain
from storage.models import ChatKind, ChatState
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.locales import Texts
    from bot.pages.page import Keyboard
    from bot.text.rich import Rich
    from storage.models import Chat

MOST_LISTED = 10
UNDECIDED = frozenset({ChatState.WAITING, ChatState.HELD})
"""Chats that an operator has to decide about."""


def welcome_page(texts: Texts, chat: Chat) -> Page:
    """The first words in a chat: what comes by itself, or that an operator has to approve it."""
    if chat.state is not ChatState.SERVED:
        return Page(plain(texts("group.waiting")))
    return Page(plain(texts(welcome_key(chat.kind))))


def with_sight(texts: Texts, chat: Chat, page: Page) -> Page:
    """The page, and below it that reactions are hidden and what to do, where they are."""
    if not is_blind(chat):
        return page
    return replace(page, text=page.text + plain(f"\n\n{texts(blindness_key(chat))}"))


def first_page(texts: Texts, chat: Chat) -> Page:
    """The first words in a chat that is served, and what to do where reactions are hidden."""
    return with_sight(texts, chat, welcome_page(texts, chat))


def greeting_page(texts: Texts, chat: Chat) -> Page:
    """The first words in a chat, and in a group the question how posts are to come.

    It is asked as long as both come, which is what a group starts with.
    """
    page = first_page(texts, chat)
    is_group = chat.kind in {ChatKind.GROUP, ChatKind.SUPERGROUP}
    if chat.state is not ChatState.SERVED or not is_group or how_of(chat.settings) != "both":
        return page
    since = to_seconds(chat.joined_at)
    row = [
        Button(texts(f"button.begin.{how}"), data=encode(Begin(since, how))) for how in BEGINNINGS
    ]
    return Page(page.text + plain("\n\n" + texts("start.how")), (tuple(row),))


def begun_page(texts: Texts, chat: Chat, how: str) -> Page:
    """The first words in a group, with the answer in place of the question."""
    at = "" if chat.digest_due_at is None else _time(texts, chat, chat.digest_due_at)
    answer = texts(f"start.begun.{how}", at=at)
    return Page(first_page(texts, chat).text + plain(f"\n\n{answer}"))


def _time(texts: Texts, chat: Chat, at: datetime) -> str:
    return texts.time(at, ZoneInfo(chat.settings.timezone))


def welcome_key(kind: ChatKind) -> str:
    """The message of the first words in a chat of a kind that is served."""
    kinds = {ChatKind.PRIVATE: "start.private", ChatKind.CHANNEL: "start.channel"}
    return kinds.get(kind, "start.group")


def help_page(
    texts: Texts, sections: Mapping[str, Sequence[str]], *, private: bool = False
) -> Page:
    """The commands that this person may use here, under `member`, `admin` and `operator`.

    `private`: from there other chats are set, too, and how is said.
    """
    parts = []
    for who, names in sections.items():
        lines = [f"/{name} — {texts(f'command.{name}')}" for name in names]
        if "settings" in names:
            lines.append(texts("menu.help"))
        parts.append(bold(texts(f"help.{who}")) + plain("\n" + "\n".join(lines)))
    if private:
        parts.append(plain(texts("help.rooms")))
    parts.append(plain(texts("help.more")))
    return Page(plain("\n\n").join(parts))


def approval_page(texts: Texts, waiting: Sequence[Chat], outcome: Rich | None = None) -> Page:
    """The chats that wait, the newest first, a row of buttons each; `outcome` is said before."""
    if not waiting:
        return Page(plain(texts("approve.none")) if outcome is None else outcome)
    newest = sorted(waiting, key=lambda chat: chat.joined_at, reverse=True)
    shown, more = newest[:MOST_LISTED], len(waiting[MOST_LISTED:])
    lines = [] if outcome is None else [outcome]
    lines.append(plain(texts("approve.which")))
    lines += [plain(texts.count("approve.more", more))] * bool(more)
    rows = tuple(_decisions(texts, chat, chat.title or str(chat.id)) for chat in shown)
    return Page(plain("\n\n").join(lines), rows)


def decision_buttons(texts: Texts, chat: Chat | None) -> Keyboard:
    """What an operator can decide about one chat as it is now; nothing where all is decided."""
    if chat is None or chat.state is ChatState.LEFT:
        return ()
    if chat.state in UNDECIDED:
        return (_decisions(texts, chat, texts("button.approve")),)
    if chat.kind is ChatKind.CHANNEL:
        return ((publishing_button(texts, chat),),)
    return ()


def publishing_button(texts: Texts, chat: Chat) -> Button:
    """Lets a served channel publish, or no more."""
    key = "button.publishing.end" if chat.may_publish else "button.publishing"
    action = AllowPublishing(chat.id, int(not chat.may_publish), to_seconds(chat.joined_at))
    return Button(texts(key), data=encode(action))


def _decisions(texts: Texts, chat: Chat, label: str) -> tuple[Button, ...]:
    """Approve; for a channel, let it publish too; leave."""
    since = to_seconds(chat.joined_at)
    buttons = [Button(label, data=encode(Approve(chat.id, since)))]
    if chat.kind is ChatKind.CHANNEL:
        publishing = encode(AllowPublishing(chat.id, 1, since))
        buttons.append(Button(texts("button.approve.publishing"), data=publishing))
    leave = encode(Leave(chat.id, since))
    buttons.append(Button(texts("button.leave"), data=leave, style="danger"))
    return tuple(buttons)
