"""The chats that somebody administers, to choose one from in private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.actions import ListRooms, OpenRoom, encode
from bot.pages.page import Button, Page
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import Rich, bold, concat, plain
from storage.models import ChatId, ChatKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.locales import Texts
    from storage.models import Chat

ROOMS_A_PAGE = 10
LABEL_UNITS = 20
TITLE_UNITS = 60


def rooms_page(texts: Texts, own_id: ChatId, rooms: Sequence[Chat], offset: int = 0) -> Page:
    """This private chat, whose id is `own_id`, and a page of `rooms`: a line and a button each.

    The numbers are those by which a typed command names them.
    """
    start = offset // ROOMS_A_PAGE * ROOMS_A_PAGE if 0 <= offset < len(rooms) else 0
    shown = list(enumerate(rooms, 1))[start : start + ROOMS_A_PAGE]
    lines = [_line(texts, number, room) for number, room in shown]
    text = concat([bold(texts("rooms.which")), "\n", *lines, "\n\n", plain(texts("rooms.typed"))])
    rows = [(Button(texts("rooms.own"), data=encode(OpenRoom(own_id))),)]
    rows += [(_button(number, room),) for number, room in shown]
    moves = _moves(texts, start, len(rooms))
    return Page(text, (*rows, moves) if moves else tuple(rows))


def room_button(texts: Texts, room_id: ChatId) -> Button:
    """Opens what is set in one chat."""
    return Button(texts("button.room"), data=encode(OpenRoom(room_id)))


def back_button(texts: Texts) -> Button:
    """Back to the list of chats."""
    return Button(texts("button.rooms"), data=encode(ListRooms(0)))


def _line(texts: Texts, number: int, room: Chat) -> Rich:
    kind = texts("rooms.channel" if room.kind is ChatKind.CHANNEL else "rooms.group")
    title = inert(shorten(room.title or str(room.id), TITLE_UNITS))
    name = plain(f" @{room.username}") if room.username else plain("")
    return concat([f"\n#{number} ", title, f" ({kind})", name])


def _button(number: int, room: Chat) -> Button:
    label = shorten(f"#{number} {room.title or room.id}", LABEL_UNITS)
    return Button(label, data=encode(OpenRoom(room.id)))


def _moves(texts: Texts, start: int, total: int) -> tuple[Button, ...]:
    before, after = start - ROOMS_A_PAGE, start + ROOMS_A_PAGE
    moves = []
    if before >= 0:
        moves.append(Button(texts("page.previous"), data=encode(ListRooms(before))))
    if after < total:
        moves.append(Button(texts("page.next"), data=encode(ListRooms(after))))
    return tuple(moves)
