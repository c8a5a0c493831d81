"""When a chat's weekly and monthly editions come, and which days each looks back on. Pure.

By the wall clock of its zone, as digests do (bot.chat_settings.schedule). One whose day is a public
holiday that the chat keeps free comes at the same time on the first day after that is none.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.chat_settings.public_holidays import is_holiday
from bot.chat_settings.schedule import Slot, instant
from storage.models import Period, PushMode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from storage.models import Chat, ChatSettings

YEARS_BACK = 40
_DAY = timedelta(days=1)
_PUT_OFF_DAYS = {Period.WEEK: 6, Period.MONTH: 27}
"""Less than a period, so that no two come on one day; after more holidays, the next takes it in."""
_DAYS_AHEAD, _DAYS_BACK = 150, 62


def next_edition(settings: ChatSettings, period: Period, *, after: datetime) -> Slot | None:
    """The first slot later than `after`; None where no such edition is wanted.

    Its `local_date` is the day that was chosen, also where it comes later for a holiday.
    """
    slots = _slots(settings, period, after, back=_PUT_OFF_DAYS[period], days=_DAYS_AHEAD)
    return next((slot for slot in slots if slot.at > after), None)


def next_edition_at(
    settings: ChatSettings, period: Period, due_at: datetime | None, *, now: datetime
) -> datetime | None:
    """When the next edition is due, where one was due at `due_at` by what was chosen before.

    One that is overdue stays so, unless it is not wanted any more.
    """
    if due_at is not None and due_at <= now:
        due = next_edition(settings, period, after=due_at - timedelta(seconds=1))
        if due is not None and due.at == due_at:
            return due_at
    slot = next_edition(settings, period, after=now)
    return None if slot is None else slot.at


def edition_due_at(chat: Chat, period: Period) -> datetime | None:
    """When a chat's next edition of that period is due, as it is kept."""
    return chat.weekly_due_at if period is Period.WEEK else chat.monthly_due_at


def last_edition(settings: ChatSettings, period: Period, *, until: datetime) -> Slot | None:
    """The last slot up to and with `until`, of those of the two months before."""
    slots = _slots(settings, period, until, back=_DAYS_BACK, days=_DAYS_BACK + 2)
    return max((slot for slot in slots if slot.at <= until), default=None)


def began_at(slot: Slot, period: Period, zone: ZoneInfo, *, ago: int = 1) -> datetime:
    """When what an edition looks back on began, at the time of day of the edition itself.

    `ago`: so many of its periods before.
    """
    day = slot.local_date
    for _ in range(ago):
        day = day - 7 * _DAY if period is Period.WEEK else _month_before(day)
    return instant(day, slot.minute, zone)


def same_days_before(slot: Slot, period: Period, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The days of an edition in each earlier year, a year ago first: from when until when.

    Of a week, the seven days up to and with its own; of a month, the one that is over.
    """
    day = slot.local_date
    first = day - 6 * _DAY if period is Period.WEEK else _month_before(day)
    end = day + _DAY if period is Period.WEEK else day
    return [
        (instant(_years_before(first, years), 0, zone), instant(_years_before(end, years), 0, zone))
        for years in range(1, YEARS_BACK + 1)
    ]


def _slots(
    settings: ChatSettings, period: Period, around: datetime, *, back: int, days: int
) -> Iterator[Slot]:
    """The slots of so many local days from `back` days before `around` on, in order."""
    minute = _minute(settings, period)
    if settings.push is PushMode.OFF or minute is None:
        return
    zone = ZoneInfo(settings.timezone)
    start = around.astimezone(zone).date() - back * _DAY
    for day in (start + number * _DAY for number in range(days)):
        if not _is_chosen(settings, period, day):
            continue
        comes = _put_off(settings.holidays, day, _PUT_OFF_DAYS[period])
        if comes is not None:
            yield Slot(instant(comes, minute, zone), day, minute)


def _minute(settings: ChatSettings, period: Period) -> int | None:
    if period is Period.MONTH:
        return settings.monthly
    return None if settings.weekly is None else settings.weekly.minute


def _is_chosen(settings: ChatSettings, period: Period, day: date) -> bool:
    if period is Period.MONTH:
        return day.day == 1
    return settings.weekly is not None and day.weekday() == settings.weekly.day


def _put_off(country: str | None, day: date, most: int) -> date | None:
    """The first day from `day` on that is no holiday; None where there are more in a row."""
    days = (day + number * _DAY for number in range(most + 1))
    return next((one for one in days if not is_holiday(country, one)), None)


def _month_before(first: date) -> date:
    """The first day of the month before, of the first day of one."""
    return (first - _DAY).replace(day=1)


def _years_before(day: date, years: int) -> date:
    """The same day so many years ago; for a leap day where there was none, the day after."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)
