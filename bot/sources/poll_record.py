"""Records how a poll went: when the next one is due, and what the operators are told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.sources.errors import GoneError, StatusError
from bot.sources.http.hints import plan_next_poll
from bot.sources.telling import tell_of_brake, tell_of_end, tell_of_failure, tell_of_success
from storage import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.sources.brake import Braked
    from bot.sources.errors import SourceError
    from bot.sources.reading import Read
    from storage.database import Transaction
    from storage.models import PostId, Source, SourceId

TELL_AFTER = 3
"""Failures in a row before the operators hear of it; of a source that never worked, the first."""
TELL_AGAIN_AFTER = timedelta(days=1)
"""How long edits are held back until the operators hear of it once more."""


class Teller(Protocol):
    """Tells the operators, once an `item`, in the transaction that records why."""

    async def tell(
        self, tx: Transaction, item: str, key: str, /, *, address: str, problem: object = None
    ) -> None:
        """Message `key` about the source at `address`.

        `problem` is a message in itself: {"key": …, "values": …}.
        """
        ...

    async def offer_quiet(
        self, tx: Transaction, source_id: SourceId, last: PostId, *, address: str, posts: int
    ) -> None:
        """So many posts, up to `last`, that a source brought were not announced; they may be."""
        ...


@dataclass(frozen=True, slots=True)
class PollRecord:
    """Records how polls went."""

    clock: Clock
    teller: Teller | None
    interval_seconds: int
    chance: Callable[[], float]
    """0 to 1: the jitter of the next poll."""

    async def record_success(self, tx: Transaction, source: Source, read: Read) -> None:
        """Keep the validators, the feed's place and its name; say that trouble is over."""
        now, answer = self.clock.now(), read.answer
        tell_of_success(tx, source, now)
        keeps = answer.is_unchanged  # a 304 may leave the validators out
        await sources.set_fetched(
            tx,
            source.id,
            now,
            next_poll_at=self._next_at(now, hint_seconds=answer.max_age_seconds),
            etag=answer.etag or (source.etag if keeps else None),
            last_modified=answer.last_modified or (source.last_modified if keeps else None),
        )
        if read.found_at is not None:
            await sources.set_found(tx, source.id, read.found_at, read.kind)
        fetched = read.fetched
        if fetched is not None and fetched.title not in {"", source.title}:
            await sources.set_profile(tx, source.id, title=fetched.title, tagline=fetched.tagline)
        if source.error_told_at is not None:
            await self._tell(tx, source, "notice.source.over", source.error_told_at)

    async def record_failure(self, tx: Transaction, source: Source, error: SourceError) -> None:
        """Put the source off; end it when its server says so. The operators hear of it once."""
        now = self.clock.now()
        problem = {"key": error.key, "values": error.values}
        text = json.dumps(problem, ensure_ascii=False, default=str)
        if isinstance(error, GoneError):
            tell_of_end(tx, source)
            await sources.set_ended(tx, source.id, now, error=text)
            await self._tell(tx, source, "notice.source.ended", now, problem)
            return
        tell_of_failure(tx, source, error)
        failures = source.failures + 1
        is_news = source.error_told_at is None and (
            failures >= TELL_AFTER or source.first_fetched_at is None
        )
        hint = error.retry_after_seconds if isinstance(error, StatusError) else None
        await sources.set_failed(
            tx,
            source.id,
            now,
            text,
            next_poll_at=self._next_at(now, hint_seconds=hint, failures=failures),
            told_at=now if is_news else source.error_told_at,
        )
        if is_news:
            await self._tell(tx, source, "notice.source.failing", now, problem)

    async def record_brake(self, tx: Transaction, source: Source, braked: Braked | None) -> None:
        """Keep whether edits are held back. The operators hear of it, and of its end, once a day.

        What is held for longer is told of again each day: it may have ended and begun once more on
        the day when they heard of it, and "over" must not stay the last word. An end that an
        operator asked for is none to tell of.
        """
        now = self.clock.now()
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if braked is not None:
            if source.held_at is None:
                tell_of_brake(tx, source, braked.reason)
                await sources.set_held(tx, source.id, now)
            if source.held_at is None or source.held_at <= now - TELL_AGAIN_AFTER:
                problem = {"key": f"source.held.{braked.reason}", "values": {"count": braked.count}}
                await self._tell(tx, source, "notice.source.held", day, problem)
        elif source.held_at is not None:
            tell_of_brake(tx, source, None)
            await sources.set_held(tx, source.id, None)
            if not source.is_accepted:
                await self._tell(tx, source, "notice.source.released", day)

    async def tell_of_size(self, tx: Transaction, source: Source) -> None:
        """The operators hear once that of some posts not all could be kept."""
        if self.teller is not None:
            key = "notice.source.size"
            await self.teller.tell(tx, f"{key}:{source.id}", key, address=source.address)

    async def tell_of_quiet(self, tx: Transaction, source: Source, quiet: Sequence[PostId]) -> None:
        """The operators hear what came in quietly since a backup, or an end of following."""
        if is_back(source) and quiet and self.teller is not None:
            await self.teller.offer_quiet(
                tx, source.id, max(quiet), address=source.address, posts=len(quiet)
            )

    async def _tell(
        self, tx: Transaction, source: Source, key: str, at: datetime, problem: object = None
    ) -> None:
        if self.teller is not None:
            item = f"{key}:{source.id}:{int(at.timestamp())}"
            await self.teller.tell(tx, item, key, address=source.address, problem=problem)

    def _next_at(self, now: datetime, *, hint_seconds: int | None, failures: int = 0) -> datetime:
        return plan_next_poll(
            now,
            interval_seconds=self.interval_seconds,
            failures=failures,
            hint_seconds=hint_seconds,
            jitter=self.chance(),
        )


def is_back(source: Source) -> bool:
    """Whether it was followed before: a backup of then was restored, or it is followed again.

    Of a source that is followed for the first time nobody asks what it had before.
    """
    return source.first_fetched_at is None and source.last_fetched_at is not None
