"""When a source is asked again: by its server's headers, and later after failures. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.backoff import Backoff, spread

LONGEST = timedelta(days=1)
"""A server that asks for more (ten years have been seen) is asked again after a day."""

_SECONDS = re.compile(r"-?\d{1,18}")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,18})", re.IGNORECASE)


def parse_retry_after(value: str | None, now: datetime) -> int | None:
    """Seconds from now, by RFC 9110 10.2.3 (seconds or a date); None for what says nothing."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return _bounded(int(text))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return _bounded(int((at - now).total_seconds()))


def parse_max_age(value: str | None) -> int | None:
    """Seconds for which an answer is fresh, by RFC 9111 5.2.2.1; None where it does not say."""
    found = _MAX_AGE.search(value or "")
    return _bounded(int(found[1])) if found else None


def _bounded(seconds: int) -> int | None:
    return min(seconds, int(LONGEST.total_seconds())) if seconds > 0 else None


LONGEST_WAIT = timedelta(hours=6)
_DOUBLINGS = 6


def plan_next_poll(
    now: datetime,
    *,
    interval_seconds: int,
    failures: int = 0,
    hint_seconds: int | None = None,
    jitter: float = 0.0,
) -> datetime:
    """When a source is polled next: after the interval, doubled with each failure in a row.

    A server's hint may lengthen it. `jitter`, 0 to 1, adds up to a tenth, so that sources that
    failed together do not come back together.
    """
    longest = max(LONGEST_WAIT.total_seconds(), interval_seconds)
    backoff = Backoff.doubling(interval_seconds, longest=longest, most_doublings=_DOUBLINGS)
    wait = max(backoff.after(failures), hint_seconds or 0)
    return now + timedelta(seconds=spread(wait, jitter, least=1.0, most=1.1))
