"""The bot's groups and channels as operators see them: what each gets, or why it does not. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text.characters import clean_line
from bot.text.graphemes import shorten
from bot.text.inert import inert
from storage.models import ChatKind, ChatState, PushMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.locales import Texts
    from storage.models import Chat

MOST_ROOMS, TITLE_UNITS = 20, 40
"""All of them fit a message with what else /status says."""
_LOSSES = ("kicked", "gone")
"""As `bot.delivery.failures.Loss` names them at the begin of what a dropped push says."""


@dataclass(frozen=True, slots=True)
class Room:
    """A group or channel, and what stands in its way."""

    chat: Chat
    is_mute: bool = False
    """Telegram refused what was sent there last, for want of a right."""
    error: str = ""
    """Why the last push that was dropped did not go."""

    @property
    def is_troubled(self) -> bool:
        """Whether it is to get something and cannot."""
        is_served = self.chat.state is ChatState.SERVED
        return is_served and (self.is_mute or not self.chat.can_write)


def rooms_of(chats: Iterable[Chat], mute: Iterable[str], errors: dict[int, str]) -> list[Room]:
    """Groups and channels, those in trouble first; `mute` are ids of chats, as text."""
    silenced = frozenset(mute)
    rooms = [
        Room(chat, str(chat.id) in silenced, errors.get(chat.id, ""))
        for chat in chats
        if chat.kind is not ChatKind.PRIVATE
    ]
    return sorted(rooms, key=lambda room: (not room.is_troubled, room.chat.state.value))


def room_lines(texts: Texts, rooms: Sequence[Room]) -> list[str]:
    """A line for each room as far as they fit a message, and how many there are besides."""
    lines = [f"• {room_line(texts, room)}" for room in rooms[:MOST_ROOMS]]
    more = len(rooms) - len(lines)
    return [*lines, texts.count("room.more", more)] if more else lines


def room_line(texts: Texts, room: Room) -> str:
    """What a room gets, or why it gets nothing."""
    chat = room.chat
    title = inert(shorten(clean_line(chat.title) or str(chat.id), TITLE_UNITS)).text
    if chat.state is ChatState.LEFT:
        loss = room.error.partition(":")[0]
        return texts(f"room.left.{loss}" if loss in _LOSSES else "room.left", title=title)
    if chat.state is not ChatState.SERVED:
        return texts("room.waiting", title=title)
    if room.is_troubled:
        return texts("room.mute", title=title)
    gets = _gets(texts, chat)
    return texts("room.gets", title=title, what=gets) if gets else texts("room.off", title=title)


def _gets(texts: Texts, chat: Chat) -> str:
    """What comes there by itself; empty where nothing does."""
    settings = chat.settings
    parts = [texts("room.pushes")] if settings.push is PushMode.ON else []
    if settings.push is not PushMode.OFF and settings.digest_times:
        parts.append(texts.count("room.digests", len(settings.digest_times)))
    return " · ".join(parts)
