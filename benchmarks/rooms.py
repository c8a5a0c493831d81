"""Chats of each kind that are served from the begin, by day and by night."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.chats import EVERY_DAY
from bot.clock import SystemClock
from storage import chats
from storage.database import Database
from storage.models import Chat, ChatId, ChatKind, ChatSettings, ChatState, PushMode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from bot.simulator import Simulator
    from bot.simulator.people.people import Person
    from bot.simulator.people.rooms import Room

RIGHTS = ("can_delete_messages", "can_pin_messages")


def room_of(sim: Simulator, kind: str, owner: Person | None = None) -> Room:
    """A new chat of that kind, in which the bot may do what it asks for."""
    if kind == "private":
        return sim.private(owner or sim.user("회원"))
    if kind == "channel":
        return sim.channel("채널", owner=owner)
    make = sim.group if kind == "group" else sim.supergroup
    return make("모임", [sim.user("회원")], owner=owner, bot_admin=True, bot_rights=RIGHTS)


async def serve(
    path: Path,
    rooms: Iterable[Room],
    *,
    digest_times: tuple[int, ...] = (),
    now: datetime | None = None,
    **chosen: Any,  # noqa: ANN401  # as they are in ChatSettings
) -> None:
    """Have the chats served, as if the bot had joined a day ago.

    `digest_times` are minutes after midnight in Seoul; `chosen` is what they chose besides.
    """
    settings = ChatSettings("ko", "Asia/Seoul", PushMode.ON, None, digest_times, EVERY_DAY, None)
    settings = replace(settings, **chosen)
    joined_at = (now or SystemClock().now()) - timedelta(days=1)
    async with Database.opened(path) as database, database.transaction() as tx:
        for room in rooms:
            chat = Chat(
                id=ChatId(room.id),
                kind=ChatKind(room.chat.kind),
                title=room.title,
                state=ChatState.SERVED,
                can_write=True,
                is_forum=False,
                settings=settings,
                joined_at=joined_at,
                digest_due_at=None,
                last_digest_at=None,
            )
            await chats.add_chat(tx, chat)
