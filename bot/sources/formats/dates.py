"""Dates as feeds write them. Pure.

Lenient parsers make a date of anything (month 13, Korean text): here a date is what is written, or
None.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

SEOUL = timezone(timedelta(hours=9))
_ISO = re.compile(
    r"(\d{4})[-./]\s?(\d{1,2})[-./]\s?(\d{1,2})\.?"
    r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|UTC|GMT|KST|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_KOREAN = re.compile(
    r"(\d{4})\s*년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일"
    r"(?:[^\d오]*(오전|오후)?\s*(\d{1,2})\s*[:시]\s*(\d{1,2})?\s*분?(?:\s*:?\s*(\d{1,2})\s*초?)?)?"
)
_NAMED_ZONES = {"KST": "+0900", "JST": "+0900"}
_NOON = 12


def parse_date(text: str | None) -> datetime | None:
    """The time that `text` names, in UTC. Without a zone it is UTC's; in Korean words, Seoul's."""
    text = (text or "").strip()[:80]
    try:
        at = _iso(text) or _korean(text) or _rfc(text)
        return at and at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    found = _ISO.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(found[7]))


def _zone(name: str | None) -> timezone:
    if name is None or name.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if name.upper() == "KST":
        return SEOUL
    hours, minutes = int(name[1:3]), int(name[-2:])
    sign = -1 if name[0] == "-" else 1
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _korean(text: str) -> datetime | None:
    found = _KOREAN.search(text)
    if found is None:
        return None
    half = found[4]
    year, month, day, hour, minute, second = (
        int(part or 0) for part in found.group(1, 2, 3, 5, 6, 7)
    )
    if half:
        hour = hour % _NOON + (_NOON if half == "오후" else 0)
    return datetime(year, month, day, hour, minute, second, tzinfo=SEOUL)


def _rfc(text: str) -> datetime | None:
    for name, offset in _NAMED_ZONES.items():
        text = re.sub(rf"\b{name}$", offset, text)
    at = parsedate_to_datetime(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
