"""Times as SQLite keeps them: whole unix seconds in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def to_seconds(at: datetime) -> int:
    """Unix seconds of an aware datetime."""
    return int(at.timestamp())


def to_seconds_or_none(at: datetime | None) -> int | None:
    """Unix seconds, or None for None."""
    return None if at is None else to_seconds(at)


def from_seconds(seconds: int) -> datetime:
    """The aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def from_seconds_or_none(seconds: int | None) -> datetime | None:
    """The aware datetime in UTC, or None for None."""
    return None if seconds is None else from_seconds(seconds)
