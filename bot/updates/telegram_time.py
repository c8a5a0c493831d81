"""What time it is for Telegram, as far as updates show: the machine's clock may be wrong.

Each answer of Telegram is dated (RFC 9110, 6.6.1). A server of one's own may be wrong together with
the machine; but an update carries Telegram's time of when it happened. It came after the last
moment at which Telegram had nothing left for us, so that Telegram's clock cannot be further ahead
of the newest update than the time that has passed since, and never behind it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

from bot.updates.raw import id_of, part_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.clock import Clock
    from bot.updates.raw import Raw

_DATED = ("message", "channel_post", "my_chat_member", "message_reaction")
"""Updates that come when they happen, and say when (Bot API, Update)."""
FURTHEST = timedelta(days=3 * 365)
"""No clock is believed to be behind by more: one odd date would make all else too old."""
HELD_SECONDS = 2.0
"""A request that Telegram held for so long found nothing: what came happened after it was made."""


class _Heard(NamedTuple):
    """An update that was the newest when it came, by Telegram's time and by our seconds."""

    newest: datetime
    came_at: float
    emptied_at: float | None
    """When Telegram had nothing left for us before."""


def seconds_since_boot() -> float:
    """Seconds that never go back, and go on while the machine sleeps, where it can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class TelegramTime:
    """Keeps by how much the machine's clock is off.

    Args:
        clock: The machine's clock, believed until an answer shows otherwise.
        monotonic: Seconds that never go back, whatever is done to the time of day.
    """

    def __init__(
        self, clock: Clock, *, monotonic: Callable[[], float] = seconds_since_boot
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._off = timedelta()
        self._off_by_answers = timedelta()
        self._asked_at: float | None = None
        self._emptied_at: float | None = None
        """When Telegram had nothing left for us."""
        self._heard: _Heard | None = None
        """The newest update of those that came last."""

    def now(self) -> datetime:
        """The time of Telegram, aware and in UTC."""
        return self._clock.now() + self._off

    def note_date(self, date: str | None) -> None:
        """An answer came that was dated so; what is no date says nothing."""
        try:
            at = parsedate_to_datetime(date or "")
        except ValueError:
            return
        at = at.replace(tzinfo=at.tzinfo or UTC)  # `-0000` names no zone (RFC 5322, 3.3)
        now = self._clock.now()
        self._off_by_answers = at - now
        self._off = self._allowed(at, self._monotonic()) - now

    def ask(self) -> None:
        """Updates are asked for now."""
        self._asked_at = self._monotonic()

    def hear(self, batch: Iterable[Raw], *, is_all: bool) -> None:
        """Updates came, or none; `is_all`: as far as we know, Telegram has no more of them."""
        came_at = self._monotonic()
        if self._asked_at is not None and came_at - self._asked_at >= HELD_SECONDS:
            self._emptied_at = self._asked_at
        latest = (self._clock.now() + FURTHEST).timestamp()
        newest = max((_date_of(raw, latest) for raw in batch), default=0)
        if newest:
            self._compare(datetime.fromtimestamp(newest, UTC), came_at)
        if is_all:
            self._emptied_at = came_at

    def _compare(self, newest: datetime, came_at: float) -> None:
        self._heard = _Heard(newest, came_at, self._emptied_at)
        now = self._clock.now()
        self._off = self._allowed(now + self._off_by_answers, came_at) - now

    def _allowed(self, told: datetime, at: float) -> datetime:
        """The time that an answer told, as far as updates do not contradict it."""
        heard = self._heard
        if heard is None:
            return told
        if heard.emptied_at is not None:
            told = min(told, heard.newest + timedelta(seconds=at - heard.emptied_at))
        return max(told, heard.newest + timedelta(seconds=at - heard.came_at))


def _date_of(raw: Raw, latest: float) -> int:
    """Unix seconds; 0 where an update says none, or none that could be."""
    for name in _DATED:
        if name in raw:
            seconds = id_of(part_of(raw[name], "date"))
            return seconds if seconds is not None and 0 < seconds < latest else 0
    return 0
