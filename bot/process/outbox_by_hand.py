"""The outbox in an operator's hands: `sosik outbox` lists, tries again and gives up.

Each is a transaction of its own, and the bot may run beside it: it sees the rows a second later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.delivery.plan import is_wanted
from bot.delivery.waits import why
from bot.errors import InputError
from bot.pages.cards import shown_title
from bot.text.inert import inert
from storage import chats, outbox, outbox_by_hand, posts
from storage.models import ChatKind, OutboxState, PostPush, UnreadablePush
from storage.outbox_by_hand import OPEN
from storage.pushes import kind_of

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from bot.locales import Texts
    from storage.database import Connection, Database, Transaction
    from storage.models import Chat, OutboxId, OutboxRow

ALL = "all"
MOST_LISTED = 200
TITLE_UNITS = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """A push, where it goes, and the title of the first post that it brings, if it brings posts."""

    row: OutboxRow
    chat: Chat | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A push that is not tried again: message `key` says why."""

    row_id: OutboxId
    key: str


async def outbox_lines(
    database: Database, now: datetime, given: Namespace, texts: Texts, zone: tzinfo
) -> list[str]:
    """Do what was asked for (`retry`, `drop` or neither); what to say of it. Raises InputError."""
    if given.drop is not None:
        before = await drop(database, given.drop, now)
        key = f"outbox.dropped{'.unknown' if before is OutboxState.UNKNOWN else ''}"
        return [texts(key, number=str(given.drop))]
    if given.retry == ALL:
        return _retried_lines(texts, *await retry_all(database, now))
    if given.retry is not None:
        await retry(database, given.retry, now)
        return [texts("outbox.retried", number=str(given.retry))]
    async with database.reader() as db:
        listed = await list_pushes(db, failed=given.failed)
    nothing = texts("outbox.nothing.failed" if given.failed else "outbox.nothing")
    return push_lines(texts, listed, zone, now) or [nothing]


def _retried_lines(texts: Texts, done: int, refused: Sequence[Refused]) -> list[str]:
    if not done and not refused:
        return [texts("outbox.nothing.failed")]
    told = [texts(one.key, number=str(one.row_id)) for one in refused]
    return [texts.count("outbox.retried.all", done)] * bool(done) + told


async def list_pushes(db: Connection, *, failed: bool) -> list[Listed]:
    """What waits, is in doubt or failed, or only what failed; the oldest first."""
    states = (OutboxState.FAILED,) if failed else (*OPEN, OutboxState.FAILED)
    rows = await outbox_by_hand.list_rows(db, states)
    known = {chat.id: chat for chat in await chats.list_chats(db)}
    ids = {row.push.posts[0] for row in rows if isinstance(row.push, PostPush) and row.push.posts}
    titles = {post.id: post.title for post in await posts.get_posts(db, tuple(ids))}
    return [
        Listed(row, known.get(row.chat_id), _title_of(row, titles))  # what moved has its new id
        for row in rows
    ]


def _title_of(row: OutboxRow, titles: dict[Any, str]) -> str:
    is_of_posts = isinstance(row.push, PostPush) and bool(row.push.posts)
    return titles.get(row.push.posts[0], "") if is_of_posts else ""  # type: ignore[union-attr]  # just asked


def push_lines(texts: Texts, listed: Sequence[Listed], zone: tzinfo, now: datetime) -> list[str]:
    """Two lines a push: its number, chat and content since when; and why it has not gone."""
    lines = []
    for one in listed[:MOST_LISTED]:
        row = one.row
        since = texts.datetime(row.created_at, zone)
        head = texts("outbox.line", chat=_chat_name(texts, one), what=_what(texts, one), at=since)
        lines += [f"{row.id:>6}  {head}", f"        {_why(texts, one, zone, now)}"]
    if more := len(listed[MOST_LISTED:]):
        lines.append(texts.count("outbox.more", more))
    return lines


