"""Where the process is killed: at each named commit, right before it is made or right after.

A commit is named by the function that makes it: the first on the way out from
`Database.transaction` or `write` that is no plumbing. docs/delivery.md says what is promised at
each.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from types import FrameType
    from typing import NoReturn

    from storage.database import Transaction

T = TypeVar("T")

WIRE = "sendMessage"
"""No commit: a push has left. Before: it has no effect yet; after: it has, and no answer came."""
COMMITS = (
    "Cleaning._put_down",
    "Database.overwrite",
    "Database.tidy",
    "Digests.prepare",
    "Digests.run",
    "Dispatcher._flush",
    "Duties._keep_house",
    "Duties.trust_clock",
    "Editions.prepare",
    "Editions.run",
    "Intake.take_in",
    "Ledger.arrived",
    "Ledger.claim",
    "Ledger.interrupt",
    "Ledger.mended",
    "Ledger.not_sent",
    "Ledger.resent",
    "Ledger.sent",
    "Noting._note",
    "OutboxSender._gather",
    "Pinning._pin",
    "Receiver._commit",
    "Refresher._put_down",
    "Refresher.run",
    "Scheduled.run",
    "Search._compare",
    "SourcePoller._poll",
    "SourcePoller.run",
    "Spreader.run",
    "Withdrawing._delete",
    "corrections.take_down",
    "drafting.schedule_each",
    "membership._take_in",
    "membership.changed",
    "membership.migrated",
    "menu._set",
    "privacy.forget_pressed",
    "publishing._renew",
    "publishing.pressed",
    "room_menus.open_menu",
    "settings.typed",
    "votes.pressed",
)
POINTS = (*COMMITS, WIRE)
ANY = "any commit"
"""The n-th of the run, whichever it is."""
RANDOM = "any moment"
_PLUMBING = frozenset(
    {
        *("BotContext.change_room", "BotContext.transaction", "Committer.commit"),
        *("Ledger._store", "Ledger._try"),
        *("_forgetting", "_forget_person"),
        *("replan_served", "Chats.plan_nights"),
    }
)
_OTHERWISE = {"Webhook._commit": "Receiver._commit"}
"""What the same commit is called where updates are delivered."""
_CALLS = ("overwrite", "tidy")
"""Of the database: they change its files outside of any transaction."""


@dataclass(frozen=True, slots=True)
class Kill:
    """Where a run is to end: at a point, before or after, the n-th time that it comes there."""

    point: str
    position: str
    times: int = 1


class Trap:
    """Kills this process where it was ordered to."""

    def __init__(self, kill: Kill) -> None:
        self._kill = kill
        self._left = {"before": kill.times, "after": kill.times}

    def passes(self, point: str, position: str) -> None:
        """The process is there now, and ends if that was the order."""
        if self._kill.point in {ANY, point} and self._kill.position == position:
            self._left[position] -= 1
            if not self._left[position]:
                die()


def die() -> NoReturn:
    """End as `kill -9` ends a process: at once, whatever it was doing."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def set_trap(kill: Kill) -> None:
    """Have every commit of this process pass a trap."""
    trap = Trap(kill)
    commit, write_whole = Database.transaction, Database.write

    @asynccontextmanager
    async def transaction(self: Database) -> AsyncIterator[Transaction]:
        point = point_of(sys._getframe(1))  # noqa: SLF001  # as inspect does
        async with commit(self) as tx:
            yield tx
            trap.passes(point, "before")
        trap.passes(point, "after")

    async def write(self: Database, work: Callable[[Transaction], Awaitable[T]]) -> T:
        point = point_of(sys._getframe(1))  # noqa: SLF001  # likewise

        async def trapped(tx: Transaction) -> T:
            result = await work(tx)
            trap.passes(point, "before")
            return result

        result = await write_whole(self, trapped)
        trap.passes(point, "after")
        return result

    replaced: dict[str, object] = {"transaction": transaction, "write": write}
    replaced |= {name: _trapped(trap, name, getattr(Database, name)) for name in _CALLS}
    for name, function in replaced.items():
        setattr(Database, name, function)


def _trapped(
    trap: Trap, name: str, call: Callable[..., Awaitable[object]]
) -> Callable[..., Awaitable[object]]:
    async def trapped(self: Database, *arguments: int) -> object:
        trap.passes(f"Database.{name}", "before")
        done = await call(self, *arguments)
        trap.passes(f"Database.{name}", "after")
        return done

    return trapped


def point_of(frame: FrameType | None) -> str:
    """The name of the commit that is made below a frame, empty where nobody of ours makes it."""
    while frame is not None:
        module, name = frame.f_globals["__name__"], frame.f_code.co_qualname
        name = name.partition(".<locals>")[0]
        if module.partition(".")[0] in {"bot", "handlers"} and name not in _PLUMBING:
            whole = name if "." in name else f"{module.rpartition('.')[2]}.{name}"
            return _OTHERWISE.get(whole, whole)
        frame = frame.f_back
    return ""
