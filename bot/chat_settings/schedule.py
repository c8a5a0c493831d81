"""When a chat's digest and its mornings come, by the wall clock of its zone. Pure.

Where the clocks jump forward over a time of day, it comes in the first minute after; where they go
back over it, it comes once, the first time. On a public holiday of the country that the chat chose
there is no slot: the next one takes in what is new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.public_holidays import is_holiday
from storage.models import Night, PushMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.models import ChatSettings, QuietHours

LATE_HOURS = 6
"""A digest that could not go at its time still goes this late; later, the next one takes it in."""
_DAY = timedelta(days=1)
_DAYS_AHEAD = 70
"""The one day of a week may be a holiday for many weeks in a row."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One time of day on one local date, and when that is."""

    at: datetime
    """Aware, in UTC."""
    local_date: date
    minute: int
    """After local midnight, as it was chosen."""


def next_digest_at(settings: ChatSettings, *, after: datetime) -> datetime | None:
    """When the next digest is due; None where none is wanted."""
    slot = next_slot(settings, after=after)
    return None if slot is None else slot.at


def replanned_digest_at(
    settings: ChatSettings, due_at: datetime | None, *, now: datetime
) -> datetime | None:
    """When the next digest is due, where one was due at `due_at` by what was chosen before.

    One that is overdue stays so, unless it is not wanted any more.
    """
    if due_at is not None and due_at <= now:
        wanted = next_digest_at(settings, after=due_at - timedelta(seconds=1))
        if wanted == due_at:
            return due_at
    return next_digest_at(settings, after=now)


def next_slot(settings: ChatSettings, *, after: datetime) -> Slot | None:
    """The first slot later than `after`; None where no digest is wanted."""
    slots = _slots(settings, after, days=_DAYS_AHEAD)
    return next((slot for slot in slots if slot.at > after), None)


def last_slot(settings: ChatSettings, *, until: datetime) -> Slot | None:
    """The last slot up to and with `until`, of those of the week before."""
    week = _slots(settings, until - 7 * _DAY, days=10)
    return max((slot for slot in week if slot.at <= until), default=None)


def is_too_late(slot: Slot, now: datetime) -> bool:
    """Whether the digest of this slot waits for the next one."""
    return now - slot.at > timedelta(hours=LATE_HOURS)


def instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """When a local time of day is, in UTC."""
    wall = datetime.combine(day, time(*divmod(minute, 60)))
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    return _end_of_gap(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), at, zone)


def quiet_until(settings: ChatSettings, now: datetime) -> datetime | None:
    """When the quiet hours that `now` lies in are over; None outside of them."""
    quiet = settings.quiet
    if quiet is None:
        return None
    zone = ZoneInfo(settings.timezone)
    local = now.astimezone(zone)
    if not _is_quiet(quiet, local.hour * 60 + local.minute):
        return None
    today = instant(local.date(), quiet.end, zone)
    return today if today > now else instant(local.date() + _DAY, quiet.end, zone)


def held_until(settings: ChatSettings, now: datetime) -> datetime | None:
    """Until when a push that comes now waits for the end of the quiet hours; None: it goes."""
    return quiet_until(settings, now) if settings.night is Night.WAIT else None


def is_hushed(settings: ChatSettings, now: datetime) -> bool:
    """Whether a push that leaves now makes no sound: in quiet hours for which none waits."""
    return settings.night is Night.SILENT and quiet_until(settings, now) is not None


def _is_quiet(quiet: QuietHours, minute: int) -> bool:
    if quiet.start <= quiet.end:
        return quiet.start <= minute < quiet.end
    return minute >= quiet.start or minute < quiet.end


def _slots(settings: ChatSettings, around: datetime, *, days: int) -> Iterator[Slot]:
    """The slots of so many local days from the one before `around` on, in order."""
    if settings.push is PushMode.OFF or not settings.digest_times:
        return
    zone = ZoneInfo(settings.timezone)
    first = around.astimezone(zone).date() - _DAY
    for number in range(days):
        day = first + number * _DAY
        if day.weekday() in settings.digest_days and not is_holiday(settings.holidays, day):
            for minute in settings.digest_times:
                yield Slot(instant(day, minute, zone), day, minute)


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The moment between two in which the zone's clocks jump."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
