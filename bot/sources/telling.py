"""What is logged of sources: by address, without what opens it; a trouble once, and its end."""

from __future__ import annotations

import logging
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from bot.redaction import shown_address
from bot.sources.changes import ChangeKind
from bot.sources.errors import StatusError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.sources.changes import Recorded
    from bot.sources.errors import SourceError
    from storage.database import Transaction
    from storage.models import Source

log = logging.getLogger(__name__)

UNTOLD = frozenset({ChangeKind.COUNTS, ChangeKind.NOTED})
"""A blog's own counts change with every poll, and nobody has anything to do about it."""


def tell_of_failure(tx: Transaction, source: Source, error: SourceError) -> None:
    """Log that a source fails, where it did not, or fails otherwise than before."""
    if not (source.failures and _is_as_before(source, error)):
        extra = {"source": shown_address(source.address), "error": _said(error)}
        tx.afterwards(partial(log.warning, "source_failed", extra=extra))


def tell_of_end(tx: Transaction, source: Source) -> None:
    """Log that a source is read no more: its server says that it is gone for good."""
    extra = {"source": shown_address(source.address)}
    tx.afterwards(partial(log.warning, "source_ended", extra=extra))


def tell_of_success(tx: Transaction, source: Source, now: datetime) -> None:
    """Log that a source is read again, after how many polls, and minutes without an answer."""
    if not source.failures:
        return
    since = source.last_fetched_at
    minutes = None if since is None else round((now - since).total_seconds() / 60)
    extra = {"source": shown_address(source.address), "failures": source.failures}
    more = {} if minutes is None else {"minutes": minutes}
    tx.afterwards(partial(log.info, "source_recovered", extra={**extra, **more}))


def tell_of_brake(tx: Transaction, source: Source, reason: str | None) -> None:
    """Log that edits are held back for a `reason`, or, for None, no more."""
    extra = {"source": shown_address(source.address)}
    if reason is None:
        tx.afterwards(partial(log.info, "edits_released", extra=extra))
    else:
        tx.afterwards(partial(log.warning, "edits_held", extra={**extra, "why": reason}))


def tell_of_changes(source: Source, changes: Iterable[Recorded]) -> None:
    """Log in one line what a poll changed; posts that are announced have lines of their own."""
    kinds = Counter(
        "quiet" if one.kind is ChangeKind.NEW else str(one.kind)
        for one in changes
        if one.kind not in UNTOLD and (one.kind is not ChangeKind.NEW or one.quiet)
    )
    if kinds:
        log.info("source_changed", extra={"source": shown_address(source.address), **kinds})


def _is_as_before(source: Source, error: SourceError) -> bool:
    """Whether the last poll failed by the same message, and status; waits and sizes may differ."""
    before = source.last_error or ""
    status = f'"status": {error.status}' if isinstance(error, StatusError) else ""
    return f'"key": "{error.key}"' in before and status in before


def _said(error: SourceError) -> str:
    shown = {
        name: shown_address(value) if isinstance(value, str) and "://" in value else value
        for name, value in error.values.items()
    }
    return " ".join([error.key, *(f"{name}={value!r}" for name, value in shown.items())])
