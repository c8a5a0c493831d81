"""What is scheduled, published when its time has come: once, and its author is told.

The post, its pushes, the notice and the end of the draft are one transaction, so that a run that
ends has done all of it or nothing. What was missed is published late.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import message
from bot.sources.publishing import title_of
from storage import drafts
from storage.database import DatabaseError
from storage.models import NoticePush, Remark
from storage.restored import doubt_post, get_restored_at
from storage.times import to_seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.delivery.operators import Operators
    from bot.sources.publishing import Publisher
    from storage.database import Database, Transaction
    from storage.models import Draft, Post

log = logging.getLogger(__name__)

LATE = timedelta(minutes=5)
"""What is published later than that says so."""


class Scheduled:
    """Publishes drafts whose time has come.

    Args:
        publisher: Makes posts of them.
        database: Where they are.
        clock: The time of day.
        operators: Puts notices into the outbox.
        is_author: Whether a user may publish still.
    """

    def __init__(
        self,
        *,
        publisher: Publisher,
        database: Database,
        clock: Clock,
        operators: Operators,
        is_author: Callable[[int | None], bool],
    ) -> None:
        self._publisher = publisher
        self._database = database
        self._clock = clock
        self._operators = operators
        self._is_author = is_author

    async def run(self) -> int:
        """Publish what is due; how many drafts that were. Each is a transaction.

        One that fails is set aside, and holds up no other.
        """
        now = self._clock.now()
        async with self._database.reader() as db:
            due = await drafts.list_due(db, now)
        for draft in due:
            try:
                async with self._database.transaction() as tx:
                    await self._take(tx, draft.id, now)
            except DatabaseError:
                raise
            except Exception:
                log.exception("scheduled_failed", extra={"draft": draft.id})
                await self._set_aside(draft)
        return len(due)

    async def _take(self, tx: Transaction, draft_id: int, now: datetime) -> None:
        """Publish a draft, unless that was called off, put off or done meanwhile."""
        draft = await drafts.get_draft(tx, draft_id)
        if draft is None or draft.due_at is None or draft.due_at > now:
            return
        if draft.author_id is not None and not self._is_author(draft.author_id):
            await drafts.call_off(tx, draft_id, now)
            values = {"title": title_of(draft), "name": draft.author_name}
            await self._operators.put(
                tx, _item(draft), NoticePush("notice.schedule.stranger", values)
            )
            log.warning("scheduled_by_a_stranger", extra={"draft": draft_id})
            return
        notice = await self._publish(tx, draft, now)
        await self._tell(tx, draft, notice)
        log.info("scheduled_published", extra={"draft": draft_id})

    async def _publish(self, tx: Transaction, draft: Draft, now: datetime) -> NoticePush:
        """Publish it, or what its author has to say about the post that it is by now."""
        known = await self._publisher.get_published(tx, draft)
        if known is not None:
            await drafts.delete_draft(tx, draft.id)
            return NoticePush(
                await self._say(tx, draft, known), {"title": known.title, "id": known.id}
            )
        post = await self._publisher.publish_draft(tx, draft)
        if post is not None and draft.due_at is not None:
            await self._doubt(tx, post, draft.due_at, now)
        title = title_of(draft) if post is None else post.title
        late = timedelta() if draft.due_at is None else now - draft.due_at
        if late <= LATE:
            return NoticePush("notice.schedule.done", {"title": title})
        return NoticePush("notice.schedule.late", {"title": title, "late": _in_words(late)})

    async def _doubt(self, tx: Transaction, post: Post, due_at: datetime, now: datetime) -> None:
        """What was to be published before a copy was restored may have been, and pushed."""
        restored_at = await get_restored_at(tx, now)
        if restored_at is not None and due_at <= restored_at:
            await doubt_post(tx, post.id)

    async def _say(self, tx: Transaction, draft: Draft, known: Post) -> str:
        """Say about a post what a draft has to say; the notice that tells what came of it."""
        if known.removed_at is not None:
            return "notice.schedule.removed"
        if not draft.remark:
            return "notice.schedule.known"
        remark = Remark(draft.remark, draft.author_name)
        said = await self._publisher.say_first(tx, known, remark, draft.author_id)
        return "notice.schedule.known" if said.remark == remark else "notice.schedule.unsaid"

    async def _set_aside(self, draft: Draft) -> None:
        """It waits for its author again, who is told, and so are the operators."""
        async with self._database.transaction() as tx:
            await drafts.call_off(tx, draft.id, self._clock.now())
            values = {"title": title_of(draft)}
            await self._operators.put(
                tx, f"{_item(draft)}:broken", NoticePush("notice.schedule.broken", values)
            )
            if draft.author_id not in self._operators.ids:
                await self._tell(tx, draft, NoticePush("notice.schedule.failed", values))

    async def _tell(self, tx: Transaction, draft: Draft, notice: NoticePush) -> None:
        """Tell its author, in private; a draft of an older version has none."""
        if draft.author_id is not None:
            await self._operators.put(tx, _item(draft), notice, only=[draft.author_id])


def _item(draft: Draft) -> str:
    """What names the notice: a draft may be given another time."""
    return f"scheduled:{draft.id}:{0 if draft.due_at is None else to_seconds(draft.due_at)}"


def _in_words(late: timedelta) -> dict[str, object]:
    """How late that is, as a message."""
    hours, minutes = divmod(int(late / timedelta(minutes=1)), 60)
    return message(f"schedule.late.{'hours' if hours else 'minutes'}", hours=hours, minutes=minutes)
