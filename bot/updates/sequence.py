"""Deliveries that overtook one another, put into the order of their ids again. Pure.

Telegram delivers each chat's messages one by one, but those of different chats, and the presses of
a person, over connections of their own, which it does not serve by the ids of the updates
(telegram-bot-api, WebhookActor::send_update). So what comes before an id that is missing waits for
it, though not for long: an id may never come, where its update expired.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

FAR = 1_000
"""Ids that lie further apart are of another numbering: after a week of silence they begin anew."""


class Held(NamedTuple, Generic[T]):
    """What came, and when."""

    update_id: int
    came_at: float
    item: T


class Sequence(Generic[T]):
    """Holds back what came too early.

    Args:
        patience_seconds: So long a missing id is waited for.
        most: With so many held back none can come any more: they have all the connections.
        newest: The highest id that is known; None where none is.
    """

    def __init__(self, patience_seconds: float, most: int, newest: int | None = None) -> None:
        self._patience_seconds = patience_seconds
        self._most = most
        self._newest = newest
        self._held: list[Held[T]] = []

    def add(self, update_id: int, item: T, now: float) -> None:
        """One came."""
        self._held.append(Held(update_id, now, item))

    def remove(self, item: T) -> None:
        """Nobody waits for it any more."""
        self._held = [one for one in self._held if one.item is not item]

    def take(self, now: float) -> list[T]:
        """Those whose turn it is, in the order of their ids; `note` them once they are kept."""
        self._held.sort(key=lambda one: one.update_id)
        count = self._ready(now)
        taken, self._held = self._held[:count], self._held[count:]
        return [one.item for one in taken]

    def clear(self) -> list[T]:
        """All that are held back: none of them is waited for any more."""
        held, self._held = self._held, []
        return [one.item for one in held]

    def note(self, update_id: int) -> None:
        """This one is kept, and all before it that came."""
        known = self._newest
        self._newest = (
            update_id if known is None or _is_far(update_id, known) else max(update_id, known)
        )

    @property
    def wakes_at(self) -> float | None:
        """When the first of those that are held back has waited long enough; None without any."""
        came = min((one.came_at for one in self._held), default=None)
        return None if came is None else came + self._patience_seconds

    def _ready(self, now: float) -> int:
        """How many of the first are not to wait, or not any longer."""
        if len(self._held) >= self._most:
            return len(self._held)
        overdue = [at for at, one in enumerate(self._held) if self._is_overdue(one, now)]
        count = overdue[-1] + 1 if overdue else 0
        newest = self._held[count - 1].update_id if count else self._newest
        for one in self._held[count:]:
            if (
                newest is not None
                and newest + 1 < one.update_id
                and not _is_far(one.update_id, newest)
            ):
                break
            newest = one.update_id if newest is None else max(newest, one.update_id)
            count += 1
        return count

    def _is_overdue(self, one: Held[T], now: float) -> bool:
        return now - one.came_at >= self._patience_seconds


def _is_far(one: int, other: int) -> bool:
    return abs(one - other) > FAR
