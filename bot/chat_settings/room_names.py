"""Which chat a command is for that is typed in private: a name before its words. Pure.

`@sosik_news`, or its address; the number in the list of /settings, `#2` or `2번`, never a bare one,
which is a time to `/digest_time`; or its title in quotes, for what has no name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat_settings.words import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.models import Chat

_USERNAME = re.compile(r"(?:[@＠]|(?:https?://)?t\.me/)([A-Za-z]\w{3,31})/?(?=\s|$)", re.ASCII)
"""Telegram's own rule for public names, four letters at least (core.telegram.org/method/
account.checkUsername)."""
_NUMBER = re.compile(r"(?:[#＃](\d{1,6})|(\d{1,6})번)(?=\s|$)")
_TITLE = re.compile(
    r'"([^"]+)"|“([^”]+)”|「([^」]+)」|『([^』]+)』|«([^»]+)»|‘([^’]+)’|\'([^\']+)\'', re.ASCII
)


@dataclass(frozen=True, slots=True)
class RoomName:
    """How somebody names a chat: exactly one of the three."""

    username: str | None = None
    number: int | None = None
    """In the list of what they administer, from 1."""
    title: str | None = None


def parse_room(words: str) -> tuple[RoomName | None, str]:
    """The chat that what is typed after a command names first, if any, and the rest."""
    typed = words.strip()
    if found := _USERNAME.match(typed):
        name = RoomName(username=found[1])
    elif found := _NUMBER.match(typed):
        name = RoomName(number=int(found[1] or found[2]))
    elif found := _TITLE.match(typed):
        name = RoomName(title=next(part for part in found.groups() if part is not None))
    else:
        return None, typed
    return name, typed[found.end() :].strip()


def find_rooms(name: RoomName, rooms: Sequence[Chat]) -> list[Chat]:
    """Those of `rooms`, as they are listed, that the name is of; two can have one title."""
    if name.number is not None:
        return list(rooms[name.number - 1 : name.number]) if name.number else []
    if name.username is not None:
        return [one for one in rooms if (one.username or "").lower() == name.username.lower()]
    return [one for one in rooms if normal(one.title) == normal(name.title or "")]