def _why(texts: Texts, one: Listed, zone: tzinfo, now: datetime) -> str:
    reason = why(one.row, one.chat, now)
    said = texts(reason["key"], **reason["values"])
    if one.row.state is OutboxState.PENDING and one.row.not_before > now:
        return texts("outbox.until", why=said, at=texts.datetime(one.row.not_before, zone))
    return said


def _chat_name(texts: Texts, one: Listed) -> str:
    """A chat's title or number; people are not named."""
    if one.row.chat_id > 0 or (one.chat is not None and one.chat.kind is ChatKind.PRIVATE):
        return texts("night.private")
    title = "" if one.chat is None else one.chat.title
    return inert(shown_title(texts, title, TITLE_UNITS)).text if title else str(one.row.chat_id)


def _what(texts: Texts, one: Listed) -> str:
    push = one.row.push
    if isinstance(push, UnreadablePush):
        return texts("outbox.kind.unreadable")
    if not isinstance(push, PostPush):
        return texts(f"outbox.kind.{kind_of(push)}")
    title = inert(shown_title(texts, one.title, TITLE_UNITS)).text
    if len(push.posts) == 1:
        return texts("outbox.kind.post", title=title)
    return texts.count("outbox.kind.posts", len(push.posts), title=title)


# --- again ---


async def retry(database: Database, row_id: OutboxId, now: datetime) -> None:
    """Have a push that failed or was dropped go again. Raises InputError where it must not."""
    async with database.transaction() as tx:
        row = await _row(tx, row_id)
        key = await _refusal(tx, row, now) or await _again(tx, row, now)
    if key:
        raise InputError(key, number=str(row_id))


async def retry_all(database: Database, now: datetime) -> tuple[int, list[Refused]]:
    """Have all that failed go again: how many that are, and those that must not."""
    async with database.transaction() as tx:
        rows = await outbox_by_hand.list_rows(tx, (OutboxState.FAILED,))
        keys = [await _refusal(tx, row, now) or await _again(tx, row, now) for row in rows]
    refused = [Refused(row.id, key) for row, key in zip(rows, keys, strict=True) if key]
    return len(rows) - len(refused), refused


async def _again(tx: Transaction, row: OutboxRow, now: datetime) -> str:
    return "" if await outbox_by_hand.set_again(tx, row.id, now) else "outbox.refused.doubt"


async def _refusal(tx: Transaction, row: OutboxRow, now: datetime) -> str:
    """Why a push must not be tried again; empty where nothing speaks against it."""
    if row.state not in {OutboxState.FAILED, OutboxState.DROPPED}:
        return f"outbox.refused.{_STANDS.get(row.state, 'sent')}"
    if isinstance(row.push, UnreadablePush):
        return "outbox.refused.unreadable"
    if not is_wanted(row, await chats.get_chat(tx, row.chat_id), now):
        return "outbox.refused.unwanted"
    if not isinstance(row.push, PostPush):
        return ""
    there = [one for one in await posts.get_posts(tx, row.push.posts) if one.removed_at is None]
    if not there:
        return "outbox.refused.gone"
    came = await outbox.list_came(tx, row.chat_id, [one.id for one in there], now)
    return "outbox.refused.came" if len(came) == len(there) else ""


_STANDS = {
    OutboxState.PENDING: "waits",
    OutboxState.SENDING: "sending",
    OutboxState.UNKNOWN: "unknown",
    OutboxState.MERGED: "merged",
}


async def _row(tx: Transaction, row_id: OutboxId) -> OutboxRow:
    row = await outbox.get_row(tx, row_id)
    if row is None:
        raise InputError("outbox.none", number=str(row_id))
    return row


# --- no more ---


async def drop(database: Database, row_id: OutboxId, now: datetime) -> OutboxState:
    """Give a push up; the state that it was in. Raises InputError where that is too late."""
    async with database.transaction() as tx:
        row = await _row(tx, row_id)
        if not await outbox_by_hand.set_given_up(tx, row_id, now):
            key = "sending" if row.state is OutboxState.SENDING else "over"
            raise InputError(f"outbox.undropped.{key}", number=str(row_id))
    return row.state
