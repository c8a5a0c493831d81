"""What waits and why, what failed and why, for `sosik status`: read beside the running bot.

`status_json` is for scripts: times are ISO 8601 in UTC, reasons the keys of messages.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.delivery.waits import why
from bot.pages.sources import last_error, source_name
from bot.redaction import shown_address
from bot.text.inert import inert
from storage import archive_files, chats, drafts, outbox_by_hand, spreads
from storage.models import OutboxState
from storage.outbox_by_hand import OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from bot.locales import Texts
    from bot.process.status import Status
    from storage.database import Database
    from storage.last_backup import LastBackup
    from storage.models import Chat, ChatId, OutboxRow, Source

FAILED_SINCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reason:
    """Pushes that wait, or failed, for one reason: a message `key` with `values`."""

    key: str
    values: dict[str, Any]
    number: int
    oldest_at: datetime
    """When the first of them was queued."""
    next_at: datetime | None
    """When the first of them may go; None where that is not a matter of time."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is still to be done, at one moment; the most frequent reasons first."""

    pushes: tuple[Reason, ...]
    failed: tuple[Reason, ...]
    """Of the last day."""
    spreads: int
    """Posts, or several at once, that are being queued for many chats."""
    scheduled: int
    next_scheduled_at: datetime | None
    unanswered: tuple[str, ...]
    """Archive files about which an operator was asked, and has said nothing."""


async def read_waiting(database: Database, now: datetime) -> Waiting:
    """Look, in one view of the data."""
    async with database.reader() as db:
        known = {chat.id: chat for chat in await chats.list_chats(db)}
        is_open = await outbox_by_hand.list_rows(db, OPEN)
        failed = await outbox_by_hand.list_rows(db, (OutboxState.FAILED,), since=now - FAILED_SINCE)
        scheduled = await drafts.list_scheduled(db)
        due = [one.due_at for one in scheduled if one.due_at is not None]
        answers = await archive_files.list_answers(db)
        return Waiting(
            pushes=_reasons(is_open, known, now),
            failed=_reasons(failed, known, now),
            spreads=await spreads.count_spreads(db),
            scheduled=len(scheduled),
            next_scheduled_at=min(due, default=None),
            unanswered=tuple(name for name, said in answers.items() if said is None),
        )


def _reasons(
    rows: Sequence[OutboxRow], known: dict[ChatId, Chat], now: datetime
) -> tuple[Reason, ...]:
    alike: dict[str, list[OutboxRow]] = defaultdict(list)
    for row in rows:
        reason = why(row, known.get(row.chat_id), now)
        alike[json.dumps(reason, sort_keys=True)].append(row)
    found = [_reason(json.loads(reason), of_it, now) for reason, of_it in alike.items()]
    return tuple(sorted(found, key=lambda one: (-one.number, one.key)))


def _reason(said: dict[str, Any], rows: Sequence[OutboxRow], now: datetime) -> Reason:
    pending = (row for row in rows if row.state is OutboxState.PENDING)
    later = [row.not_before for row in pending if row.not_before > now]
    return Reason(
        said["key"],
        said["values"],
        len(rows),
        oldest_at=min(row.created_at for row in rows),
        next_at=min(later) if len(later) == len(rows) else None,
    )


# --- in words ---


def waiting_lines(texts: Texts, status: Status, waiting: Waiting, zone: tzinfo) -> list[str]:
    """What waits and what failed, each reason on a line; nothing where there is nothing."""
    lines = _block(texts, "status.waits", waiting.pushes, zone)
    lines += _block(texts, "status.failed", waiting.failed, zone)
    if waiting.failed:
        lines.append(texts("status.failed.hint"))
    if waiting.spreads:
        lines.append(texts.count("status.spreads", waiting.spreads))
    if waiting.next_scheduled_at is not None:
        at = texts.datetime(waiting.next_scheduled_at, zone)
        lines.append(texts.count("status.scheduled", waiting.scheduled, at=at))
    lines += [texts("status.unanswered", name=name) for name in waiting.unanswered]
    return lines + [_source_line(texts, one, zone) for one in status.sources if one.failures]


def _block(texts: Texts, key: str, reasons: Sequence[Reason], zone: tzinfo) -> list[str]:
    return [texts(key)] * bool(reasons) + [f"  {_line(texts, one, zone)}" for one in reasons]


def _line(texts: Texts, one: Reason, zone: tzinfo) -> str:
    said = texts(one.key, **one.values)
    since = texts.datetime(one.oldest_at, zone)
    if one.next_at is None:
        return texts.count("status.reason", one.number, why=said, at=since)
    until = texts.datetime(one.next_at, zone)
    return texts.count("status.reason.until", one.number, why=said, at=since, until=until)


def _source_line(texts: Texts, source: Source, zone: tzinfo) -> str:
    name = inert(source_name(source)).text
    if source.last_fetched_at is None:
        return texts("status.source.never", name=name)
    at = texts.datetime(source.last_fetched_at, zone)
    return texts("status.source", name=name, at=at)


# --- for scripts ---


def status_json(texts: Texts, status: Status, waiting: Waiting) -> dict[str, object]:
    """All of it, as JSON has it."""
    return {
        "at": status.at.isoformat(),
        "posts": status.posts,
        "chats": {one.value: number for one, number in status.chats.items()},
        "inbox": {
            "waiting": status.waiting_updates,
            "set_aside": status.set_aside,
            "skipped": status.skipped,
        },
        "outbox": {one.value: status.outbox.get(one, 0) for one in OutboxState},
        "waiting": [_as_json(texts, one) for one in waiting.pushes],
        "failed_last_day": [_as_json(texts, one) for one in waiting.failed],
        "spreads": waiting.spreads,
        "scheduled": {"number": waiting.scheduled, "next_at": _iso(waiting.next_scheduled_at)},
        "unanswered_files": list(waiting.unanswered),
        "sources": [_source_json(texts, one) for one in status.sources],
        "backup": None if status.backup is None else _backup_json(texts, status.backup),
    }


def _as_json(texts: Texts, one: Reason) -> dict[str, object]:
    return {
        "why": one.key.removeprefix("waits."),
        "said": texts(one.key, **one.values),
        "number": one.number,
        "oldest_at": one.oldest_at.isoformat(),
        "next_at": _iso(one.next_at),
    }


def _source_json(texts: Texts, source: Source) -> dict[str, object]:
    return {
        "address": shown_address(source.address),
        "title": source.title,
        "failures": source.failures,
        "error": last_error(texts, source) if source.failures else "",
        "last_fetched_at": _iso(source.last_fetched_at),
        "ended_at": _iso(source.ended_at),
    }


def _backup_json(texts: Texts, last: LastBackup) -> dict[str, object]:
    problem = last.problem
    return {
        "folder": last.folder,
        "made_at": _iso(last.made_at),
        "tried_at": _iso(last.tried_at),
        "error": "" if problem is None else texts(problem["key"], **problem["values"]),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
