"""What may go wrong between the bot and Telegram, on order.

Each fault waits for the calls it matches and disturbs as many as it was asked to. Its effect on the
world is the point: a call that was cut *before* did nothing, one cut *after* did everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from bot.simulator.events import Signal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FaultKind = Literal["status", "late", "slow", "cut_before", "cut_after", "malformed", "half"]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

DESCRIPTIONS = {
    401: "Unauthorized",
    403: "Forbidden",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance "
    "is running",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}


@dataclass(slots=True, eq=False)
class Fault:
    """One order. `method` and `chat_id` limit what it matches, `remaining` None is for ever."""

    kind: FaultKind
    method: str = ""
    chat_id: int = 0
    remaining: int | None = 1
    status: int = 0
    description: str = ""
    retry_after: int = 0
    seconds: float = 0.0
    has_effect: bool = False
    carries: str = ""
    """Names of parameters, with blanks between: only calls that carry one of them are disturbed."""
    hits: int = 0

    def matches(self, method: str, chat_id: str, carried: Collection[str] = ()) -> bool:
        """Whether it disturbs this call; without a method, any call but getUpdates."""
        if self.carries and not set(self.carries.split()).intersection(carried):
            return False
        if self.method:
            if self.method.lower() not in {"*", method.lower()}:
                return False
        elif method.lower() == "getupdates":
            return False
        return not self.chat_id or str(self.chat_id) == chat_id


class Faults:
    """The orders, first come first served."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._let_go = Signal()

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._orders)

    def add(self, fault: Fault) -> Fault:
        """Put in an order; the same object counts its hits."""
        self._orders.append(fault)
        return fault

    def answers(
        self,
        status: int,
        *,
        method: str = "",
        chat_id: int = 0,
        times: int | None = 1,
        retry_after: int = 0,
        has_effect: bool = False,
    ) -> Fault:
        """Answer with an error status; the call does nothing unless `has_effect`."""
        return self.add(
            Fault(
                "status",
                method,
                chat_id,
                times,
                status,
                retry_after=retry_after,
                has_effect=has_effect,
            )
        )

    def refuses(
        self,
        description: str,
        *,
        method: str = "",
        chat_id: int = 0,
        times: int | None = 1,
        carries: str = "",
    ) -> Fault:
        """Answer 400 with these words; with `carries`, only calls with one of those parameters."""
        fault = Fault("status", method, chat_id, times, 400, description, carries=carries)
        return self.add(fault)

    def lands_late(
        self, seconds: float, *, method: str = "", chat_id: int = 0, times: int | None = 1
    ) -> Fault:
        """Hang, then do it and answer, whether or not the bot still waits."""
        return self.add(Fault("late", method, chat_id, times, seconds=seconds))

    def answers_slowly(
        self, seconds: float, *, method: str = "", chat_id: int = 0, times: int | None = 1
    ) -> Fault:
        """Do it at once, answer late."""
        return self.add(Fault("slow", method, chat_id, times, seconds=seconds))

    def cuts(
        self, *, after: bool, method: str = "", chat_id: int = 0, times: int | None = 1
    ) -> Fault:
        """Cut the connection without an answer, before or after the effect."""
        kind: FaultKind = "cut_after" if after else "cut_before"
        return self.add(Fault(kind, method, chat_id, times))

    def answers_nonsense(
        self, *, method: str = "", chat_id: int = 0, times: int | None = 1
    ) -> Fault:
        """Do it, then answer 200 with something that is no JSON."""
        return self.add(Fault("malformed", method, chat_id, times))

    def answers_half(self, *, method: str = "", chat_id: int = 0, times: int | None = 1) -> Fault:
        """Do it, then send half of the answer and cut the connection."""
        return self.add(Fault("half", method, chat_id, times))

    def remove(self, fault: Fault) -> None:
        """Take back one order."""
        if fault in self._orders:
            self._orders.remove(fault)

    def clear(self) -> None:
        """Take back all orders."""
        self._orders.clear()

    async def hang(self, seconds: float) -> None:
        """Hold a call up for so long, or until all that hang are let go."""
        await self._let_go.wait(seconds)

    def let_go(self) -> None:
        """Hold up no longer the calls that hang now."""
        self._let_go.fire()

    def take(self, method: str, chat_id: str, carried: Collection[str] = ()) -> Fault | None:
        """The fault for this call, with the parameters that are not empty; counted."""
        for fault in self._orders:
            if fault.matches(method, chat_id, carried):
                fault.hits += 1
                if fault.remaining is not None:
                    fault.remaining -= 1
                    if fault.remaining <= 0:
                        self._orders.remove(fault)
                return fault
        return None


def fault_answer(fault: Fault) -> dict[str, object]:
    """The body of a status fault."""
    text = fault.description or DESCRIPTIONS.get(fault.status, "Error")
    answer: dict[str, object] = {
        "ok": False,
        "error_code": fault.status,
        "description": text.format(retry_after=fault.retry_after),
    }
    if fault.retry_after:
        answer["parameters"] = {"retry_after": fault.retry_after}
    return answer
