"""The bot in numbers: what waits, what failed, what is stored. For /status and `sosik status`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.delivery.troubles import Trouble
from bot.pages.ages import age
from bot.pages.night import overnight_line
from bot.pages.room_states import room_lines, rooms_of
from bot.pages.sources import last_error, source_name
from bot.search.rebuild import read_progress
from bot.text.inert import inert
from storage import chats, inbox, outbox, posts, sources, troubles, vectors
from storage.last_backup import get_last_backup
from storage.models import ChatState, OutboxState, Overnight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.locales import Texts
    from bot.pages.room_states import Room
    from bot.search.results import Progress
    from storage.database import Connection, Database
    from storage.last_backup import LastBackup
    from storage.models import Chat, Source


MOST_NIGHTS = 10


@dataclass(frozen=True, slots=True)
class Status:
    """Counts at one moment."""

    at: datetime
    posts: int
    chats: Mapping[ChatState, int]
    waiting_updates: int
    set_aside: int
    skipped: int
    """Requests that were left out, because one person asked too much."""
    outbox: Mapping[OutboxState, int]
    sources: tuple[Source, ...]
    index: Progress | None
    """How far the search index is; None where it is whole."""
    meaning: tuple[int, int]
    """Posts that were read by meaning, of how many; none where the program has no embedder."""
    nights: tuple[tuple[Chat, Overnight], ...] = ()
    """Chats in which posts wait for the end of the quiet hours, the first to end first."""
    rooms: tuple[Room, ...] = ()
    """Groups and channels, those in trouble first."""
    backup: LastBackup | None = None
    """The scheduled backups; None where none are made."""

    @property
    def backup_at(self) -> datetime | None:
        """Of which moment the last scheduled backup is."""
        return None if self.backup is None else self.backup.made_at

    @property
    def backup_error(self) -> Mapping[str, object] | None:
        """Why the last try failed, as a message; None where it did not."""
        return None if self.backup is None else self.backup.problem


async def read_status(database: Database, now: datetime) -> Status:
    """Count, in one view of the data."""
    async with database.reader() as db:
        known = await chats.list_chats(db)
        named = {chat.id: chat for chat in known}
        nights = await outbox.list_overnight(db, now)
        return Status(
            at=now,
            posts=await posts.count_posts(db),
            chats={one: sum(chat.state is one for chat in known) for one in ChatState},
            waiting_updates=await inbox.count_waiting(db),
            set_aside=await inbox.count_set_aside(db),
            skipped=await inbox.count_skipped(db),
            outbox=await outbox.count_by_state(db),
            sources=tuple(await sources.list_sources(db)),
            index=await db.run(read_progress),
            meaning=await db.run(vectors.count_vectors),
            nights=tuple((named[one.chat_id], one) for one in nights),
            rooms=await read_rooms(db, known),
            backup=await get_last_backup(db),
        )


async def read_rooms(db: Connection, known: Sequence[Chat]) -> tuple[Room, ...]:
    """The groups and channels among these chats, with what stands in their way."""
    mute = await troubles.list_subjects(db, Trouble.CHAT)
    return tuple(rooms_of(known, mute, await outbox.list_losses(db)))


def status_lines(texts: Texts, status: Status) -> list[str]:
    """A line for each thing worth knowing."""
    number = texts.number
    failing = [one for one in status.sources if one.failures]
    lines = [
        texts("status.posts", count=number(status.posts)),
        texts(
            "status.chats",
            served=number(status.chats[ChatState.SERVED]),
            waiting=number(status.chats[ChatState.WAITING] + status.chats[ChatState.HELD]),
        ),
        texts(
            "status.inbox",
            waiting=number(status.waiting_updates),
            set_aside=number(status.set_aside),
            skipped=number(status.skipped),
        ),
        texts(
            "status.outbox",
            pending=number(status.outbox.get(OutboxState.PENDING, 0)),
            unknown=number(status.outbox.get(OutboxState.UNKNOWN, 0)),
            failed=number(status.outbox.get(OutboxState.FAILED, 0)),
            resent=number(status.outbox.get(OutboxState.RESENT_UNPROVEN, 0)),
            doubled=number(status.outbox.get(OutboxState.DOUBLED, 0)),
        ),
        texts("status.sources", all=number(len(status.sources)), failing=number(len(failing))),
    ]
    if status.index is not None:
        key = "status.index.anew" if status.index.anew else "status.index"
        done, total = number(status.index.done), number(status.index.total)
        lines.insert(1, texts(key, done=done, total=total))
    made, posts_ = status.meaning
    if 0 < made < posts_:
        lines.insert(1, texts("status.meaning", done=number(made), total=number(posts_)))
    lines += _backup_lines(texts, status)
    failures = [f"• {source_name(one)}: {last_error(texts, one)}" for one in failing]
    rooms = room_lines(texts, status.rooms)
    return [*lines, *_night_lines(texts, status.nights), *failures, *rooms]


def _backup_lines(texts: Texts, status: Status) -> list[str]:
    """How old the last scheduled backup is, and why the last try failed."""
    if status.backup is None:
        return []
    at = status.backup_at
    lines = [texts("status.backup.never")]
    if at is not None:
        lines = [texts("status.backup", age=age(texts, status.at - at))]
    if status.backup_error is not None:
        lines.append(texts("status.backup.failed", reason=status.backup_error))
    return lines


def _night_lines(texts: Texts, nights: Sequence[tuple[Chat, Overnight]]) -> list[str]:
    """A line for each chat that sleeps while posts wait; of many, how many there are besides."""
    lines = []
    for chat, waiting in nights[:MOST_NIGHTS]:
        title = inert(chat.title).text or texts("night.private")
        line = overnight_line(texts, waiting, ZoneInfo(chat.settings.timezone))
        lines.append(f"• {title}: {line}")
    if more := len(nights[MOST_NIGHTS:]):
        lines.append(texts.count("night.more", more))
    return lines
