"""What came from Telegram, kept: one transaction for all that came together.

Both ways in end here, long polling (bot.updates.receive) and the webhook (bot.updates.webhook), so
that what one of them kept is known to the other.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from bot.updates.batches import Parsed, apply_all, kind_in
from bot.updates.raw import chat_id_of, message_id_of, replied_of, trimmed
from storage import cleanups, facts, inbox
from storage.database import DatabaseError
from storage.models import InboxRow, UpdateId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.updates.batches import Batch
    from bot.updates.raw import Raw
    from storage.database import Database, Transaction
    from storage.models import ChatId, MessageId

OFFSET = "offset"


class Sink(Protocol):
    """Where committed updates go."""

    def expect(self, raws: list[Raw]) -> None:
        """They are being committed: what is done with them may be prepared. Raises nothing."""
        ...

    def feed(self, rows: list[tuple[InboxRow, Raw]]) -> None:
        """Take them, in order."""
        ...

    async def has_room(self, most: int) -> None:
        """Return once fewer than `most` updates wait."""
        ...


@dataclass(slots=True)
class Came:
    """A batch, read."""

    offset: int
    """What getUpdates is asked from afterwards."""
    replied: list[tuple[ChatId, MessageId]] = field(default_factory=list)
    """What somebody replied to."""
    rows: list[InboxRow] = field(default_factory=list)
    """What is kept, in order: to be handled, or only known where its body is empty."""
    bodies: dict[int, Raw] = field(default_factory=dict)
    parsed: list[Parsed] = field(default_factory=list)
    """What is handled by the commit itself."""

    def put_off(self) -> None:
        """Keep what could not be handled so: whoever handles it apart finds which it was."""
        rows = [_with_body(one.row, self.bodies[one.row.update_id]) for one in self.parsed]
        self.rows = sorted([*self.rows, *rows], key=lambda row: row.update_id)
        self.parsed = []


class Committer:
    """Keeps updates in the inbox, and hands on those that nobody has seen.

    Args:
        wanted: What to keep of all that comes; the rest is known by its id alone.
        sink: Who is given what was kept.
        grouped: What is not kept to be handled, but handled by the commit that keeps the rest. All
            of it is wanted, and none brings or replies to a message.
    """

    def __init__(
        self,
        *,
        wanted: Callable[[Raw], bool],
        database: Database,
        sink: Sink,
        clock: Clock,
        grouped: Mapping[str, Batch] = MappingProxyType({}),
    ) -> None:
        self._wanted = wanted
        self._database = database
        self._sink = sink
        self._clock = clock
        self._grouped = grouped

    async def has_room(self, most: int) -> None:
        """Return once fewer than `most` updates wait to be handled."""
        await self._sink.has_room(most)

    def read(self, batch: Iterable[Raw], offset: int) -> Came:
        """A batch in the order of its ids; `offset` is noted by the commit."""
        now, by_id = self._clock.now(), {int(raw["update_id"]): raw for raw in batch}
        came = Came(offset=offset)
        for _, raw in sorted(by_id.items()):
            if not self._parse(came, raw, now):
                self._keep_whole(came, raw, now)
        return came

    async def commit(self, came: Came) -> None:
        """Commit it, and hand on what is new. Raises DatabaseError, and then nothing is kept.

        What was replied to stays, in a chat whose answers go away. What cannot be handled at once
        is kept, and handled apart.
        """
        awaited = [came.bodies[row.update_id] for row in came.rows if row.body]
        asyncio.get_running_loop().call_soon(self._sink.expect, awaited)
        try:
            new = await self._database.write(partial(self._keep, came))
        except DatabaseError:
            raise
        except Exception:
            if not came.parsed:
                raise
            came.put_off()
            await self.commit(came)
        else:
            self._sink.feed([(row, came.bodies[row.update_id]) for row in new])
            if new:
                await asyncio.sleep(0)  # an answer is begun before more is asked for

    def _parse(self, came: Came, raw: Raw, now: datetime) -> bool:
        """Read an update of a grouped kind; False for another, or where nobody can read it."""
        kind = kind_in(raw, self._grouped)
        if kind is None:
            return False
        try:
            parts = self._grouped[kind].parse(raw)
        except Exception:  # noqa: BLE001  # whatever it is, it is set aside by whoever handles it
            return False
        update_id = raw["update_id"]
        came.parsed.append(Parsed(InboxRow(update_id, chat_id_of(raw), None, now, ""), kind, parts))
        came.bodies[update_id] = raw
        return True

    def _keep_whole(self, came: Came, raw: Raw, now: datetime) -> None:
        """Have an update handled later, or only known where nobody wants it."""
        body = trimmed(raw) if self._wanted(raw) else None
        came.bodies[raw["update_id"]] = body or {}
        came.rows.append(_row(raw, body, now))
        if (place := replied_of(raw)) is not None:
            came.replied.append(place)

    async def _keep(self, came: Came, tx: Transaction) -> list[InboxRow]:
        """Write down what came, and handle what is handled at once; what is to be handled then."""
        new = await inbox.add_updates(tx, came.rows)
        fresh = await inbox.note_seen(tx, [one.row for one in came.parsed])
        unseen = [one for one in came.parsed if one.row.update_id in fresh]
        await apply_all(tx, self._grouped, unseen)
        await cleanups.keep_used(tx, came.replied)
        await facts.set_fact(tx, OFFSET, str(came.offset))
        return new


def _row(raw: Raw, body: Raw | None, now: datetime) -> InboxRow:
    row = InboxRow(
        update_id=UpdateId(raw["update_id"]),
        chat_id=chat_id_of(raw),
        message_id=message_id_of(raw),
        received_at=now,
        body="",
    )
    return row if body is None else _with_body(row, body)


def _with_body(row: InboxRow, body: Raw) -> InboxRow:
    return row._replace(body=json.dumps(body))  # ASCII: half a surrogate pair is no UTF-8
