"""The gate of an outage: nothing is sent while Telegram answers nothing. Pure.

What leaves during an outage is in doubt for nothing. So after a few requests without an answer the
gate closes for every chat. It opens when anything is answered, for a single request first: its
answer, whatever it says, lets all others follow. One that left before something else was answered
failed by itself, and says nothing of all.
"""

from __future__ import annotations

from enum import Enum, auto
from math import inf

from bot.backoff import Backoff

UNANSWERED = 3
KNOCKS = Backoff.doubling(3.0, longest=30.0)
"""Seconds until the next harmless question; longer where those are answered and sends are not."""


class _Gate(Enum):
    OPEN = auto()
    AJAR = auto()
    CLOSED = auto()


class Outage:
    """Counts what is answered, and shuts and opens the gate."""

    def __init__(self) -> None:
        self._gate = _Gate.OPEN
        self._unanswered = 0
        self._answers = 0
        self._closings = 0
        self._trying = 0

    @property
    def is_on(self) -> bool:
        """Whether no send was answered since the gate closed."""
        return self._gate is not _Gate.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether nothing may leave."""
        return self._gate is _Gate.CLOSED

    @property
    def knocks_in_seconds(self) -> float:
        """How long to wait before Telegram is asked again whether it is there."""
        return KNOCKS.after(self._closings - 1)

    @property
    def tries_an_edit(self) -> bool:
        """Whether an edit is to try before any send: done twice, it does no harm.

        Every other time, for edits alone may be what is not answered.
        """
        return self.is_on and self._closings % 2 == 1

    def begin(self) -> int:
        """A send leaves; how many answers there were until then, for `end` and `unanswered`."""
        self._trying += 1
        return self._answers

    def end(self, left_after: int) -> None:
        """A send came to an end."""
        if left_after == self._answers:
            self._trying -= 1

    def free_at(self) -> float:
        """When the next send may leave; infinite where an answer has to come first."""
        if self._gate is _Gate.OPEN or (self._gate is _Gate.AJAR and not self._trying):
            return 0.0
        return inf

    def unanswered(self, left_after: int) -> None:
        """A send got a 5xx, or nothing at all; it left after so many answers."""
        if left_after != self._answers:
            return
        self._unanswered += 1
        if not self.is_closed and (self.is_on or self._unanswered >= UNANSWERED):
            self._gate = _Gate.CLOSED
            self._closings += 1

    def answered(self, *, is_send: bool = True) -> None:
        """A request of a lane was answered, with whatever: all is well.

        Where it was an edit, sends alone may be what is not answered, and that is not forgotten.
        """
        self._lets(_Gate.OPEN)
        if is_send:
            self._closings = 0

    def heard(self, *, is_idle: bool) -> None:
        """Anything else was answered: a send may try, where one waits; otherwise all is well."""
        self._unanswered = 0
        if self.is_closed:
            self._lets(_Gate.AJAR)
        if self.is_on and is_idle:
            self.answered()

    def _lets(self, gate: _Gate) -> None:
        """What is under way until now is not counted any more."""
        self._gate = gate
        self._unanswered = self._trying = 0
        self._answers += 1
